"""Between calls and what they look up: every question is answered, and people are told of systems that are away."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from controller.lookups import Lookups
from controller.store import ControllerStore
from ivr import commands as cmd
from ivr.events import LookedUp
from lookups.health import FAILURES, PROBE_SECONDS
from pbx.reports import ChannelEvent, Decoded
from ringback.clock import Clock
from ringback.config import TICKET, TICKETS, Lookup, Settings
from ringback.messages import message
from ringback.store.alarms import standing_alarms
from tests.support.beside_system import BesideServer

ORDER = Lookup.model_validate({"url": "http://127.0.0.1:9/{value}", "ask": "ask-order", "answers": {"sent": "sent"}})
AWAY = message("lookups.away", name="order", why=message("lookups.status", status=500))


class Desk:
    """The controller's part of it; what it feeds to calls, and the store as the test has it."""

    def __init__(self, store: Any, settings: Settings) -> None:
        self.at = 0.0
        self.fed: list[Decoded] = []
        self.lookups = Lookups(settings, store, self._in_store, self._feed, Clock(), lambda: self.at)

    async def _in_store(self, what: Callable[..., Any], *args: Any) -> Any:
        return what(*args)

    def _feed(self, items: Iterable[Decoded]) -> None:
        self.fed += items

    async def ask(self, *questions: cmd.LookUp) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
        for question in questions:
            await self.lookups.look_up("1", question)
        events = [each.event for each in self.fed if isinstance(each, ChannelEvent)]
        self.fed.clear()
        return [(each.outcome, each.answer, each.values) for each in events if isinstance(each, LookedUp)]


class NoStore:
    """It cannot be reached."""

    def ticket_status(self, ticket: int, caller: str) -> str | None:
        raise OperationalError("select", {}, OSError("away"))


@pytest.fixture
def controller_store(store: sessionmaker[Session]) -> ControllerStore:
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return ControllerStore(bind, Settings())


def question(name: str = "order", value: str = "4711", **changes: Any) -> cmd.LookUp:
    about = TICKETS if name == TICKET else ORDER.model_copy(update=changes)
    return cmd.LookUp("look-up-1", name, about, value, "+12025550100")


def alarms(store: sessionmaker[Session]) -> list[tuple[str, str, str]]:
    with store() as session:
        return [(row.kind, row.subject, str(row.code)) for row in standing_alarms(session)]


@pytest.mark.parametrize("name", [TICKET, "order"])
def test_whatever_cannot_be_asked_the_call_hears_of_it(tmp_path: Path, name: str) -> None:
    async def story() -> None:
        desk = Desk(NoStore(), Settings(data=tmp_path))
        assert await desk.ask(question(name)) == [("failed", "", ())]
        await desk.lookups.close()

    asyncio.run(story())


def test_a_fault_of_ours_is_heard_of_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookups.http.read_answer", lambda *_: 1 / 0)

    async def story() -> None:
        desk = Desk(NoStore(), Settings(data=tmp_path))
        with BesideServer() as server:
            assert await desk.ask(question(url=server.url)) == [("failed", "", ())]
        await desk.lookups.close()

    asyncio.run(story())


def test_the_owners_secret_is_read_where_it_was_written_meanwhile(tmp_path: Path) -> None:
    async def story() -> list[str]:
        seen = []
        desk = Desk(NoStore(), Settings(data=tmp_path))
        with BesideServer() as server:
            for secret in ("first", "second one"):
                (tmp_path / "secrets.yaml").write_text(f"lookup_secrets: {{order: {secret}}}\n", encoding="utf-8")
                assert await desk.ask(question(url=server.url)) == [("unknown", "", ())]
                seen.append(server.headers["authorization"])
        await desk.lookups.close()
        return seen

    assert asyncio.run(story()) == ["Bearer first", "Bearer second one"]


def test_people_are_told_of_a_system_that_is_away_and_that_it_is_back(
    tmp_path: Path, store: sessionmaker[Session], controller_store: ControllerStore
) -> None:
    settings = Settings.model_validate({"data": tmp_path, "lookups": {"order": ORDER.model_dump()}})

    async def story() -> None:
        desk = Desk(controller_store, settings)
        with BesideServer() as server:
            server.answers["4711"] = 500
            for _ in range(FAILURES):
                assert await desk.ask(question(url=server.url)) == [("failed", "", ())]
            await desk.lookups.look_after()
            assert alarms(store) == []
            desk.at += PROBE_SECONDS
            await desk.lookups.look_after()
            assert alarms(store) == [("lookup.away", "order", "lookups.away")]
            server.answers["4711"] = {"status": "sent"}
            desk.at += 2 * PROBE_SECONDS
            await desk.lookups.look_after()
            assert alarms(store) == []
            assert await desk.ask(question(url=server.url)) == [("found", "sent", ())]
        await desk.lookups.close()

    asyncio.run(story())


def test_an_alarm_about_a_lookup_that_is_gone_is_over(
    tmp_path: Path, store: sessionmaker[Session], controller_store: ControllerStore
) -> None:
    for name in ("order", "parcel"):
        controller_store.lookup_is(name, AWAY)
    settings = Settings.model_validate({"data": tmp_path, "lookups": {"parcel": ORDER.model_dump()}})
    desk = Desk(controller_store, settings)
    asyncio.run(desk.lookups.look_after())
    assert [subject for _, subject, _ in alarms(store)] == ["parcel"], "which may be away still"
    desk.lookups.take_settings(Settings(data=tmp_path))
    asyncio.run(desk.lookups.look_after())
    assert alarms(store) == []
