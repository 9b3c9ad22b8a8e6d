"""Metrics of callers, queues, agents and promises. Read from the store as it is now, and from `totals`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import of_customers
from ringback.config import Settings
from ringback.store.bus import AgentState
from voicemail.service import new_messages
from web.documents.now import MOST_MESSAGES
from web.documents.promises import promise_counts
from web.documents.queues import queues_document
from web.metrics import totals
from web.metrics.totals import Key

ENDED_PROMISES = ("kept", "broken", "cancelled")
BOUNDS = (*map(floatToGoString, totals.BUCKETS), "+Inf")


def now_metrics(session: Session, settings: Settings, now: float) -> Iterator[Metric]:
    """How it is at `now` (epoch seconds)."""
    yield _calls(session)
    waiting = GaugeMetricFamily(
        "ringback_queue_waiting", "Callers who wait or hear an agent's phone ring.", labels=["queue"]
    )
    longest = GaugeMetricFamily(
        "ringback_queue_longest_wait_seconds",
        "How long the first of them has waited; 0: nobody waits.",
        labels=["queue"],
    )
    is_open = GaugeMetricFamily("ringback_queue_open", "1: the queue is open on one of the lines.", labels=["queue"])
    callbacks = GaugeMetricFamily(
        "ringback_queue_callbacks", "Promises to call back that wait for their turn.", labels=["queue"]
    )
    agents = GaugeMetricFamily(
        "ringback_queue_agents", "Agents who take calls of the queue, by state.", labels=["queue", "state"]
    )
    for queue in queues_document(session, now, settings):
        waiting.add_metric([queue["name"]], queue["waiting"])
        longest.add_metric([queue["name"]], queue["longest_wait_seconds"] or 0.0)
        is_open.add_metric([queue["name"]], float(queue["open"]))
        callbacks.add_metric([queue["name"]], queue["callbacks"])
        for state, count in sorted(Counter(agent["state"] for agent in queue["agents"]).items()):
            agents.add_metric([queue["name"], state], count)
    yield from (waiting, longest, is_open, callbacks, agents)
    everybody = GaugeMetricFamily("ringback_agents", "Agents by state.", labels=["state"])
    for state, count in session.execute(select(AgentState.state, func.count()).group_by(AgentState.state)):
        everybody.add_metric([state], count)
    yield everybody
    promises = GaugeMetricFamily(
        "ringback_promises",
        "Promises to call back that are not kept yet: due, late (overdue), later (not due yet).",
        labels=["place"],
    )
    for place, count in promise_counts(session, now).items():
        promises.add_metric([place], count)
    yield promises
    yield GaugeMetricFamily(
        "ringback_voice_messages_new",
        f"Voice messages that nobody has heard; {MOST_MESSAGES} are that many or more.",
        value=len(new_messages(session, MOST_MESSAGES)),
    )


def _calls(session: Session) -> Metric:
    going_on = GaugeMetricFamily("ringback_calls", "Calls that go on, by state.", labels=["state"])
    query = select(Call.state, func.count()).where(Call.ended_at.is_(None), of_customers()).group_by(Call.state)
    for state, count in session.execute(query):
        going_on.add_metric([state], count)
    return going_on


def total_metrics(counts: Mapping[Key, float], settings: Settings) -> Iterator[Metric]:
    """What was counted from the beginning. What is rare is there as 0 before it happens first, so that its first time
    is seen as one more."""
    lines, queues = [line.number for line in settings.lines], list(settings.queues)
    yield _counter(
        counts, "calls_arrived", "Calls that arrived.", totals.ARRIVED, ["line"], [(line,) for line in lines]
    )
    yield _counter(
        counts,
        "calls_ended",
        "Calls that ended, by result.",
        totals.ENDED,
        ["result"],
        [(result,) for result in ("served", "abandoned", "pbx_lost", "failed")],
    )
    yield _counter(counts, "calls_refused", "Callers refused before the answer, as too many.", totals.REFUSED, [], [()])
    yield _counter(
        counts,
        "queue_entered",
        "Visits to queues that began.",
        totals.ENTERED,
        ["queue", "came_by"],
        [(queue, "menu") for queue in queues],
    )
    yield _counter(
        counts,
        "queue_left",
        "Visits to queues that ended, by outcome.",
        totals.LEFT,
        ["queue", "came_by", "outcome"],
        [(queue, "menu", outcome) for queue in queues for outcome in ("answered", "abandoned")],
    )
    yield _counter(
        counts,
        "promises_ended",
        "Promises to call back that ended.",
        totals.PROMISES,
        ["outcome"],
        [(outcome,) for outcome in ENDED_PROMISES],
    )
    yield _waits(counts, queues)


def _counter(
    counts: Mapping[Key, float], name: str, what: str, kind: str, labels: list[str], always: list[Key]
) -> Metric:
    family = CounterMetricFamily(f"ringback_{name}", what, labels=labels)
    found = dict.fromkeys(always, 0.0) | {key[1:]: number for key, number in counts.items() if key[0] == kind}
    for values, number in sorted(found.items()):
        family.add_metric(values, number)
    return family


def _waits(counts: Mapping[Key, float], queues: list[str]) -> Metric:
    family = HistogramMetricFamily(
        "ringback_queue_wait_seconds",
        "How long callers waited, ringing included, by how it ended; visits of customers whom we called are left out.",
        labels=["queue", "outcome"],
    )
    always = {(queue, outcome) for queue in queues for outcome in ("answered", "abandoned")}
    for queue, outcome in sorted(always | {(key[1], key[2]) for key in counts if key[0] == totals.WAITS}):
        each = [counts.get((totals.WAITS, queue, outcome, str(at)), 0) for at in range(len(BOUNDS))]
        family.add_metric(
            [queue, outcome],
            buckets=list(zip(BOUNDS, accumulate(each), strict=True)),
            sum_value=counts.get((totals.WAITED, queue, outcome), 0.0),
        )
    return family
