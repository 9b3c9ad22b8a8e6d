"""Live words on both stores: a file that the test lets grow, and an ear that says what the test tells it to."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session, sessionmaker

from recording.service import ask_to_keep
from ringback.config import Live, Settings
from ringback.listening import forget_listener, live_stages, masking
from ringback.store.alarms import clear_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm, Process
from tests.unit.test_live_hearing import spoken
from tickets.models import Call, CallSpan
from transcripts.errors import ModelError
from transcripts.live import service
from transcripts.live.ears import LiveEar, Piece
from transcripts.live.listener import Listener
from transcripts.live.models import LivePhrase
from transcripts.models import Transcript
from transcripts.recognizer import RATE, Word

LINKEDID = "1700000000.1"
Sessions = sessionmaker[Session]


class Script:
    """An ear that hears the next of its sentences in each new phrase, as far as the phrase's share of a second goes."""

    engine = "script"
    wants_end = False

    def __init__(self, *sentences: str, words_a_second: float = 4.0) -> None:
        self.sentences = list(sentences)
        self.known: dict[int, str] = {}
        self.heard: list[tuple[int, float, bool]] = []
        self.pace = words_a_second

    def hear(self, pieces: Sequence[Piece]) -> list[list[Word]]:
        found = []
        for piece in pieces:
            if piece.key not in self.known:
                self.known[piece.key] = self.sentences.pop(0) if self.sentences else "more"
            seconds = len(piece.sound) / RATE
            self.heard.append((piece.key, seconds, piece.ended))
            said = self.known[piece.key].split()
            ready = said if piece.ended else said[: max(1, int(seconds * self.pace))]
            share = seconds / max(1, len(ready))
            found.append([Word(n * share, (n + 1) * share, 0.9, word) for n, word in enumerate(ready)])
        return found

    def forget(self, key: int) -> None:
        self.known.pop(key, None)


class Line:
    """A call that goes on, and its growing file."""

    def __init__(self, store: Sessions, settings: Settings, linkedid: str = LINKEDID, **facts: Any) -> None:
        self.store, self.linkedid = store, linkedid
        self.path = settings.spool / f"{linkedid}.raw"
        self.arrived_at = utcnow()
        values: dict[str, Any] = {
            "line": "1000", "language": "en", "caller_number": "201", "caller_name": "", "state": "greeting",
            "arrived_at": self.arrived_at,
        }  # fmt: skip
        with store() as session, session.begin():
            session.add(Call(linkedid=linkedid, **(values | facts)))

    def grow(self, caller: NDArray[np.int16], right: NDArray[np.int16] | None = None) -> None:
        other = np.zeros_like(caller) if right is None else right
        with self.path.open("ab") as file:
            file.write(np.stack([caller, other], axis=1).astype("<i2").tobytes())

    def set(self, **facts: Any) -> None:
        with self.store() as session, session.begin():
            session.execute(update(Call).where(Call.linkedid == self.linkedid).values(**facts))


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(round(seconds * RATE), np.int16)


def listener(store: Sessions, settings: Settings, ear: LiveEar, **live: Any) -> Listener:
    given = settings.model_copy(update={"live": Live(**live)})
    return Listener(store, given, lambda _language: ear, masking(given))


def step(*listeners: Listener) -> None:
    """What the process does about once a second."""
    for each in listeners:
        each.look()
        each.listen()
        each.write()


def rows(store: Sessions, linkedid: str = LINKEDID) -> list[tuple[str, str, bool]]:
    with store() as session:
        found = service.phrases_of(session, [linkedid]).get(linkedid, [])
        return [(row.speaker, row.text, row.settled) for row in found]


def trouble(store: Sessions) -> str | None:
    with store() as session:
        row = session.get(Process, service.PROCESS)
        return row.trouble if row else None


def test_words_appear_while_the_file_grows_and_settle_at_a_pause(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("I have no internet at all since this morning", "hello"))
    step(ear)
    assert rows(store) == []
    line = Line(store, settings)
    step(ear)  # the call is there before its file
    sound = spoken("please-wait")[: 2 * RATE]
    line.grow(sound[:RATE])
    step(ear)
    assert rows(store) == [("caller", "I have no", False)]
    line.grow(sound[RATE:])
    step(ear)
    (going,) = rows(store)
    assert going[1].startswith("I have no internet at all")
    line.grow(silence(1))
    step(ear)
    assert rows(store) == [("caller", "I have no internet at all since this morning", True)]
    line.grow(spoken("notice"))
    line.grow(silence(1))
    step(ear)
    assert [text for _, text, _ in rows(store)][1:] == ["hello"]
    with store() as session:
        first, second = service.phrases_of(session, [LINKEDID])[LINKEDID]
        assert (first.seq, second.seq) == (0, 1)
        assert 0 <= first.start < first.end <= second.start < second.end <= 5.5
        assert first.skipped == 0
        beat = session.get(Process, service.PROCESS)
    assert beat is not None
    assert beat.trouble is None


