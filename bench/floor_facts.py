"""What became of everyone on the busy floor: what the phones saw, held against the store.

Owns the questions; each is answered by the list of those for whom it is not so, so that an empty list is a yes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.trial.trial import Trial, TrialError, until
from bench.report import Figure, percentile
from callback.models import Callback, CallbackAttempt, JoinedRequest
from callback.promise import KEPT
from callback.promise import SERVED_BEFORE as CALLED_IN
from calls.models import Call
from pbx.reports import OUR_CHANNELS
from ringback.messages import Message
from ringback.store.bus import AgentState, Request
from tickets.models import Ticket

QUIET_STATES = ("free", "away", "paused")
SETTLE_SECONDS = 60.0
"""For so long the last calls may take to settle and to get their tickets."""
WORDS = {
    "calls_without_one_row": "calls without exactly one row",
    "calls_without_ticket": "calls without a ticket",
    "spare_tickets": "tickets that nobody needs",
    "calls_ended_otherwise": "callers not served, promised or gone by choice",
    "promised_without_promise": "promised callers without exactly one promise",
    "promises_not_kept_once": "promises neither kept once nor ended by calling in",
    "answers_that_differ": "customers who answered more or less often than the store says",
    "channels_left": "channels left",
    "agents_stuck": "agents stuck",
    "requests_not_done": "wishes of agents not done",
    "troubles": "other troubles of the phones",
}


class Attempted(Protocol):
    """A call to the line, as its phone saw it."""

    plan: str
    began: float
    ended: float
    by_us: bool
    trouble: str


@dataclass(frozen=True)
class Seen:
    """What the people's phones have seen."""

    attempts: dict[str, Any]
    """Attempted, by the display name of the call."""
    answers: dict[str, int]
    """Promised calls answered, by the customer's number."""
    outage: tuple[float, float]
    """From the controller's end to the next one's first sign of life, seconds since the epoch."""
    emptied: bool
    troubles: list[str]


def collect(trial: Trial, seen: Seen) -> dict[str, Any]:
    """All answers, once the last call has settled; what never settles is among them."""
    troubles = list(seen.troubles) + [
        f"{name}: {attempt.trouble}" for name, attempt in seen.attempts.items() if attempt.trouble
    ]
    if not seen.emptied:
        troubles.append("callers or promises were still open at the end")
    try:
        until("every call to settle, on a ticket, with no channel left", SETTLE_SECONDS, lambda: _is_quiet(trial))
    except TrialError as error:
        troubles.append(str(error))
    with trial.sessions()() as session:
        calls = list(session.scalars(select(Call)))
        facts = _of_calls(session, calls, seen) | _of_promises(session, calls, seen) | _of_agents(session)
        facts |= {"channels_left": _channels(trial), "troubles": troubles} | _waits(calls)
    facts["controller_log"] = _complaints(trial)
    return facts


def figures(facts: dict[str, Any]) -> list[Figure]:
    """One line for each question, and the waits."""
    found = [
        Figure("calls", facts["calls"], ""),
        Figure("promises", facts["promises"], ""),
        Figure("no controller", facts["without_controller_seconds"], "s"),
    ]
    for name, seconds in facts["waits"].items():
        found.append(Figure(f"wait for an agent, {name}", seconds, "s"))
    for name, words in WORDS.items():
        count = len(facts[name])
        found.append(Figure(words, count, "", wanted="none", met=count == 0))
    return found


def _is_quiet(trial: Trial) -> bool:
    with trial.sessions()() as session:
        open_calls = select(Call.id).where((Call.snapshot.is_not(None)) | (Call.ticket_number.is_(None)))
        return session.scalars(open_calls).first() is None and not _channels(trial)


def _channels(trial: Trial) -> list[str]:
    lines = trial.asterisk().cli("core show channels concise").splitlines()
    return [line.split("!")[0] for line in lines if "!" in line]


# -- calls -------------------------------------------------------------------------------------------


def _of_calls(session: Session, calls: Sequence[Call], seen: Seen) -> dict[str, Any]:
    own = [call for call in calls if not call.call_id.startswith(OUR_CHANNELS)]
    named: dict[str, list[Call]] = {name: [] for name in seen.attempts}
    strangers = [call.call_id for call in own if call.caller_name not in named]
    for call in own:
        named.setdefault(call.caller_name, []).append(call)
    used = select(Call.ticket_number).where(Call.ticket_number.is_not(None))
    promised = select(Callback.ticket_number).where(Callback.ticket_number.is_not(None))
    spare = select(Ticket.number).where(Ticket.number.not_in(used), Ticket.number.not_in(promised))
    return {
        "calls": len(seen.attempts),
        "calls_out": len(calls) - len(own),
        "plans": dict(Counter(attempt.plan for attempt in seen.attempts.values())),
        "results": dict(Counter(str(call.result) for call in own)),
        "results_out": dict(Counter(str(call.result) for call in calls if call not in own)),
        "calls_without_one_row": [
            _told(name, seen, f"{len(rows)} rows") for name, rows in named.items() if len(rows) != 1
        ]
        + strangers,
        "calls_without_ticket": [call.call_id for call in calls if call.ticket_number is None],
        "spare_tickets": list(session.scalars(spare)),
        "calls_ended_otherwise": _ended_otherwise(named, seen),
    }


