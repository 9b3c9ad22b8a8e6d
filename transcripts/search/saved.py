"""Searches that people keep, and telling their owners of calls that these find from then on.

A search with its alert on is tried on each call as it is indexed, and on nothing else: what it costs grows with the
searches that are kept, not with the calls that are stored. A call is told once (`search_match`), in the transaction
that indexes it. Calls that ended before the alert was switched on are not told: they were there to be found.
"""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from calls.service import own_calls_of
from ringback.config import Settings
from ringback.messages import message
from ringback.store.alarms import clear_alarm, columns, insert_or_leave, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from transcripts.search.answering import is_answer
from transcripts.search.document import IndexedPart, digits
from transcripts.search.errors import SearchError
from transcripts.search.form import given, query_of
from transcripts.search.models import SavedSearch, SearchMatch
from transcripts.search.query import FactFilter

KIND = "search.match"
"""Of alarms; their subject is the search's id."""
MOST = 50
"""Searches that one person keeps: each is tried on every call."""
TELLING_DIGITS = 5
"""With so many of its last digits a number is a person's."""
NAME_MAX = 80
"""Characters of a search's name."""


@dataclass(frozen=True)
class Kept:
    """A saved search with what it has found."""

    row: SavedSearch
    matches: int
    fresh: int
    """Of them those that came after the owner last looked."""


def kept_by(session: Session, owner: str) -> list[Kept]:
    """What somebody keeps, by name."""
    unseen = or_(SavedSearch.seen_at.is_(None), SearchMatch.found_at > SavedSearch.seen_at)
    query = (
        select(SavedSearch, func.count(SearchMatch.call_id), func.count(SearchMatch.call_id).filter(unseen))
        .outerjoin(SearchMatch, SearchMatch.search_id == SavedSearch.id)
        .where(SavedSearch.owner == owner)
        .group_by(SavedSearch.id)
    )
    found = [Kept(row, matches, fresh) for row, matches, fresh in session.execute(query)]
    return sorted(found, key=lambda kept: (kept.row.name.casefold(), kept.row.id))


def keep(
    session: Session,
    owner: str,
    name: str,
    asked: Mapping[str, object],
    *,
    only_agent: str | None,
    alert: bool,
    alarms: bool,
    now: datetime,
) -> SavedSearch:
    """Keeps what a form asks for under a name. Raises SearchError."""
    there = kept_by(session, owner)
    if len(there) >= MOST:
        raise SearchError("transcripts.search_many", most=MOST)
    if not given(asked) or query_of(asked, now.date()).asks_nothing:
        raise SearchError("transcripts.search_empty")
    row = SavedSearch(owner=owner, name="", asked=dict(given(asked)), only_agent=only_agent, alarms=alarms)
    row.name = _name(there, row, name)
    session.add(row)
    session.flush()
    if alert:
        switch(session, row, True, now)
    return row


def owned(session: Session, key: uuid.UUID, owner: str) -> SavedSearch | None:
    """Somebody's own saved search."""
    return session.scalar(select(SavedSearch).where(SavedSearch.id == key, SavedSearch.owner == owner))


def rename(session: Session, row: SavedSearch, name: str) -> None:
    """Raises SearchError."""
    row.name = _name(kept_by(session, row.owner), row, name)
    session.flush()


