"""A call that goes on with its growing file, and a recogniser that says what the test tells it to."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.live_transcription import masking
from calls.models import Call
from prompts.files import SOUNDS
from ringback.config import Live, Settings
from ringback.processes import LISTENER
from ringback.store.base import utcnow
from ringback.store.bus import Process
from transcripts.engines.recogniser import RATE, Word
from transcripts.live import service
from transcripts.live.listener import Listener
from transcripts.live.streaming import PhraseSound, StreamingRecogniser

CALL_ID = "1700000000.1"
Sessions = sessionmaker[Session]


def spoken(name: str) -> NDArray[np.int16]:
    """A prompt that is shipped."""
    sound: NDArray[np.int16] = soundfile.read(SOUNDS / "en" / f"{name}.wav", dtype="int16")[0]
    return sound


class Script:
    """A recogniser that says the next of its sentences in each new phrase, as far as the phrase has come."""

    engine = "script"
    wants_end = False

    def __init__(self, *sentences: str, words_a_second: float = 4.0) -> None:
        self.sentences = list(sentences)
        self.known: dict[int, str] = {}
        self.heard: list[tuple[int, float, bool]] = []
        self.pace = words_a_second

    def accept(self, phrases: Sequence[PhraseSound]) -> list[list[Word]]:
        found = []
        for phrase in phrases:
            if phrase.key not in self.known:
                self.known[phrase.key] = self.sentences.pop(0) if self.sentences else "more"
            seconds = len(phrase.sound) / RATE
            self.heard.append((phrase.key, seconds, phrase.ended))
            said = self.known[phrase.key].split()
            ready = said if phrase.ended else said[: max(1, int(seconds * self.pace))]
            share = seconds / max(1, len(ready))
            found.append([Word(n * share, (n + 1) * share, 0.9, word) for n, word in enumerate(ready)])
        return found

    def forget(self, key: int) -> None:
        self.known.pop(key, None)


class Line:
    """A call that goes on, and its growing file."""

    def __init__(self, store: Sessions, settings: Settings, call_id: str = CALL_ID, **facts: Any) -> None:
        self.store, self.call_id = store, call_id
        self.path = settings.spool / f"{call_id}.raw"
        self.arrived_at = utcnow()
        values: dict[str, Any] = {
            "line": "1000", "language": "en", "caller_number": "201", "caller_name": "", "state": "greeting",
            "arrived_at": self.arrived_at,
        }  # fmt: skip
        with store() as session, session.begin():
            session.add(Call(call_id=call_id, **(values | facts)))

    def grow(self, caller: NDArray[np.int16], right: NDArray[np.int16] | None = None) -> None:
        other = np.zeros_like(caller) if right is None else right
        with self.path.open("ab") as file:
            file.write(np.stack([caller, other], axis=1).astype("<i2").tobytes())

    def set(self, **facts: Any) -> None:
        with self.store() as session, session.begin():
            session.execute(update(Call).where(Call.call_id == self.call_id).values(**facts))


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE), np.int16)


def listener(store: Sessions, settings: Settings, recogniser: StreamingRecogniser, **live: Any) -> Listener:
    given = settings.model_copy(update={"live": Live(**live)})
    return Listener(store, given, lambda _language: recogniser, masking(given))


def step(*listeners: Listener) -> None:
    """What the process does about once a second."""
    for each in listeners:
        each.look()
        each.listen()
        each.write()


def rows(store: Sessions, call_id: str = CALL_ID) -> list[tuple[str, str, bool]]:
    with store() as session:
        found = service.phrases_of(session, [call_id]).get(call_id, [])
        return [(row.speaker, row.text, row.settled) for row in found]


def trouble(store: Sessions) -> str | None:
    with store() as session:
        row = session.get(Process, LISTENER.name)
        return str(row.trouble) if row and row.trouble else None
