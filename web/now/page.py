"""What happens now as its page shows it: the tiles, what is wrong with a process, the buttons beside an agent."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from web import access
from web.documents.facts import Document
from web.i18n import epoch, said
from web.labels import label

WAITING = ("waiting", "offered")
"""States of a call whose caller waits for an agent."""
NOT_AT_WORK = ("away", "phone lost", "logged out")
"""States of an agent who takes no calls, and is on no break either."""


@dataclass(frozen=True)
class ProcessNotice:
    """What is wrong with a process, at the top of the page."""

    bad: bool
    title: str
    text: str


@dataclass(frozen=True)
class ProcessLine:
    """A process in the list of them."""

    tone: str
    title: str
    state: str


@dataclass(frozen=True)
class AgentButton:
    """What may be asked of an agent with one press."""

    action: str
    words: str
    called: str
    """With the agent's name, for those who do not see where the button stands."""


@dataclass(frozen=True)
class FloorTiles:
    """The figures at the top."""

    calls: int
    waiting: int
    longest_since: float | None
    """Since when the caller has waited who has waited longest; None: nobody waits."""
    free: int
    at_work: int
    due: int
    """Callbacks that are due; those that are late are among them."""
    late: int
    messages: int
    """Voice messages that nobody has heard."""


def shown_to(who: access.Asker, document: Document, seen: Collection[str]) -> Document:
    """What happens now as far as it is for `who`, who may open the calls `seen`: no caller of a colleague, words only
    of calls that may be read, no alarm of a supervisor's own."""
    return {
        **document,
        "alarms": [each for each in document["alarms"] if access.may_know_of_alarm(who, each["kind"])],
        "calls": calls_shown(document, seen),
        "messages": messages_seen(document, seen),
    }


def calls_shown(document: Document, seen: Collection[str]) -> list[Document]:
    """The calls that somebody is told of who may open the calls `seen`."""
    return [
        call if call["call_id"] in seen else {**call, "words": [], "alerts": []}
        for call in document["calls"]
        if access.may_know_of(call["call_id"] in seen, call["agent"])
    ]


def tiles_of(document: Document) -> FloorTiles:
    """Of what everybody may know, without a figure of calls."""
    agents, promises = document["agents"], document["promises"]
    return FloorTiles(
        calls=0,
        waiting=0,
        longest_since=None,
        free=sum(1 for agent in agents if agent["state"] == "free"),
        at_work=sum(1 for agent in agents if agent["state"] not in NOT_AT_WORK),
        due=promises["due"] + promises["late"],
        late=promises["late"],
        messages=0,
    )


def messages_seen(document: Document, seen: Collection[str]) -> int:
    """How many unheard messages there are for somebody who may open the calls `seen`."""
    return sum(1 for call_id in document["messages"] if call_id in seen)


def with_calls(tiles: FloorTiles, calls: list[Document], messages: int) -> FloorTiles:
    """With the figures of the calls that are shown to who looks."""
    since = [epoch(call["since"]) for call in calls if call["state"] in WAITING]
    longest = min(since, default=None)
    return replace(tiles, calls=len(calls), waiting=len(since), longest_since=longest, messages=messages)


def process_notices(document: Document) -> list[ProcessNotice]:
    """What is wrong with processes."""
    return [_notice(each) for each in _processes(document) if each["state"] != "here"]


def process_lines(document: Document) -> list[ProcessLine]:
    """The processes, and the provider among them."""
    return [*map(_line, _processes(document)), *([_trunk(document["trunk"])] if document["trunk"] else [])]


def _processes(document: Document) -> list[Document]:
    """Whoever reads this page is served: a web process that only missed its sign of life is no news."""
    return [each for each in document["processes"] if each["name"] != "web" or each["state"] != "away"]


def _notice(process: Document) -> ProcessNotice:
    name = str(label("process", process["name"]))
    if process["state"] == "troubled":
        return ProcessNotice(False, f"{name}:", said(process["trouble_code"], process["trouble_facts"]))
    told = [str(label("away", process["name"]))] if process["means"] else []
    if process["name"] == "controller":
        told.append(_("The calls and agents below are the last known ones."))
    return ProcessNotice(True, _("%(name)s: not running.", name=name), " ".join(told))


def _line(process: Document) -> ProcessLine:
    tone, state = {
        "here": ("good", _("running")),
        "troubled": ("warn", _("has a problem")),
    }.get(process["state"], ("bad", _("not running")))
    return ProcessLine(tone, str(label("process", process["name"])), state)


def _trunk(trunk: Document) -> ProcessLine:
    """The provider, in the list of what Ringback stands on."""
    title = _("Provider")
    if not trunk["ok"]:
        return ProcessLine("bad", title, said(trunk["trouble_code"], trunk["trouble_facts"]))
    registered = trunk["registration"] == "registered"
    if registered or trunk["answers"]:
        return ProcessLine("good", title, _("registered") if registered else _("answers"))
    return ProcessLine("warn", title, _("not known yet"))


def agent_buttons(agent: Document) -> list[AgentButton]:
    """For somebody who may set the agent."""
    name = agent["display"]
    words = {
        "pause": (_("Pause"), _("Pause %(name)s", name=name)),
        "resume": (_("Resume"), _("Resume %(name)s", name=name)),
        "login": (_("Log in"), _("Log in: %(name)s", name=name)),
        "logout": (_("Log out"), _("Log out: %(name)s", name=name)),
    }
    actions = {"logged out": ("login",), "paused": ("resume", "logout")}.get(agent["state"], ("pause", "logout"))
    return [AgentButton(action, *words[action]) for action in actions]