def test_nothing_new_writes_no_phrase(sqlite_store: Sessions, settings: Settings) -> None:
    ear = listener(sqlite_store, settings, Script("hello"))
    line = Line(sqlite_store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(ear)
    assert not ear.has_news
    statements: list[str] = []
    engine = sqlite_store.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    line.grow(silence(1))
    step(ear)
    assert [each.split()[1] for each in statements if not each.startswith("SELECT")] == ["process"]


def test_the_agent_is_heard_in_the_talk_and_not_on_hold(store: Sessions, settings: Settings) -> None:
    script = Script("hello this is Anna", "I am back")
    ear = listener(store, settings, script)
    line = Line(store, settings)
    prompt = np.concatenate([spoken("please-wait"), silence(1)])
    line.grow(np.zeros_like(prompt), prompt)
    step(ear)
    assert script.heard == []  # a prompt of ours
    begin = line.arrived_at + timedelta(seconds=len(prompt) / RATE)
    line.set(connected_at=begin, agent="anna", state="talking")
    seconds = len(prompt) / RATE
    with store() as session, session.begin():
        session.add(
            CallSpan(
                linkedid=LINKEDID, seq=0, kind="hold", agent="anna", started_at=begin + timedelta(seconds=seconds),
                ended_at=begin + timedelta(seconds=2 * seconds),
            )
        )  # fmt: skip
    for _ in range(2):
        line.grow(np.zeros_like(prompt), prompt)
        step(ear)
    said = rows(store)
    assert {speaker for speaker, _, _ in said} == {"agent"}
    with store() as session:
        found = service.phrases_of(session, [LINKEDID])[LINKEDID]
        assert all(seconds - 0.1 <= row.start <= row.end <= 2 * seconds + 0.1 for row in found)
    line.set(released_at=begin + timedelta(seconds=2 * seconds))
    line.grow(np.zeros_like(prompt), prompt)
    step(ear)
    assert len(rows(store)) == len(said)


def test_what_it_cannot_keep_up_with_is_left_out_and_said(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("first", "last"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(0.6)]))
    step(ear)
    line.grow(np.concatenate([np.tile(spoken("notice"), 9), silence(1)]))  # 13 s at once
    step(ear)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(ear)
    with store() as session:
        first, last = service.phrases_of(session, [LINKEDID])[LINKEDID]
    assert (first.text, first.skipped) == ("first", 0)
    assert last.text == "last"
    assert last.skipped == pytest.approx(12, abs=0.5)
    assert (trouble(store) or "").startswith("The machine is too slow for live words: 12 s of the last minute")


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
        late = service.phrases_of(session, [LINKEDID])[LINKEDID][-1]
    assert (late.text, late.seq) == ("late", 3)
    assert late.skipped > 20
    assert trouble(store) is None


def test_a_call_that_ends_is_heard_to_its_end_and_its_words_go_with_the_transcript(
    store: Sessions, settings: Settings
) -> None:
    ear = listener(store, settings, Script("good bye and thanks"))
    line = Line(store, settings)
    line.grow(spoken("notice"))
    step(ear)
    assert [settled for _, _, settled in rows(store)] == [False]
    line.set(ended_at=utcnow(), state="ended")
    step(ear)
    assert rows(store) == [("caller", "good bye and thanks", True)]
    assert ear.calls == {}
    (stage,) = live_stages(store)
    with store() as session:
        assert stage.due(session, True) == []
    with store() as session, session.begin():
        session.add(Transcript(linkedid=LINKEDID, language="en", state="done"))
    with store() as session:
        assert stage.due(session, False) == [LINKEDID]
    stage.work(LINKEDID)
    assert rows(store) == []
    step(ear)
    assert rows(store) == []


def test_words_of_a_call_without_a_transcript_go_after_an_hour(store: Sessions, settings: Settings) -> None:
    line = Line(store, settings)
    with store() as session, session.begin():
        session.add(LivePhrase(linkedid=LINKEDID, seq=0, speaker="caller", start=0, end=1, text="hi", settled=True))
    line.set(ended_at=utcnow() - timedelta(minutes=59))
    with store() as session:
        assert service.due(session) == []
    line.set(ended_at=utcnow() - timedelta(minutes=61))
    with store() as session:
        assert service.due(session) == [LINKEDID]


