"""The local vocabulary: what is learned from corrections, on which it is judged, and when it is used. No model."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording.models import Recording
from ringback.config import Settings, Speech
from ringback.store.base import utcnow
from tickets.transcript_line import rebuild
from transcripts.engines.recogniser import RATE, Sound, Word
from transcripts.models import Correction, Transcript
from transcripts.pipeline import corrections
from transcripts.pipeline.corrections import Edit
from transcripts.redaction.masks import rules_of
from transcripts.text import raw_recognition, vocabulary, vocabulary_trial
from transcripts.text.models import VocabularyTrial

Sessions = sessionmaker[Session]
ARRIVED = datetime(2026, 3, 1, tzinfo=UTC)
LEARNED = [f"17000000{n:02}.1" for n in range(60) if not vocabulary.is_held_out(f"17000000{n:02}.1")]
HELD_OUT = [f"17000000{n:02}.1" for n in range(60) if vocabulary.is_held_out(f"17000000{n:02}.1")]


def add(store: Sessions, settings: Settings, call_id: str, heard_as: str, said: str, language: str = "en") -> None:
    """A call whose caller's only turn was heard as one thing and corrected to another."""
    words = [Word(1 + at / 2, 1.4 + at / 2, 0.8, word) for at, word in enumerate(heard_as.split())]
    with store() as session, session.begin():
        call: dict[str, Any] = {"line": "1000", "caller_number": "201", "caller_name": "", "state": "ended"}
        session.add(Call(call_id=call_id, language=language, arrived_at=ARRIVED, ended_at=ARRIVED, **call))
        session.flush()
        session.add(Recording(call_id=call_id, state="stored", path="call.flac"))
        row = Transcript(call_id=call_id, state="done", language=language)
        session.add(row)
        session.flush()
        raw_recognition.save(session, row.id, {"caller": words}, None)
        rebuild(session, row.id, settings)
        session.expire_all()
        corrections.correct(session, row, Edit(0, row.revision, said, "vera"), rules_of(settings.redaction))
        rebuild(session, row.id, settings)


def learn(store: Sessions, settings: Settings, held_out: int = vocabulary.LEAST_TURNS) -> None:
    soundfile.write(settings.recordings / "call.flac", np.zeros((5 * RATE, 2), np.int16), RATE)
    for call_id in LEARNED[:2] + HELD_OUT[:held_out]:
        add(store, settings, call_id, "my tab it is slow", "my Zabbix is slow")
    add(store, settings, LEARNED[2], "a new rooter", "a new router")


class PromptedRecogniser:
    """A recogniser that knows the word only when it is told; the shape of a `Recogniser`."""

    engine, model, language, window_seconds, batch = "whisper", "whisper-base", "en", 28.0, 4

    def __init__(self, words: list[str], better: bool) -> None:
        self.said = "my Zabbix is slow" if words and better else "my tab it is slow"

    def transcribe(self, sounds: list[Sound]) -> list[list[Word]]:
        assert all(len(sound) > RATE for sound in sounds)
        return [[Word(at, at + 0.5, 0.9, word) for at, word in enumerate(self.said.split())] for _ in sounds]


class ScriptedEngines(vocabulary_trial.Engines):
    """Engines without a model."""

    def __init__(self, settings: Settings, *, better: bool) -> None:
        super().__init__(settings)
        self.better = better

    def get(self, language: str, words: Any = ()) -> Any:
        return PromptedRecogniser(list(words), self.better)


def test_a_word_corrected_in_several_calls_is_learned_and_in_one_is_not(store: Sessions, settings: Settings) -> None:
    learn(store, settings)
    with store() as session:
        found = vocabulary.candidates(session, "en")
        assert [(each.word, each.calls) for each in found] == [("Zabbix", 2)]
        assert vocabulary.candidates(session, "ru") == []
        assert len(vocabulary.held_out(session, "en")) == vocabulary.LEAST_TURNS


@pytest.mark.parametrize(("better", "outcome"), [(True, "taken"), (False, "refused")])
def test_it_is_used_only_if_the_error_on_other_calls_falls(
    store: Sessions, settings: Settings, better: bool, outcome: str
) -> None:
    learn(store, settings)
    with store() as session:
        assert vocabulary_trial.due(session, settings, full=False) == []
        assert vocabulary_trial.due(session, settings, full=True) == ["en"]
        assert vocabulary.in_use(session, settings, "en") == []
    assert vocabulary_trial.run(store, settings, ScriptedEngines(settings, better=better), "en") == outcome
    with store() as session:
        row = session.scalars(select(VocabularyTrial)).one()
        assert (row.stretches, row.reference_words) == (vocabulary.LEAST_TURNS, 4 * vocabulary.LEAST_TURNS)
        assert (row.errors_before, row.errors_after) == (16, 0 if better else 16)
        assert vocabulary.in_use(session, settings, "en") == (["Zabbix"] if better else [])
        assert vocabulary_trial.due(session, settings, full=True) == []  # nothing has changed since


