"""What no row names goes too: drafts of killed workers, words written late, spoken reasons, the fallback's files."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from callback import erasing as callback_erasing
from callback.models import Callback, JoinedRequest
from calls.models import Call
from recording.models import Recording
from recording.names import library_name
from retention import erasure
from ringback.store import lease
from ringback.store.base import utcnow
from tests.support.retention import NUMBER, SECRET, STRANGER, ErasureCase, ask, confirm, erase, row_of
from transcripts.models import Transcript, TranscriptStage


@pytest.mark.parametrize("who", ["transcript", "masker"])
def test_who_works_on_the_words_or_masks_the_sound_is_waited_for(case: ErasureCase, who: str) -> None:
    """A masker has a file under its last name before any row names it."""
    with case.sessions() as session, session.begin():
        row: Any = session.scalars(select(Transcript).where(Transcript.call_id == case.calls[0])).one()
        if who == "masker":
            row = TranscriptStage(transcript_id=row.id, stage="mask")
            session.add(row)
            session.flush()
        held = lease.claim(session, row, utcnow())
    assert held is not None
    key = ask(case)
    assert erasure.work(case.eraser, key) is None
    masked = case.settings.recordings / f"{case.calls[0]}.masked.flac"
    masked.write_bytes(b"masked")
    with case.sessions() as session, session.begin():
        row = row_of(session, key)
        assert "recording is in work" in str(row.error) and row.attempts == 0
        row.lease_until = None
        held.release(session)
    assert case.run() == ["previewed"]
    confirm(case, key)
    assert case.run() == ["done"]
    assert not masked.exists()


def test_who_writes_words_after_the_erasure_comes_to_nothing(small: ErasureCase) -> None:
    """Silent for so long that it counted as dead."""
    with small.sessions() as session, session.begin():
        transcript = session.scalars(select(Transcript).where(Transcript.call_id == small.calls[0])).one()
        held = lease.claim(session, transcript, utcnow() - timedelta(seconds=lease.SECONDS + 1))
    assert held is not None
    erase(small)
    with small.sessions() as session, pytest.raises(lease.LeaseLost):
        held.release(session, state="done")


def test_what_killed_workers_left_of_the_calls_goes_too(case: ErasureCase) -> None:
    """Drafts and finished files that no row names, in the day's folder and among what was fetched."""
    call = case.calls[0]
    with case.sessions() as session, session.begin():
        arrived_at = session.scalars(select(Call.arrived_at).where(Call.call_id == call)).one()
        session.add(
            Call(call_id=f"{call}.5", line="1000", language="en", caller_number=STRANGER, caller_name="",
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


def test_spoken_reasons_and_what_was_recorded_without_the_controller_go(case: ErasureCase) -> None:
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
            joined = JoinedRequest(
                source_key=f"{name}1.json", callback_id=promise.id, source="fallback", requested_at=at
            )
            session.add(joined)
    spool, reasons = case.settings.spool, case.settings.callback_reasons
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


def test_what_the_fallback_wrote_down_and_nobody_took_in_goes(case: ErasureCase) -> None:
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


def test_a_reason_goes_with_the_sound_it_was_cut_from(small: ErasureCase) -> None:
    """The call's time is up while the promise is open still."""
    with small.sessions() as session, session.begin():
        reason = session.scalars(select(Callback.id).where(Callback.number == NUMBER)).one()
        recording = session.scalars(select(Recording).where(Recording.call_id == small.calls[0])).one()
        recording.keep_until = utcnow() - timedelta(minutes=1)
    wav = small.settings.callback_reasons / f"{reason.hex}.wav"
    wav.parent.mkdir(parents=True, exist_ok=True)
    wav.write_bytes(SECRET.encode())
    erasure.begin_by_age(small.sessions)
    assert small.run() == ["done"]
    assert not wav.exists()


@pytest.mark.parametrize("name", ["away:../../x.raw", "reason:x.wav", "away:.raw", "x.raw", "raw:1.1.raw", "wish:../x"])
def test_promises_delete_only_what_they_name(small: ErasureCase, name: str) -> None:
    (small.settings.spool / "1.1.raw").write_bytes(b"x")
    assert callback_erasing.remove(small.settings, name) is None
    assert (small.settings.spool / "1.1.raw").exists()
