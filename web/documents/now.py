"""What happens now as a document: calls that go on, agents, the program's own processes, the provider, promises."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callback import trunk_state
from calls.models import Call
from calls.service import of_customers
from ringback.messages import as_document
from ringback.processes import BY_NAME, NEEDED
from ringback.store.base import utc
from ringback.store.bus import AgentState, Process
from voicemail.service import new_messages
from web.documents.facts import Document, call_facts, iso
from web.documents.live_words import last_words
from web.documents.problems import problems_document
from web.documents.promises import alarms_document, promise_counts
from web.documents.requests import latest_requests
from web.documents.segments import going_on

MOST_MESSAGES = 500
"""More unheard messages than so many are counted as so many."""


def live_document(session: Session, now: float) -> Document:
    """What happens at `now` (epoch seconds): calls that go on, agents, processes, promises counted, alarms.

    A process is "here", "troubled" (`trouble` says how) or "away" (`means` says what that is for
    people); those without which Ringback is not ready are listed even when they were never seen. `words` of a call
    are its last live phrases, `alerts` the words that raised a flag; `on_hold_since` and `unrecorded_since` (its
    recording is paused) are null where it is not so. `messages` are the calls of messages that nobody has heard.
    `trunk` is how it is with the provider; None: there is none.
    """
    open_calls = session.scalars(
        select(Call).where(Call.ended_at.is_(None), of_customers()).order_by(Call.arrived_at)
    ).all()
    heard = last_words(session, [call.call_id for call in open_calls])
    apart = going_on(session, [call.call_id for call in open_calls])
    rows = {row.name: row for row in session.scalars(select(Process))}
    trunk = trunk_state.read(session)
    names = [*NEEDED, *sorted(set(rows) - set(NEEDED))]
    return {
        "now": iso(utc(now)),
        "calls": [
            {
                **call_facts(call),
                "menu_path": call.menu_path,
                "since": iso(_state_since(call)),
                "on_hold_since": iso(apart.get(call.call_id, {}).get("hold")),
                "unrecorded_since": iso(apart.get(call.call_id, {}).get("unrecorded")),
                **heard[call.call_id],
            }
            for call in open_calls
        ],
        "agents": agents_document(session, now),
        "processes": [_process(name, rows.get(name), now) for name in names],
        "trunk": None if trunk is None else trunk.as_document(),
        "promises": promise_counts(session, now),
        "messages": new_messages(session, MOST_MESSAGES),
        "problems": problems_document(session)["standing"],
        "alarms": alarms_document(session),
    }


def agents_document(session: Session, now: float, agent: str | None = None) -> list[Document]:
    """Every agent, or one: state, `queues` (chosen at login; None: those that the settings give), newest `request`."""
    requests = latest_requests(session, now, ("agent.pause", "agent.resume", "agent.login", "agent.logout"))
    query = select(AgentState).order_by(AgentState.display, AgentState.agent)
    return [
        {
            "agent": row.agent,
            "display": row.display,
            "extension": row.extension,
            "state": row.state,
            "reason": row.reason,
            "queues": row.queues,
            "since": iso(row.since),
            "call_id": row.call_id,
            "request": requests.get(row.agent),
        }
        for row in session.scalars(query if agent is None else query.where(AgentState.agent == agent))
    ]


def agent_document(session: Session, agent: str, now: float) -> Document | None:
    """One agent of `agents_document`; None: the controller knows nobody of that name."""
    return next(iter(agents_document(session, now, agent)), None)


def _process(name: str, row: Process | None, now: float) -> Document:
    away = row is None or row.is_away(utc(now))
    trouble = row.trouble if row is not None and not away else None
    return {
        "name": name,
        "state": "away" if away else "troubled" if trouble else "here",
        **as_document("trouble", trouble),
        "means": str(BY_NAME[name].when_away) if away and name in BY_NAME else None,
        "pid": row.pid if row else None,
        "started_at": iso(row.started_at) if row else None,
        "beat_at": iso(row.beat_at) if row else None,
    }


def _state_since(call: Call) -> datetime:
    """Since when a call that goes on is where it is."""
    return call.released_at or call.connected_at or call.queued_at or call.arrived_at
