"""Assignments: a playlist given to people, what they heard of it, what they answered.

Works in the caller's transaction. What a player says it has played is believed as far as the clock allows
(`library/policy.py: plausible`); when it was given sound is on the receipt. While an assignment stands its person may
hear its entries; that rule is `web/access.py`'s.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from letters import service as letters
from library import policy
from library.errors import LibraryError
from library.letters import occasion_of
from library.models import Assignment, AssignmentProgress, Playlist, PlaylistItem
from library.playlists import items_of_each, seconds_of
from ringback.store.erasing import quietly

MOST_ANSWER = 4000
MOST_PEOPLE = 50


@dataclass(frozen=True)
class ItemProgress:
    """How far one entry is."""

    share: float = 0.0
    """How much of it was heard, from 0 to 1."""
    heard: bool = False
    """As far as is asked."""
    answer: str = ""
    answered: bool = False
    done: bool = False
    """Heard, and answered where there is a question."""


@dataclass(frozen=True)
class AssignmentTally:
    """How far an assignment is."""

    items: dict[UUID, ItemProgress] = field(default_factory=dict)
    """By entry."""
    entries: int = 0
    done: int = 0
    share: float = 0.0
    """How much of all sound was heard, from 0 to 1."""


def give(
    session: Session, playlist: UUID, people: Sequence[str], by: str, due_at: datetime | None, at: datetime
) -> list[Assignment]:
    """To each of them, who is written to; who has it already is given the new day. Raises LibraryError."""
    if session.get(Playlist, playlist) is None:
        raise LibraryError("library.playlist_gone")
    people = list(dict.fromkeys(people))
    if not people:
        raise LibraryError("library.nobody")
    if len(people) > MOST_PEOPLE:
        raise LibraryError("library.many", most=MOST_PEOPLE)
    if due_at is not None and due_at <= at:
        raise LibraryError("library.past")
    if not session.scalar(select(func.count()).where(PlaylistItem.playlist_id == playlist)):
        raise LibraryError("library.empty")
    standing = select(Assignment).where(
        Assignment.playlist_id == playlist, Assignment.person.in_(people), Assignment.ended_at.is_(None)
    )
    found = {row.person: row for row in session.scalars(standing)}
    for row in found.values():
        row.due_at, row.given_by = due_at, by
    made = [
        Assignment(playlist_id=playlist, person=name, given_by=by, due_at=due_at, given_at=at)
        for name in people
        if name not in found
    ]
    session.add_all(made)
    session.flush()
    for row in (*found.values(), *made):
        letters.tell(session, "assigned", row.person, row.id, at, occasion_of(row.due_at))
    return [*found.values(), *made]


def take_back(session: Session, key: UUID, at: datetime) -> None:
    """Its person may not hear it any more. Raises LibraryError: it was taken back before."""
    over = update(Assignment).where(Assignment.id == key, Assignment.ended_at.is_(None)).values(ended_at=at)
    if not quietly(session, over).rowcount:
        raise LibraryError("library.assignment_over")


def remind(session: Session, key: UUID, at: datetime) -> bool:
    """The person's pages say so, and a letter, once a day; whether there is one. Raises LibraryError: there is nothing
    to be done of it."""
    open_ = Assignment.id == key, Assignment.ended_at.is_(None), Assignment.done_at.is_(None)
    reminded = update(Assignment).where(*open_).values(reminded_at=at).returning(Assignment.person)
    person = quietly(session, reminded).scalar()
    if person is None:
        raise LibraryError("library.assignment_over")
    return letters.tell(session, "reminder", person, key, at, f"{at:%Y-%m-%d}")


def of_person(session: Session, person: str, *, limit: int = 50) -> list[tuple[Assignment, Playlist]]:
    """Those that stand: what is to be done first, by its day, then what is done."""
    query = (
        select(Assignment, Playlist)
        .join(Playlist, Playlist.id == Assignment.playlist_id)
        .where(Assignment.person == person, Assignment.ended_at.is_(None))
        .order_by(
            Assignment.done_at.is_not(None), Assignment.due_at.is_(None), Assignment.due_at, Assignment.given_at.desc()
        )
    )
    return [(row, playlist) for row, playlist in session.execute(query.limit(limit))]


def of_playlist(session: Session, playlist: UUID) -> list[Assignment]:
    """Those that stand, the earliest first."""
    query = select(Assignment).where(Assignment.playlist_id == playlist, Assignment.ended_at.is_(None))
    return list(session.scalars(query.order_by(Assignment.given_at, Assignment.person)))


def given(session: Session, *, limit: int) -> list[tuple[Assignment, Playlist]]:
    """Of everybody: those that stand and are not done, by their day."""
    query = (
        select(Assignment, Playlist)
        .join(Playlist, Playlist.id == Assignment.playlist_id)
        .where(Assignment.ended_at.is_(None), Assignment.done_at.is_(None))
        .order_by(Assignment.due_at.is_(None), Assignment.due_at, Assignment.given_at)
    )
    return [(row, playlist) for row, playlist in session.execute(query.limit(limit))]


def listing(
    session: Session,
    *,
    limit: int,
    before: UUID | None = None,
    person: str = "",
    playlist: UUID | None = None,
    only_open: bool = False,
) -> list[Assignment]:
    """Those that stand, the newest first."""
    query = select(Assignment).where(Assignment.ended_at.is_(None)).order_by(Assignment.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Assignment.id < before)
    if person:
        query = query.where(Assignment.person == person)
    if playlist is not None:
        query = query.where(Assignment.playlist_id == playlist)
    if only_open:
        query = query.where(Assignment.done_at.is_(None))
    return list(session.scalars(query))


def titles_of(session: Session, assignments: Sequence[Assignment]) -> dict[UUID, str]:
    """What their playlists are called, by playlist."""
    keys = {each.playlist_id for each in assignments}
    query = select(Playlist.id, Playlist.title).where(Playlist.id.in_(keys))
    return dict(session.execute(query).tuples().all())


def count_open(session: Session, person: str) -> int:
    """How many playlists the person has still to hear."""
    open_ = Assignment.person == person, Assignment.ended_at.is_(None), Assignment.done_at.is_(None)
    return session.scalar(select(func.count()).select_from(Assignment).where(*open_)) or 0


def counts(session: Session, playlists: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """By playlist: how many people have it, and how many of them are done."""
    query = (
        select(Assignment.playlist_id, func.count(), func.count(Assignment.done_at))
        .where(Assignment.playlist_id.in_(list(playlists)), Assignment.ended_at.is_(None))
        .group_by(Assignment.playlist_id)
    )
    return {key: (people, done) for key, people, done in session.execute(query)}


# -- what was heard --------------------------------------------------------------------------------------


def sent(session: Session, assignment: UUID, item: UUID, at: datetime) -> None:
    """The player was given sound of an entry: from now on it can be playing it."""
    row = _progress(session, assignment, item)
    if row is None:
        session.add(AssignmentProgress(assignment_id=assignment, item_id=item, heard=[], told_at=at))
        session.flush()


def note_heard(
    session: Session, assignment: Assignment, item: PlaylistItem, told: Iterable[policy.Range], at: datetime
) -> list[policy.Range]:
    """A player's report; what is known to be heard after it. Nothing counts of an entry whose sound was never sent."""
    row = _progress(session, assignment.id, item.id)
    seconds = seconds_of(session, {item.call_id}).get(item.call_id)
    begin, end = place_of(item, seconds)
    if row is None or end is None:
        return []
    before = [(float(first), float(last)) for first, last in row.heard]
    heard = policy.plausible(before, told, begin, end, (at - row.told_at).total_seconds())
    row.heard, row.told_at = [list(each) for each in heard], at
    row.complete = policy.share(heard, begin, end) >= policy.ENOUGH
    session.flush()
    _finish(session, assignment, at)
    return heard


