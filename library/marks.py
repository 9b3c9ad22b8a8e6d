"""Marks on calls: made, answered, taken away; whose they are and who sees them.

Works in the caller's transaction. Whether somebody may see the call is asked before (`web/access.py`); of the marks of
such a call everybody sees the shared ones, the own ones, and those in which he or she is mentioned.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from library.errors import LibraryError
from library.models import Mark, MarkAnswer, MarkMention
from library.policy import stretch
from retention import holds
from ringback.store.erasing import quietly

MOST_WORDS = 2000
MOST_TAG = 40
LOOKED_AT = 1000
"""Marks whose tags are offered again."""


@dataclass(frozen=True)
class NewMark:
    """What is asked for."""

    call_id: str
    begin: float
    end: float
    speaker: str = ""
    words: str = ""
    tag: str = ""
    shared: bool = False
    mentions: tuple[str, ...] = ()
    """Names of people who may see the call."""


def add(session: Session, asked: NewMark, by: str, at: datetime, seconds: float | None) -> Mark:
    """`seconds`: of the recording; None: nobody knows. Raises LibraryError."""
    place = stretch(asked.begin, asked.end, seconds)
    if place is None:
        raise LibraryError("library.no_place")
    words, tag = asked.words.strip(), " ".join(asked.tag.split())
    if len(words) > MOST_WORDS:
        raise LibraryError("library.long_words", most=MOST_WORDS)
    if len(tag) > MOST_TAG:
        raise LibraryError("library.long_tag", most=MOST_TAG)
    if not words and not tag and not asked.mentions:
        raise LibraryError("library.says_nothing")
    speaker = asked.speaker if asked.speaker in ("caller", "agent") else ""
    row = Mark(
        call_id=asked.call_id,
        person=by,
        begin=place[0],
        end=place[1],
        speaker=speaker,
        words=words,
        tag=tag,
        shared=asked.shared,
        at=at,
    )
    session.add(row)
    session.flush()
    session.add_all(MarkMention(mark_id=row.id, person=name) for name in dict.fromkeys(asked.mentions) if name != by)
    session.flush()
    return row


def visible_to(person: str) -> ColumnElement[bool]:
    """Of a query over Mark, of calls that the person may see."""
    named = exists().where(MarkMention.mark_id == Mark.id, MarkMention.person == person)
    return or_(Mark.shared, Mark.person == person, named)


def of_call(session: Session, call_id: str, person: str) -> list[Mark]:
    """Those that the person sees, in the order of the call."""
    query = select(Mark).where(Mark.call_id == call_id, visible_to(person)).order_by(Mark.begin, Mark.id)
    return list(session.scalars(query))


def one(session: Session, key: UUID, person: str) -> Mark | None:
    """A mark that the person sees, if he or she may see the call."""
    return session.scalars(select(Mark).where(Mark.id == key, visible_to(person))).one_or_none()


def listing(
    session: Session,
    person: str,
    *,
    limit: int,
    tag: str = "",
    before: UUID | None = None,
    only: Select[tuple[str]] | None = None,
    call_id: str = "",
) -> list[Mark]:
    """Newest first. `only`: the calls that the person may see; None: all."""
    narrowed: list[ColumnElement[bool]] = []
    if call_id:
        narrowed.append(Mark.call_id == call_id)
    if tag:
        narrowed.append(Mark.tag == tag)
    if before is not None:
        narrowed.append(Mark.id < before)
    if only is not None:
        narrowed.append(Mark.call_id.in_(only))
    # Each part is read from an index of its own in its order; the newest of both are the newest.
    named = select(MarkMention.mark_id).where(MarkMention.person == person)
    found: dict[UUID, Mark] = {}
    for whose in (Mark.shared.is_(True), Mark.person == person, Mark.id.in_(named)):
        query = select(Mark).where(and_(whose, *narrowed)).order_by(Mark.id.desc()).limit(limit)
        found |= {row.id: row for row in session.scalars(query)}
    return [found[key] for key in sorted(found, reverse=True)][:limit]


def tags(session: Session, person: str, *, most: int = 30) -> list[str]:
    """What the newest of the person's own and of the shared marks are called by, the most used first."""
    # Each is read from an index in its order; own marks that are shared are counted once.
    used: Counter[str] = Counter()
    for whose, shared in ((Mark.shared.is_(True), True), (Mark.person == person, False)):
        newest = select(Mark.tag, Mark.shared).where(whose).order_by(Mark.id.desc()).limit(LOOKED_AT).subquery()
        told = newest.c.tag != "", newest.c.shared.is_(shared)
        counted = select(newest.c.tag, func.count()).where(*told).group_by(newest.c.tag)
        used.update(dict(session.execute(counted).tuples().all()))
    return [tag for tag, _ in sorted(used.items(), key=lambda each: (-each[1], each[0]))[:most]]


