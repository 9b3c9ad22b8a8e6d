"""What one section of the settings demands of another: names that exist, numbers that are one thing, skills.

Owns the list of checks. Each is given the whole and yields a remark for everything that it finds, so that one mistake
never hides another. The whole may have holes where a part is wrong by itself: what stands there is not asked for again.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ringback.config.channel_checks import CHANNEL_CHECKS
from ringback.config.flow_checks import FLOW_CHECKS
from ringback.config.menus import TICKET, Case, Destination
from ringback.config.network_checks import NETWORK_CHECKS
from ringback.config.queues import Need, Queue
from ringback.config.remarks import Remark, Way, nearest
from ringback.config.sense import SENSE_CHECKS
from ringback.config.spellings import collisions
from ringback.config.whole import Whole
from ringback.messages import message

if TYPE_CHECKING:
    from ringback.config.settings import Settings

TAKEN_NAMES = {"anonymous", "global", "ringback-agent", "ringback-aor", "ringback-auth", "system", "trunk"}
"""Agents are sections of pjsip.conf, as others are."""


def remarks(whole: Whole, *, notes: bool = False) -> Iterator[Remark]:
    """Everything that every check finds; with `notes` also what refuses nothing, which takes a second."""
    for check in (*CHECKS, *(SENSE_CHECKS if notes else ())):
        yield from check(whole)


def numbers_are_one_thing(whole: Whole) -> Iterator[Remark]:
    """Each number that can be dialled inside leads to one place."""
    first: dict[str, str] = {}
    for way, number, what in _numbers(whole.settings):
        if number in first:
            yield Remark(way, message("ringback.number_twice", number=number, first=first[number]))
        else:
            first[number] = what


def lines_are_reached_apart(whole: Whole) -> Iterator[Remark]:
    """A number outside is one line's, in whatever two ways it is written."""
    numbers = [line.number for line in whole.settings.lines]
    for at, number, first in collisions(whole.settings.lines):
        if numbers[at] != numbers[first]:  # else it was told
            yield Remark(("lines", at, "number"), message("ringback.number_reaches_two", number=number, first=first))


def _numbers(settings: "Settings") -> Iterator[tuple[Way, str, str]]:
    for at, line in enumerate(settings.lines):
        yield ("lines", at, "number"), line.number, f"lines.{at}"
    for at, agent in enumerate(settings.agents):
        yield ("agents", at, "extension"), agent.extension, f"agents.{at} ({agent.name})"
    for name, queue in settings.queues.items():
        if queue.extension is not None:
            yield ("queues", name, "extension"), queue.extension, f"queues.{name}"


def agents_are_one_person(whole: Whole) -> Iterator[Remark]:
    """Each agent's name is one account."""
    names = Counter(agent.name for agent in whole.settings.agents)
    seen: set[str] = set()
    for at, agent in enumerate(whole.settings.agents):
        way: Way = ("agents", at, "name")
        if names[agent.name] > 1 and agent.name in seen:
            yield Remark(way, message("ringback.agent_twice", name=agent.name))
        seen.add(agent.name)
        if agent.name in TAKEN_NAMES:
            yield Remark(way, message("ringback.agent_taken", name=agent.name))


def lines_lead_somewhere(whole: Whole) -> Iterator[Remark]:
    """Menus and hours of lines are there."""
    if not whole.settings.lines and "lines" not in whole.lost and not whole.wrong.get("lines"):
        yield Remark(("lines",), message("ringback.no_lines"))
    for at, line in enumerate(whole.settings.lines):
        yield from whole.refers(("lines", at, "menu"), "menus", line.menu, "ringback.no_menu")
        yield from whole.refers(("lines", at, "hours"), "hours", line.hours, "ringback.no_hours")
        for case_at, case in enumerate(line.start):
            yield from _leads_somewhere(whole, ("lines", at, "start", case_at), case)


def menus_lead_somewhere(whole: Whole) -> Iterator[Remark]:
    """Keys lead to queues that are there, and 0 to a person."""
    for name, menu in whole.settings.menus.items():
        way: Way = ("menus", name)
        yield from whole.refers((*way, "operator_queue"), "queues", menu.operator_queue, "ringback.no_queue")
        for key, option in menu.options.items():
            if key == "0":
                yield Remark((*way, "options", key), message("ringback.key_zero"))
            yield from _leads_somewhere(whole, (*way, "options", key), option)


REFERENCES = {
    "queue": ("queues", "ringback.no_queue"),
    "callback": ("queues", "ringback.no_queue"),
    "message": ("queues", "ringback.no_queue"),
    "menu": ("menus", "ringback.no_menu"),
}
"""What destinations name: in which section, and what is said where it is not there."""


def _leads_somewhere(whole: Whole, way: Way, destination: Destination) -> Iterator[Remark]:
    """What a destination, its cases and their conditions name is there."""
    for verb, (section, code) in REFERENCES.items():
        yield from whole.refers((*way, verb), section, getattr(destination, verb), code)
    if destination.lookup != TICKET:
        yield from whole.refers((*way, "lookup"), "lookups", destination.lookup, "ringback.no_lookup")
    if isinstance(destination, Case):
        when = destination.when
        yield from whole.refers((*way, "when", "hours"), "hours", when.hours, "ringback.no_hours")
        yield from whole.refers((*way, "when", "nobody"), "queues", when.nobody, "ringback.no_queue")
    for at, case in enumerate(destination.cases or ()):
        yield from _leads_somewhere(whole, (*way, "cases", at), case)


