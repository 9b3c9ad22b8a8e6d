"""Versions of the settings as the command line shows them."""

from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from app.terminal import cell
from publishing import history as rows
from publishing.errors import PublishRefused
from publishing.passwords import hide
from publishing.service import Publisher, difference
from ringback.store.base import utcnow
from web.documents.settings_versions import not_taken_document, versions_document


def history(publisher: Publisher) -> dict[str, Any]:
    """What is in force, every version that is kept, and which part works with another one."""
    number = publisher.now().version
    with publisher.store() as session:
        return {
            "in_force": number,
            "versions": versions_document(session, number),
            "not_taken": not_taken_document(session, publisher.settings(), number, utcnow()),
        }


def show_history(found: dict[str, Any]) -> None:
    """A table, and a line for each part that works with another version."""
    table = Table(box=None, pad_edge=False)
    for name in ("version", "since", "who", "why"):
        table.add_column(name)
    for row in found["versions"]:
        mark = " (in force)" if row["number"] == found["in_force"] else ""
        why = row["why"] or ("the file at the start" if row["source"] == "file" else "")
        again = f" (as version {row['rolls_back_to']})" if row["rolls_back_to"] else ""
        table.add_row(f"{row['number']}{mark}", row["at"], cell(row["by"]), cell(why) + again)
    console = Console(highlight=False)
    console.print(table, soft_wrap=True)
    for part in found["not_taken"]:
        why = f": {part['trouble']}" if part["trouble"] else ""
        how = "is away" if part["away"] else f"works with version {part['works_with'] or '?'}"
        console.print(f"{part['part']} has not taken it: {how}{cell(why)}", soft_wrap=True)


def text_of(publisher: Publisher, number: int | None) -> str:
    """Of a version; of the one in force. Raises PublishRefused where there is none."""
    if number is None:
        return hide(publisher.now().text.decode())
    with publisher.store() as session:
        return _text(session, number)


def diff(publisher: Publisher, first: int, second: int | None) -> list[str]:
    """Raises PublishRefused where one of them is not there."""
    with publisher.store() as session:
        before = _text(session, first)
    return difference(before, text_of(publisher, second))


def _text(session: Session, number: int) -> str:
    row = rows.version(session, number)
    if row is None:
        raise PublishRefused("publishing.no_version", number=number)
    return row.text