def _ended_otherwise(named: dict[str, list[Call]], seen: Seen) -> list[str]:
    return [
        _told(name, seen, f"{rows[0].call_id} {rows[0].result} in {rows[0].queue}")
        for name, rows in named.items()
        if rows and name in seen.attempts and not ended_well(rows[0].result, by_us=seen.attempts[name].by_us)
    ]


def ended_well(result: str | None, *, by_us: bool) -> bool:
    """Whether a caller was served, promised a call, or hung up by choice."""
    return result in ("served", "promised") or (by_us and result in ("abandoned", "left"))


def _told(name: str, seen: Seen, what: str) -> str:
    attempt = seen.attempts.get(name)
    if attempt is None:
        return f"{name}: {what}"
    killed, back = seen.outage
    away = ", while there was no controller" if attempt.began < back and attempt.ended > killed else ""
    whose = "hung up" if attempt.by_us else "was hung up"
    return f"{name} ({attempt.plan}): {what}, {whose} after {attempt.ended - attempt.began:.1f} s{away}"


# -- promises ------------------------------------------------------------------------------------------


def _of_promises(session: Session, calls: Sequence[Call], seen: Seen) -> dict[str, Any]:
    promises = list(session.scalars(select(Callback)))
    attempts: dict[Any, list[str | None]] = {promise.id: [] for promise in promises}
    for attempt in session.scalars(select(CallbackAttempt).order_by(CallbackAttempt.at)):
        attempts[attempt.callback_id].append(attempt.outcome)
    wishes = Counter(promise.source_key for promise in promises)
    wishes.update(session.scalars(select(JoinedRequest.source_key)))
    answered: Counter[str] = Counter()
    for promise in promises:
        answered[promise.number] += sum(outcome in PICKED_UP for outcome in attempts[promise.id])
    return {
        "promises": len(promises),
        "promise_states": dict(Counter(f"{p.state}: {p.end_reason}" for p in promises)),
        "promise_sources": dict(Counter(promise.source for promise in promises)),
        "attempt_outcomes": dict(Counter(str(outcome) for tries in attempts.values() for outcome in tries)),
        "promised_without_promise": [
            call.call_id for call in calls if call.result == "promised" and wishes[f"call:{call.call_id}"] != 1
        ],
        "promises_not_kept_once": [
            f"{p.number} {p.state}: {p.end_reason}, attempts {attempts[p.id]}"
            for p in promises
            if not kept_once(p.state, p.end_reason, attempts[p.id])
        ],
        "answers_that_differ": [
            f"{number}: answered {seen.answers.get(number, 0)}, in the store {answered[number]}"
            for number in sorted(seen.answers.keys() | answered.keys())
            if seen.answers.get(number, 0) != answered[number]
        ],
    }


PICKED_UP = frozenset({"answered", "abandoned", "left"})
"""Outcomes of an attempt whose customer was on the phone."""


def kept_once(state: str, end_reason: Message | None, outcomes: Iterable[str | None]) -> bool:
    """Whether a promise was kept by exactly one talk, or ended because the customer was served in another call."""
    answered = list(outcomes).count("answered")
    talked = end_reason is not None and end_reason.code in {f"callback.kept.{result}" for result in KEPT}
    kept = state == "done" and talked and answered == 1
    return kept or (state == "cancelled" and end_reason == CALLED_IN and answered == 0)


# -- agents, waits, logs -------------------------------------------------------------------------------


def _of_agents(session: Session) -> dict[str, Any]:
    agents = list(session.scalars(select(AgentState)))
    requests = list(session.scalars(select(Request)))
    return {
        "agents": {row.agent: row.state for row in agents},
        "agents_stuck": [f"{row.agent} {row.state}" for row in agents if row.state not in QUIET_STATES],
        "requests": len(requests),
        "requests_not_done": [
            f"{row.kind} {row.subject}: {row.error}" for row in requests if row.done_at is None or row.error
        ],
    }


def _waits(calls: Iterable[Call]) -> dict[str, Any]:
    """Seconds in the line until an agent answered, of those who called and were served."""
    waits = [
        (call.connected_at - call.queued_at).total_seconds()
        for call in calls
        if call.connected_at is not None and call.queued_at is not None and not call.call_id.startswith(OUR_CHANNELS)
    ]
    if not waits:
        return {"waits": {}, "waited": 0}
    shares = {"median": 0.5, "p90": 0.9, "longest": 1.0}
    return {"waits": {name: round(percentile(waits, share), 1) for name, share in shares.items()}, "waited": len(waits)}


def _complaints(trial: Trial) -> list[str]:
    """What the controller and its keeper wrote of errors."""
    lines: list[str] = trial.last_output(1000).splitlines()
    for log in sorted((trial.settings.data / "log").glob("controller*")):
        lines += log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if "ERROR" in line or "Traceback" in line or "WARNING" in line][:50]
