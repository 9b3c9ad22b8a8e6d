"""The local vocabulary: words that people corrected in several calls, and whether they help the recogniser.

Owns the rows `vocabulary_trial` and `vocabulary_word`. Words are learned from the corrections of one half of the calls
and judged on those of the other (`trial.py` listens again), so that they are never praised for what they were taken
from. They are in use only while the newest trial of the present model says that the error fell. Only Whisper can be
told words (its prompt); Vosk's vocabulary is fixed in its model, and its grammar would forbid all other words.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.alarms import insert_or_leave
from ringback.store.base import uuid7
from transcripts.engines.models_store import WHISPER_NAME, vosk_folder
from transcripts.models import Correction, Transcript
from transcripts.text.align import plain
from transcripts.text.models import VocabularyTrial, VocabularyWord

CALLS = 2
"""Calls in which a word must have been corrected."""
SHORTEST = 3
"""Letters of a word: shorter ones are everybody's."""
MOST_WORDS = 60
"""Whisper's prompt has room for about 220 tokens; the words that were corrected most come first."""
LEAST_TURNS = 8
"""Held-out corrected turns below which nothing is measured."""
ALL = "*"
"""As a word that is switched off: the whole learned vocabulary of the language."""


@dataclass(frozen=True, slots=True)
class VocabularyCandidate:
    """A word that people wrote where something else had been heard."""

    word: str
    calls: int
    """In how many calls."""


def whisper_of(settings: Settings, language: str) -> str | None:
    """The name of the model that a vocabulary would help; None: Vosk listens, which can be told nothing."""
    engine = settings.speech.engine
    if engine == "vosk" or (engine == "auto" and vosk_folder(settings, language) is not None):
        return None
    return WHISPER_NAME


def languages(settings: Settings) -> list[str]:
    """Those in which words may be learned: what callers are served in, and what they were before."""
    return list(dict.fromkeys(["en", "ru", *settings.served_languages]))


def own_words(settings: Settings, language: str) -> list[str]:
    """The words of the settings: always in use, because their owner says so."""
    return list({str(name): words for name, words in settings.speech.vocabulary.items()}.get(language, []))


def in_use(session: Session, settings: Settings, language: str) -> list[str]:
    """What the recogniser is told: own words, and the learned ones while they are proven and not switched off."""
    model = whisper_of(settings, language)
    if model is None:
        return []
    words = own_words(settings, language) + learned(session, language, model)
    return list(dict.fromkeys(words))[:MOST_WORDS]


def learned(session: Session, language: str, model: str) -> list[str]:
    """The words of the newest trial with `model` if they were taken into use, less those that are switched off."""
    trial = newest(session, language)
    off = switched_off(session, language)
    if trial is None or not trial.taken or trial.model != model or ALL in off:
        return []
    return [str(word) for word in trial.words if plain([str(word)])[0] not in off]


def candidates(session: Session, language: str) -> list[VocabularyCandidate]:
    """Words corrected in at least CALLS calls of the learning half, the most frequent first."""
    calls: dict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for correction, call_id in _standing(session, language):
        if is_held_out(call_id):
            continue
        for change in correction.changes:
            heard = set(plain(change["before"]))
            for text in change["after"]:
                word = plain([text])[0]
                if word not in heard and len(word) >= SHORTEST and word.isalpha() and "•" not in text:
                    calls[word].add(call_id)
                    written[word] = text.strip(".,;:!?…\"'«»()")
    off = switched_off(session, language)
    found = [VocabularyCandidate(written[word], len(where)) for word, where in calls.items() if len(where) >= CALLS]
    return sorted(
        (each for each in found if plain([each.word])[0] not in off), key=lambda each: (-each.calls, each.word)
    )[:MOST_WORDS]


def held_out(session: Session, language: str) -> list[tuple[Correction, str]]:
    """Corrections that nothing is learned from, the newest of each turn, with their calls; the newest first."""
    found: dict[tuple[str, str, float], tuple[Correction, str]] = {}
    for correction, call_id in _standing(session, language):
        if is_held_out(call_id):
            found[call_id, correction.speaker, correction.start] = correction, call_id
    return list(reversed(found.values()))


def is_held_out(call_id: str) -> bool:
    """Which half a call belongs to: for ever the same, and the same on every machine."""
    return hashlib.sha256(call_id.encode()).digest()[0] % 2 == 1


def newest(session: Session, language: str) -> VocabularyTrial | None:
    """The newest trial that decided something."""
    return session.scalars(_trials(language).where(VocabularyTrial.stretches >= LEAST_TURNS)).first()


def newest_look(session: Session, language: str) -> VocabularyTrial | None:
    """The newest trial, also one that decided nothing because too little could be listened to (`stretches`)."""
    return session.scalars(_trials(language)).first()


def _trials(language: str) -> Select[tuple[VocabularyTrial]]:
    mine = select(VocabularyTrial).where(VocabularyTrial.language == language)
    return mine.order_by(VocabularyTrial.at.desc()).limit(1)


def switched_off(session: Session, language: str) -> dict[str, VocabularyWord]:
    """The words that people switched off, as they are compared, with who did it."""
    rows = session.scalars(select(VocabularyWord).where(VocabularyWord.language == language))
    return {row.word: row for row in rows}


def switch(session: Session, language: str, word: str, by: str, now: datetime, *, on: bool) -> None:
    """Switches a learned word off or on again; ALL: the whole vocabulary of the language."""
    key = word if word == ALL else plain([word])[0]
    if on:
        session.execute(delete(VocabularyWord).where(VocabularyWord.language == language, VocabularyWord.word == key))
    else:
        row = {"id": uuid7(), "language": language, "word": key, "by": by, "at": now}
        session.execute(insert_or_leave(VocabularyWord).values(**row))


def _standing(session: Session, language: str) -> list[tuple[Correction, str]]:
    """Corrections that stand, the oldest first, with their calls."""
    rows = session.execute(
        select(Correction, Transcript.call_id)
        .join(Transcript, Transcript.id == Correction.transcript_id)
        .where(Transcript.language == language, Correction.state == "applied")
        .order_by(Correction.at, Correction.id)
    )
    return [(correction, call_id) for correction, call_id in rows]