def answer(session: Session, assignment: Assignment, item: PlaylistItem, words: str, at: datetime) -> None:
    """To the question after an entry; it may be written anew until the assignment ends. Raises LibraryError."""
    words = words.strip()
    if not item.question:
        raise LibraryError("library.no_question")
    if not words:
        raise LibraryError("library.no_words")
    if len(words) > MOST_ANSWER:
        raise LibraryError("library.long_words", most=MOST_ANSWER)
    row = _progress(session, assignment.id, item.id)
    if row is None or not row.complete:
        raise LibraryError("library.hear_first")
    row.answer, row.answered_at = words, at
    session.flush()
    _finish(session, assignment, at)


def progress_of(
    session: Session, assignments: Sequence[Assignment], seen: Collection[str] | None = None
) -> dict[UUID, AssignmentTally]:
    """By assignment. `seen`: of entries with these calls alone; None: of all."""
    if not assignments:
        return {}
    query = select(AssignmentProgress).where(AssignmentProgress.assignment_id.in_([each.id for each in assignments]))
    rows = {(row.assignment_id, row.item_id): row for row in session.scalars(query)}
    lists = items_of_each(session, {each.playlist_id for each in assignments})
    calls = {item.call_id for items in lists.values() for item in items}
    lengths = seconds_of(session, calls)
    found = {}
    for each in assignments:
        items = [item for item in lists.get(each.playlist_id, ()) if seen is None or item.call_id in seen]
        found[each.id] = _counted(items, {item.id: rows.get((each.id, item.id)) for item in items}, lengths)
    return found


def place_of(item: PlaylistItem, seconds: float | None) -> tuple[float, float | None]:
    """From and to where an entry is heard; to None: nobody knows how long the recording is."""
    return item.begin, seconds if item.end is None else item.end


def _counted(
    items: Sequence[PlaylistItem], rows: dict[UUID, AssignmentProgress | None], lengths: dict[str, float]
) -> AssignmentTally:
    each: dict[UUID, ItemProgress] = {}
    whole = heard = 0.0
    for item in items:
        row = rows[item.id]
        begin, end = place_of(item, lengths.get(item.call_id))
        share = 0.0
        if row is not None and end is not None:
            share = policy.share([(float(first), float(last)) for first, last in row.heard], begin, end)
        if end is not None:
            whole, heard = whole + end - begin, heard + share * (end - begin)
        complete = row is not None and row.complete
        answered = row is not None and row.answered_at is not None
        done = complete and (answered or not item.question)
        each[item.id] = ItemProgress(share, complete, row.answer if row else "", answered, done)
    done_count = sum(progress.done for progress in each.values())
    return AssignmentTally(each, len(items), done_count, heard / whole if whole else 0.0)


def _finish(session: Session, assignment: Assignment, at: datetime) -> None:
    """Done once nothing is left of it."""
    progress = progress_of(session, [assignment])[assignment.id]
    if progress.entries and progress.done == progress.entries:
        assignment.done_at = assignment.done_at or at
    else:
        assignment.done_at = None


def _progress(session: Session, assignment: UUID, item: UUID) -> AssignmentProgress | None:
    query = select(AssignmentProgress).where(
        AssignmentProgress.assignment_id == assignment, AssignmentProgress.item_id == item
    )
    return session.scalars(query.with_for_update()).one_or_none()
