"""What happens now as its page shows it: the tiles, what is wrong with a process, the buttons beside an agent."""

from dataclasses import dataclass

from flask_babel import gettext as _

from web import access
from web.context import person, settings
from web.desk.page import AgentLine, agent_line
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
class NowPage:
    """Everything that now/now_live.html shows."""

    live: Document
    moment: float
    seen: set[str]
    """The calls whose page who asks may open."""
    notices: list[ProcessNotice]
    waiting: int
    longest_since: float | None
    """Since when the caller has waited who has waited longest; None: nobody waits."""
    free: int
    at_work: int
    lines: dict[str, AgentLine]
    """By agent."""
    buttons: dict[str, list[AgentButton]]
    """By agent, for those whom who asks may set."""
    reasons: list[str]
    """Of breaks, as the settings offer them."""
    processes: list[ProcessLine]


def now_page_of(document: Document, seen: set[str], moment: float) -> NowPage:
    """For the person who looks."""
    since = [epoch(call["since"]) for call in document["calls"] if call["state"] in WAITING]
    agents = document["agents"]
    # Whoever reads this page is served: a web process that only missed its sign of life is no news.
    processes = [each for each in document["processes"] if each["name"] != "web" or each["state"] != "away"]
    return NowPage(
        live=document,
        moment=moment,
        seen=seen,
        notices=[_notice(each) for each in processes if each["state"] != "here"],
        waiting=len(since),
        longest_since=min(since, default=None),
        free=sum(1 for agent in agents if agent["state"] == "free"),
        at_work=sum(1 for agent in agents if agent["state"] not in NOT_AT_WORK),
        lines={agent["agent"]: agent_line(agent) for agent in agents},
        buttons={agent["agent"]: _buttons(agent) for agent in agents if access.may_set(person(), agent["agent"])},
        reasons=list(settings().pause_limits),
        processes=[*map(_line, processes), *([_trunk(document["trunk"])] if document["trunk"] else [])],
    )


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


def _buttons(agent: Document) -> list[AgentButton]:
    name = agent["display"]
    words = {
        "pause": (_("Pause"), _("Pause %(name)s", name=name)),
        "resume": (_("Resume"), _("Resume %(name)s", name=name)),
        "login": (_("Log in"), _("Log in: %(name)s", name=name)),
        "logout": (_("Log out"), _("Log out: %(name)s", name=name)),
    }
    actions = {"logged out": ("login",), "paused": ("resume", "logout")}.get(agent["state"], ("pause", "logout"))
    return [AgentButton(action, *words[action]) for action in actions]
