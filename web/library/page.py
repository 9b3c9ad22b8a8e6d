"""The library's pages as dataclasses: its first page, a playlist, what is played, and how far somebody is."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import url_for

from letters import service as letters
from letters.models import ColleagueLetter
from library import assignments, playlists
from library.assignments import AssignmentTally, ItemProgress
from library.models import Assignment, Clip, Playlist, PlaylistItem
from library.playlists import seconds_of
from library.policy import ENOUGH
from ringback.messages import Message
from ringback.store.base import utc
from web import access
from web.context import db, now, person
from web.documents.facts import Document
from web.documents.library import heard_documents
from web.library.people import Trainee, listeners

CLIPS = 20
GIVEN = 50
PAGE = 50


@dataclass(frozen=True)
class EntryRow:
    """An entry of a playlist, for whoever may hear it."""

    id: str
    number: int
    """Its place, counted from 1."""
    call: Document
    begin: float
    end: float | None
    seconds: float | None
    """How long it is."""
    note: str
    question: str
    why: Message | None
    progress: ItemProgress | None
    """Of the assignment; None: it is not looked at as one."""
    page: str
    """Where it is played."""


@dataclass(frozen=True)
class AssignmentMail:
    """What became of the last letter about an assignment."""

    state: str
    """waiting, sent, failed, unsent"""
    at: str
    why: Message | None


@dataclass(frozen=True)
class AssignmentRow:
    """An assignment in a list."""

    id: str
    title: str
    page: str
    person: str
    given_by: str
    due_at: str | None
    late: bool
    reminded_at: str | None
    done_at: str | None
    entries: int
    done: int
    percent: int
    answers: list[tuple[str, str]] = field(default_factory=list)
    """Question and answer."""
    mail: AssignmentMail | None = None


@dataclass(frozen=True)
class PlaylistRow:
    """A playlist in the list of all."""

    id: str
    title: str
    items: int
    gone: int
    person: str
    changed_at: str
    people: int
    done: int


@dataclass(frozen=True)
class ClipRow:
    """A clip in the list of those made last."""

    id: str
    title: str
    call: Document
    begin: float
    seconds: float
    person: str


@dataclass(frozen=True)
class PlaylistPage:
    """Everything that library/playlist.html shows."""

    id: str
    title: str
    note: str
    person: str
    entries: list[EntryRow]
    hidden: int
    """Entries that who asks may not hear."""
    gone: int
    """Entries whose calls were erased."""
    seconds: float
    """Of all entries together."""
    given: list[AssignmentRow]
    listeners: list[Trainee]
    today: str
    fault: Message | None = None
    fault_at: str = ""
    """By which form: give, describe, copy, or the key of an entry."""
    chosen: list[str] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)


def entries_of(
    items: list[PlaylistItem], tally: AssignmentTally | None = None, assignment: UUID | None = None
) -> list[EntryRow]:
    calls = heard_documents(db(), {item.call_id for item in items})
    found = []
    for number, item in enumerate(items, start=1):
        call = calls[item.call_id]
        begin, end = assignments.place_of(item, call["seconds"])
        if assignment is None:
            page = url_for("library.play", playlist_id=item.playlist_id, item=item.id)
        else:
            page = url_for("library.assignment", assignment_id=assignment, item=item.id)
        found.append(
            EntryRow(
                id=str(item.id),
                number=number,
                call=call,
                begin=item.begin,
                end=item.end,
                seconds=None if end is None else max(0.0, end - begin),
                note=item.note,
                question=item.question,
                why=item.why,
                progress=None if tally is None else tally.items.get(item.id, ItemProgress()),
                page=page,
            )
        )
    return found


def heard_items(playlist: UUID) -> tuple[list[PlaylistItem], int]:
    """The entries that who asks may hear by the own right, and how many there are besides."""
    items = playlists.items_of(db(), playlist)
    heard = access.heard_calls(db(), person(), {item.call_id for item in items})
    mine = [item for item in items if item.call_id in heard]
    return mine, len(items) - len(mine)


def playlist_page(
    row: Playlist,
    fault: Message | None = None,
    fault_at: str = "",
    chosen: list[str] | None = None,
    typed: dict[str, str] | None = None,
) -> PlaylistPage:
    """`fault`: why what was sent by the form `fault_at` is refused."""
    items, hidden = heard_items(row.id)
    entries = entries_of(items)
    given = assignments.of_playlist(db(), row.id)
    return PlaylistPage(
        id=str(row.id),
        title=row.title,
        note=row.note,
        person=row.person,
        entries=entries,
        hidden=hidden,
        gone=row.gone,
        seconds=sum(each.seconds or 0.0 for each in entries),
        given=assignment_rows([(each, row) for each in given], items),
        listeners=listeners(),
        today=utc(now()).date().isoformat(),
        fault=fault,
        fault_at=fault_at,
        chosen=chosen or [],
        typed=typed or {},
    )


def assignment_rows(
    found: list[tuple[Assignment, Playlist]], items: list[PlaylistItem] | None = None
) -> list[AssignmentRow]:
    """`items`: those of which the answers are told, and what became of letters; None: of none."""
    tallies = assignments.progress_of(db(), [row for row, _ in found])
    moment = utc(now())
    written = letters.of_each(db(), [row.id for row, _ in found]) if items is not None else {}
    return [
        AssignmentRow(
            id=str(row.id),
            title=playlist.title,
            page=url_for("library.assignment", assignment_id=row.id),
            person=row.person,
            given_by=row.given_by,
            due_at=row.due_at.isoformat() if row.due_at else None,
            late=row.due_at is not None and row.due_at < moment and row.done_at is None,
            reminded_at=row.reminded_at.isoformat() if row.reminded_at else None,
            done_at=row.done_at.isoformat() if row.done_at else None,
            entries=tallies[row.id].entries,
            done=tallies[row.id].done,
            percent=percent(tallies[row.id].share),
            answers=[
                (item.question, tallies[row.id].items[item.id].answer)
                for item in items or ()
                if item.id in tallies[row.id].items and tallies[row.id].items[item.id].answer
            ],
            mail=_mail(written.get(row.id, [])),
        )
        for row, playlist in found
    ]


def _mail(found: list[ColleagueLetter]) -> AssignmentMail | None:
    told = [row for row in found if row.state != "dropped"]
    if not told:
        return None
    row = told[-1]
    return AssignmentMail(row.state, (row.finished_at or row.created_at).isoformat(), row.error)


def percent(share: float) -> int:
    """Of what is asked to be heard: the last seconds of a call are nothing."""
    return round(100 * min(1.0, share / ENOUGH))


def playlist_rows(found: list[Playlist]) -> list[PlaylistRow]:
    counted = assignments.counts(db(), [row.id for row in found])
    return [
        PlaylistRow(
            str(row.id),
            row.title,
            row.items,
            row.gone,
            row.person,
            row.changed_at.isoformat(),
            *counted.get(row.id, (0, 0)),
        )
        for row in found
    ]


def clip_rows(found: list[Clip]) -> list[ClipRow]:
    """Of those that who asks may hear."""
    heard = access.heard_calls(db(), person(), {row.call_id for row in found})
    calls = heard_documents(db(), heard)
    return [
        ClipRow(str(row.id), row.title, calls[row.call_id], row.begin, row.end - row.begin, row.person)
        for row in found
        if row.call_id in heard
    ]


def recording_seconds(call_id: str) -> float | None:
    return seconds_of(db(), [call_id]).get(call_id)