def answers_of(session: Session, keys: Collection[UUID]) -> dict[UUID, list[MarkAnswer]]:
    """By mark, oldest first."""
    found: dict[UUID, list[MarkAnswer]] = {}
    if keys:
        query = select(MarkAnswer).where(MarkAnswer.mark_id.in_(keys)).order_by(MarkAnswer.id)
        for row in session.scalars(query):
            found.setdefault(row.mark_id, []).append(row)
    return found


def mentioned_in(session: Session, keys: Collection[UUID]) -> dict[UUID, list[str]]:
    """By mark who is to look at it."""
    found: dict[UUID, list[str]] = {}
    if keys:
        query = select(MarkMention.mark_id, MarkMention.person).where(MarkMention.mark_id.in_(keys))
        for key, person in session.execute(query.order_by(MarkMention.id)):
            found.setdefault(key, []).append(person)
    return found


def answer(session: Session, mark: Mark, by: str, words: str, at: datetime) -> MarkAnswer:
    """Raises LibraryError. Whose mark it is, is told by a mention."""
    words = words.strip()
    if not words:
        raise LibraryError("library.no_words")
    if len(words) > MOST_WORDS:
        raise LibraryError("library.long_words", most=MOST_WORDS)
    row = MarkAnswer(mark_id=mark.id, person=by, words=words, at=at)
    session.add(row)
    if mark.person != by:
        told = session.scalars(
            select(MarkMention).where(MarkMention.mark_id == mark.id, MarkMention.person == mark.person)
        ).one_or_none()
        if told is None:
            session.add(MarkMention(mark_id=mark.id, person=mark.person))
        else:
            told.seen_at = None
    session.flush()
    return row


def change(mark: Mark, by: str, *, shared: bool) -> None:
    """Shares it, or takes that back. Raises LibraryError: it is somebody else's."""
    if mark.person != by:
        raise LibraryError("library.not_yours")
    mark.shared = shared


def remove(session: Session, mark: Mark, by: str) -> None:
    """Raises LibraryError: it is somebody else's, or its call is under a legal hold."""
    if mark.person != by:
        raise LibraryError("library.not_yours")
    if holds.held_among(session, [mark.call_id]):
        raise LibraryError("library.held")
    for rows in (MarkAnswer, MarkMention):
        quietly(session, delete(rows).where(rows.mark_id == mark.id))
    session.delete(mark)


def seen(session: Session, call_id: str, person: str, at: datetime) -> bool:
    """The person has opened the call: what mentioned him or her there is seen. False: nothing did."""
    marks = select(Mark.id).where(Mark.call_id == call_id)
    unseen = MarkMention.person == person, MarkMention.seen_at.is_(None), MarkMention.mark_id.in_(marks)
    return bool(quietly(session, update(MarkMention).where(*unseen).values(seen_at=at)).rowcount)


def unseen(session: Session, person: str, *, limit: int = 50) -> Sequence[Mark]:
    """Marks in which the person is mentioned and that he or she has not looked at, newest first."""
    query = (
        select(Mark)
        .join(MarkMention, MarkMention.mark_id == Mark.id)
        .where(MarkMention.person == person, MarkMention.seen_at.is_(None))
    )
    return session.scalars(query.order_by(Mark.id.desc()).limit(limit)).all()
