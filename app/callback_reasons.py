"""What callers said they want to be called back for, as sounds that the agent's phone plays before that call.

Owns the files, one a promise. It stands in the program because it takes three rooms together: promises say whose
reason is wanted, recordings have the sound, redaction says what of it may be heard. A file is made as soon as there is
something to hear, and goes when the promise has ended or its call was erased; without one the agent hears the rest of
the whisper alone.
"""

import io
import os
import uuid
from pathlib import Path

import numpy as np
import soundfile
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callback.models import OPEN_STATES, Callback
from recording import clips
from recording.errors import NoSound, RecordingError
from recording.models import Recording
from ringback.config import Settings
from transcripts.redaction import service as redaction

LOUD = 0.02
"""Full scale is 1; what is never louder is no voice."""
EDGE_SECONDS = 0.2
"""Quiet kept before and after the voice."""


def reason_file(settings: Settings, promise: str) -> Path:
    """Where the reason of the promise with this id (32 hexadecimal digits) lies."""
    return settings.callback_reasons / f"{uuid.UUID(promise).hex}.wav"


class CallbackReasons:
    """A stage of the worker: `due`, `make`, and `tidy` with every full look."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self._sessions, self._settings = sessions, settings
        self._silent: set[str] = set()
        """Promises whose reason turned out to be silence, or has no sound."""

    def due(self, session: Session, _full: bool) -> list[str]:
        """Open promises whose reason can be heard and lies nowhere yet."""
        query = (
            select(Callback.id, Recording)
            .join(Recording, Recording.call_id == Callback.reason_call_id)
            .where(Callback.state.in_(OPEN_STATES), Recording.path.is_not(None))
        )
        return [
            str(id_)
            for id_, recording in session.execute(query).tuples()
            if str(id_) not in self._silent
            and not reason_file(self._settings, str(id_)).exists()
            and redaction.audible_recording(session, self._settings, recording).recording is not None
        ]

    def make(self, promise: str) -> str | None:
        """Makes the file; None: there is nothing to hear."""
        with self._sessions() as session:
            row = session.get_one(Callback, uuid.UUID(promise))
            recording = session.scalars(select(Recording).where(Recording.call_id == row.reason_call_id)).one()
            heard = redaction.audible_recording(session, self._settings, recording).recording
            begins, ends = row.reason_from, row.reason_to
            if heard is None or begins is None or ends is None:
                return None
            try:
                sound = clips.cut(self._settings, heard, begins, ends, "caller")
            except NoSound:
                self._silent.add(promise)
                return None
            except RecordingError:
                return None  # away just now: looked for again
        voice, rate = soundfile.read(io.BytesIO(sound), dtype="float64")
        loud = np.flatnonzero(np.abs(voice) > LOUD)
        if not loud.size:
            self._silent.add(promise)
            return None
        edge = round(EDGE_SECONDS * rate)
        target = reason_file(self._settings, promise)
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_suffix(f".{os.getpid()}")
        soundfile.write(new, voice[max(0, loud[0] - edge) : loud[-1] + edge], rate, format="WAV", subtype="PCM_16")
        new.replace(target)
        with self._sessions() as session:
            if uuid.UUID(promise) not in self._wanted(session):  # erased, or ended, while it was made
                target.unlink(missing_ok=True)
                return None
        return promise

    def tidy(self) -> None:
        """Removes the files of promises that have ended, or whose call or number was erased."""
        with self._sessions() as session:
            open_ = {id_.hex for id_ in self._wanted(session)}
        for file in self._settings.callback_reasons.glob("*.*"):
            if file.stem not in open_:
                file.unlink(missing_ok=True)
        self._silent = {promise for promise in self._silent if uuid.UUID(promise).hex in open_}

    def _wanted(self, session: Session) -> set[uuid.UUID]:
        """Promises whose reason somebody is to hear: open ones whose call has its sound still."""
        query = (
            select(Callback.id)
            .join(Recording, Recording.call_id == Callback.reason_call_id)
            .where(Callback.state.in_(OPEN_STATES), Recording.path.is_not(None))
        )
        return set(session.scalars(query))
