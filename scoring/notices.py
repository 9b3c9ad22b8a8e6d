"""Whether a call was told of the recording: by what was stored of that call, and else by the settings of its time.

The controller stores how each of its commands ended, the notice's among them, where that is heard to its end. A notice
that a key may cut, and that of a call which we made, are said together with what follows: then the settings that were
in force tell whether there was one, and not how much of it was heard. Where neither is known, nothing is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, CallEvent
from ivr.states.choice import NOTICE
from publishing.models import SettingsVersion
from publishing.service import settings_of
from ringback.config import Settings

NoticeKind = Literal["notice", "notice_cut", "notice_set", "no_notice", "notice_unknown"]
"""notice: played to its end; notice_cut: begun, and not played to its end; notice_set, no_notice: by the settings of
that time; notice_unknown: nothing of it was stored."""
BEGINS = ("Arrived", "CalledBack")
"""Events with which the controller has a call from its beginning."""
TAKEN_WITHIN = timedelta(minutes=1)
"""How long after a version was published a call may still have begun with the one before."""


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """What is known of the notice of one call."""

    kind: NoticeKind
    end: float = 0.0
    """Of one that was played: seconds of the recording at which it was over; it began with it."""


def notice_of(session: Session, call: Call) -> StoredNotice:
    """What was stored of it."""
    asked = CallEvent.call_id == call.call_id, CallEvent.kind.in_((*BEGINS, "Missed", "Done"))
    query = select(CallEvent.kind, CallEvent.at, CallEvent.data).where(*asked)
    events = session.execute(query.order_by(CallEvent.seq)).all()
    for event in events:
        if event.kind == "Done" and event.data.get("command") == NOTICE:
            if event.data.get("failed"):
                return StoredNotice("notice_cut")
            return StoredNotice("notice", max(0.0, round((event.at - call.arrived_at).total_seconds(), 2)))
    began = events[0].kind if events else ""
    return StoredNotice(_by_settings(session, call, began) if began in BEGINS else "notice_unknown")


def _by_settings(session: Session, call: Call, began: str) -> NoticeKind:
    found = {_set(version, call.line, began) for version in _in_force(session, call.arrived_at)}
    return found.pop() if len(found) == 1 else "notice_unknown"


def _set(version: SettingsVersion, number: str, began: str) -> NoticeKind:
    settings = settings_of(version, Settings())
    line = next((each for each in settings.lines if each.number == number), None) if settings else None
    if line is None:
        return "notice_unknown"
    if line.notice is None:
        return "no_notice"
    # Heard to its end it would have an event of its own: the caller, or the controller, was gone before.
    is_apart = began == "Arrived" and not (line.notice_can_be_skipped and not line.start)
    return "notice_unknown" if is_apart else "notice_set"


def _in_force(session: Session, at: datetime) -> list[SettingsVersion]:
    """The version that was in force, and the one before where that may still have been; none: it is not kept."""
    published = select(SettingsVersion).where(SettingsVersion.state == "published")
    kept = {each.number: each for each in session.scalars(published)}
    newest = max((number for number, each in kept.items() if each.at <= at), default=None)
    if newest is None or (newest + 1 not in kept and newest != max(kept)):
        return []  # it is not kept any more, or those after it are not
    if newest == 1 or at - kept[newest].at > TAKEN_WITHIN:
        return [kept[newest]]
    return [kept[newest], kept[newest - 1]] if newest - 1 in kept else []
