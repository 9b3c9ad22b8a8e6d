"""Measures of a talk: shares, overlaps, silences, holds, interruptions, and the row that is written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, CallSegment
from ringback.config import Settings
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.engines.recogniser import Word
from transcripts.models import Transcript
from transcripts.text import measures, raw_recognition
from transcripts.text.intervals import within, without
from transcripts.text.measures import interruptions, measure
from transcripts.text.models import CallMeasure

Sessions = sessionmaker[Session]


def talk(*stretches: tuple[float, float], text: str = "w") -> list[Word]:
    """Words of half a second one after another."""
    return [
        Word(start + at / 2, start + at / 2 + 0.5, 0.9, text)
        for start, end in stretches
        for at in range(round((end - start) * 2))
    ]


def test_shares_overlap_and_silence() -> None:
    found = measure({"caller": talk((0, 10), (20, 26)), "agent": talk((8, 18))}, [(0, 30)], [])
    assert (found.window_seconds, found.caller_seconds, found.agent_seconds) == (30, 16, 10)
    assert found.overlap_seconds == pytest.approx(2)
    assert (found.silence_seconds, found.longest_silence, found.longest_silence_at) == (4, 4, 26)
    assert found.caller_words_per_minute == 120


def test_holds_and_pauses_of_the_recording_are_no_silence() -> None:
    words = {"caller": talk((0, 5), (40, 45)), "agent": talk((5, 10))}
    assert measure(words, [(0, 45)], []).longest_silence == 30
    found = measure(words, [(0, 45)], [(10, 30)], unheard=[(30, 40)])
    assert (found.silence_seconds, found.window_seconds) == (0, 15)
    assert (found.holds, found.hold_seconds, found.longest_hold) == (1, 20, 20)


def test_what_is_said_outside_the_talk_does_not_count() -> None:
    found = measure({"caller": talk((0, 8), (12, 14)), "agent": []}, [(10, 20)], [(19, 30)])
    assert (found.caller_seconds, found.hold_seconds) == (2, 1)


@pytest.mark.parametrize(
    ("who", "other", "count"),
    [
        (talk((5, 9)), talk((0, 6)), 1),  # begins while the other talks, and the other stops
        (talk((5, 5.5)), talk((0, 10)), 0),  # "mhm": the other goes on
        (talk((5, 8)), talk((0, 10)), 0),  # talks over, but the other keeps the floor
        (talk((5.8, 9)), talk((0, 6)), 0),  # a usual change of turns
        (talk((5, 6)), talk((0, 5.5)), 0),  # two words
        (talk((7, 9)), talk((0, 6)), 0),
    ],
)
def test_who_broke_in(who: list[Word], other: list[Word], count: int) -> None:
    assert interruptions(who, other) == count


def test_nobody_talked() -> None:
    found = measure({}, [], [])
    assert (found.window_seconds, found.silence_seconds, found.caller_words_per_minute) == (0, 0, None)


stretches = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda s: (min(s), max(s))), max_size=6)


@given(stretches, stretches)
def test_what_is_within_and_without_makes_the_whole(these: Any, those: Any) -> None:
    def seconds(found: list[tuple[float, float]]) -> float:
        return sum(end - start for start, end in found)

    whole = seconds(within(these, [(0, 60)]))
    assert seconds(within(these, those)) + seconds(without(these, those)) == pytest.approx(whole)


@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 3)), max_size=20),
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 3)), max_size=20),
)
def test_talk_and_silence_never_exceed_the_window(caller: Any, agent: Any) -> None:
    words = {who: [Word(s, s + d, 1.0, "w") for s, d in said] for who, said in (("caller", caller), ("agent", agent))}
    found = measure(words, [(0, 50)], [(10, 20)])
    both = found.caller_seconds + found.agent_seconds - found.overlap_seconds
    assert both + found.silence_seconds <= found.window_seconds + 1e-6
    assert min(found.overlap_seconds, found.silence_seconds) >= 0


def test_the_step_writes_one_row_from_the_rows_of_the_call(store: Sessions, settings: Settings) -> None:
    arrived = datetime(2026, 3, 1, tzinfo=UTC)

    def at(seconds: float) -> datetime:
        return arrived + timedelta(seconds=seconds)

    with store() as session, session.begin():
        session.add(
            Call(
                call_id="1.1", line="1000", language="en", caller_number="201", caller_name="", state="ended",
                arrived_at=arrived, connected_at=at(10), released_at=at(60), ended_at=at(70),
            )
        )  # fmt: skip
        session.flush()
        stretches = [
            ("talk", "anna", 10, 40), ("hold", "anna", 30, None), ("consult", "anna", 28, 40),
            ("talk", "boris", 40, 60), ("unrecorded", "boris", 50, 52),
        ]  # fmt: skip
        for seq, (kind, agent, start, end) in enumerate(stretches):
            made = CallSegment(call_id="1.1", seq=seq, kind=kind, agent=agent, started_at=at(start))
            made.ended_at = None if end is None else at(end)
            session.add(made)
        row = Transcript(call_id="1.1", state="done", language="en")
        session.add(row)
        session.flush()
        words = {"caller": talk((12, 20)), "agent": [*talk((21, 28), (41, 42)), Word(55, 56, 1.0, "what?")]}
        raw_recognition.save(session, row.id, words, None)
        rebuild(session, row.id, settings)
    step = stages.Step("measure", measures.make)
    with store() as session:
        assert stages.due(session, "measure", full=False) == ["1.1"]
    assert stages.run(step, store, settings, "1.1") == "done"
    with store() as session:
        found = session.scalars(select(CallMeasure)).one()
        assert found.window_seconds == 18 + 18, "without the colleague, the hold whose end is lost, the pause"
        assert (found.caller_seconds, found.agent_seconds) == (8, 9)
        assert (found.holds, found.longest_hold, found.agent_questions) == (1, 10, 1)
        assert (found.longest_silence, found.longest_silence_at) == (8, 42)
        assert stages.is_current(session, "1.1", "measure")
