"""Erasing a person: over every copy, nothing of anybody else, killed anywhere, with a certificate that adds up."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from callback import erasing as callback_erasing
from callback.models import Callback, CallbackWish
from recording.errors import KeepingError
from recording.keeping import certificate, erasure, holds
from recording.keeping.models import ErasedFile, Erasure, Hold
from recording.models import Recording
from recording.names import library_name
from ringback.config import Settings
from ringback.store import lease
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED
from ringback.store.schema import metadata
from tests.house_of_keeping import NAME, NUMBER, SECRET, STRANGER, STRANGER_SAYS, Case, build
from tickets.models import Call, Contact, Ticket
from transcripts.models import Segment, Transcript, TranscriptStage


@pytest.fixture
def case(store: sessionmaker[Session], settings: Settings) -> Case:
    return build(store, settings)


@pytest.fixture
def small(sqlite_store: sessionmaker[Session], settings: Settings) -> Case:
    """Where the store makes no difference."""
    return build(sqlite_store, settings)


def ask(case: Case, number: str = NUMBER) -> str:
    with case.sessions() as session, session.begin():
        return str(erasure.ask_person(session, case.settings, number, "admin", "letter of 3 March").id)


def confirm(case: Case, key: str) -> None:
    with case.sessions() as session, session.begin():
        erasure.confirm(session, row_of(session, key).id, "admin", utcnow())


def row_of(session: Session, key: str) -> Erasure:
    return next(row for row in session.scalars(select(Erasure)) if str(row.id) == key)


def everything(case: Case) -> str:
    """All rows of all tables as text, but for what our own people wrote down about the erasure."""
    with case.sessions() as session:
        rows: list[Any] = []
        for table in metadata().sorted_tables:
            rows += [(table.name, *map(str, row)) for row in session.execute(select(table))]
    return json.dumps(rows, ensure_ascii=False)


def erase(case: Case) -> str:
    key = ask(case)
    assert case.run() == ["previewed"]
    confirm(case, key)
    assert case.run()[-1] == "done"
    return key


def test_nothing_of_the_person_is_left_and_all_of_the_stranger(case: Case) -> None:
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
        call = session.scalars(select(Call).where(Call.linkedid == case.calls[0])).one()
        assert (call.caller_number, call.caller_name, call.contact_id) == (ERASED, "", None)
        assert call.result == "served" and call.agent == "anna" and call.ended_at is not None
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


def test_the_preview_counts_what_goes_and_changes_nothing(small: Case) -> None:
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


def test_the_certificate_adds_up_and_its_sha256_is_its_own(small: Case) -> None:
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


def counts(small: Case, monkeypatch: pytest.MonkeyPatch, die_at: int) -> Callable[[], int]:
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
        try:
            assert erasure.work(case.house, key) == "done"
            assert die_at > steps()
        except Killed:
            pass
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
        assert sorted(row.linkedids) == sorted(case.calls)
        assert len(row.certificate["files"]) == 6


def test_a_held_call_is_left_out_and_said(case: Case) -> None:
    kept, gone = case.calls
    with case.sessions() as session, session.begin():
        holds.place(session, case.settings, "call", kept, "court case 7", "admin", utcnow())
    key = erase(case)
    assert case.sound(kept).exists() and not case.sound(gone).exists()
    with case.sessions() as session:
        row = row_of(session, key)
        assert row.preview is not None and row.preview["held"] == [kept]
        assert {"what": "hold", "call": kept, "why": certificate.REASONS["hold"]} in (row.certificate or {})["kept"]
        call = session.scalars(select(Call).where(Call.linkedid == kept)).one()
        assert call.caller_number == NUMBER and call.contact is not None and call.contact.name == NAME
        words = session.scalars(select(Segment.text).join(Transcript).where(Transcript.linkedid == kept)).all()
        assert SECRET in words[0]


@pytest.mark.parametrize("kind", ["number", "ticket"])
def test_a_person_who_is_held_whole_is_refused(case: Case, kind: str) -> None:
    with case.sessions() as session, session.begin():
        ticket = session.scalars(select(Call.ticket_number).where(Call.linkedid == case.calls[0])).one()
        subject = NUMBER if kind == "number" else str(ticket)
        hold = holds.place(session, case.settings, kind, subject, "court case 7", "admin", utcnow())
    key = ask(case)
    assert case.run() == ["refused"]
    with case.sessions() as session, session.begin():
        assert row_of(session, key).error == "held"
        with pytest.raises(KeepingError):
            erasure.confirm(session, row_of(session, key).id, "admin", utcnow())
        holds.release(session, hold.id, "the case is over", "admin", utcnow())
    erase(case)
    with case.sessions() as session:
        released = session.scalars(select(Hold)).one()
        assert kind == "ticket" or (released.subject, released.reason) == (ERASED, ERASED)


def test_a_hold_that_comes_between_preview_and_work_counts(small: Case) -> None:
    key = ask(small)
    small.run()
    confirm(small, key)
    with small.sessions() as session, session.begin():
        holds.place(session, small.settings, "call", small.calls[1], "court small 7", "admin", utcnow())
    assert small.run()[-1] == "done"
    assert small.sound(small.calls[1]).exists()


def test_a_hold_on_the_number_that_comes_between_preview_and_work_keeps_all(case: Case) -> None:
    before = everything(case)
    key = ask(case)
    case.run()
    confirm(case, key)
    with case.sessions() as session, session.begin():
        holds.place(session, case.settings, "number", NUMBER, "court case 7", "admin", utcnow())
    assert case.run() == ["refused"]
    with case.sessions() as session:
        row = row_of(session, key)
        assert (row.error, row.removed) == ("held", {}) and NUMBER not in (row.number or "")
        assert session.scalars(select(ErasedFile)).all() == []
        assert session.scalars(select(Callback.state).where(Callback.number == NUMBER)).one() == "requested"
    after = everything(case)
    assert all(after.count(word) == before.count(word) for word in (NAME, SECRET))
    assert all(case.sound(linkedid).exists() for linkedid in case.calls)


def test_a_hold_that_is_being_placed_is_waited_for(case: Case, until: Callable[..., Any]) -> None:
    """Placed and not committed yet when the erasure begins."""
    key = ask(case)
    case.run()
    confirm(case, key)
    came_to: list[str | None] = []
    worker = threading.Thread(target=lambda: came_to.append(erasure.work(case.house, key)))
    with case.sessions() as session, session.begin():
        holds.place(session, case.settings, "number", NUMBER, "court case 7", "admin", utcnow())
        worker.start()
        if session.get_bind().dialect.name == "postgresql":
            with case.sessions() as other:
                until(lambda: other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
    worker.join()
    assert came_to == ["refused"]
    assert case.sound(case.calls[0]).exists()


def test_a_hold_that_comes_when_a_part_is_gone_keeps_the_rest(small: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "CHUNK", 1)
    key = ask(small)
    small.run()
    confirm(small, key)
    real, seen = erasure._empty, []

    def then_held(session: Session, *rest: Any) -> None:
        real(session, *rest)
        seen.append(rest)
        holds.place(session, small.settings, "number", NUMBER, "court case 7", "admin", utcnow())

    monkeypatch.setattr(erasure, "_empty", then_held)
    assert small.run() == ["done"]
    assert len(seen) == 1
    gone, kept = small.calls
    assert not small.sound(gone).exists() and small.sound(kept).exists()
    with small.sessions() as session:
        row = row_of(session, key)
        assert {"what": "hold", "call": kept, "why": certificate.REASONS["hold"]} in (row.certificate or {})["kept"]
        assert session.scalars(select(Contact).where(Contact.number == NUMBER)).one().name == NAME


def test_calls_whose_time_is_up_and_that_are_all_held_by_now_end_their_erasure(small: Case) -> None:
    """It must not stand in the way of the next day's."""
    with small.sessions() as session, session.begin():
        for row in session.scalars(select(Recording).where(Recording.linkedid.in_(small.calls))):
            row.keep_until = utcnow() - timedelta(minutes=1)
    assert erasure.begin_by_age(small.sessions) is not None
    with small.sessions() as session, session.begin():
        holds.place(session, small.settings, "number", NUMBER, "court case 7", "admin", utcnow())
    assert small.run() == ["done"]
    assert all(small.sound(linkedid).exists() for linkedid in small.calls)


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


