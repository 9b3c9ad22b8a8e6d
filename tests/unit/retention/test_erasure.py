"""Erasing a person: over every copy, nothing of anybody else, killed anywhere, with a certificate that adds up."""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import Call, Contact
from recording.models import Recording
from retention import certificate, erasure
from retention.errors import RetentionError
from retention.models import ErasedFile, Erasure
from ringback.config import Settings
from ringback.store import lease
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED
from survey.service import run_of
from tests.support.retention import (
    NAME,
    NUMBER,
    SECRET,
    STRANGER,
    STRANGER_SAYS,
    ErasureCase,
    ask,
    build,
    confirm,
    erase,
    everything,
    place_hold,
    row_of,
)
from tickets.models import Ticket


def test_nothing_of_the_person_is_left_and_all_of_the_stranger(case: ErasureCase) -> None:
    before = everything(case)
    assert NUMBER in before and NAME in before and SECRET in before
    key = erase(case)
    after = everything(case)
    for word in (NUMBER, NAME, SECRET):
        assert word not in after, word
    for word in (STRANGER, "Sam Ortiz", STRANGER_SAYS):
        assert after.count(word) == before.count(word)
    assert sorted(path.name for path in case.settings.recordings.iterdir()) == [
        f"{case.stranger}.flac", f"{case.stranger}.peaks.json",
    ]  # fmt: skip
    assert [path.name for path in case.settings.spool.iterdir()] == [f"{case.stranger}.raw"]
    with case.sessions() as session:
        assert (
            row_of(session, key).number
            == "+1\N{BULLET}\N{BULLET}\N{BULLET}\N{BULLET}\N{BULLET}\N{BULLET}\N{BULLET}\N{BULLET}23"
        )
        call = session.scalars(select(Call).where(Call.call_id == case.calls[0])).one()
        assert (call.caller_number, call.caller_name, call.contact_id) == (ERASED, "", None)
        assert call.result == "served" and call.agent == "anna" and call.ended_at is not None
        run = run_of(session, case.calls[0])
        assert run is not None and (run.outcome, run.agent) == ("answered", "anna"), "the figures stay"
        assert (run.caller, run.comment_from, run.comment_to) == (None, None, None)
        kept = run_of(session, case.stranger)
        assert kept is not None and kept.caller is not None and kept.comment_to is not None
        promise = session.scalars(select(Callback).where(Callback.number == ERASED)).one()
        assert promise.state == "cancelled" and promise.ended_at is not None
        ticket = session.get_one(Ticket, call.ticket_number)
        assert ticket.subject == "Something does not work" and ticket.contact_id is None
        assert [entry.text for entry in ticket.entries if entry.kind == "call"] == ["It lasted 1:00."] * 2


def test_the_files_of_a_sqlite_store_do_not_tell_either(
    sqlite_store: sessionmaker[Session], settings: Settings
) -> None:
    case = build(sqlite_store, settings)
    erase(case)
    for path in settings.data.glob("ringback.db*"):
        data = path.read_bytes()
        for word in (NUMBER, NAME, SECRET):
            assert word.encode() not in data, (path.name, word)
        assert path.name != "ringback.db" or STRANGER_SAYS.encode() in data


def test_the_preview_counts_what_goes_and_changes_nothing(small: ErasureCase) -> None:
    before = everything(small)
    key = ask(small)
    assert small.run() == ["previewed"]
    with small.sessions() as session:
        preview = row_of(session, key).preview
    assert preview is not None
    assert preview["calls"] == 2 and preview["held"] == [] and preview["files"] == 6
    assert small.sound(small.calls[0]).exists()
    assert len(everything(small)) >= len(before)
    confirm(small, key)
    small.run()
    with small.sessions() as session:
        assert row_of(session, key).removed == preview["removed"]


def test_the_certificate_adds_up_and_its_sha256_is_its_own(small: ErasureCase) -> None:
    key = erase(small)
    with small.sessions() as session:
        row = row_of(session, key)
        document = row.certificate
    assert document is not None
    assert certificate.digest(json.loads(json.dumps(document))) == row.sha256
    assert document["calls"] == sorted(small.calls)
    assert document["asked"]["on_request_of"] == "letter of 3 March"
    assert document["confirmed"]["by"] == "admin"
    assert {line["what"]: line["count"] for line in document["removed"]}["turn"] == 2
    assert len(document["files"]) == 6
    assert all(len(file["sha256"]) == 64 and file["removed_at"] for file in document["files"])
    assert NUMBER not in json.dumps(document)
    document["finished_at"] = "another"
    assert certificate.digest(document) != row.sha256


class Killed(BaseException):
    """As a kill -9: nothing catches it."""


