"""The board of promises, and one promise, as their pages show them: columns, links that open, how a request went."""

from dataclasses import dataclass

from flask_babel import gettext as _

from web import access
from web.calls.piece import heard_now
from web.context import db, person
from web.documents.facts import Document
from web.documents.promises import COLUMNS
from web.i18n import said

ALIVE = ("late", "due", "later")
"""Columns of promises that are still to be kept."""
TILES = {"late": "warn", "due": "", "later": "", "kept": "", "broken": "bad"}
"""Columns that are counted at the top, and how a number there looks that is not 0."""


@dataclass(frozen=True)
class Tile:
    """A number at the top of the board."""

    column: str
    count: int
    tone: str


@dataclass(frozen=True)
class BoardColumn:
    """The promises of one kind; `count` may be more than are shown."""

    name: str
    alive: bool
    count: int
    promises: list[Document]


@dataclass(frozen=True)
class BoardPage:
    """Everything that callbacks/promises_live.html shows."""

    tiles: list[Tile]
    nobody: bool
    """Whether nobody waits to be called."""
    columns: list[BoardColumn]
    moment: float
    seen: set[str]
    """The calls whose page who asks may open."""
    tickets_seen: set[int]


@dataclass(frozen=True)
class CancelAsked:
    """What became of the newest request to cancel a promise."""

    bad: bool
    words: str
    why: str = ""
    """Why it was refused; then there are no other words."""


@dataclass(frozen=True)
class PromisePage:
    """Everything that callbacks/promise.html shows."""

    promise: Document
    moment: float
    mine: bool
    """Whether who asks is to make the call, and may hear why it is wanted."""
    hearing: bool
    """Whether that may be heard just now, because it is noted."""
    may_cancel: bool
    asked: CancelAsked | None
    fault: str | None
    """Why it was not cancelled just now."""
    reason: str
    """The reason to cancel it, as it was typed."""
    seen: set[str]
    tickets_seen: set[int]


def board_page(board: Document, moment: float) -> BoardPage:
    """Of `promises_document`, for the person who looks."""
    counts = board["counts"]
    seen, tickets = _seen([each for column in COLUMNS for each in board[column]])
    return BoardPage(
        tiles=[Tile(name, counts[name], tone if counts[name] else "") for name, tone in TILES.items()],
        nobody=not any(counts[name] for name in ALIVE),
        columns=[BoardColumn(name, name in ALIVE, counts[name], board[name]) for name in COLUMNS if board[name]],
        moment=moment,
        seen=seen,
        tickets_seen=tickets,
    )


def promise_page(promise: Document, moment: float, fault: str | None, reason: str) -> PromisePage:
    """Of `promise_document`, for the person who looks."""
    mine = promise["reason_call_id"] is not None and access.may_hear_reason(person(), promise["agent"])
    seen, tickets = _seen([promise])
    return PromisePage(
        promise=promise,
        moment=moment,
        mine=mine,
        hearing=mine and heard_now(promise["reason_call_id"]) is not None,
        may_cancel=person().may("cancel_promise") and promise["is_open"],
        asked=_asked(promise["request"]) if promise["request"] else None,
        fault=fault,
        reason=reason,
        seen=seen,
        tickets_seen=tickets,
    )


def _seen(promises: list[Document]) -> tuple[set[str], set[int]]:
    """The calls and tickets of promises that who asks may open: what their links lead to."""
    calls = [each[name]["call_id"] for each in promises for name in ("asked", "kept") if each[name]]
    tickets = access.seen_tickets(db(), person(), [each["ticket"] for each in promises])
    return access.seen_calls(db(), person(), calls), tickets


def _asked(request: Document) -> CancelAsked:
    if request["state"] == "refused":
        return CancelAsked(True, "", said(request["error_code"], request["error_facts"]))
    if request["state"] == "late":
        return CancelAsked(True, _("No answer yet: the controller is not running. It will do this when it is back."))
    return CancelAsked(False, _("Cancelling…"))
