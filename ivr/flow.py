"""What a line does with its callers: the settings of one dialled number, looked up for a call."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ivr.hours import Closed, Schedule
from ringback.config import TICKET, TICKETS, AskedNumber, Destination, EntryPoint, Lookup, Menu, Queue, Settings, Survey


@dataclass(frozen=True)
class Numbers:
    """How numbers are read and said: handed in, because it is not the flow's business."""

    read: Callable[[str, str], str | None]
    """Text and country to an E.164 number, by which a caller is known whatever we may dial; None: it is none."""
    refused: Callable[[str], str | None]
    """Why we would not call this E.164 number now: "limit" (of today) or "forbidden"; None: we would."""
    spoken: Callable[[str, str], str]
    """E.164 number and country to the digits as they are said there."""
    any_left: Callable[[], bool]
    """Whether anybody at all may be called back today."""

    def to_call(self, text: str, country: str) -> str | None:
        """The number that we would call back; None: we would not."""
        number = self.read(text, country)
        return None if number is None or self.refused(number) is not None else number

    def why_not(self, text: str, country: str) -> str:
        """The prompt that says why `to_call` gives nothing."""
        number = self.read(text, country)
        return REFUSALS["none" if number is None else self.refused(number) or "forbidden"]


LOOKS = 32
"""Openings looked at for a moment at which a line and its queue are both open."""
REFUSALS = {
    "none": "fallback-bad-number",
    "forbidden": "callback-forbidden",
    "limit": "callback-limit",
}
"""What a caller hears whose number we do not call."""


def _nobody(_text: str, _country: str) -> None:
    return None


def _forbidden(_number: str) -> str:
    return "forbidden"


def _as_it_is(number: str, _country: str) -> str:
    return number


def _none_left() -> bool:
    return False


NO_CALLBACKS = Numbers(_nobody, _forbidden, _as_it_is, _none_left)
"""Nobody can be called back."""


def _somebody(_queue: str) -> bool:
    return True


def _no_problem(_line: str) -> None:
    return None


@dataclass(frozen=True)
class LineProblem:
    """A known problem, as callers of a line hear it."""

    id: str
    prompt: str


START = ""
"""Stands for the menu in the way of a choice that was made for the caller, where the line begins."""
Way = Sequence[str | int]
"""Of a choice: menu, key, and the places of the cases that held; of a start, START and the places of its cases."""


@dataclass(frozen=True)
class Surroundings:
    """What is true around a call just now: handed in, because it is not the flow's business."""

    anybody: Callable[[str], bool] = _somebody
    """Whether an agent of this queue is logged in with a phone that can be reached."""
    problem: Callable[[str], LineProblem | None] = _no_problem
    """The known problem that is told on this line."""
    tells_who: bool = False
    """Whether somebody looks up who calls, and says so by `ivr.events.CallerKnown`."""