def counts(small: ErasureCase, monkeypatch: pytest.MonkeyPatch, die_at: int) -> Callable[[], int]:
    """Lets the worker die at its `die_at`-th commit or deletion of a file."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            raise Killed

    commit, unlink = Session.commit, Path.unlink

    def dying_commit(self: Session) -> None:
        commit(self)
        step()

    def dying_unlink(self: Path, missing_ok: bool = False) -> None:
        unlink(self, missing_ok=missing_ok)
        step()

    monkeypatch.setattr(Session, "commit", dying_commit)
    monkeypatch.setattr(Path, "unlink", dying_unlink)
    return lambda: steps


@pytest.mark.parametrize("die_at", range(1, 18))
def test_a_worker_killed_at_any_step_leaves_nothing_half_done(
    sqlite_store: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch, die_at: int
) -> None:
    case = build(sqlite_store, settings)
    key = ask(case)
    case.run()
    confirm(case, key)
    with monkeypatch.context() as patched:
        steps = counts(case, patched, die_at)
        with contextlib.suppress(Killed):  # it is, unless there are fewer steps
            assert erasure.work(case.eraser, key) == "done"
            assert die_at > steps()
    with case.sessions() as session, session.begin():
        row = row_of(session, key)
        if row.lease_owner is not None:
            row.lease_owner = row.lease_owner.rpartition(":")[0] + ":0"  # its process is gone
    assert row.state == "done" or case.run()[-1] == "done"
    after = everything(case)
    assert all(word not in after for word in (NUMBER, NAME, SECRET))
    assert not any(path.name.startswith(case.calls) for path in settings.recordings.iterdir())
    with case.sessions() as session:
        row = row_of(session, key)
        assert row.certificate is not None
        assert row.removed["recording"] == row.removed["transcript"] == 2
        assert sorted(row.call_ids) == sorted(case.calls)
        assert len(row.certificate["files"]) == 6


def test_somebody_with_very_many_calls_can_be_erased(sqlite_store: sessionmaker[Session], settings: Settings) -> None:
    case = build(sqlite_store, settings, calls=520)
    key = ask(case)
    assert case.run() == ["previewed"]
    with case.sessions() as session:
        preview = row_of(session, key).preview
    assert preview is not None and (preview["calls"], preview["files"]) == (520, 3 * 520)
    confirm(case, key)
    assert case.run() == ["done"]
    with case.sessions() as session:
        assert row_of(session, key).removed == preview["removed"]
    assert SECRET not in everything(case)


def test_a_call_that_goes_on_is_waited_for(small: ErasureCase) -> None:
    with small.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == small.calls[1])).one()
        call.ended_at, call.state = None, "talking"
    key = ask(small)
    small.run()
    confirm(small, key)
    assert erasure.work(small.eraser, key) is None
    with small.sessions() as session, session.begin():
        row = row_of(session, key)
        assert row.state == "confirmed" and "goes on" in str(row.error) and row.attempts == 0
        assert small.sound(small.calls[0]).exists()
        session.scalars(select(Call).where(Call.call_id == small.calls[1])).one().ended_at = utcnow()
        row.lease_until = None
    assert small.run()[-1] == "done"


def test_a_recording_in_work_is_waited_for(small: ErasureCase) -> None:
    with small.sessions() as session, session.begin():
        recording = session.scalars(select(Recording).where(Recording.call_id == small.calls[0])).one()
        assert lease.claim(session, recording, utcnow()) is not None
    key = ask(small)
    small.run()
    confirm(small, key)
    assert erasure.work(small.eraser, key) is None
    assert small.sound(small.calls[0]).exists()


def test_a_disk_that_refuses_is_tried_again(small: ErasureCase, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ask(small)
    small.run()
    confirm(small, key)
    with monkeypatch.context() as patched:

        def refuse(_path: Path, missing_ok: bool = False) -> None:
            raise PermissionError(13, "Permission denied", "x.flac")

        patched.setattr(Path, "unlink", refuse)
        assert erasure.work(small.eraser, key) is None
    with small.sessions() as session, session.begin():
        row = row_of(session, key)
        assert row.state == "files" and "x.flac cannot be deleted" in str(row.error)
        row.lease_until = None
    assert small.run() == ["done"]


def test_one_call_goes_and_the_others_stay(small: ErasureCase) -> None:
    one, other = small.calls
    with small.sessions() as session, session.begin():
        key = str(erasure.ask_call(session, one, "admin", "the caller asked").id)
    small.run()
    confirm(small, key)
    assert small.run()[-1] == "done"
    assert not small.sound(one).exists() and small.sound(other).exists()
    with small.sessions() as session:
        numbers = dict(session.execute(select(Call.call_id, Call.caller_number)).tuples().all())
        assert numbers[one] == ERASED and numbers[other] == NUMBER
        assert session.scalars(select(Contact).where(Contact.number == NUMBER)).one().name == NAME


def test_what_has_run_out_goes_with_its_quotes_and_keeps_the_number(case: ErasureCase) -> None:
    kept, gone = case.calls
    with case.sessions() as session, session.begin():
        for recording in session.scalars(select(Recording).where(Recording.call_id.in_(case.calls))):
            recording.keep_until = utcnow() - timedelta(minutes=1)
        place_hold(session, case.settings, "call", kept, "court case 7", "admin", utcnow())
        assert erasure.due_by_age(session) == ["keep-until"]
    assert erasure.begin_by_age(case.sessions) is not None
    assert erasure.begin_by_age(case.sessions) is None  # one at a time
    assert case.run() == ["done"]
    assert case.sound(kept).exists() and not case.sound(gone).exists()
    with case.sessions() as session:
        row = session.scalars(select(Erasure)).one()
        assert row.cause == "keep-until" and (row.certificate or {})["calls"] == [gone]
        call = session.scalars(select(Call).where(Call.call_id == gone)).one()
        assert call.caller_number == NUMBER and call.ticket_number is not None
        ticket = session.get_one(Ticket, call.ticket_number)
        texts = {entry.source_key: entry.text for entry in ticket.entries}
        assert texts[f"transcript:{gone}"] == "Erased." and SECRET in texts[f"transcript:{kept}"]
        assert NUMBER in texts[f"opened:{gone}"]
        assert session.scalars(select(Recording.state).where(Recording.call_id == gone)).one() == ERASED
        assert erasure.due_by_age(session) == []


def test_a_raw_file_without_a_row_is_not_finished_later(small: ErasureCase) -> None:
    with small.sessions() as session, session.begin():
        session.delete(session.scalars(select(Recording).where(Recording.call_id == small.calls[0])).one())
    erase(small)
    with small.sessions() as session:
        states = dict(session.execute(select(Recording.call_id, Recording.state)).tuples().all())
    assert states[small.calls[0]] == ERASED
    assert not list(small.settings.spool.glob(f"{small.calls[0]}*"))


def test_what_is_not_there_is_refused(small: ErasureCase) -> None:
    with small.sessions() as session:
        for kind, subject in (("call", "17.9"), ("ticket", "999"), ("ticket", "x"), ("number", "=cmd")):
            with pytest.raises(RetentionError):
                place_hold(session, small.settings, kind, subject, "court small 7", "admin", utcnow())
        with pytest.raises(RetentionError):
            place_hold(session, small.settings, "call", small.calls[0], " ", "admin", utcnow())
        place_hold(session, small.settings, "call", small.calls[0], "court small 7", "admin", utcnow())
        with pytest.raises(RetentionError):
            place_hold(session, small.settings, "call", small.calls[0], "once more", "admin", utcnow())
        with pytest.raises(RetentionError):
            erasure.ask_person(session, small.settings, "<img>", "admin", "letter")
        with pytest.raises(RetentionError):
            erasure.ask_person(session, small.settings, NUMBER, "admin", "")
        with pytest.raises(RetentionError):
            erasure.ask_call(session, "17.9", "admin", "letter")


def test_a_name_that_leads_out_of_the_folder_deletes_nothing(small: ErasureCase) -> None:
    other = small.settings.data / "other.flac"
    other.write_bytes(b"x")
    with small.sessions() as session, session.begin():
        row = session.scalars(select(Recording).where(Recording.call_id == small.calls[0])).one()
        row.path = "../other.flac"
    key = ask(small)
    small.run()
    confirm(small, key)
    erasure.work(small.eraser, key)
    assert other.exists()
    with small.sessions() as session:
        assert "outside" in str(row_of(session, key).error)
    erasure.tell_dead_letters(small.sessions)
    with small.sessions() as session:
        assert "erasure.failed" not in {alarm.kind for alarm in standing_alarms(session)}
    for _ in range(2):
        with small.sessions() as session, session.begin():
            row_of(session, key).lease_until = None
        erasure.work(small.eraser, key)
    erasure.tell_dead_letters(small.sessions)
    with small.sessions() as session:
        assert "erasure.failed" in {alarm.kind for alarm in standing_alarms(session)}
        assert erasure.due(session) == []
        assert session.scalars(select(ErasedFile).where(ErasedFile.removed_at.is_(None))).first() is not None


def test_a_withdrawn_erasure_forgets_the_number(small: ErasureCase) -> None:
    key = ask(small)
    small.run()
    with small.sessions() as session, session.begin():
        erasure.withdraw(session, row_of(session, key).id)
    with small.sessions() as session:
        assert NUMBER not in (row_of(session, key).number or "")
    assert small.run() == []
    assert small.sound(small.calls[0]).exists()