def queues_name_what_is_there(whole: Whole) -> Iterator[Remark]:
    """Agents, hours, surveys of queues, and where limits lead."""
    for name, queue in whole.settings.queues.items():
        way: Way = ("queues", name)
        for at, agent in enumerate(queue.agents):
            yield from whole.refers((*way, "agents", at), "agents", agent, "ringback.no_agent")
            if agent in queue.agents[:at]:
                yield Remark((*way, "agents", at), message("ringback.agent_in_queue_twice", name=agent))
        yield from whole.refers((*way, "hours"), "hours", queue.hours, "ringback.no_hours")
        yield from whole.refers((*way, "survey"), "surveys", queue.survey, "ringback.no_survey")
        if name in ("callback", "message"):
            yield Remark(way, message("ringback.queue_taken", name=name))
        if queue.disposition_required and not queue.dispositions:
            yield Remark((*way, "disposition_required"), message("ringback.no_dispositions"))
        for limit in ("longest_wait", "most_callers", "no_agents"):
            given = getattr(queue, limit)
            known = {*whole.names("queues"), "callback", "message"} - {name}
            if given is not None and given.to not in known:
                what = message("ringback.limit_nowhere", queue=given.to, known=sorted(known))
                yield Remark((*way, limit, "to"), what, nearest(given.to, known))


def somebody_has_the_skills(whole: Whole) -> Iterator[Remark]:
    """What is asked for in the end, some agent of the queue can do."""
    queues = whole.settings.queues
    for name, queue in queues.items():
        yield from _somebody_has(whole, ("queues", name, "needs"), queue, queue.needs)
    for way, destination in whole.settings.destinations():
        if destination.queue in queues:
            queue = queues[destination.queue]
            asked = queue.needs + destination.needs
            yield from _somebody_has(whole, (*way, "needs"), queue, asked, destination.needs)


def _somebody_has(
    whole: Whole, way: Way, queue: Queue, needs: list[Need], own: list[Need] | None = None
) -> Iterator[Remark]:
    """`own`: those that are asked for here; without any, the others are told where they stand."""
    last = [(need.skill, need.after[max(need.after)] if need.after else need.level) for need in needs]
    skills = {agent.name: agent.skills for agent in whole.settings.agents}
    unsure = "agents" in whole.lost or any(name not in skills for name in queue.agents)
    served = any(
        all(skills[name].get(skill, 0) >= level for skill, level in last) for name in queue.agents if name in skills
    )
    if last and not served and not unsure and own != []:
        asked = [f"{skill} {level}" for skill, level in last]
        yield Remark(way, message("ringback.nobody_has", asked=asked, queue=queue.name))


def callers_have_ports(whole: Whole) -> Iterator[Remark]:
    """Whoever is let in can be heard, and an agent's phone can be rung for them."""
    sip, room = whole.settings.sip, whole.settings.room_for_callers
    if sip.most_calls is not None and sip.most_calls > room and not {"sip", "agents"} & {*whole.lost, *whole.wrong}:
        facts = {"first": sip.rtp_first, "last": sip.rtp_last, "room": room}
        yield Remark(("sip", "most_calls"), message("ringback.no_ports", **facts), str(room))


def alarms_reach_somebody(whole: Whole) -> Iterator[Remark]:
    """Hours of recipients are there, and a mail server where mail is to go."""
    alarms = whole.settings.alarms
    for name, recipient in alarms.recipients.items():
        way: Way = ("alarms", "recipients", name)
        yield from whole.refers((*way, "hours"), "hours", recipient.hours, "ringback.no_hours")
        if recipient.email and alarms.mail is None and "alarms" not in whole.lost and not whole.wrong.get("alarms"):
            yield Remark((*way, "email"), message("ringback.no_mail_server"), also=(("alarms",),))


def connectors_name_queues(whole: Whole) -> Iterator[Remark]:
    """Queues whose tickets another system gets are there."""
    for name, connector in whole.settings.connectors.items():
        for at, queue in enumerate(connector.queues):
            yield from whole.refers(("connectors", name, "queues", at), "queues", queue, "ringback.no_queue")


def models_get_masked_text(whole: Whole) -> Iterator[Remark]:
    """A model is asked by its name, and what is sent to it has its secrets masked."""
    asked = whole.settings.summary
    if asked.url and not asked.model:
        yield Remark(("summary", "model"), message("ringback.no_model"), also=(("summary",),))
    if asked.url and not whole.settings.redaction.is_on:
        yield Remark(("summary", "url"), message("ringback.model_not_masked"), also=(("redaction",),))


CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (
    numbers_are_one_thing,
    models_get_masked_text,
    lines_are_reached_apart,
    agents_are_one_person,
    lines_lead_somewhere,
    menus_lead_somewhere,
    queues_name_what_is_there,
    somebody_has_the_skills,
    callers_have_ports,
    alarms_reach_somebody,
    connectors_name_queues,
    *FLOW_CHECKS,
    *NETWORK_CHECKS,
    *CHANNEL_CHECKS,
)
"""All that may refuse; each is asked whatever the others found."""
