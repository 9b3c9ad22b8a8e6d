"""Recorded AMI text through the real client and the real controller into a real store."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import Call, CallEvent
from controller.controller import Controller
from controller.store import ControllerStore
from ringback.config import Settings
from ringback.secrets import Secrets
from ringback.store import migrate
from ringback.store.base import utcnow
from ringback.store.bus import Process, Request
from ringback.store.engine import open_store, sessions
from ringback.store.told import told
from survey.models import SurveyAnswer
from tests.support.ami_server import AmiServer
from tests.support.calls import Store
from tests.support.captures import SETTINGS
from tests.support.promises import add

CAPTURES = Path(__file__).parent / "captures"
SECRETS = Secrets(ami_password="s", web_key="k", admin_password="a", agent_passwords={})
SECONDS = 10.0
LINES = [line.model_dump() for line in SETTINGS.lines]


class Running:
    """A controller on its own thread, between a server of recorded text and a store."""

    def __init__(self, server: AmiServer, engine: Engine, settings: Settings) -> None:
        self.server = server
        self.engine = engine
        self.settings = settings
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        controller = Controller(self.settings, SECRETS, ControllerStore(self.engine, self.settings), lambda _: None)
        self._task = self._loop.create_task(controller.run())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            self._loop.close()

    def stop(self) -> None:
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    def row(self, query: Any) -> Any:
        with Session(self.engine) as session:
            return session.scalar(query)

    def until(self, true: Callable[[], object]) -> None:
        """Waits for the store to say so."""
        end = time.monotonic() + SECONDS
        waiting = threading.Event()
        while not true():
            assert time.monotonic() < end, "it never happened"
            waiting.wait(0.02)


@pytest.fixture
def server() -> Iterator[AmiServer]:
    with AmiServer() as there:
        yield there
        there.shutdown()


@contextmanager
def opened(server: AmiServer, folder: Path, **changes: Any) -> Iterator[Running]:
    """The controller on an empty store. `changes`: of the settings."""
    settings = Settings.model_validate({"lines": LINES, "data": folder, "ami": {"port": server.port}, **changes})
    engine = open_store(settings.store_url)
    migrate.upgrade(engine)
    controller = Running(server, engine, settings)
    server.wait_for("Setvar", seconds=60)  # a process starts, on a busy machine slowly
    yield controller
    controller.stop()
    engine.dispose()


@pytest.fixture
def running(server: AmiServer, tmp_path: Path) -> Iterator[Running]:
    with opened(server, tmp_path) as controller:
        yield controller


def test_a_recorded_call_becomes_its_row(running: Running) -> None:
    running.server.play((CAPTURES / "whole_call.ami").read_bytes())
    running.until(lambda: running.row(select(Call).where(Call.ended_at.is_not(None), Call.snapshot.is_(None))))
    call = running.row(select(Call))
    assert (call.result, call.agent, call.queue, call.survey_outcome) == ("served", "anna", "support", "answered")
    assert [step["key"] for step in call.menu_path] == ["1"]
    assert (call.caller_name, call.caller_number) == ("Alice", "+12025550100")
    answer = running.row(select(SurveyAnswer))
    assert (answer.key, answer.label, answer.question) == ("2", "Partly", "Did we solve your problem?")
    with Session(running.engine) as session:
        numbers = session.scalars(select(CallEvent.seq).order_by(CallEvent.seq)).all()
    assert numbers == list(range(1, len(numbers) + 1))
    first = running.server.wait_for_command("EXEC Read")
    assert first["Command"] == ("EXEC Read RINGBACK_ask_1,ringback/notice&ringback/welcome&ringback/menu-main,1,t,1,10")
    assert first["Channel"] == call.call_id


def test_cut_in_any_place_the_text_means_the_same(running: Running) -> None:
    for byte in (CAPTURES / "whole_call.ami").read_bytes():
        running.server.play(bytes([byte]))
    running.until(lambda: running.row(select(Call).where(Call.result == "served")))
    assert running.row(select(SurveyAnswer.key)) == "2"


def test_a_lost_link_comes_back_and_compares(running: Running) -> None:
    whole = (CAPTURES / "whole_call.ami").read_bytes()
    talking = whole[: whole.index(b"Event: DialEnd")]
    running.server.play(talking)
    running.server.wait_for_command("GOSUB ringback-ring")
    running.server.drop()
    # The server's Asterisk has no channel: the call ended while nobody listened.
    running.until(lambda: running.row(select(Call).where(Call.ended_at.is_not(None))))
    assert running.row(select(Call)).result == "abandoned"
    assert len(running.server.wait_for("CoreShowChannels", 2)) == 2
    running.server.play(whole.replace(b"1795306066.0", b"1795302199.11"))
    running.until(lambda: running.row(select(Call).where(Call.result == "served")))


def test_asterisk_that_answers_nothing_is_said_in_the_store(running: Running) -> None:
    running.server.deaf_to.add("ping")

    def trouble() -> bool:
        row = running.row(select(Process).where(Process.name == "controller"))
        return row is not None and row.trouble is not None and "Ping" in str(row.trouble)

    def is_linked() -> bool:
        with Session(running.engine) as session:
            return bool(told(session, "controller", utcnow()).get("asterisk"))

    running.until(trouble)
    running.until(lambda: not is_linked())
    running.server.deaf_to.clear()
    running.until(lambda: not trouble())
    running.until(is_linked)
    assert is_linked() and not trouble()


def test_a_store_that_was_slow_is_no_trouble_any_more(running: Running) -> None:
    whole = (CAPTURES / "whole_call.ami").read_bytes()
    with running.engine.connect() as other:
        other.execute(text("BEGIN IMMEDIATE"))
        running.server.play(whole[: whole.index(b"Event: AsyncAGIExec")])
        running.server.wait_for_command("EXEC Read")  # goes on without its rows
        other.rollback()
    released = utcnow()

    def good() -> bool:
        row = running.row(select(Process).where(Process.name == "controller"))
        return row is not None and row.beat_at > released and row.trouble is None

    running.until(good)
    assert running.row(select(Call)).state == "greeting"


def test_who_calls_while_the_store_is_locked_does_not_wait_for_it_again(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Twenty such waits would be more than the deadline allows.
    monkeypatch.setattr("controller.committer.COMMIT_PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr("controller.committer.LATE_SECONDS", 0.2)
    calls = select(func.count()).select_from(Call)
    whole = (CAPTURES / "whole_call.ami").read_bytes()
    call = whole[: whole.index(b"Event: AsyncAGIExec")]
    with running.engine.connect() as other:
        other.execute(text("BEGIN IMMEDIATE"))
        deadline = time.monotonic() + SECONDS
        for number in range(20):
            call_id = f"1795306067.{number}"
            running.server.play(call.replace(b"1795306066.0", call_id.encode()))
            running.server.wait_for_command("EXEC Read", call_id, deadline - time.monotonic())
        assert running.row(calls) == 0, "nothing could be written meanwhile"
        assert "The store takes long to write" in caplog.text
        other.rollback()
    running.until(lambda: running.row(calls) == 20)
    with Session(running.engine) as session:
        assert {call.state for call in session.scalars(select(Call))} == {"greeting"}


def test_a_request_is_done_and_answered(running: Running) -> None:
    with Session(running.engine) as session, session.begin():
        session.add(Request(kind="agent.pause", subject="anna", args={"reason": "lunch"}))
        session.add(Request(kind="agent.pause", subject="nobody"))
        session.add(Request(kind="moon.land", subject="anna"))
    running.until(lambda: running.row(select(Request).where(Request.done_at.is_(None))) is None)
    with Session(running.engine) as session:
        errors = {(r.kind, r.subject): r.error for r in session.scalars(select(Request))}
    assert errors[("agent.pause", "anna")] is None
    assert "nobody" in str(errors[("agent.pause", "nobody")])
    assert "moon.land" in str(errors[("moon.land", "anna")])


def test_a_caller_for_a_number_that_is_no_line_is_hung_up(running: Running) -> None:
    running.server.play((CAPTURES / "whole_call.ami").read_bytes().replace(b"Exten: 1000", b"Exten: 4711"))
    assert running.server.wait_for("Hangup")[0]["Channel"] == "1795306066.0"
    assert running.row(select(Call)) is None


def test_nobody_is_dialled_for_a_promise_before_its_row_says_so(
    server: AmiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("controller.committer.PROMISE_PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr("controller.committer.LATE_SECONDS", 0.2)
    changes = {"trunk": {"host": "sip.example.com"}, "callbacks": {"hours": "00:00-24:00"}}
    with opened(server, tmp_path, **changes) as running:
        promise = add(Store(running.settings, sessions(running.engine)), "+14155550123")
        running.until(lambda: running.row(select(Callback.snapshot)))  # the controller knows of it
        with running.engine.connect() as other:
            other.execute(text("BEGIN IMMEDIATE"))
            server.play(b"Event: DeviceStateChange\r\nDevice: PJSIP/anna\r\nState: NOT_INUSE\r\n\r\n")
            running.until(lambda: "The store takes long to write" in caplog.text)
            assert not [action for action in server.actions if action["Action"] == "Originate"]
            other.rollback()
        dialled = server.wait_for("Originate")[0]
        assert dialled["Channel"] == "PJSIP/anna"
        assert promise.hex in dialled["ChannelId"]
        assert running.row(select(Callback.state)) == "dialling_agent"
