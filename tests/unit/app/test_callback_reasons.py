"""Spoken reasons: a sound for the agent's phone, made of what may be heard, and gone with its promise."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.callback_reasons import CallbackReasons, reason_file
from callback.commands import WhisperToAgent
from callback.models import Callback
from calls.models import Call
from controller.leg_sender import spoken_reason
from pbx.legs import encode_leg
from recording.models import Recording
from ringback.config import RedactionSettings, Settings
from ringback.store.base import utcnow

CALL_ID = "1800000000.1"
OPEN_SETTINGS = {"redaction": dict.fromkeys(RedactionSettings().kinds, False)}


def house(store: sessionmaker[Session], folder: Path, **changes: object) -> tuple[CallbackReasons, Settings, str]:
    """A finished recording of 20 s: the caller speaks (a tone) from 10 to 12; the reason is from 8 to 16."""
    settings = Settings.model_validate({"data": folder, **OPEN_SETTINGS, **changes})
    settings.recordings.mkdir(parents=True, exist_ok=True)
    sound = np.zeros((20 * 8000, 2))
    sound[10 * 8000 : 12 * 8000, 0] = 0.3 * np.sin(np.arange(16000) * 0.5)
    sound[:, 1] = 0.2
    soundfile.write(settings.recordings / "one.flac", sound, 8000, subtype="PCM_16")
    at = utcnow()
    with store() as session, session.begin():
        call = Call(
            call_id=CALL_ID, line="1000", language="en", caller_number="", caller_name="", state="ended", arrived_at=at
        )
        session.add(call)
        session.flush()
        row = Recording(call_id=CALL_ID, state="stored")
        row.path, row.seconds = "one.flac", 20.0
        promise = Callback(
            source="queue",
            source_key="call:1",
            number="+12025550123",
            language="en",
            line="1000",
            queue="support",
            arrived_at=at,
            due_at=at,
            expires_at=at + timedelta(days=1),
        )
        promise.reason_call_id, promise.reason_from, promise.reason_to = CALL_ID, 8.0, 16.0
        session.add_all([row, promise])
        session.flush()
        name = str(promise.id)
    return CallbackReasons(store, settings), settings, name


def due(reasons: CallbackReasons, store: sessionmaker[Session]) -> list[str]:
    with store() as session:
        return reasons.due(session, True)


def change(store: sessionmaker[Session], promise: str, **values: object) -> None:
    with store() as session, session.begin():
        row = session.get_one(Callback, uuid.UUID(promise))
        for name, value in values.items():
            setattr(row, name, value)


def test_the_caller_alone_is_heard_from_the_first_word_to_the_last(
    store: sessionmaker[Session], tmp_path: Path
) -> None:
    reasons, settings, promise = house(store, tmp_path / "data")
    assert due(reasons, store) == [promise]
    reasons.make(promise)
    sound, rate = soundfile.read(reason_file(settings, promise))
    assert (rate, sound.ndim) == (8000, 1)
    assert len(sound) / rate == pytest.approx(2.4, abs=0.01)
    assert due(reasons, store) == []


def test_silence_is_no_reason_and_is_looked_at_once(store: sessionmaker[Session], tmp_path: Path) -> None:
    reasons, settings, promise = house(store, tmp_path / "data")
    change(store, promise, reason_from=1.0, reason_to=5.0)
    assert reasons.make(promise) is None
    assert due(reasons, store) == []
    assert not reason_file(settings, promise).exists()


def test_what_is_not_masked_yet_is_not_played(store: sessionmaker[Session], tmp_path: Path) -> None:
    reasons, _, promise = house(store, tmp_path / "data", redaction={"cards": True})
    assert due(reasons, store) == []
    assert reasons.make(promise) is None


def test_the_file_goes_when_the_promise_has_ended(store: sessionmaker[Session], tmp_path: Path) -> None:
    reasons, settings, promise = house(store, tmp_path / "data")
    reasons.make(promise)
    reasons.tidy()
    assert reason_file(settings, promise).exists()
    change(store, promise, state="done")
    reasons.tidy()
    assert not reason_file(settings, promise).exists()


def erase(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        session.execute(update(Recording).values(state="erased", path=None))


def test_the_file_goes_when_its_call_is_erased(store: sessionmaker[Session], tmp_path: Path) -> None:
    reasons, settings, promise = house(store, tmp_path / "data")
    reasons.make(promise)
    erase(store)
    reasons.tidy()
    assert not reason_file(settings, promise).exists()


def test_a_call_that_is_erased_while_the_file_is_made_leaves_none(
    store: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons, settings, promise = house(store, tmp_path / "data")
    write = soundfile.write

    def erased_meanwhile(*arguments: Any, **named: Any) -> None:
        write(*arguments, **named)
        erase(store)

    monkeypatch.setattr(soundfile, "write", erased_meanwhile)
    assert reasons.make(promise) is None
    assert list(settings.callback_reasons.iterdir()) == []


def test_the_agent_hears_it_before_the_customer_is_called(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    promise = uuid.uuid4()
    leg = f"cb-{promise.hex}-1a"
    alone = encode_leg(leg, WhisperToAgent(leg, "brief-1", "+12025550123"), settings)
    who = "&".join(f"ringback/{name}" for name in ("callback-number", "digit-0", "digit-1", "digit-2", "digit-3"))
    assert f"ringback/callback-brief&{who}," in str(alone[0][1]["Command"])
    file = reason_file(settings, str(promise))
    file.parent.mkdir(parents=True)
    file.touch()
    assert spoken_reason(settings, leg) == file.resolve()
    assert spoken_reason(settings, f"cb-{uuid.uuid4().hex}-1a") is None
    told = encode_leg(leg, WhisperToAgent(leg, "brief-1", "+12025550123"), settings, file)
    assert f"ringback/digit-3&{file.with_suffix('')}," in str(told[0][1]["Command"])
    odd = reason_file(Settings(data=tmp_path / "with space"), str(promise))
    told = encode_leg(leg, WhisperToAgent(leg, "brief-1", "+12025550123"), settings, odd)
    assert told == alone, "a command takes no such name"