@dataclass(frozen=True)
class Flow:
    """The way of a caller who dialled `line.number`."""

    line: EntryPoint
    menu_name: str
    """The line's own menu."""
    menus: dict[str, Menu]
    queues: dict[str, Queue]
    surveys: dict[str, Survey]
    numbers: Numbers = field(default=NO_CALLBACKS)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    """By the names of the settings' `hours`."""
    inside: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What agents can pass a caller on to, by number: ("agent", name) or ("queue", name)."""
    asks_reason: bool = False
    """Whether a caller who was promised a call is asked why."""
    lookups: dict[str, Lookup] = field(default_factory=dict)
    vips: frozenset[str] = frozenset()
    """Numbers (E.164) of callers to whom more is owed."""
    around: Surroundings = field(default=Surroundings())
    version: int = 0
    """Of the settings that it was made of (`publishing/`)."""

    @property
    def menu(self) -> Menu:
        """The line's own."""
        return self.menus[self.menu_name]

    @property
    def asks_who(self) -> bool:
        """Whether it matters before the menu who calls."""
        cases = [case.when for each in self.line.start for case in each.conditional()]
        depends = any(when.known is not None or when.open_ticket is not None for when in cases)
        return depends or self.line.greets_known or bool(self.line.languages)

    def chosen(self, way: Way) -> Destination | None:
        """The destination of a choice that was made; None: the settings have it no longer."""
        menu, place, *cases = way
        there: Destination | None = None
        if menu != START and menu in self.menus:
            there = self.menus[str(menu)].options.get(str(place))
        elif menu == START and int(place) < len(self.line.start):
            there = self.line.start[int(place)]
        for at in cases:
            if there is None or there.cases is None or int(at) >= len(there.cases):
                return None
            there = there.cases[int(at)]
        return there

    def lookup(self, name: str) -> AskedNumber | None:
        """What a destination looks up; None: the settings have it no longer."""
        return TICKETS if name == TICKET else self.lookups.get(name)

    def is_vip(self, number: str) -> bool:
        """Whether this caller's number is one of those."""
        return bool(self.vips) and self.numbers.read(number, self.line.default_country) in self.vips

    def holds(self, hours: str, now: float) -> bool:
        """Whether these hours are open."""
        return self.schedules[hours].closed(now) is None

    def closed(self, queue: str | None, now: float) -> Closed | None:
        """Why a caller of this line finds it closed, or `queue` of it; None: it is open."""
        for schedule in self._schedules(queue):
            if (closed := schedule.closed(now)) is not None:
                return closed
        return None

    def opens_from(self, queue: str | None, now: float) -> float:
        """The earliest moment from `now` at which all hours of this line and `queue` are open; infinite: none."""
        moment = now
        for _ in range(LOOKS):
            later = max((_or_never(each.opens_at(moment)) for each in self._schedules(queue)), default=moment)
            if later <= moment or math.isinf(later):
                return later
            moment = later
        return moment

    def closes_at(self, queue: str | None, now: float) -> float:
        """When this line or `queue` closes that is open `now`; `now`: it is closed; infinite: it never closes."""
        if self.closed(queue, now) is not None:
            return now
        return min((_or_never(each.closes_at(now)) for each in self._schedules(queue)), default=math.inf)

    def closes_soon(self, queue: str, now: float) -> bool:
        """Whether a caller who waits in `queue` is to be told that it closes, and offered a callback."""
        for schedule in self._schedules(queue):
            closes_at = schedule.closes_at(now)
            if closes_at is not None and closes_at - now <= schedule.hours.closing_minutes * 60:
                return True
        return False

    def offers_callback(self, queue: str) -> bool:
        """Whether callers of this queue may ask to be called back."""
        return self.queues[queue].callback != "off" and self.numbers.any_left()

    def _schedules(self, queue: str | None) -> list[Schedule]:
        """Those that must all be open."""
        names = (self.line.hours, self.queues[queue].hours if queue is not None else None)
        return [self.schedules[name] for name in names if name is not None]

    def survey_of(self, queue: str) -> tuple[str, Survey] | None:
        """Name and survey that is asked after talks of this queue; None: none is."""
        name = self.queues[queue].survey
        return None if name is None else (name, self.surveys[name])


def _or_never(moment: float | None) -> float:
    return math.inf if moment is None else moment


@dataclass(frozen=True)
class EntryPointHours:
    """Opening hours by line and queue, for who calls back: fits `callback.policy.OpenHours`."""

    flows: dict[str, Flow]

    def opens_from(self, line: str, queue: str, now: float) -> float:
        flow = self.flows.get(line)
        return now if flow is None else flow.opens_from(queue, now)

    def closes_at(self, line: str, queue: str, now: float) -> float:
        flow = self.flows.get(line)
        return math.inf if flow is None else flow.closes_at(queue, now)


def flows(
    settings: Settings, numbers: Numbers = NO_CALLBACKS, around: Surroundings = Surroundings(), version: int = 0
) -> dict[str, Flow]:
    """The flow of every line by its dialled number."""
    schedules = {name: Schedule(hours, settings.timezone) for name, hours in settings.hours.items()}
    inside = {agent.extension: ("agent", agent.name) for agent in settings.agents}
    inside |= {queue.extension: ("queue", name) for name, queue in settings.queues.items() if queue.extension}
    return {
        line.number: Flow(
            line,
            line.menu,
            settings.menus,
            settings.queues,
            settings.surveys,
            numbers,
            schedules,
            inside,
            settings.callbacks.ask_reason,
            settings.lookups,
            frozenset(settings.vips),
            around,
            version,
        )
        for line in settings.lines
    }
