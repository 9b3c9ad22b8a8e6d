"""Each system beside, asked by its own API over HTTP: the same questions to all, and what each answer means."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from connectors.console import ConsoleSystem
from connectors.errors import (
    ConnectorError,
    OutsideTicketGone,
    SystemAway,
    SystemBusy,
    SystemRefuses,
    WrongPassword,
)
from connectors.marks import mark_of, subject_with
from connectors.service import SYSTEMS
from connectors.systems import LookBack, OutsideDraft, TicketSystem
from ringback.config.connectors import Connector
from tests.support.desk_servers import PASSWORD, USER, DeskServer, answers, hangs, never_ends

MARK = mark_of(12, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
DRAFT = OutsideDraft(subject_with("<b>Счёт</b>\nStatus: resolved", 12, MARK), "a\nStatus: resolved\n<i>", MARK, "")
OPEN = {"rt": "open", "zammad": "open", "jira": "To Do", "glpi": "2"}
DONE = {"rt": "resolved", "zammad": "closed", "jira": "Done", "glpi": "5"}
WAITING = {"rt": "stalled", "zammad": "pending reminder", "jira": "In Progress", "glpi": "4"}
T = TypeVar("T")
Asked = Callable[[TicketSystem], Awaitable[Any]]


@pytest.fixture(params=sorted(SYSTEMS))
def server(request: pytest.FixtureRequest) -> Iterator[DeskServer]:
    with DeskServer(request.param) as made:
        yield made


def connector_of(server: DeskServer, **changes: Any) -> Connector:
    project = "0" if server.kind == "glpi" else "General"
    facts = {"kind": server.kind, "url": server.url, "project": project, "user": USER, "allow_private": True}
    return Connector(**{**facts, "seconds": 5, **changes})


def ask(server: DeskServer, asked: Callable[[TicketSystem], Awaitable[T]], password: str = "", **changes: Any) -> T:
    """One question, of a system that was just opened."""
    password = password or (f"{PASSWORD} app" if server.kind == "glpi" else PASSWORD)

    async def run() -> T:
        system = SYSTEMS[server.kind](connector_of(server, **changes), lambda: password)
        try:
            return await asked(system)
        finally:
            await system.close()

    return asyncio.run(run())


def draft_of(server: DeskServer) -> OutsideDraft:
    return OutsideDraft(DRAFT.subject, DRAFT.text, MARK, OPEN[server.kind])


def test_a_ticket_is_made_found_changed_noted_and_gone(server: DeskServer) -> None:
    async def all_of_it(system: TicketSystem) -> None:
        await system.check()
        assert await system.find(MARK) is None
        made = await system.create(draft_of(server))
        found = await system.find(MARK)
        assert found is not None
        assert found.id == made.id
        assert found.url.startswith(f"http://127.0.0.1:{server.port}/")
        assert (await system.look(made.id)).status == OPEN[server.kind]
        for status in (WAITING[server.kind], DONE[server.kind]):
            await system.write(made.id, status=status)
            assert (await system.look(made.id)).status == status
        with pytest.raises(SystemRefuses):
            await system.write(made.id, status="nonsense")
        await system.write(made.id, subject=f"New {MARK}")
        assert not await system.has_note(made.id, "rbn1")
        await system.note(made.id, "two\nlines <b>", "rbn1")
        assert await system.has_note(made.id, "rbn1")
        server.tickets[int(made.id)].deleted = True
        with pytest.raises(OutsideTicketGone):
            await system.look(made.id)

    ask(server, all_of_it)
    (ticket,) = server.tickets.values()
    assert ticket.subject == f"New {MARK}"
    assert ticket.status == DONE[server.kind]
    assert len(ticket.notes) == 1
    assert "resolved" in ticket.text
    if server.kind == "glpi":
        assert ticket.text == "a<br>Status: resolved<br>&lt;i&gt;"


def test_of_two_with_one_mark_the_older_one_is_ours(server: DeskServer) -> None:
    first = server.make(DRAFT.subject, OPEN[server.kind], labels=("ringback", MARK))
    server.make(f"Copy of {DRAFT.subject}", OPEN[server.kind], labels=("ringback", MARK))
    found = ask(server, lambda system: system.find(MARK))
    assert found is not None
    assert found.id == str(first.id)


def test_what_changed_is_told_from_where_the_last_look_ended_by_their_clock(server: DeskServer) -> None:
    made = server.make(DRAFT.subject, OPEN[server.kind], labels=("ringback", MARK))
    first = ask(server, lambda system: system.changed(LookBack(None, 60)))
    server.turn(str(made.id), DONE[server.kind])
    second = ask(server, lambda system: system.changed(LookBack(first.cursor, 60)))
    assert [(facts.id, facts.status) for facts in second.found] == [(str(made.id), DONE[server.kind])]
    if server.kind != "jira":
        assert second.cursor is not None
        assert second.cursor.startswith("2011-"), "years behind ours"


def test_a_wrong_password_is_told_from_a_wrong_project(server: DeskServer) -> None:
    with pytest.raises(WrongPassword):
        ask(server, lambda system: system.check(), password="wrong app")
    if server.kind != "glpi":
        with pytest.raises(SystemRefuses):
            ask(server, lambda system: system.create(draft_of(server)), project="Nowhere")
    else:
        with pytest.raises(WrongPassword, match="app_token"):
            ask(server, lambda system: system.check(), password=f"{PASSWORD} other")


LOGIN = "<html><body>Sign in</body></html>"


@pytest.mark.parametrize(
    ("instead", "error", "code"),
    [
        (answers(500, LOGIN), SystemAway, "connectors.failed"),
        (answers(503, '{"error": "later"}'), SystemAway, "connectors.failed"),
        (answers(200, LOGIN), SystemAway, "connectors.no_json"),
        (answers(201, ""), SystemAway, "connectors.no_json"),
        (answers(201, "[" * 60_000), SystemAway, "connectors.no_json"),
        (answers(201, '{"id": {"$ne": 1}, "session_token": "x"}'), SystemAway, "connectors.no_field"),
        (answers(201, '{"id": "../../admin", "session_token": "x"}'), SystemAway, "connectors.no_field"),
        (never_ends, SystemAway, "connectors.too_long"),
        (hangs, SystemAway, "outbox.late"),
        (answers(302, "", Location="http://127.0.0.1:1/"), SystemRefuses, "outbox.redirects"),
        (answers(429, "", **{"Retry-After": "7"}), SystemBusy, "connectors.busy"),
        (answers(403, '{"message": "no right"}'), SystemRefuses, "connectors.refused"),
        (answers(401, LOGIN), WrongPassword, "connectors.wrong_password"),
        (answers(404, LOGIN), OutsideTicketGone, "connectors.not_there"),
    ],
)
def test_what_an_answer_says_of_a_creation(instead: Any, error: type[ConnectorError], code: str) -> None:
    for kind in ("rt", "jira"):
        with DeskServer(kind) as server:
            server.instead = instead
            with pytest.raises(error) as raised:
                ask(server, lambda system, server=server: system.create(draft_of(server)), seconds=1)  # type: ignore[misc]
            assert raised.value.code == code
            if isinstance(raised.value, SystemBusy):
                assert raised.value.seconds == 7


def test_an_address_inside_is_refused_unless_it_is_meant(server: DeskServer) -> None:
    with pytest.raises(SystemRefuses) as raised:
        ask(server, lambda system: system.check(), allow_private=False)
    assert raised.value.code == "outbox.private"
    assert server.asked == []


def test_glpi_opens_a_new_session_when_the_old_one_ran_out() -> None:
    async def twice(system: TicketSystem) -> None:
        await system.check()
        server.sessions += 1  # what was opened is none any more
        await system.check()

    with DeskServer("glpi") as server:
        ask(server, twice)
        assert [path for _, path, _ in server.asked].count("/apirest.php/initSession") == 2


def test_the_console_keeps_its_tickets_in_a_file(tmp_path: Path) -> None:
    said: list[str] = []

    async def all_of_it() -> None:
        system = ConsoleSystem("trial", tmp_path, said.append)
        made = await system.create(OutsideDraft(DRAFT.subject, DRAFT.text, MARK, "open"))
        await system.note(made.id, "hello", "rbn1")
        await system.write(made.id, status="solved")
        again = ConsoleSystem("trial", tmp_path, said.append)
        found = await again.find(MARK)
        assert found is not None
        assert (found.id, found.status) == (made.id, "solved")
        assert await again.has_note(made.id, "rbn1")
        assert [each.id for each in (await again.changed(LookBack(None, 0))).found] == [made.id]
        with pytest.raises(OutsideTicketGone):
            await again.look("7")

    asyncio.run(all_of_it())
    assert any("trial #1" in line and "Счёт" in line for line in said)
