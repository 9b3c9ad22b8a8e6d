"""What the command line shows to people: the table after the start, the calls, one call.

Owns their looks alone; the facts come from `web.documents`, the settings and the secrets' place.
"""

from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import select

from app.occupied import own_address
from app.opened import opened
from app.terminal import cell
from calls.models import Call
from ringback import secrets
from ringback.config import Settings
from ringback.errors import RingbackError

Document = dict[str, Any]


WIDE = 120
"""Columns of a terminal in which the list of calls has all there is to say."""
COLUMNS = ("caller_number", "line", "result", "agent", "ticket", "recording", "transcript")
MOST_ALIKE = 5


class NoSuchCall(RingbackError):
    """There is no call of that name."""


def show(settings: Settings) -> None:
    """How to use what runs now: numbers to dial, phones to register, the page, the admin's password."""
    _, path = secrets.load_or_create(settings)
    server = f"{own_address(settings)}:{settings.sip.port}"
    table = Table(title="Ringback is ready", title_justify="left", show_header=False, expand=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for line in settings.lines:
        table.add_row(f"Dial {line.number}", f"{escape(line.name)} ({line.language})   sip:{line.number}@{server}")
    table.add_section()
    for agent in settings.agents:
        table.add_row(f"Agent {escape(agent.display)}", f"user {agent.name}   server {server}")
    table.add_row("Passwords", f"agent_passwords in {path}")
    table.add_section()
    table.add_row("Web", f"http{'s' if settings.web.https else ''}://{settings.web.address}:{settings.web.port}/")
    table.add_row("Sign in", f"admin; the first password is admin_password in {path}")
    table.add_row("", "lost it: ringback people reset admin")
    table.add_section()
    table.add_row("Logs", str(settings.data / "log"))
    table.add_row("Stop", "Ctrl-C")
    _wide().print(table)


def calls(settings: Settings, limit: int) -> list[Document]:
    """The newest calls. Raises UnreadableStore."""
    from web.documents.call_list import call_list  # here: every start shows a summary, and no calls

    with opened(settings) as session:
        return call_list(session, limit)


def call(settings: Settings, call_id: str) -> Document:
    """One call with everything known of it; the end of its id is enough where no other call ends so.

    Raises NoSuchCall, UnreadableStore.
    """
    from web.documents.calls import call_document

    with opened(settings) as session:
        document = call_document(session, call_id)
        if document is None:
            alike = list(
                session.scalars(
                    select(Call.call_id)
                    .where(Call.call_id.endswith(call_id, autoescape=True))
                    .order_by(Call.arrived_at.desc())
                    .limit(MOST_ALIKE)
                )
            )
            if len(alike) > 1:
                raise NoSuchCall("app.calls_alike", end=call_id, calls=", ".join(alike))
            document = call_document(session, alike[0]) if alike and call_id else None
    if document is None:
        raise NoSuchCall("app.no_call", call=call_id)
    return document


def show_calls(found: list[Document]) -> None:
    """A line for each call: all columns in a file or a wide terminal, in a narrow one those that fit, the id whole."""
    console = Console()
    if not found:
        console.print("No calls yet.")
        return
    narrow = console.is_terminal and console.width < WIDE
    (console if narrow else _wide()).print(calls_table(found, narrow=narrow))


def calls_table(found: list[Document], *, narrow: bool) -> Table:
    """Of the list's documents."""
    names = ("caller_number", "result", "agent", "ticket") if narrow else COLUMNS
    fixed = [Column(name, no_wrap=True) for name in ("call id", "arrived at (UTC)")]
    table = Table(*fixed, box=box.SIMPLE if narrow else box.HEAVY_HEAD)
    for name in names:
        table.add_column(name.replace("_", " "), no_wrap=narrow)
    for one in found:
        arrived_at = str(one["arrived_at"] or "")[:16].replace("T", " ")
        table.add_row(cell(one["call_id"]), arrived_at, *(cell(one.get(name)) for name in names))
    return table


def show_call(document: Document) -> None:
    """Its facts, then what was said."""
    one = document["call"]
    table = Table(show_header=False)
    for name, value in one.items():
        if not isinstance(value, dict | list):
            table.add_row(name, cell(value))
    table.add_row("menu", cell(" > ".join(f"{step['key']} {step['label']}" for step in document["menu_path"])))
    for name in ("recording", "ticket"):
        for key, value in (document[name] or {}).items():
            if value not in (None, [], {}):
                table.add_row(f"{name} {key}", cell(value))
    for answer in document["survey"]["answers"]:
        table.add_row(cell(answer["question"]), cell(answer["label"]))
    console = Console()
    console.print(table)
    for turn in (document["transcript"] or {}).get("turns", []):
        console.print(
            f"{turn['start']:7.1f}  [bold]{turn.get('agent') or turn['speaker']:6}[/bold]  {cell(turn['text'])}"
        )


def _wide() -> Console:
    """For what is no use in a log file or a narrow terminal when it is folded: rather let lines run on."""
    return Console(width=max(Console().width, WIDE))
