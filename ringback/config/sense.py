"""What the settings allow and an owner hardly means: hours without a clock, queues nobody answers, what nothing uses.

Owns the remarks that refuse nothing. Levels: `ringback/config/remarks.py`.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ringback.config.channel_checks import CHANNEL_SENSE_CHECKS
from ringback.config.flow_checks import FLOW_SENSE_CHECKS
from ringback.config.places import FIXED
from ringback.config.public_holidays import not_everywhere
from ringback.config.remarks import Remark, Way
from ringback.config.whole import Whole
from ringback.messages import message

if TYPE_CHECKING:
    from ringback.config.settings import Settings

MOST_DAYS = 12
"""So many days of a country are named; it may have dozens."""
LONG_SECONDS = 4 * 3600
"""Seconds of a wait that look like a slip of the unit."""
SHORT_PAUSE = 60
"""Seconds of a pause that look like minutes."""
COUNTED_IN_SECONDS = ("seconds",)


def hours_have_a_clock(whole: Whole) -> Iterator[Remark]:
    """Hours of opening are by some clock; without any they are by UTC, which hardly anybody means."""
    settings = whole.settings
    if "timezone" in settings.model_fields_set or "timezone" in whole.lost:
        return
    for name, hours in settings.hours.items():
        if not hours.timezone:
            yield Remark(("hours", name), message("ringback.no_clock"), level="unclear")


def zones_are_meant(whole: Whole) -> Iterator[Remark]:
    """Names of the database whose sign or summer time is hardly what an owner thinks."""
    zones: list[tuple[Way, str]] = [(("timezone",), whole.settings.timezone)]
    zones += [(("hours", name, "timezone"), hours.timezone) for name, hours in whole.settings.hours.items()]
    for way, zone in zones:
        if found := re.fullmatch(r"Etc/GMT([+-])([1-9]\d?)", zone):
            clock = f"UTC{'-' if found[1] == '+' else '+'}{found[2]}"
            yield Remark(way, message("ringback.zone_sign", zone=zone, clock=clock), level="note")
        elif zone in FIXED:
            place = FIXED[zone]
            yield Remark(way, message("ringback.zone_no_summer", zone=zone, place=place), place, "note")


def last_minutes_are_whole(whole: Whole) -> Iterator[Remark]:
    """An interval to 23:59 is read as one to midnight."""
    document = whole.document if isinstance(whole.document, dict) else {}
    found = dict(_texts(document.get("hours"), ("hours",)))
    found |= dict(_texts(document.get("callbacks"), ("callbacks",)))
    for way, text in found.items():
        if len(text) == 11 and text.endswith(":59"):
            end = f"{int(text[6:8]) + 1:02}:00"
            yield Remark(way, message("ringback.last_minute", given=text, end=end), f"{text[:6]}{end}", "note")


def _texts(node: Any, way: Way) -> Iterator[tuple[Way, str]]:
    if isinstance(node, dict):
        for key, each in node.items():
            yield from _texts(each, (*way, key))
    elif isinstance(node, list):
        for at, each in enumerate(node):
            yield from _texts(each, (*way, at))
    elif isinstance(node, str):
        yield way, node


def holidays_are_everywhere(whole: Whole) -> Iterator[Remark]:
    """Which days of the year ahead are holidays in parts of the country alone, and so not closed."""
    for name, hours in whole.settings.hours.items():
        if not hours.holidays:
            continue
        days, parts = not_everywhere(hours.holidays, datetime.now(UTC).date())
        days = [each for each in days if each[:10] not in {str(day) for day in hours.days}]
        if days:
            more = len(days) - MOST_DAYS
            told = message("ringback.holidays_open", holidays=hours.holidays, days=days)
            if more > 0:
                told = message("ringback.holidays_open_more", holidays=hours.holidays, days=days[:MOST_DAYS], more=more)
            if parts:
                told = message("ringback.holidays_choose", told=told, country=hours.holidays, parts=parts)
            yield Remark(("hours", name, "holidays"), told, level="note")


def queues_have_agents(whole: Whole) -> Iterator[Remark]:
    """Somebody answers each queue that callers are led to."""
    for name, queue in whole.settings.queues.items():
        if not queue.agents and name in _used_queues(whole.settings):
            yield Remark(("queues", name, "agents"), message("ringback.queue_empty", name=name), level="note")


def everything_is_used(whole: Whole) -> Iterator[Remark]:
    """What the file names and nothing leads to."""
    settings, given = whole.settings, whole.document if isinstance(whole.document, dict) else {}
    if whole.lost or any(whole.wrong.values()):
        return  # what is wrong may be what uses it
    used: dict[str, set[str | None]] = {
        "menus": {name for line in settings.lines for name in settings.menus_of(line)},
        "lookups": {each.lookup for _, each in settings.destinations()},
        "queues": {*_used_queues(settings)},
        "hours": _used_hours(settings),
        "surveys": {queue.survey for queue in settings.queues.values()},
    }
    for section, names in used.items():
        for name in given.get(section) or {}:
            if name not in names:
                yield Remark((section, name), message("ringback.unused", name=f"{section}.{name}"), level="note")
    answering = {agent for queue in settings.queues.values() for agent in queue.agents}
    for at, agent in enumerate(settings.agents):
        if agent.name not in answering and "agents" in given:
            yield Remark(("agents", at), message("ringback.agent_without_queue", name=agent.name), level="note")


def _used_hours(settings: "Settings") -> set[str | None]:
    used = {line.hours for line in settings.lines} | {queue.hours for queue in settings.queues.values()}
    starts = [case for line in settings.lines for case in line.start]
    options = [option for menu in settings.menus.values() for option in menu.options.values()]
    return used | {case.when.hours for each in (*starts, *options) for case in each.conditional()}


def _used_queues(settings: "Settings") -> set[str]:
    used = {name for line in settings.lines for name in settings.queues_of(line)}
    used |= {name for name, queue in settings.queues.items() if queue.extension is not None}
    for _ in settings.queues:
        limits = [
            limit.to
            for name, queue in settings.queues.items()
            if name in used
            for limit in (queue.longest_wait, queue.most_callers, queue.no_agents)
            if limit is not None
        ]
        used |= {*limits}
    return used


def callers_go_in_no_circle(whole: Whole) -> Iterator[Remark]:
    """Limits do not send callers from queue to queue for ever."""
    queues = whole.settings.queues
    for name, queue in queues.items():
        for limit in ("longest_wait", "most_callers", "no_agents"):
            seen, there = [name], getattr(queue, limit)
            while there is not None and there.to in queues and there.to not in seen:
                seen.append(there.to)
                there = getattr(queues[there.to], limit)
            if there is not None and there.to == name and min(seen) == name:
                what = message("ringback.circle", queues=[*seen, name])
                yield Remark(("queues", name, limit), what, level="note")


def units_are_meant(whole: Whole) -> Iterator[Remark]:
    """Numbers that look as if another unit was thought of."""
    for way, seconds in _seconds(whole.settings, ()):
        if seconds > LONG_SECONDS:
            what = message("ringback.long_seconds", seconds=seconds, hours=round(seconds / 3600, 1))
            yield Remark(way, what, level="note")
    for reason, seconds in whole.settings.pause_limits.items():
        if seconds < SHORT_PAUSE:
            what = message("ringback.short_pause", seconds=seconds, right=seconds * 60)
            yield Remark(("pause_limits", reason), what, f"{seconds * 60:g}", "note")


def _seconds(node: Any, way: Way) -> Iterator[tuple[Way, float]]:
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            value = getattr(node, name)
            if isinstance(value, int | float) and name.endswith(COUNTED_IN_SECONDS):
                yield (*way, name), float(value)
            else:
                yield from _seconds(value, (*way, name))
    elif isinstance(node, dict):
        for key, each in node.items():
            yield from _seconds(each, (*way, key))
    elif isinstance(node, list):
        for at, each in enumerate(node):
            yield from _seconds(each, (*way, at))


SENSE_CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (
    hours_have_a_clock,
    zones_are_meant,
    last_minutes_are_whole,
    holidays_are_everywhere,
    queues_have_agents,
    everything_is_used,
    callers_go_in_no_circle,
    units_are_meant,
    *FLOW_SENSE_CHECKS,
    *CHANNEL_SENSE_CHECKS,
)