def test_a_call_that_goes_on_is_waited_for(small: Case) -> None:
    with small.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.linkedid == small.calls[1])).one()
        call.ended_at, call.state = None, "talking"
    key = ask(small)
    small.run()
    confirm(small, key)
    assert erasure.work(small.house, key) is None
    with small.sessions() as session, session.begin():
        row = row_of(session, key)
        assert row.state == "confirmed" and "goes on" in (row.error or "") and row.attempts == 0
        assert small.sound(small.calls[0]).exists()
        session.scalars(select(Call).where(Call.linkedid == small.calls[1])).one().ended_at = utcnow()
        row.lease_until = None
    assert small.run()[-1] == "done"


def test_a_recording_in_work_is_waited_for(small: Case) -> None:
    with small.sessions() as session, session.begin():
        recording = session.scalars(select(Recording).where(Recording.linkedid == small.calls[0])).one()
        assert lease.claim(session, recording, utcnow()) is not None
    key = ask(small)
    small.run()
    confirm(small, key)
    assert erasure.work(small.house, key) is None
    assert small.sound(small.calls[0]).exists()


@pytest.mark.parametrize("who", ["transcript", "masker"])
def test_who_works_on_the_words_or_masks_the_sound_is_waited_for(case: Case, who: str) -> None:
    """A masker has a file under its last name before any row names it."""
    with case.sessions() as session, session.begin():
        row: Any = session.scalars(select(Transcript).where(Transcript.linkedid == case.calls[0])).one()
        if who == "masker":
            row = TranscriptStage(transcript_id=row.id, stage="mask")
            session.add(row)
            session.flush()
        held = lease.claim(session, row, utcnow())
    assert held is not None
    key = ask(case)
    assert erasure.work(case.house, key) is None
    masked = case.settings.recordings / f"{case.calls[0]}.masked.flac"
    masked.write_bytes(b"masked")
    with case.sessions() as session, session.begin():
        row = row_of(session, key)
        assert "recording is in work" in (row.error or "") and row.attempts == 0
        row.lease_until = None
        held.release(session)
    assert case.run() == ["previewed"]
    confirm(case, key)
    assert case.run() == ["done"]
    assert not masked.exists()


