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


def history(publisher: Publisher) -> dict[str, Any]:
    """What is in force, every version that is kept, and which part works with another one."""
    number = publisher.now().version
    with publisher.store() as session:
        behind = [row for row in rows.parts(session).values() if row.number != number]
        return {
            "in_force": number,
            "versions": [
                {
                    "number": row.number,
                    "at": row.at.isoformat(timespec="seconds"),
                    "by": row.by,
                    "why": row.why,
                    "source": row.source,
                    "rolls_back_to": row.rolls_back_to,
                    "digest": row.digest,
                }
                for row in rows.versions(session)
            ],
            "not_taken": [
                {"part": row.part, "works_with": row.number, "trouble": row.trouble and str(row.trouble)}
                for row in sorted(behind, key=lambda row: row.part)
            ],
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
        console.print(f"{part['part']} still works with version {part['works_with']}{cell(why)}", soft_wrap=True)


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
