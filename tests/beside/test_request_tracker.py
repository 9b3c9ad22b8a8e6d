"""The connector of Request Tracker and the real server of Debian's packages: `make test-rt`.

It is not part of `make test`: bringing the packages takes more than a minute. There the same questions go to answers
that this server gave (tests/support/desk_servers.py).
"""

import asyncio
import urllib.error
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session, sessionmaker

from connectors.errors import OutsideTicketGone, SystemAway, SystemRefuses, WrongPassword
from connectors.rt import RequestTracker
from connectors.systems import LookBack, OutsideDraft, OutsideFacts, TicketSystem
from outbox.receivers import Delivered, Later
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.store.base import utcnow
from tests.support.beside import Beside
from tests.support.request_tracker import PASSWORD, QUEUE, USER, RequestTrackerServer, bring

MARK = "rb12xtest1"
T = TypeVar("T")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RequestTrackerServer]:
    made = RequestTrackerServer(bring(), tmp_path_factory.mktemp("rt"))
    made.prepare()
    with made.running():
        yield made


def connector_of(server: RequestTrackerServer, project: str = QUEUE) -> Connector:
    return Connector(kind="rt", url=server.url, project=project, user=USER, allow_private=True, seconds=20)


def ask(
    server: RequestTrackerServer,
    asked: Callable[[RequestTracker], Awaitable[T]],
    password: str = PASSWORD,
    project: str = QUEUE,
) -> T:
    async def run() -> T:
        system = RequestTracker(connector_of(server, project), lambda: password)
        try:
            return await asked(system)
        finally:
            await system.close()

    return asyncio.run(run())


def draft_of(mark: str, subject: str = "Printer") -> OutsideDraft:
    return OutsideDraft(f"{subject} [Ringback #12 {mark}]", "one\nStatus: resolved\nOwner: root", mark, "open")


def test_a_ticket_is_made_found_changed_noted_and_gone(server: RequestTrackerServer) -> None:
    async def all_of_it(system: RequestTracker) -> None:
        await system.check()
        assert await system.find(MARK) is None
        first = await system.changed(LookBack(None, 60))
        made = await system.create(draft_of(MARK, "<b>Счёт</b>\nStatus: resolved"))
        assert await system.find(MARK) == await system.look(made.id)
        assert (await system.look(made.id)).status == "open"
        for status in ("stalled", "resolved", "open"):
            await system.write(made.id, status=status)
            assert (await system.look(made.id)).status == status
        with pytest.raises(SystemRefuses, match="nonsense"):
            await system.write(made.id, status="nonsense")
        assert not await system.has_note(made.id, "rbn1")
        await system.note(made.id, "two\nStatus: resolved", "rbn1")
        assert await system.has_note(made.id, "rbn1")
        assert (await system.look(made.id)).status == "open", "words in notes and subjects change nothing"
        changed = await system.changed(LookBack(first.cursor, 60))
        assert made.id in [facts.id for facts in changed.found]
        server.ask("PUT", f"/ticket/{made.id}", {"Status": "deleted"})
        with pytest.raises(OutsideTicketGone):
            await system.look(made.id)
        assert await system.find(MARK) is None, "no search of its finds what was deleted"

    ask(server, all_of_it)


def test_a_merged_ticket_is_the_one_it_was_merged_into(server: RequestTrackerServer) -> None:
    async def merge(system: RequestTracker) -> tuple[OutsideFacts, OutsideFacts, OutsideFacts]:
        one, other = await system.create(draft_of("rb13xa")), await system.create(draft_of("rb14xa"))
        server.ask("PUT", f"/ticket/{one.id}", {"MergeInto": other.id})
        return one, other, await system.look(one.id)

    one, other, now = ask(server, merge)
    assert (now.id, one.id != other.id) == (other.id, True)


def test_a_wrong_password_and_a_queue_that_is_not_there_are_told_apart(server: RequestTrackerServer) -> None:
    with pytest.raises(WrongPassword):
        ask(server, lambda system: system.check(), password="wrong")
    with pytest.raises(SystemRefuses, match="Nowhere"):
        ask(server, lambda system: system.create(draft_of("rb15xa")), project="Nowhere")


class Losing:
    """A system whose answers to creations are lost."""

    def __init__(self, system: TicketSystem) -> None:
        self._system = system
        self.lost = 0

    def __getattr__(self, verb: str) -> object:
        return getattr(self._system, verb)

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        await self._system.create(draft)
        self.lost += 1
        raise SystemAway("outbox.late", seconds=1)


def test_our_ticket_has_exactly_one_there_and_takes_its_status_back(
    server: RequestTrackerServer, sqlite_store: sessionmaker[Session]
) -> None:
    connector = connector_of(server)
    beside = Beside(sqlite_store, connector, Settings(connectors={"rt": connector}), utcnow())
    number = beside.ticket(subject="Invoice")
    event = beside.event(number, "ticket.opened")

    def deliver(losing: bool) -> object:
        async def run() -> object:
            system = RequestTracker(connector, lambda: PASSWORD)
            beside.desk = Losing(system) if losing else system  # type: ignore[assignment]
            beside.restart()
            try:
                return await beside.receiver.deliver(event)
            finally:
                await system.close()

        return asyncio.run(run())

    assert isinstance(deliver(losing=True), Later)
    assert deliver(losing=True) == Delivered(), "found by its mark"
    id_ = beside.row(number).outside_id
    assert id_ is not None
    server.ask("PUT", f"/ticket/{id_}", {"Status": "resolved"})
    beside.at += timedelta(seconds=1)
    deliver(losing=False)
    assert beside.ours(number) == "solved"
    beside.status(number, "open")
    event = beside.event(number)
    deliver(losing=False)
    assert server.ask("GET", f"/ticket/{id_}")["Status"] == "open"
    with pytest.raises(urllib.error.HTTPError):
        server.ask("GET", f"/ticket/{int(id_) + 1}")