def test_who_writes_words_after_the_erasure_comes_to_nothing(small: Case) -> None:
    """Silent for so long that it counted as dead."""
    with small.sessions() as session, session.begin():
        transcript = session.scalars(select(Transcript).where(Transcript.linkedid == small.calls[0])).one()
        held = lease.claim(session, transcript, utcnow() - timedelta(seconds=lease.SECONDS + 1))
    assert held is not None
    erase(small)
    with small.sessions() as session, pytest.raises(lease.LeaseLost):
        held.release(session, state="done")


def test_what_killed_workers_left_of_the_calls_goes_too(case: Case) -> None:
    """Drafts and finished files that no row names, in the day's folder and among what was fetched."""
    call = case.calls[0]
    with case.sessions() as session, session.begin():
        arrived_at = session.scalars(select(Call.arrived_at).where(Call.linkedid == call)).one()
        session.add(
            Call(linkedid=f"{call}.5", line="1000", language="en", caller_number=STRANGER, caller_name="",
                 state="ended", arrived_at=arrived_at, ended_at=arrived_at)
        )  # fmt: skip
    day = library_name(call, arrived_at).parent
    library, cache = case.settings.recordings, case.settings.recordings_cache
    endings = ("77-1.flac.part", "77-1.peaks.part", "opus", "masked.flac", "masked.77-2.masking")
    left = [library / day / f"{call}.{ending}" for ending in endings]
    left += [cache / day / f"{call}.flac", cache / f"{call}.flac.77-3.part"]
    others = [library / day / f"{call}{ending}" for ending in ("0.flac", ".5.flac", ".5.77-1.flac.part")]
    for path in (*left, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SECRET.encode())
    key = erase(case)
    assert [path for path in left if path.exists()] == []
    assert all(path.exists() for path in others)
    with case.sessions() as session:
        document = row_of(session, key).certificate or {}
    assert len([file for file in document["files"] if file["removed_at"]]) == 6 + len(left)


