"""The listener as a process: models that are missing or break, calls that go, queues that do not record, its place."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from app.bootstrap import forget_switched_off
from calls.models import Call
from recording.service import request_keep
from ringback.config import Settings
from ringback.processes import LISTENER
from ringback.store.bus import Process
from tests.support.live_words import CALL_ID, Line, Script, Sessions, listener, rows, silence, spoken, step, trouble
from transcripts.engines.recogniser import Word
from transcripts.errors import ModelError
from transcripts.live.listener import Listener
from transcripts.live.streaming import PhraseSound, StreamingRecogniser


def test_a_language_without_a_model_is_said_and_others_go_on(store: Sessions, settings: Settings) -> None:
    script = Script("hello")

    def recognisers(language: str) -> StreamingRecogniser:
        if language == "ru":
            raise ModelError("text", text="There is no model.")
        return script

    running = Listener(store, settings, recognisers)
    speech = np.concatenate([spoken("notice"), silence(1)])
    Line(store, settings, "1700000000.2", language="ru").grow(speech)
    Line(store, settings).grow(speech)
    step(running)
    assert rows(store) == [("caller", "hello", True)]
    assert trouble(store) == "There is no live text in the language ru: There is no model."


def test_a_call_that_is_erased_meanwhile_is_let_go(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("hello", "again"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    running.look()
    running.listen()
    with store() as session, session.begin():
        session.execute(delete(Call))
    running.write()
    assert running.calls == {}
    step(running)
    assert rows(store) == []


def test_an_engine_that_breaks_ends_nothing(
    sqlite_store: Sessions, settings: Settings, until: Callable[..., Any]
) -> None:
    class Broken(Script):
        def accept(self, phrases: Sequence[PhraseSound]) -> list[list[Word]]:
            if self.sentences:
                raise RuntimeError(self.sentences.pop())
            return super().accept(phrases)

    line = Line(sqlite_store, settings)
    line.grow(np.concatenate([spoken("notice"), silence(1)]))
    running = listener(sqlite_store, settings, Broken("out of luck", "a bad start"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        until(lambda: "out of luck" in (trouble(sqlite_store) or ""), 20)
        until(lambda: rows(sqlite_store) == [("caller", "more", True)], 20)
        assert thread.is_alive()
    finally:
        running.stop.set()
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
            request_keep(session, CALL_ID, "anna")
    step(listener(sqlite_store, settings.model_copy(update={"queues": queues}), Script("hello")))
    assert len(rows(sqlite_store)) == heard


def test_a_listener_that_is_switched_off_is_not_missed(sqlite_store: Sessions, settings: Settings) -> None:
    step(listener(sqlite_store, settings, Script()))
    with sqlite_store() as session:
        assert session.get(Process, LISTENER.name) is not None
    off = settings.model_copy(update={"live": settings.live.model_copy(update={"words": False})})
    for chosen, still_there in ((settings, True), (off, False)):
        with sqlite_store() as session, session.begin():
            forget_switched_off(session, chosen)
        with sqlite_store() as session:
            assert (session.get(Process, LISTENER.name) is not None) is still_there


def test_the_process_gives_way_and_goes_first_when_memory_runs_out() -> None:
    code = (
        "import os; from pathlib import Path; from ringback.yielding import give_way; os.setsid();"
        "give_way(10, first_to_go=True); print(os.getpriority(os.PRIO_PROCESS, 0));"
        "print(Path('/proc/self/oom_score_adj').read_text()); print(Path('/proc/self/autogroup').read_text())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told[:2] == ["10", "600"]
    assert told[-1] == "5"