def test_a_file_that_vanishes_or_is_cut_ends_nothing(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("well", "other"))
    line, other = Line(store, settings), Line(store, settings, "1700000000.2")
    speech = np.concatenate([spoken("notice"), silence(1)])
    line.grow(speech)
    other.grow(speech)
    step(ear)
    line.path.unlink()
    other.grow(speech)
    step(ear)
    assert len(rows(store, "1700000000.2")) == 2
    line.path.write_bytes(b"\x00" * 7)  # there again, and odd
    other.path.write_bytes(b"\x00" * 4000)  # cut
    step(ear)
    other.grow(speech)
    step(ear)
    assert [settled for _, _, settled in rows(store, "1700000000.2")] == [True, True, True]
    assert trouble(store) is None


def test_only_so_many_calls_are_listened_to_and_talks_go_first(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("well"), calls=1)
    waits = Line(store, settings)
    talks = Line(store, settings, "1700000000.2", connected_at=utcnow())
    strange = Line(store, settings, "..%2f..")  # no name that Asterisk gives
    for line in (waits, talks):
        line.grow(np.concatenate([spoken("notice"), silence(1)]))
    assert strange.path.parent == settings.spool
    step(ear)
    assert list(ear.calls) == ["1700000000.2"]
    assert rows(store) == []
    talks.set(ended_at=utcnow())
    step(ear)
    waits.grow(np.concatenate([spoken("notice"), silence(1)]))
    step(ear)
    assert list(ear.calls) == [LINKEDID]
    assert [speaker for speaker, _, _ in rows(store)] == ["caller", "caller"]


def test_an_alert_is_raised_once_a_call_and_word(store: Sessions, settings: Settings) -> None:
    alerts = {"en": ["lawyer", "refund*"]}
    ear = listener(store, settings, Script("I call my lawyer now", "my lawyer and a refund"), alerts=alerts)
    line = Line(store, settings)
    speech = np.concatenate([spoken("please-wait")[: 2 * RATE], silence(1)])
    line.grow(speech)
    step(ear)
    with store() as session, session.begin():
        (alarm,) = session.scalars(select(Alarm))
        assert (alarm.kind, alarm.level, alarm.text) == ("live.word", "yellow", 'The caller said "lawyer".')
        assert alarm.args["linkedid"] == LINKEDID
        clear_alarm(session, alarm.kind, alarm.subject, utcnow(), by="boss")
    again = listener(store, settings, Script("my lawyer and a refund"), alerts=alerts)  # the first was killed
    line.grow(speech)
    step(ear, again)
    with store() as session:
        assert service.alerts_of(session, [LINKEDID, "x"]) == {LINKEDID: ["lawyer", "refund"]}
        assert len(session.scalars(select(Alarm)).all()) == 2
    (stage,) = live_stages(store)
    assert stage.tidy is not None
    stage.tidy()
    line.set(ended_at=utcnow() - timedelta(hours=2))
    stage.tidy()
    with store() as session:
        assert session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None))).all() == []


CARD = "my card is four one one one one one one one one one one one one one one one"


def test_no_digit_of_a_card_number_is_ever_written(store: Sessions, settings: Settings) -> None:
    """The number comes in three phrases with pauses; every state of the rows that anybody could read is looked at."""
    script = Script(
        "my card is four one one one", "one one one one yes one one one one", "one one one one", "thank you very much"
    )
    ear = listener(store, settings, script)
    line = Line(store, settings)
    seen: list[str] = []
    for _ in range(4):
        for piece in (spoken("please-wait")[: RATE * 2], silence(1)):
            line.grow(piece)
            step(ear)
            seen += [text for _, text, _ in rows(store)]
    assert not any("one" in text.split() or "four" in text.split() for text in seen), seen
    assert any(text.startswith("my card is") for text in seen)
    line.grow(silence(4))
    step(ear)
    final = [text for _, text, _ in rows(store)]
    assert final[0] == "my card is •card•"
    assert final[-1] == "thank you very much"


@pytest.mark.parametrize("anew", [False, True])
def test_what_was_asked_before_a_restart_tells_what_the_answer_is(
    store: Sessions, settings: Settings, *, anew: bool
) -> None:
    ear = listener(store, settings, Script("security code please"))
    line = Line(store, settings)
    start = utcnow()
    line.set(arrived_at=start, connected_at=start)
    asked = np.concatenate([spoken("please-wait")[: RATE * 2], silence(1)])
    line.grow(silence(3), asked)
    step(ear)
    assert rows(store) == [("agent", "security code please", True)]
    answers = Script("seven three one and then what happens now")
    if anew:
        ear.ears = lambda _language: answers
        ear._begin_anew()
    else:
        ear = listener(store, settings, answers)  # the first was killed
    step(ear)
    line.grow(np.concatenate([spoken("please-wait")[: RATE * 2], silence(2)]))
    step(ear)
    step(ear)
    assert rows(store)[1:] == [("caller", "•code• and then what happens now", True)]