def _name(there: Sequence[Kept], row: SavedSearch, name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_MAX:
        raise SearchError("transcripts.search_name", most=NAME_MAX)
    if any(kept.row.name == plain and kept.row is not row for kept in there):
        raise SearchError("transcripts.search_taken")
    return plain


def switch(session: Session, row: SavedSearch, on: bool, now: datetime) -> None:
    """The alert on or off. Switched on, it tells of calls that end from now on."""
    if on and not row.alert:
        row.alert_since = now
    row.alert = on
    if not on:
        clear_alarm(session, KIND, str(row.id), now, by=row.owner)
    session.flush()


def drop(session: Session, row: SavedSearch, now: datetime) -> None:
    """Deletes a saved search with what it found."""
    clear_alarm(session, KIND, str(row.id), now, by=row.owner)
    session.execute(delete(SearchMatch).where(SearchMatch.search_id == row.id))
    session.delete(row)
    session.flush()


def drop_all(session: Session, owner: str, now: datetime) -> None:
    """Deletes what somebody kept who is not here any more."""
    for kept in kept_by(session, owner):
        drop(session, kept.row, now)


def pass_on(session: Session, before: str, after: str) -> None:
    """What somebody kept follows the new name of the account."""
    for kept in kept_by(session, before):
        kept.row.owner = after
        if kept.row.only_agent == before:
            kept.row.only_agent = after
    session.flush()


def rights(session: Session, owner: str, *, only_agent: str | None, alarms: bool) -> None:
    """What somebody kept finds and tells as the account's role allows now."""
    for kept in kept_by(session, owner):
        kept.row.only_agent, kept.row.alarms = only_agent, alarms
        if not alarms:
            clear_alarm(session, KIND, str(kept.row.id), utcnow(), by=owner)
    session.flush()


def drop_asking_for(session: Session, numbers: Collection[str], now: datetime) -> int:
    """Deletes everybody's searches for a person's number, however it is written in them; how many."""
    wanted_digits = [digits(number) for number in numbers]
    rows = [
        row
        for row in session.scalars(select(SavedSearch))
        if any(_names(str(value), number) for value in row.asked.values() for number in wanted_digits)
    ]
    for row in rows:
        drop(session, row, now)
    return len(rows)


def _names(value: str, number: str) -> bool:
    """Whether a field of a form has enough of a number to tell whose it is."""
    asked = [digits(piece) for piece in re.findall(r"[\d()+ .-]+", value)]
    return any(len(piece) >= TELLING_DIGITS and (number.endswith(piece) or number in piece) for piece in asked)


def look(session: Session, row: SavedSearch, now: datetime) -> list[str]:
    """call_ids of the calls that a search told of, the newest first; the owner has seen them with this."""
    row.seen_at = now
    clear_alarm(session, KIND, str(row.id), now, by=row.owner)
    query = select(SearchMatch.call_id).where(SearchMatch.search_id == row.id).order_by(SearchMatch.found_at.desc())
    return list(session.scalars(query.limit(200)))


def tell(
    session: Session,
    call_id: str,
    times: tuple[datetime, datetime | None],
    made: list[IndexedPart],
    settings: Settings,
    zone: tzinfo,
    now: datetime,
) -> int:
    """Tries every search with its alert on with a call that is being indexed; how many it is new to.

    `times` are the call's arrival and end.
    """
    ended_at = times[1] or now
    told = 0
    rows = session.scalars(select(SavedSearch).where(SavedSearch.alert)).all() if made else []
    for row in rows:
        if row.alert_since is None or ended_at < row.alert_since:
            continue
        query = query_of(row.asked, now.astimezone(zone).date())
        only = None if row.only_agent is None else own_calls_of(session, settings, row.only_agent)
        if _days(query.facts, times[0].astimezone(zone)) and is_answer(query, only, made):
            told += _note(session, row, call_id, now)
    return told


def _days(facts: FactFilter, arrived_at: datetime) -> bool:
    day = arrived_at.date()
    return (facts.first is None or facts.first <= day) and (facts.last is None or day <= facts.last)


def _note(session: Session, row: SavedSearch, call_id: str, now: datetime) -> int:
    match = {"search_id": row.id, "call_id": call_id, "found_at": now}
    statement = insert_or_leave(SearchMatch).values(**match).returning(SearchMatch.call_id)
    if session.execute(statement).first() is None:
        return 0
    if row.alarms:
        since = [SearchMatch.search_id == row.id]
        if row.seen_at is not None:
            since.append(SearchMatch.found_at > row.seen_at)
        count = session.scalar(select(func.count()).select_from(SearchMatch).where(*since)) or 1
        _alarm(session, row, count, call_id, now)
    return 1


def _alarm(session: Session, row: SavedSearch, count: int, call_id: str, now: datetime) -> None:
    """One alarm a search: what comes while it stands is counted in it."""
    said = message("transcripts.search_match", name=row.name, owner=row.owner, count=count)
    if not raise_alarm(session, KIND, str(row.id), said, "yellow", now, call_id=call_id):
        standing = (Alarm.kind == KIND, Alarm.subject == str(row.id), Alarm.cleared_at.is_(None))
        session.execute(
            update(Alarm).where(*standing).values(columns(said, {"call_id": call_id})),
            execution_options={"synchronize_session": False},
        )
