"""A real courier process, killed with -9 while a system has its message in hand: the next one delivers it again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from outbox import service
from outbox.models import OutboxDelivery, OutboxReceiver
from ringback.config import Settings
from ringback.store.bus import Process
from tests.support.hooks import HookServer, Told
from tests.unit.test_house import ROOT

Until = Callable[..., Any]


def start(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "courier", "--config", str(config)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_courier_that_is_killed_loses_nothing_and_the_next_one_goes_on_at_once(
    sqlite_store: sessionmaker[Session], settings: Settings, tmp_path: Path, until: Until
) -> None:
    hangs, go_on = threading.Event(), threading.Event()

    def answer(told: Told) -> Any:
        if told.message["data"]["at"] == 1 and not hangs.is_set():
            hangs.set()
            return lambda _connection: go_on.wait(30)
        return 204

    with HookServer(answer) as server:
        config = tmp_path / "ringback.yaml"
        webhook = {"url": server.url, "allow_private": True, "events": ["ticket.*"]}
        config.write_text(yaml.safe_dump({"data": str(settings.data), "webhooks": {"crm": webhook}}))
        first = second = None
        try:
            first = start(config)
            until(lambda: _holder(sqlite_store), 60)
            with sqlite_store() as session, session.begin():
                for at in range(4):
                    service.publish(session, "ticket.changed", "ticket:1", {"at": at})
                service.publish(session, "call.ended", "call:1", {"at": 9})
            assert hangs.wait(30)
            os.kill(first.pid, signal.SIGKILL)
            first.wait(10)
            second = start(config)
            until(lambda: _states(sqlite_store) == ["delivered"] * 4, 60)
            with sqlite_store() as session:
                assert session.get_one(Process, "courier").pid == second.pid, "it gives signs of life"
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0
            assert _holder(sqlite_store) is None, "whoever comes next need not wait"
        finally:
            go_on.set()
            for each in (first, second):
                if each is not None and each.poll() is None:
                    each.kill()
                    each.wait(10)
        told = [(each.message["data"]["at"], each.headers["webhook-id"]) for each in server.told]
    assert [at for at, _ in told] == [0, 1, 1, 2, 3], "in order, and what was in hand comes again"
    assert told[1][1] == told[2][1], "by its id the other system knows it"


def _holder(store: sessionmaker[Session]) -> str | None:
    with store() as session:
        return session.scalar(select(OutboxReceiver.lease_owner))


def _states(store: sessionmaker[Session]) -> list[str]:
    with store() as session:
        return list(session.scalars(select(OutboxDelivery.state)))
