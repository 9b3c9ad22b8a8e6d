"""Announced waits beside the waits that followed, as documents: how right they were, and where they have fallen silent.

Reads only. What counts as right, and when only the position is told, is `queueing.accuracy`'s: its own rules are
applied to the rows, so that the page says what callers hear. Durations are seconds, except `bound_minutes`.
"""

from datetime import UTC

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from callback.policy import midnight
from queueing.accuracy import Accuracy, Forecast, ForecastOutcome
from queueing.agents import AT_WORK
from queueing.decisions import OVER_AN_HOUR
from queueing.history import History
from ringback.config import Settings
from ringback.store.base import utc
from ringback.store.bus import AgentState
from ringback.store.waits import LineMemory, WaitTold
from web.documents.facts import Document

LAST = 10
LOOKED_AT = 60
"""Newest rows of a queue that are read: enough for the last ten that count and since when it is silent."""


def waits_document(session: Session, now: float, settings: Settings) -> Document:
    """`{"queues": [...], "today": {...}, "last": [...]}`; figures of today are those of callers who were told.

    Of a queue: `lately` as in `accuracy_now`, `today` with `told`, `judged`, `kept`, `mean_error`, `mean_bound`,
    `mean_waited`, and `why` it tells no wait now: off (by the settings), wrong (too often), nobody (is at work), new
    (too few calls are known); None: it tells.
    """
    since = WaitTold.at >= utc(midnight(now, settings))
    today = _figures(session, since, settings)
    why = _why_not(session, now, settings)
    lately = accuracy_now(session, settings)
    rows = session.execute(select(WaitTold).order_by(WaitTold.id.desc()).limit(LAST)).scalars()
    return {
        "queues": [
            {"queue": queue, "lately": each, "today": today["queues"][queue], "why": why.get(queue) or _wrong(each)}
            for queue, each in lately.items()
        ],
        "today": today["all"],
        "last": [_listed(row) for row in rows],
    }


def accuracy_now(session: Session, settings: Settings) -> dict[str, Document]:
    """By queue, of the last ten announcements that can be judged: `judged`, `kept`, `wrong` (by more than half),
    `mean_error` of those who were served, `silent` (only the position is told) and `silent_since`."""
    return {queue: _lately(session, queue) for queue in settings.queues}


def _lately(session: Session, queue: str) -> Document:
    newest = select(WaitTold).where(WaitTold.queue == queue).order_by(WaitTold.id.desc()).limit(LOOKED_AT)
    rows = list(session.scalars(newest))[::-1]
    accuracy, silent_since, judged = Accuracy(), None, []
    for row in rows:
        outcome = _outcome(row)
        accuracy.observe(outcome)
        if outcome.kept is not None:
            judged.append(outcome)
        if not accuracy.silent:
            silent_since = None
        elif silent_since is None:
            silent_since = row.at.timestamp() + row.waited_seconds
    last = judged[-LAST:]
    errors = [abs(each.waited - each.forecast.expected) for each in last if each.served]
    return {
        "judged": len(last),
        "kept": sum(1 for each in last if each.kept),
        "wrong": sum(accuracy.wrong),
        "mean_error": round(sum(errors) / len(errors), 1) if errors else None,
        "silent": accuracy.silent,
        "silent_since": None if silent_since is None else utc(silent_since).isoformat(),
    }


def _figures(session: Session, since: ColumnElement[bool], settings: Settings) -> Document:
    """Of those told since: counted by the store, because a busy day has tens of thousands."""
    within = WaitTold.waited_seconds <= WaitTold.bound_minutes * 60.0
    endless = WaitTold.bound_minutes == OVER_AN_HOUR
    kept = or_(and_(within, WaitTold.served), and_(~within, endless))
    passed = and_(~within, ~endless)
    error = func.abs(WaitTold.waited_seconds - WaitTold.expected_seconds)
    query = (
        select(
            WaitTold.queue,
            func.count(),
            func.sum(case((kept, 1), else_=0)),
            func.sum(case((passed, 1), else_=0)),
            func.sum(case((WaitTold.served, 1), else_=0)),
            func.sum(case((WaitTold.served, error), else_=0.0)),
            func.sum(case((WaitTold.served, WaitTold.waited_seconds), else_=0.0)),
            func.sum(WaitTold.bound_minutes * 60.0),
        )
        .where(since, WaitTold.told)
        .group_by(WaitTold.queue)
    )
    sums: dict[str, list[float]] = {queue: list(map(float, values)) for queue, *values in session.execute(query)}
    nothing = [0.0] * 7
    total: list[float] = [sum(column) for column in zip(nothing, *sums.values(), strict=True)]
    return {
        "all": _shares(total),
        "queues": {queue: _shares(sums.get(queue, nothing)) for queue in settings.queues},
    }


def _shares(sums: list[float]) -> Document:
    told, kept, passed, served, error, waited, bound = sums
    return {
        "told": int(told),
        "judged": int(kept + passed),
        "kept": int(kept),
        "kept_share": round(kept / (kept + passed), 4) if kept + passed else None,
        "mean_error": round(error / served, 1) if served else None,
        "mean_waited": round(waited / served, 1) if served else None,
        "mean_bound": round(bound / told, 1) if told else None,
    }


def _why_not(session: Session, now: float, settings: Settings) -> dict[str, str]:
    """By queue, why no wait can be told, whatever came true lately."""
    memory = session.get(LineMemory, "history")
    history = None if memory is None else History.restore(memory.data, settings.timezone)
    staffed: set[str] = set()
    for row in session.scalars(select(AgentState).where(AgentState.state.in_([str(mode) for mode in AT_WORK]))):
        given = [name for name, queue in settings.queues.items() if row.agent in queue.agents]
        staffed |= set(given if row.queues is None else row.queues)
    reasons = {}
    for name, queue in settings.queues.items():
        if not queue.announce_wait:
            reasons[name] = "off"
        elif name not in staffed:
            reasons[name] = "nobody"
        elif history is None or history.handling_seconds(name, now) is None:
            reasons[name] = "new"
    return reasons


def _wrong(lately: Document) -> str | None:
    return "wrong" if lately["silent"] else None


def _outcome(row: WaitTold) -> ForecastOutcome:
    at = row.at.timestamp()
    forecast = Forecast(row.call_id, row.queue, at, row.position, row.expected_seconds, row.bound_minutes, row.told)
    return ForecastOutcome(forecast, row.waited_seconds, row.served)


def _listed(row: WaitTold) -> Document:
    """`outcome`: kept, longer, wrong (by more than half), left (before it could be seen)."""
    outcome = _outcome(row)
    judged = "left" if outcome.kept is None else "kept" if outcome.kept else "longer"
    return {
        "call_id": row.call_id,
        "queue": row.queue,
        "at": row.at.astimezone(UTC).isoformat(),
        "position": row.position,
        "bound_minutes": row.bound_minutes,
        "over_an_hour": row.bound_minutes == OVER_AN_HOUR,
        "expected_seconds": row.expected_seconds,
        "waited_seconds": row.waited_seconds,
        "told": row.told,
        "served": row.served,
        "outcome": "wrong" if outcome.wrong_by_half else judged,
    }
