"""Live words on both stores: a file that the test lets grow, and a recogniser that says what the test tells it to."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import event, select

from app.live_transcription import live_stages
from calls.models import CallSegment
from ringback.config import Settings
from ringback.processes import LISTENER
from ringback.store.alarms import clear_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm, Process
from tests.support.live_words import CALL_ID, Line, Script, Sessions, listener, rows, silence, spoken, step, trouble
from transcripts.engines.recogniser import RATE
from transcripts.live import service
from transcripts.live.models import LivePhrase
from transcripts.models import Transcript


def test_words_appear_while_the_file_grows_and_settle_at_a_pause(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("I have no internet at all since this morning", "hello"))
    step(running)
    assert rows(store) == []
    line = Line(store, settings)
    step(running)  # the call is there before its file
    sound = spoken("please-wait")[: 2 * RATE]
    line.grow(sound[:RATE])
    step(running)
    assert rows(store) == [("caller", "I have no", False)]
    line.grow(sound[RATE:])
    step(running)
    (going,) = rows(store)
    assert going[1].startswith("I have no internet at all")
    line.grow(silence(1))
    step(running)
    assert rows(store) == [("caller", "I have no internet at all since this morning", True)]
    line.grow(spoken("notice"))
    line.grow(silence(1))
    step(running)
    assert [text for _, text, _ in rows(store)][1:] == ["hello"]
    with store() as session:
        first, second = service.phrases_of(session, [CALL_ID])[CALL_ID]
        assert (first.seq, second.seq) == (0, 1)
        assert 0 <= first.start < first.end <= second.start < second.end <= 5.5
        assert first.skipped == 0
        beat = session.get(Process, LISTENER.name)
    assert beat is not None
    assert beat.trouble is None


def test_nothing_new_writes_no_phrase(sqlite_store: Sessions, settings: Settings) -> None:
    running = listener(sqlite_store, settings, Script("hello"))
    line = Line(sqlite_store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(running)
    assert not running.has_news
    statements: list[str] = []
    engine = sqlite_store.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    line.grow(silence(1))
    step(running)
    assert [each.split()[1] for each in statements if not each.startswith("SELECT")] == ["process"]


def test_the_agent_is_heard_in_the_talk_and_not_on_hold(store: Sessions, settings: Settings) -> None:
    script = Script("hello this is Anna", "I am back")
    running = listener(store, settings, script)
    line = Line(store, settings)
    prompt = np.concatenate([spoken("please-wait"), silence(1)])
    line.grow(np.zeros_like(prompt), prompt)
    step(running)
    assert script.heard == []  # a prompt of ours
    begin = line.arrived_at + timedelta(seconds=len(prompt) / RATE)
    line.set(connected_at=begin, agent="anna", state="talking")
    seconds = len(prompt) / RATE
    with store() as session, session.begin():
        session.add(
            CallSegment(
                call_id=CALL_ID, seq=0, kind="hold", agent="anna", started_at=begin + timedelta(seconds=seconds),
                ended_at=begin + timedelta(seconds=2 * seconds),
            )
        )  # fmt: skip
    for _ in range(2):
        line.grow(np.zeros_like(prompt), prompt)
        step(running)
    said = rows(store)
    assert {speaker for speaker, _, _ in said} == {"agent"}
    with store() as session:
        found = service.phrases_of(session, [CALL_ID])[CALL_ID]
        assert all(seconds - 0.1 <= row.start <= row.end <= 2 * seconds + 0.1 for row in found)
    line.set(released_at=begin + timedelta(seconds=2 * seconds))
    line.grow(np.zeros_like(prompt), prompt)
    step(running)
    assert len(rows(store)) == len(said)


def test_what_it_cannot_keep_up_with_is_left_out_and_said(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("first", "last"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(0.6)]))
    step(running)
    line.grow(np.concatenate([np.tile(spoken("notice"), 9), silence(1)]))  # 13 s at once
    step(running)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(running)
    with store() as session:
        first, last = service.phrases_of(session, [CALL_ID])[CALL_ID]
    assert (first.text, first.skipped) == ("first", 0)
    assert last.text == "last"
    assert last.skipped == pytest.approx(12, abs=0.5)
    assert (trouble(store) or "").startswith("The machine is too slow for live text: 12 s of the last minute")


def test_the_next_process_goes_on_where_the_rows_end(store: Sessions, settings: Settings) -> None:
    first = listener(store, settings, Script("well", "I am calling because of my bill"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1), spoken("please-wait")[: RATE * 3 // 2]]))
    step(first)
    assert [(text, settled) for _, text, settled in rows(store)] == [
        ("well", True),
        ("I am calling because of my", False),
    ]
    second = listener(store, settings, Script("because of the rest"))  # the first was killed
    line.grow(np.concatenate([spoken("please-wait")[RATE * 3 // 2 : 2 * RATE], silence(1)]))
    step(second)
    assert rows(store) == [("caller", "well", True), ("caller", "because of the rest", True)]
    assert trouble(store) is None
    # One that begins long after leaves out what it cannot make up for, and is not slow for it.
    line.grow(silence(30))
    third = listener(store, settings, Script("late"))
    step(third)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(third)
    with store() as session:
        late = service.phrases_of(session, [CALL_ID])[CALL_ID][-1]
    assert (late.text, late.seq) == ("late", 3)
    assert late.skipped > 20
    assert trouble(store) is None


def test_a_call_that_ends_is_heard_to_its_end_and_its_words_go_with_the_transcript(
    store: Sessions, settings: Settings
) -> None:
    running = listener(store, settings, Script("good bye and thanks"))
    line = Line(store, settings)
    line.grow(spoken("notice"))
    step(running)
    assert [settled for _, _, settled in rows(store)] == [False]
    line.set(ended_at=utcnow(), state="ended")
    step(running)
    assert rows(store) == [("caller", "good bye and thanks", True)]
    assert running.calls == {}
    (stage,) = live_stages(store)
    with store() as session:
        assert stage.due(session, True) == []
    with store() as session, session.begin():
        session.add(Transcript(call_id=CALL_ID, language="en", state="done"))
    with store() as session:
        assert stage.due(session, False) == [CALL_ID]
    stage.work(CALL_ID)
    assert rows(store) == []
    step(running)
    assert rows(store) == []


def test_words_of_a_call_without_a_transcript_go_after_an_hour(store: Sessions, settings: Settings) -> None:
    line = Line(store, settings)
    with store() as session, session.begin():
        session.add(LivePhrase(call_id=CALL_ID, seq=0, speaker="caller", start=0, end=1, text="hi", settled=True))
    line.set(ended_at=utcnow() - timedelta(minutes=59))
    with store() as session:
        assert service.due(session) == []
    line.set(ended_at=utcnow() - timedelta(minutes=61))
    with store() as session:
        assert service.due(session) == [CALL_ID]


def test_a_file_that_vanishes_or_is_cut_ends_nothing(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("well", "other"))
    line, other = Line(store, settings), Line(store, settings, "1700000000.2")
    speech = np.concatenate([spoken("notice"), silence(1)])
    line.grow(speech)
    other.grow(speech)
    step(running)
    line.path.unlink()
    other.grow(speech)
    step(running)
    assert len(rows(store, "1700000000.2")) == 2
    line.path.write_bytes(b"\x00" * 7)  # there again, and odd
    other.path.write_bytes(b"\x00" * 4000)  # cut
    step(running)
    other.grow(speech)
    step(running)
    assert [settled for _, _, settled in rows(store, "1700000000.2")] == [True, True, True]
    assert trouble(store) is None


def test_only_so_many_calls_are_listened_to_and_talks_go_first(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("well"), calls=1)
    waits = Line(store, settings)
    talks = Line(store, settings, "1700000000.2", connected_at=utcnow())
    strange = Line(store, settings, "..%2f..")  # no name that Asterisk gives
    for line in (waits, talks):
        line.grow(np.concatenate([spoken("notice"), silence(1)]))
    assert strange.path.parent == settings.spool
    step(running)
    assert list(running.calls) == ["1700000000.2"]
    assert rows(store) == []
    talks.set(ended_at=utcnow())
    step(running)
    waits.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(running)
    assert list(running.calls) == [CALL_ID]
    assert [speaker for speaker, _, _ in rows(store)] == ["caller", "caller"]


def test_an_alert_is_raised_once_a_call_and_word(store: Sessions, settings: Settings) -> None:
    alerts = {"en": ["lawyer", "refund*"]}
    running = listener(store, settings, Script("I call my lawyer now", "my lawyer and a refund"), alerts=alerts)
    line = Line(store, settings)
    speech = np.concatenate([spoken("please-wait")[: 2 * RATE], silence(1)])
    line.grow(speech)
    step(running)
    with store() as session, session.begin():
        (alarm,) = session.scalars(select(Alarm))
        assert (alarm.kind, alarm.level, alarm.text) == ("live.word", "yellow", "The caller said “lawyer”.")
        assert alarm.args["call_id"] == CALL_ID
        clear_alarm(session, alarm.kind, alarm.subject, utcnow(), by="boss")
    again = listener(store, settings, Script("my lawyer and a refund"), alerts=alerts)  # the first was killed
    line.grow(speech)
    step(running, again)
    with store() as session:
        assert service.alerts_of(session, [CALL_ID, "x"]) == {CALL_ID: ["lawyer", "refund"]}
        assert len(session.scalars(select(Alarm)).all()) == 2
    (stage,) = live_stages(store)
    assert stage.tidy is not None
    stage.tidy()
    line.set(ended_at=utcnow() - timedelta(hours=2))
    stage.tidy()
    with store() as session:
        assert session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None))).all() == []


CARD = "my card is four one one one one one one one one one one one one one one one"