def test_it_is_measured_again_when_corrections_or_the_model_changed(store: Sessions, settings: Settings) -> None:
    learn(store, settings)
    vocabulary_trial.run(store, settings, ScriptedEngines(settings, better=True), "en")
    with store() as session, session.begin():
        row = session.scalars(select(VocabularyTrial)).one()
        row.at = utcnow() - timedelta(days=2)
        session.flush()
        assert vocabulary_trial.due(session, settings, full=True) == ["en"]
        row.at, row.model = utcnow(), "another"
        session.flush()
        assert vocabulary_trial.due(session, settings, full=True) == ["en"]
        assert vocabulary.in_use(session, settings, "en") == []  # proven with the other model alone


def test_too_few_corrections_measure_nothing(sqlite_store: Sessions, settings: Settings) -> None:
    learn(sqlite_store, settings, held_out=vocabulary.LEAST_TURNS - 1)
    with sqlite_store() as session:
        assert vocabulary_trial.due(session, settings, full=True) == []
    assert vocabulary_trial.run(sqlite_store, settings, ScriptedEngines(settings, better=True), "en") is None


def test_sound_that_is_gone_is_left_out(sqlite_store: Sessions, settings: Settings) -> None:
    learn(sqlite_store, settings)
    (settings.recordings / "call.flac").unlink()
    assert vocabulary_trial.run(sqlite_store, settings, ScriptedEngines(settings, better=True), "en") is None


def test_where_too_little_can_be_heard_it_rests_and_what_was_decided_stays(store: Sessions, settings: Settings) -> None:
    learn(store, settings)
    engines = ScriptedEngines(settings, better=True)
    assert vocabulary_trial.run(store, settings, engines, "en") == "taken"
    with store() as session, session.begin():
        decided = session.scalars(select(VocabularyTrial)).one()
        decided.at = utcnow() - timedelta(days=2)
        assert vocabulary_trial.due(session, settings, full=True) == ["en"]
    (settings.recordings / "call.flac").rename(settings.recordings / "away.flac")
    assert vocabulary_trial.run(store, settings, engines, "en") is None
    with store() as session, session.begin():
        assert vocabulary_trial.due(session, settings, full=True) == []
        assert vocabulary.in_use(session, settings, "en") == ["Zabbix"]
        last = vocabulary.newest_look(session, "en")
        assert last is not None
        assert (last.stretches, last.taken) == (0, False)
        last.at = utcnow() - vocabulary_trial.REST
        session.flush()
        assert vocabulary_trial.due(session, settings, full=True) == ["en"]
    (settings.recordings / "away.flac").rename(settings.recordings / "call.flac")
    assert vocabulary_trial.run(store, settings, engines, "en") == "taken"
    with store() as session:
        assert vocabulary_trial.due(session, settings, full=True) == []


def test_people_switch_words_off_and_on_and_have_words_of_their_own(store: Sessions, settings: Settings) -> None:
    learn(store, settings)
    vocabulary_trial.run(store, settings, ScriptedEngines(settings, better=True), "en")
    own = settings.model_copy(update={"speech": Speech(vocabulary={"en": ["Ringback", "Zammad"]})})
    with store() as session, session.begin():
        assert vocabulary.in_use(session, own, "en") == ["Ringback", "Zammad", "Zabbix"]
        for word in ("Zabbix", vocabulary.ALL):
            vocabulary.switch(session, "en", word, "eva", utcnow(), on=False)
            vocabulary.switch(session, "en", word, "tom", utcnow(), on=False)
            assert vocabulary.in_use(session, own, "en") == ["Ringback", "Zammad"]
            assert {row.by for row in vocabulary.switched_off(session, "en").values()} == {"eva"}
            vocabulary.switch(session, "en", word, "eva", utcnow(), on=True)
        assert vocabulary.in_use(session, own, "en") == ["Ringback", "Zammad", "Zabbix"]
        vosk = settings.model_copy(update={"speech": Speech(engine="vosk", vocabulary={"en": ["Ringback"]})})
        assert vocabulary.in_use(session, vosk, "en") == []


def test_a_correction_that_was_undone_teaches_nothing(sqlite_store: Sessions, settings: Settings) -> None:
    learn(sqlite_store, settings)
    with sqlite_store() as session, session.begin():
        for row in session.scalars(select(Correction)):
            corrections.undo(session, row, "vera")
        assert vocabulary.candidates(session, "en") == []


some = st.lists(st.sampled_from("abc"), max_size=7)


@given(some, some, some)
def test_wrong_words_are_a_distance(one: list[str], two: list[str], three: list[str]) -> None:
    assert vocabulary_trial.wrong_words(one, one) == 0
    assert vocabulary_trial.wrong_words(one, two) == vocabulary_trial.wrong_words(two, one) <= max(len(one), len(two))
    assert vocabulary_trial.wrong_words(one, three) <= vocabulary_trial.wrong_words(
        one, two
    ) + vocabulary_trial.wrong_words(two, three)
    assert vocabulary_trial.wrong_words([], one) == len(one)