def test_spoken_reasons_and_what_was_recorded_without_the_controller_go(case: Case) -> None:
    at = utcnow() - timedelta(days=2)
    with case.sessions() as session, session.begin():
        reason = session.scalars(select(Callback.id).where(Callback.number == NUMBER)).one()
        kept_reason = session.scalars(select(Callback.id).where(Callback.number == STRANGER)).one()
        for number, name in ((NUMBER, "1763000000.7"), (STRANGER, "1763000000.8")):
            promise = Callback(
                source="fallback", source_key=f"{name}.json", number=number, language="en", line="1000",
                queue="support", state="done", arrived_at=at, due_at=at, expires_at=at,
            )  # fmt: skip
            session.add(promise)
            session.flush()
            joined = CallbackWish(
                source_key=f"{name}1.json", callback_id=promise.id, source="fallback", requested_at=at
            )
            session.add(joined)
    spool, reasons = case.settings.spool, case.settings.reasons
    gone = [spool / "1763000000.7.raw", spool / "1763000000.71.raw", reasons / f"{reason.hex}.wav"]
    stay = [spool / "1763000000.8.raw", spool / "1763000000.81.raw", reasons / f"{kept_reason.hex}.wav"]
    reasons.mkdir(parents=True, exist_ok=True)
    for path in (*gone, *stay):
        path.write_bytes(SECRET.encode())
    key = erase(case)
    assert not any(path.exists() for path in gone) and all(path.exists() for path in stay)
    with case.sessions() as session:
        files = (row_of(session, key).certificate or {})["files"]
    assert len(files) == 9 and all(len(file["sha256"]) == 64 for file in files)


def test_what_the_fallback_wrote_down_and_nobody_took_in_goes(case: Case) -> None:
    spool, rejected = case.settings.fallback_spool, case.settings.fallback_spool / "rejected"
    rejected.mkdir(parents=True)
    gone: list[Path] = []
    stay: list[Path] = []
    for number, keep in ((NUMBER, gone), (STRANGER, stay), (f"{NUMBER}4", stay)):
        for folder in (spool, rejected):
            path = folder / f"1763000000.{len(gone) + len(stay)}.json"
            path.write_text(json.dumps({"number": number, "language": "xx"}), encoding="utf-8")
            raw = case.settings.spool / f"{path.stem}.raw"
            raw.write_bytes(b"x")
            keep += [path, raw]
    key = erase(case)
    assert not any(path.exists() for path in gone) and all(path.exists() for path in stay)
    with case.sessions() as session:
        row = row_of(session, key)
        assert row.preview is not None and row.preview["files"] == 6 + len(gone)


def test_a_reason_goes_with_the_sound_it_was_cut_from(small: Case) -> None:
    """The call's time is up while the promise is open still."""
    with small.sessions() as session, session.begin():
        reason = session.scalars(select(Callback.id).where(Callback.number == NUMBER)).one()
        recording = session.scalars(select(Recording).where(Recording.linkedid == small.calls[0])).one()
        recording.keep_until = utcnow() - timedelta(minutes=1)
    wav = small.settings.reasons / f"{reason.hex}.wav"
    wav.parent.mkdir(parents=True, exist_ok=True)
    wav.write_bytes(SECRET.encode())
    erasure.begin_by_age(small.sessions)
    assert small.run() == ["done"]
    assert not wav.exists()


@pytest.mark.parametrize("name", ["away:../../x.raw", "reason:x.wav", "away:.raw", "x.raw", "raw:1.1.raw", "wish:../x"])
def test_promises_delete_only_what_they_name(small: Case, name: str) -> None:
    (small.settings.spool / "1.1.raw").write_bytes(b"x")
    assert callback_erasing.remove(small.settings, name) is None
    assert (small.settings.spool / "1.1.raw").exists()


