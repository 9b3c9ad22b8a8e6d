"""Playlists and clips: made, filled, put in order, copied, taken away.

Works in the caller's transaction. Which of the calls somebody may see is asked before (`web/access.py`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from calls.models import Call
from library.errors import LibraryError
from library.models import Assignment, AssignmentProgress, Clip, Playlist, PlaylistItem
from library.policy import stretch
from recording.clips import LONGEST
from recording.models import Recording
from ringback.messages import Message
from ringback.store.erasing import quietly

MOST_TITLE = 120
MOST_NOTE = 2000
MOST_ITEMS = 200


@dataclass(frozen=True)
class NewItem:
    """An entry that is asked for."""

    call_id: str
    begin: float = 0.0
    end: float | None = None
    """None: the whole call, from `begin`."""
    note: str = ""
    question: str = ""
    why: Message | None = None


def create(session: Session, title: str, by: str, at: datetime, note: str = "") -> Playlist:
    """An empty one. Raises LibraryError."""
    row = Playlist(title=_title(title), note=_long(note), person=by, created_at=at, changed_at=at)
    session.add(row)
    session.flush()
    return row


def there(session: Session, key: UUID) -> Playlist:
    """For changing it. Raises LibraryError where it is not there any more."""
    row = session.get(Playlist, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise LibraryError("library.playlist_gone")
    return row


def describe(session: Session, key: UUID, title: str, note: str, at: datetime) -> None:
    """Raises LibraryError."""
    row = there(session, key)
    row.title, row.note, row.changed_at = _title(title), _long(note), at


def append(session: Session, key: UUID, asked: Sequence[NewItem], at: datetime) -> list[PlaylistItem]:
    """Adds entries at the end, all or none. Raises LibraryError."""
    row = there(session, key)
    if row.items + len(asked) > MOST_ITEMS:
        raise LibraryError("library.full", most=MOST_ITEMS)
    last = session.scalar(select(func.max(PlaylistItem.place)).where(PlaylistItem.playlist_id == key)) or 0
    lengths = seconds_of(session, {each.call_id for each in asked})
    made = []
    for number, each in enumerate(asked, start=last + 1):
        begin, end = _place(each.begin, each.end, lengths.get(each.call_id))
        made.append(
            PlaylistItem(
                playlist_id=key,
                place=number,
                call_id=each.call_id,
                begin=begin,
                end=end,
                note=_long(each.note),
                question=_long(each.question),
                why=each.why,
            )
        )
    session.add_all(made)
    row.items, row.changed_at = row.items + len(made), at
    session.flush()
    return made


def item(session: Session, playlist: UUID, key: UUID) -> PlaylistItem:
    """Raises LibraryError where it is not there any more."""
    row = session.get(PlaylistItem, key)
    if row is None or row.playlist_id != playlist:
        raise LibraryError("library.item_gone")
    return row


def edit(session: Session, playlist: UUID, key: UUID, asked: NewItem, at: datetime) -> None:
    """Another start, end, note, question; the call stays. Raises LibraryError."""
    there(session, playlist).changed_at = at
    row = item(session, playlist, key)
    begin, end = _place(asked.begin, asked.end, seconds_of(session, {row.call_id}).get(row.call_id))
    if (begin, end) != (row.begin, row.end):
        row.begin, row.end = begin, end
        # What was heard of the old part says little about the new one; what was answered stays.
        heard = update(AssignmentProgress).where(AssignmentProgress.item_id == key)
        quietly(session, heard.values(complete=False))
    row.note, row.question = _long(asked.note), _long(asked.question)
    session.flush()


def move(session: Session, playlist: UUID, key: UUID, step: int, at: datetime) -> None:
    """One place up (-1) or down (1); at the end of the list nothing happens. Raises LibraryError."""
    there(session, playlist).changed_at = at
    rows = items_of(session, playlist)
    at_now = next((number for number, row in enumerate(rows) if row.id == key), None)
    if at_now is None:
        raise LibraryError("library.item_gone")
    other = at_now + step
    if 0 <= other < len(rows):
        rows[at_now].place, rows[other].place = rows[other].place, rows[at_now].place
    session.flush()


def remove_item(session: Session, playlist: UUID, key: UUID, at: datetime) -> None:
    """Raises LibraryError."""
    row = there(session, playlist)
    found = item(session, playlist, key)
    quietly(session, delete(AssignmentProgress).where(AssignmentProgress.item_id == key))
    session.delete(found)
    row.items, row.changed_at = max(0, row.items - 1), at
    session.flush()


def copy(session: Session, key: UUID, title: str, by: str, at: datetime, seen: Iterable[str]) -> Playlist:
    """A playlist of one's own with the entries whose calls are among `seen`. Raises LibraryError."""
    source, calls = there(session, key), set(seen)
    made = create(session, title, by, at, source.note)
    entries = [
        NewItem(row.call_id, row.begin, row.end, row.note, row.question, row.why)
        for row in items_of(session, key)
        if row.call_id in calls
    ]
    append(session, made.id, entries, at)
    return made


