"""Whether the learned vocabulary helps: corrected turns it was not taken from are listened to with and without it.

Rare and niced: at most once a day for a language, when corrections or the model have changed since. The decision is a
row (`vocabulary_trial`) with its figures; the words are taken into use only if fewer words are wrong with them. Where
too little can be listened to, the row says so, changes nothing, and it is tried again a day later: looking for the
sound means reading, or fetching, dozens of recordings.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from recording.errors import NoSound, StorageError
from recording.models import Recording
from recording.service import borrow
from ringback.config import Settings
from ringback.store.base import utcnow
from transcripts.engines.decode import LEFT, RIGHT, open_sound
from transcripts.engines.loaded import Engines
from transcripts.engines.recogniser import RATE, Sound, Word
from transcripts.errors import TranscriptError
from transcripts.models import Correction, Segment, Transcript
from transcripts.text import vocabulary
from transcripts.text.align import plain
from transcripts.text.models import VocabularyTrial
from transcripts.text.raw_recognition import unpacked
from transcripts.text.readable import is_bare, readable

log = logging.getLogger("ringback.transcripts.vocabulary")

REST = timedelta(hours=20)
"""Between two trials of a language, unless the model changed."""
MOST = 40
"""Turns that are listened to: the newest."""
LONGEST = 28.0
"""Seconds of a turn that are listened to in one go; longer turns are left out."""
PAD = 0.2
"""Seconds around a turn that its words may reach into."""


@dataclass(frozen=True, slots=True)
class HeldOutTurn:
    """A corrected turn: its sound, and what is said in it."""

    sound: Sound
    words: tuple[str, ...]


def due(session: Session, settings: Settings, *, full: bool) -> list[str]:
    """Languages whose vocabulary is to be measured."""
    return [each for each in vocabulary.languages(settings) if _is_due(session, settings, each)] if full else []


def _is_due(session: Session, settings: Settings, language: str) -> bool:
    model = vocabulary.whisper_of(settings, language)
    if model is None or not vocabulary.candidates(session, language):
        return False
    if len(vocabulary.held_out(session, language)) < vocabulary.LEAST_TURNS:
        return False
    last = vocabulary.newest_look(session, language)
    if last is None or last.model != model:
        return True
    if last.stretches < vocabulary.LEAST_TURNS:
        return utcnow() - last.at >= REST  # what could not be had may be there now
    changed = session.scalar(select(func.max(func.coalesce(Correction.ended_at, Correction.at))))
    return utcnow() - last.at >= REST and changed is not None and changed > last.at


def run(sessions: sessionmaker[Session], settings: Settings, engines: Engines, language: str) -> str | None:
    """Measures a language's vocabulary; "taken" or "refused"; None: there is none, or too little to listen to now."""
    with sessions() as session:
        words = [each.word for each in vocabulary.candidates(session, language)]
        turns = _held_out_turns(session, settings, language) if words else []
    if not words:
        return None
    if len(turns) < vocabulary.LEAST_TURNS:
        with sessions() as session, session.begin():
            session.add(_undecided(settings, language, words, len(turns)))
        log.info("vocabulary %s: only %d corrected turns can be listened to", language, len(turns))
        return None
    own = vocabulary.own_words(settings, language)
    before, model, engine = _errors(engines, language, own, turns)
    after, _, _ = _errors(engines, language, own + words, turns)
    with sessions() as session, session.begin():
        session.add(
            VocabularyTrial(
                language=language,
                engine=engine,
                model=model,
                words=words,
                stretches=len(turns),
                reference_words=sum(len(each.words) for each in turns),
                errors_before=before,
                errors_after=after,
                taken=after < before,
            )
        )
    log.info("vocabulary %s: %d words wrong without, %d with %d words", language, before, after, len(words))
    return "taken" if after < before else "refused"


def _undecided(settings: Settings, language: str, words: list[str], turns: int) -> VocabularyTrial:
    """A look at too little: it rests from now on, and what an earlier trial decided stays."""
    return VocabularyTrial(
        language=language,
        engine="whisper",
        model=vocabulary.whisper_of(settings, language) or "",
        words=words,
        stretches=turns,
        reference_words=0,
        errors_before=0,
        errors_after=0,
        taken=False,
    )


def wrong_words(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words replaced, missing or too many: the Levenshtein distance of two lists of words."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        last, row[0] = row[0], number
        for at, other in enumerate(heard, 1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (word != other))
    return row[-1]


def _errors(engines: Engines, language: str, words: list[str], turns: list[HeldOutTurn]) -> tuple[int, str, str]:
    """Wrong words in all, the model's name, the engine's. The lock is given back after each few turns."""
    wrong, begin = 0, 0
    while True:
        with engines.lock:
            recogniser = engines.get(language, words)
            some = turns[begin : begin + recogniser.batch]
            heard = recogniser.transcribe([each.sound for each in some])
        wrong += sum(wrong_words(each.words, _plain(said, language)) for each, said in zip(some, heard, strict=True))
        begin += len(some)
        if begin >= len(turns):
            return wrong, recogniser.model, recogniser.engine


def _plain(words: list[Word], language: str) -> tuple[str, ...]:
    """Words as the turns have them: with figures, without marks."""
    texts = [word.text for word in readable(words, language, bare=is_bare(words))]
    return tuple(text for text in plain(texts) if text)


def _held_out_turns(session: Session, settings: Settings, language: str) -> list[HeldOutTurn]:
    found = []
    for correction, call_id in vocabulary.held_out(session, language)[:MOST]:
        row = session.scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
        words = _said(session, correction, call_id)
        if row is None or not words or correction.end - correction.start + 2 * PAD > LONGEST:
            continue
        try:
            with borrow(settings, row) as path:
                sound = _sound(path, correction)
        except (NoSound, StorageError, TranscriptError, OSError) as error:
            log.info("a corrected turn of %s is not listened to: %s", call_id, error)
            continue
        if len(sound):
            found.append(HeldOutTurn(sound, words))
    return found


def _said(session: Session, correction: Correction, call_id: str) -> tuple[str, ...]:
    """What stands in the corrected turn now; empty where something of it is masked."""
    segments = session.scalars(
        select(Segment)
        .join(Transcript, Transcript.id == Segment.transcript_id)
        .where(Transcript.call_id == call_id, Segment.speaker == correction.speaker)
        .order_by(Segment.seq)
    )
    inside = [
        word
        for segment in segments
        for word in unpacked(segment.words)
        if correction.start <= (word.start + word.end) / 2 <= correction.end
    ]
    if any("•" in word.text for word in inside):
        return ()
    return tuple(text for text in plain([word.text for word in inside]) if text)


def _sound(path: Path, correction: Correction) -> Sound:
    channel = LEFT if correction.speaker == "caller" else RIGHT
    with open_sound(path) as file:
        begin = max(0, round((correction.start - PAD) * RATE))
        file.seek(min(begin, file.frames))
        both = file.read(round((correction.end + PAD) * RATE) - begin, dtype="int16", always_2d=True)
    return np.ascontiguousarray(both[:, channel])