def test_a_disk_that_refuses_is_tried_again(small: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ask(small)
    small.run()
    confirm(small, key)
    with monkeypatch.context() as patched:

        def refuse(_path: Path, missing_ok: bool = False) -> None:
            raise PermissionError(13, "Permission denied", "x.flac")

        patched.setattr(Path, "unlink", refuse)
        assert erasure.work(small.house, key) is None
    with small.sessions() as session, session.begin():
        row = row_of(session, key)
        assert row.state == "files" and "x.flac cannot be deleted" in (row.error or "")
        row.lease_until = None
    assert small.run() == ["done"]


def test_one_call_goes_and_the_others_stay(small: Case) -> None:
    one, other = small.calls
    with small.sessions() as session, session.begin():
        key = str(erasure.ask_call(session, one, "admin", "the caller asked").id)
    small.run()
    confirm(small, key)
    assert small.run()[-1] == "done"
    assert not small.sound(one).exists() and small.sound(other).exists()
    with small.sessions() as session:
        numbers = dict(session.execute(select(Call.linkedid, Call.caller_number)).tuples().all())
        assert numbers[one] == ERASED and numbers[other] == NUMBER
        assert session.scalars(select(Contact).where(Contact.number == NUMBER)).one().name == NAME


def test_what_has_run_out_goes_with_its_quotes_and_keeps_the_number(case: Case) -> None:
    kept, gone = case.calls
    with case.sessions() as session, session.begin():
        for recording in session.scalars(select(Recording).where(Recording.linkedid.in_(case.calls))):
            recording.keep_until = utcnow() - timedelta(minutes=1)
        holds.place(session, case.settings, "call", kept, "court case 7", "admin", utcnow())
        assert erasure.due_by_age(session) == ["keep-until"]
    assert erasure.begin_by_age(case.sessions) is not None
    assert erasure.begin_by_age(case.sessions) is None  # one at a time
    assert case.run() == ["done"]
    assert case.sound(kept).exists() and not case.sound(gone).exists()
    with case.sessions() as session:
        row = session.scalars(select(Erasure)).one()
        assert row.cause == "keep-until" and (row.certificate or {})["calls"] == [gone]
        call = session.scalars(select(Call).where(Call.linkedid == gone)).one()
        assert call.caller_number == NUMBER and call.ticket is not None
        texts = {entry.source_key: entry.text for entry in call.ticket.entries}
        assert texts[f"transcript:{gone}"] == "Erased." and SECRET in texts[f"transcript:{kept}"]
        assert NUMBER in texts[f"opened:{gone}"]
        assert session.scalars(select(Recording.state).where(Recording.linkedid == gone)).one() == ERASED
        assert erasure.due_by_age(session) == []


def test_a_raw_file_without_a_row_is_not_finished_later(small: Case) -> None:
    with small.sessions() as session, session.begin():
        session.delete(session.scalars(select(Recording).where(Recording.linkedid == small.calls[0])).one())
    erase(small)
    with small.sessions() as session:
        states = dict(session.execute(select(Recording.linkedid, Recording.state)).tuples().all())
    assert states[small.calls[0]] == ERASED
    assert not list(small.settings.spool.glob(f"{small.calls[0]}*"))


def test_what_is_not_there_is_refused(small: Case) -> None:
    with small.sessions() as session:
        for kind, subject in (("call", "17.9"), ("ticket", "999"), ("ticket", "x"), ("number", "=cmd")):
            with pytest.raises(KeepingError):
                holds.place(session, small.settings, kind, subject, "court small 7", "admin", utcnow())
        with pytest.raises(KeepingError):
            holds.place(session, small.settings, "call", small.calls[0], " ", "admin", utcnow())
        holds.place(session, small.settings, "call", small.calls[0], "court small 7", "admin", utcnow())
        with pytest.raises(KeepingError):
            holds.place(session, small.settings, "call", small.calls[0], "once more", "admin", utcnow())
        with pytest.raises(KeepingError):
            erasure.ask_person(session, small.settings, "<img>", "admin", "letter")
        with pytest.raises(KeepingError):
            erasure.ask_person(session, small.settings, NUMBER, "admin", "")
        with pytest.raises(KeepingError):
            erasure.ask_call(session, "17.9", "admin", "letter")


def test_a_name_that_leads_out_of_the_folder_deletes_nothing(small: Case) -> None:
    other = small.settings.data / "other.flac"
    other.write_bytes(b"x")
    with small.sessions() as session, session.begin():
        row = session.scalars(select(Recording).where(Recording.linkedid == small.calls[0])).one()
        row.path = "../other.flac"
    key = ask(small)
    small.run()
    confirm(small, key)
    erasure.work(small.house, key)
    assert other.exists()
    with small.sessions() as session:
        assert "outside" in (row_of(session, key).error or "")
    erasure.tell_set_aside(small.sessions)
    with small.sessions() as session:
        assert "erasure.failed" not in {alarm.kind for alarm in standing_alarms(session)}
    for _ in range(2):
        with small.sessions() as session, session.begin():
            row_of(session, key).lease_until = None
        erasure.work(small.house, key)
    erasure.tell_set_aside(small.sessions)
    with small.sessions() as session:
        assert "erasure.failed" in {alarm.kind for alarm in standing_alarms(session)}
        assert erasure.due(session) == []
        assert session.scalars(select(ErasedFile).where(ErasedFile.removed_at.is_(None))).first() is not None


def test_a_withdrawn_erasure_forgets_the_number(small: Case) -> None:
    key = ask(small)
    small.run()
    with small.sessions() as session, session.begin():
        erasure.withdraw(session, row_of(session, key).id)
    with small.sessions() as session:
        assert NUMBER not in (row_of(session, key).number or "")
    assert small.run() == []
    assert small.sound(small.calls[0]).exists()
