"""One agent as the pages show him or her: the queues, how the newest request went, what may be set.

The page of what happens now has the same line of each agent.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import escape

from ringback.store.bus import AgentState
from web.context import db, person, settings
from web.documents.facts import Document
from web.i18n import plain, said
from web.labels import queue_name

MOST_REASON = 60
"""Characters of the reason for a break."""


@dataclass(frozen=True)
class RequestLine:
    """How the newest request about an agent went."""

    bad: bool
    words: str


@dataclass(frozen=True)
class AgentLine:
    """What stands beside an agent's state."""

    queues: str
    """The queues whose callers the agent takes, as a list in words."""
    asked: RequestLine | None


@dataclass(frozen=True)
class QueueChoice:
    """A queue that may be ticked."""

    name: str
    title: str
    taken: bool


@dataclass(frozen=True)
class ActionButton:
    """What is asked of an agent with one press."""

    action: str
    words: str


@dataclass(frozen=True)
class AgentPage:
    """Everything that desk/agent.html shows."""

    agent: Document
    line: AgentLine
    moment: float
    fault: str
    """Why what was asked just now is refused."""
    queues: list[QueueChoice]
    take_queues: str
    """On the button that takes the ticked queues."""
    pause: str
    """On the button that begins a break or changes its reason; empty: the agent is logged out."""
    buttons: list[ActionButton]
    reasons: list[str]
    """Of breaks, as the settings offer them."""
    most_reason: int


def agent_page_of(agent: Document, moment: float, fault: str) -> AgentPage:
    """For the person who looks, who may set this agent."""
    out, paused = agent["state"] == "logged out", agent["state"] == "paused"
    taken = queues_taken(agent)
    buttons = [] if out else [ActionButton("logout", _("Log out"))]
    if paused:
        buttons.insert(0, ActionButton("resume", _("Resume")))
    return AgentPage(
        agent=agent,
        line=agent_line(agent),
        moment=moment,
        fault=fault,
        queues=[QueueChoice(name, queue_name(name), name in taken) for name in offered(agent["agent"])],
        take_queues=_("Log in with these queues") if out else _("Work in these queues"),
        pause="" if out else _("Change the reason") if paused else _("Pause"),
        buttons=buttons,
        reasons=list(settings().pause_limits),
        most_reason=MOST_REASON,
    )


def agent_line(agent: Document) -> AgentLine:
    """Of an agent's document."""
    names = ", ".join(plain(queue_name(name)) for name in queues_taken(agent)) or _("No queue")
    if agent["queues"] is not None:
        names = f"{names} (" + _("chosen") + ")"
    return AgentLine(names, _asked(agent["request"]) if agent["request"] else None)


def _asked(request: Document) -> RequestLine:
    kind, chose, by = request["kind"], bool(request["args"].get("queues")), request["asked_by"] or "–"
    if request["state"] == "late":
        return RequestLine(True, _("No answer yet: the controller is not running. It will do this when it is back."))
    if request["state"] == "refused":
        why = said(request["error_code"], request["error_facts"])
        return RequestLine(True, escape(_("Not done: %(why)s")) % {"why": why})
    if request["state"] == "asked":
        words = {
            "agent.pause": _("Pause requested…"),
            "agent.resume": _("Resume requested…"),
            "agent.login": _("Queues requested…") if chose else _("Login requested…"),
        }
        return RequestLine(False, words.get(kind, _("Logout requested…")))
    words = {
        "agent.pause": _("Paused by %(name)s", name=by),
        "agent.resume": _("Resumed by %(name)s", name=by),
        "agent.login": _("Queues chosen by %(name)s", name=by) if chose else _("Logged in by %(name)s", name=by),
    }
    return RequestLine(False, words.get(kind, _("Logged out by %(name)s", name=by)))


def given(agent: str) -> list[str]:
    """The queues that the settings give to an agent."""
    return [name for name, queue in settings().queues.items() if agent in queue.agents]


def offered(agent: str) -> list[str]:
    """The queues that who asks may choose for an agent: a supervisor all, an agent those of the settings."""
    if person().may("pause"):
        return list(settings().queues)
    row = db().get(AgentState, agent)
    now_taken = (row.queues if row else None) or []
    return [name for name in settings().queues if name in given(agent) or name in now_taken]


def queues_taken(agent: Document) -> list[str]:
    """The queues that an agent of a document takes calls of."""
    chosen = agent["queues"]
    return given(agent["agent"]) if chosen is None else [name for name in settings().queues if name in chosen]