def remove(session: Session, key: UUID) -> None:
    """With its entries; what was assigned of it is over. Raises LibraryError."""
    row = there(session, key)
    assigned = select(Assignment.id).where(Assignment.playlist_id == key)
    quietly(session, delete(AssignmentProgress).where(AssignmentProgress.assignment_id.in_(assigned)))
    quietly(session, delete(Assignment).where(Assignment.playlist_id == key))
    quietly(session, delete(PlaylistItem).where(PlaylistItem.playlist_id == key))
    session.delete(row)
    session.flush()


def items_of(session: Session, key: UUID) -> list[PlaylistItem]:
    """In their order."""
    query = select(PlaylistItem).where(PlaylistItem.playlist_id == key)
    return list(session.scalars(query.order_by(PlaylistItem.place, PlaylistItem.id)))


def items_of_each(session: Session, keys: Collection[UUID]) -> dict[UUID, list[PlaylistItem]]:
    """`items_of` of several, with one query."""
    query = select(PlaylistItem).where(PlaylistItem.playlist_id.in_(list(keys)))
    found: dict[UUID, list[PlaylistItem]] = {}
    for row in session.scalars(query.order_by(PlaylistItem.place, PlaylistItem.id)):
        found.setdefault(row.playlist_id, []).append(row)
    return found


def listing(session: Session, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Playlist]:
    """Those that were changed last first."""
    query = select(Playlist).order_by(Playlist.changed_at.desc(), Playlist.id.desc()).limit(limit)
    if before is not None:
        at, key = before
        query = query.where((Playlist.changed_at < at) | ((Playlist.changed_at == at) & (Playlist.id < key)))
    return list(session.scalars(query))


def known(session: Session, call_ids: Iterable[str]) -> set[str]:
    """Those that are calls."""
    return set(session.scalars(select(Call.call_id).where(Call.call_id.in_(list(call_ids)))))


def seconds_of(session: Session, call_ids: Iterable[str]) -> dict[str, float]:
    """How long the recording of each call is, as far as it is known."""
    query = select(Recording.call_id, Recording.seconds).where(Recording.call_id.in_(list(call_ids)))
    return {call_id: seconds for call_id, seconds in session.execute(query) if seconds is not None}


# -- clips ---------------------------------------------------------------------------------------------


def add_clip(
    session: Session, call_id: str, begin: float, end: float, title: str, by: str, at: datetime, seconds: float | None
) -> Clip:
    """`seconds`: of the recording. Raises LibraryError."""
    first, last = _place(begin, end, seconds)
    row = Clip(call_id=call_id, title=_title(title), begin=first, end=last or first, person=by, at=at)
    session.add(row)
    session.flush()
    return row


def remove_clip(session: Session, row: Clip, by: str) -> None:
    """Playlists keep the part. Raises LibraryError: it is somebody else's."""
    if row.person != by:
        raise LibraryError("library.not_yours")
    session.delete(row)


def clips(session: Session, *, limit: int, before: UUID | None = None) -> list[Clip]:
    """Newest first."""
    query = select(Clip).order_by(Clip.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(Clip.id < before)))


# -- what may be written ---------------------------------------------------------------------------------


def _title(given: str) -> str:
    title = " ".join(given.split())
    if not title or len(title) > MOST_TITLE:
        raise LibraryError("library.no_title", most=MOST_TITLE)
    return title


def _long(given: str) -> str:
    if len(given := given.strip()) > MOST_NOTE:
        raise LibraryError("library.long_words", most=MOST_NOTE)
    return given


def _place(begin: float, end: float | None, seconds: float | None) -> tuple[float, float | None]:
    if end is None:
        if begin < 0 or (seconds is not None and begin >= seconds):
            raise LibraryError("library.no_place")
        return round(begin, 2), None
    found = stretch(begin, end, seconds)
    if found is None:
        raise LibraryError("library.no_place")
    if found[1] - found[0] > LONGEST:
        raise LibraryError("library.long_clip", most=round(LONGEST / 60))
    return found
