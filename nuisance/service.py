"""The list of nuisance callers, in the store: put on it, taken from it, over by themselves; how often they called.

Everything works inside the caller's transaction. One number stands once: a unique rule of the store. What an entry
means for calls is `nuisance/policy.py`'s, that it is done the controller's (`controller/nuisance_door.py`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from calls.models import CallEvent
from nuisance.errors import NuisanceError
from nuisance.models import NuisanceCaller
from ringback.config import Settings
from ringback.config.spellings import full_number, outside
from ringback.store.alarms import Executor, insert_or_leave
from ringback.store.base import uuid7

MOST_DAYS = 3650
MOST_REASON = 200
VOUCHED = ("trunk", "127.0.0.1", "")
"""Where calls come from for whose number somebody answers: see `callback.requests.TRUSTED_ORIGINS`."""


def add(
    session: Session,
    settings: Settings,
    number: str | None,
    reason: str,
    by: str,
    now: datetime,
    *,
    days: int | None,
    came_from: str = "",
    call_id: str | None = None,
) -> NuisanceCaller:
    """Refuses calls from `number` (E.164) from now on, for so many days; None: until somebody ends it.

    Raises NuisanceError with what is wrong.
    """
    reason = " ".join(reason.split())[:MOST_REASON]
    if number is None:
        raise NuisanceError("nuisance.no_number")
    if not reason:
        raise NuisanceError("nuisance.no_reason")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise NuisanceError("nuisance.days", most=MOST_DAYS)
    if number in settings.vips:
        raise NuisanceError("nuisance.vip", number=number)
    if number in own_numbers(settings):
        raise NuisanceError("nuisance.own", number=number)
    end_expired(session, now)
    values = {
        "id": uuid7(),
        "number": number,
        "came_from": came_from,
        "reason": reason,
        "call_id": call_id,
        "created_by": by,
        "created_at": now,
        "expires_at": None if days is None else now + timedelta(days=days),
        "refused": 0,
    }
    made = session.execute(insert_or_leave(NuisanceCaller).values(**values).returning(NuisanceCaller.id)).scalar()
    if made is None:
        raise NuisanceError("nuisance.standing", number=number)
    return session.get_one(NuisanceCaller, made)


def undo(session: Session, key: UUID, by: str, now: datetime) -> None:
    """Calls from this number are answered again. Raises NuisanceError where they are already."""
    entry = update(NuisanceCaller).where(NuisanceCaller.id == key, stands(now))
    ended = entry.values(ended_at=now, ended_by=by).execution_options(synchronize_session=False)
    if session.execute(ended.returning(NuisanceCaller.id)).first() is None:
        raise NuisanceError("nuisance.over")


def end_expired(session: Session, now: datetime) -> None:
    """What is over by its time counts as ended, so that the number can be put on the list again."""
    over = update(NuisanceCaller).where(NuisanceCaller.ended_at.is_(None), NuisanceCaller.expires_at <= now)
    session.execute(over.values(ended_at=NuisanceCaller.expires_at).execution_options(synchronize_session=False))


def stands(now: datetime) -> ColumnElement[bool]:
    """Of a query over NuisanceCaller: calls are refused now."""
    lasts = or_(NuisanceCaller.expires_at.is_(None), NuisanceCaller.expires_at > now)
    return NuisanceCaller.ended_at.is_(None) & lasts


def standing(executor: Executor, now: datetime) -> list[tuple[UUID, str, str]]:
    """Every entry that stands: id, number, the address it is meant for."""
    query = select(NuisanceCaller.id, NuisanceCaller.number, NuisanceCaller.came_from).where(stands(now))
    return [tuple(row) for row in executor.execute(query)]


def is_refused(executor: Executor, number: str, now: datetime) -> bool:
    """Whether calls from this number (E.164) are refused, wherever somebody answers for it."""
    query = select(NuisanceCaller.id).where(
        NuisanceCaller.number == number, NuisanceCaller.came_from == "", stands(now)
    )
    return executor.execute(query).first() is not None


def standing_for(session: Session, number: str, came_from: str, now: datetime) -> NuisanceCaller | None:
    """The entry by which calls from this number, and from there, are refused."""
    wanted = NuisanceCaller.number == number, NuisanceCaller.came_from == came_from
    return session.scalars(select(NuisanceCaller).where(*wanted, stands(now))).one_or_none()


def note_refused(executor: Executor, counts: Mapping[UUID, int], now: datetime) -> None:
    """So many calls of these entries were refused since it was noted last."""
    for key, count in counts.items():
        entry = update(NuisanceCaller).where(NuisanceCaller.id == key)
        values = {"refused": NuisanceCaller.refused + count, "refused_at": now}
        executor.execute(entry.values(**values).execution_options(synchronize_session=False))


def came_from(session: Session, call_id: str) -> str:
    """For calls from where an entry about this call's number is meant: empty where somebody answers for the number."""
    arrived = select(CallEvent.data).where(CallEvent.call_id == call_id, CallEvent.kind == "Arrived").limit(1)
    found = str((session.scalar(arrived) or {}).get("came_from") or "")
    return "" if found in VOUCHED else found


def own_numbers(settings: Settings) -> set[str]:
    """Numbers (E.164) that are never refused: of the lines, of the account, of agents, and those that calls go to."""
    found = {number for line in settings.lines for number in outside(line)}
    found |= {each.transfer for _, each in settings.destinations() if each.transfer is not None}
    countries = {line.default_country for line in settings.lines}
    short = [agent.extension for agent in settings.agents]
    account = [settings.trunk.account] if settings.trunk is not None else []
    digits = [text for text in (*short, *account) if text.removeprefix("+").isdecimal()]
    return found | {full_number(text, country) for text in digits for country in countries} - {""}


def count_standing(session: Session, now: datetime) -> int:
    """How many numbers are on the list."""
    return session.scalar(select(func.count()).select_from(NuisanceCaller).where(stands(now))) or 0