def test_nothing_is_written_of_what_is_said_while_the_recording_is_paused(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("here it comes now"))
    line = Line(store, settings)
    with store() as session, session.begin():
        session.add(CallSpan(linkedid=LINKEDID, seq=1, kind="unrecorded", agent="anna", started_at=line.arrived_at))
    line.grow(np.concatenate([spoken("please-wait")[: RATE * 2], silence(1)]))  # the switch did not mute it
    step(ear)
    step(ear)
    assert rows(store) == []


def test_numbers_that_are_no_secret_appear_when_their_run_is_over(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("it has cost 20 dollars"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("please-wait")[: RATE * 2], silence(1)]))
    step(ear)
    assert rows(store) == [("caller", "it has cost …", False)]
    for _ in range(3):
        line.grow(silence(4))
        step(ear)
    assert rows(store) == [("caller", "it has cost 20 dollars", True)]


def test_without_masking_nothing_is_held_back(store: Sessions, settings: Settings) -> None:
    off = settings.redaction.model_copy(update={"cards": False, "codes": False})
    ear = listener(store, settings.model_copy(update={"redaction": off}), Script("it is 4111"))
    Line(store, settings).grow(np.concatenate([spoken("notice"), silence(1)]))
    step(ear)
    assert rows(store) == [("caller", "it is 4111", True)]


def test_a_language_without_a_model_is_said_and_others_go_on(store: Sessions, settings: Settings) -> None:
    script = Script("hello")

    def ears(language: str) -> LiveEar:
        if language == "ru":
            raise ModelError("There is no model.")
        return script

    ear = Listener(store, settings, ears)
    speech = np.concatenate([spoken("notice"), silence(1)])
    Line(store, settings, "1700000000.2", language="ru").grow(speech)
    Line(store, settings).grow(speech)
    step(ear)
    assert rows(store) == [("caller", "hello", True)]
    assert trouble(store) == "There are no live words in ru: There is no model."


def test_a_call_that_is_erased_meanwhile_is_let_go(store: Sessions, settings: Settings) -> None:
    ear = listener(store, settings, Script("hello", "again"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    ear.look()
    ear.listen()
    with store() as session, session.begin():
        session.execute(delete(Call))
    ear.write()
    assert ear.calls == {}
    step(ear)
    assert rows(store) == []


def test_an_engine_that_breaks_ends_nothing(
    sqlite_store: Sessions, settings: Settings, until: Callable[..., Any]
) -> None:
    class Broken(Script):
        def hear(self, pieces: Sequence[Piece]) -> list[list[Word]]:
            if self.sentences:
                raise RuntimeError(self.sentences.pop())
            return super().hear(pieces)

    line = Line(sqlite_store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    ear = listener(sqlite_store, settings, Broken("out of luck", "a bad start"))
    thread = threading.Thread(target=ear.run, daemon=True)
    thread.start()
    try:
        until(lambda: "out of luck" in (trouble(sqlite_store) or ""), 20)
        until(lambda: rows(sqlite_store) == [("caller", "more", True)], 20)
    finally:
        ear.stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("rule", "asked", "heard"), [("never", True, 0), ("on_demand", False, 0), ("on_demand", True, 1)]
)
def test_what_a_queue_does_not_record_is_not_written_down(
    sqlite_store: Sessions, settings: Settings, rule: str, asked: bool, heard: int
) -> None:
    queues = {"support": settings.queues["support"].model_copy(update={"recording": rule})}
    line = Line(sqlite_store, settings, queue="support")
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    if asked:
        with sqlite_store() as session, session.begin():
            ask_to_keep(session, LINKEDID, "anna")
    step(listener(sqlite_store, settings.model_copy(update={"queues": queues}), Script("hello")))
    assert len(rows(sqlite_store)) == heard


def test_a_listener_that_is_switched_off_is_not_missed(sqlite_store: Sessions, settings: Settings) -> None:
    step(listener(sqlite_store, settings, Script()))
    with sqlite_store() as session:
        assert session.get(Process, service.PROCESS) is not None
    forget_listener(settings)
    with sqlite_store() as session:
        assert session.get(Process, service.PROCESS) is None


def test_the_process_gives_way_and_goes_first_when_memory_runs_out() -> None:
    code = (
        "import os; from pathlib import Path; from ringback.yielding import give_way; os.setsid();"
        "give_way(10, first_to_go=True); print(os.getpriority(os.PRIO_PROCESS, 0));"
        "print(Path('/proc/self/oom_score_adj').read_text()); print(Path('/proc/self/autogroup').read_text())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told[:2] == ["10", "600"]
    assert told[-1] == "5"
