"""What callers do in the menus: how many hear each one, what they choose in it, and what becomes of them.

Owns the counting, for every page and program that shows menus with figures. The store counts calls that went the same
way together, so that a month costs little more than a day. Leaves the names of menus, options and queues to the
settings: what is counted here is what was so when the callers called.

A promised call is not counted: its way through the menu was walked by the call that asked for it. Erasing leaves a call
its way and takes whoever called: such a call counts, but nobody knows any more whether its caller came back.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment, QueueVisit
from calls.service import of_customers

BACK_WITHIN = timedelta(hours=24)
"""Who calls again so soon has not been helped, or not for long."""
PASSED_ON = ("blind", "attended")
"""Why a talk began that a colleague passed on: see `CallSegment.why`."""
OptionKey = tuple[str, str]
"""Of an option: the menu's name and the key."""


@dataclass
class OptionFigures:
    """What became of the calls in which one option was taken; each counts once, however often it was."""

    menu: str
    key: str
    label: str
    """As most of these callers had it, in their language."""
    taken: int = 0
    waited: int = 0
    """Came into a line after it, at once or by another menu."""
    answered: int = 0
    abandoned: int = 0
    """Hung up while they waited."""
    results: Counter[str] = field(default_factory=Counter)
    """By `Call.result`; those that go on are in none."""
    passed_on: int = 0
    """Calls that whoever answered passed on to somebody else."""
    passed_on_to: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Calls by ("queue" or "agent", name); one that was passed on twice is in both."""
    came_back: int = 0
    """The same caller called again within a day."""
    came_back_same: int = 0
    """And took the same option again."""


@dataclass
class MenuFigures:
    """What callers did in one menu."""

    name: str
    heard: int = 0
    """Calls in which it was asked."""
    chose: int = 0
    """Calls in which one of its options was taken."""
    silent: int = 0
    """Tries without a key, of all calls whose tries were counted."""
    wrong: int = 0
    """Tries with a key that means nothing here."""
    left: int = 0
    """Callers who hung up in it."""
    to_person: int = 0
    """Callers who chose nothing in it and were given a person."""
    options: dict[str, OptionFigures] = field(default_factory=dict)
    """By key."""

    def share(self, key: str) -> float:
        """The part of those who heard the menu that took this option, 0..1."""
        option = self.options.get(key)
        return 0.0 if option is None or not self.heard else option.taken / self.heard


@dataclass
class MenusFigures:
    """All menus that were heard in a time."""

    calls: int = 0
    """Of customers who called, whatever they did."""
    tries_counted: int = 0
    """Those of them whose tries are known: calls of before were not counted so."""
    menus: dict[str, MenuFigures] = field(default_factory=dict)
    """By name."""

    def option(self, menu: str, key: str) -> OptionFigures | None:
        """None: nobody took it."""
        return self.menus[menu].options.get(key) if menu in self.menus else None


def menu_figures(session: Session, since: datetime, until: datetime, line: str | None = None) -> MenusFigures:
    """Of the calls that arrived from `since` until before `until`, on one line (its number) or on all."""
    found = _Counting(MenusFigures())
    inside = in_time(since, until, line)
    for path, menus, result, waited, answered, calls in session.execute(_ways(inside)):
        found.ways(_steps(path), _tries(menus), result, bool(waited), bool(answered), calls)
    passed: dict[str, tuple[list[OptionKey], set[tuple[str, str]]]] = {}
    for kind, query in (("queue", _to_queues(inside)), ("agent", _to_agents(inside))):
        for call_id, path, name in session.execute(query):
            passed.setdefault(call_id, (_options(path), set()))[1].add((kind, name or ""))
    for options, targets in passed.values():
        found.passed_on(options, targets)
    for path, at, next_path, next_at in session.execute(_calls_again(since, until, line)):
        if next_at - at <= BACK_WITHIN:
            found.came_back(_options(path), _options(next_path))
    return found.done()


def in_time(since: datetime, until: datetime, line: str | None = None) -> ColumnElement[bool]:
    """Of a query over Call: what is counted here."""
    inside = and_(Call.arrived_at >= since, Call.arrived_at < until, of_customers(), ~_called_back())
    return inside if line is None else and_(inside, Call.line == line)


def in_menu(wanted: str) -> ColumnElement[bool]:
    """Of a query over Call: calls in which a menu was heard, or in which something was so of it: `main`, `main:1` (this
    key was chosen), `main:left` (the caller hung up in it), `main:silent` and `main:wrong` (a try was in vain)."""
    name, _, what = wanted.partition(":")
    menu = _in_like(json.dumps(name))
    chosen, tried = _like(_path, f'%"menu": {menu}, %'), _like(_menus, f"%[{menu}, %")
    match what:
        case "":
            return or_(chosen, tried)
        case "left":
            last = ~_like(_menus, f"%[{menu}, %], [%")
            return and_(Call.result == "left", tried, last, ~chosen)
        case "silent":
            none = [f"%[{menu}, {asked}, 0, %" for asked in ("_", "__")]
            return and_(tried, *(~_like(_menus, each) for each in none))
        case "wrong":
            none = [f"%[{menu}, {asked}, {silent}, 0]%" for asked in ("_", "__") for silent in ("_", "__")]
            return and_(tried, *(~_like(_menus, each) for each in none))
    return _like(_path, f'%"menu": {menu}, "key": {_in_like(json.dumps(what))}, %')


def _like(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    return column.like(pattern, escape="/")


def _in_like(words: str) -> str:
    """Words that stand for themselves in a pattern, whatever is in them."""
    return "".join(f"/{char}" if char in "/%_" else char for char in words)


def steps_of(menu_path: list[Any]) -> list[OptionKey]:
    """The options of a way through the menus, each once, in their order."""
    return list(dict.fromkeys((str(step["menu"]), str(step["key"])) for step in menu_path))


def _called_back() -> ColumnElement[bool]:
    visit = and_(QueueVisit.call_id == Call.call_id, QueueVisit.seq == 0, QueueVisit.came_by == "callback")
    return exists().where(visit).correlate(Call)


_path, _menus = cast(Call.menu_path, Text), cast(Call.menus, Text)
"""As text, by which the store can put calls of one way together."""


def _ways(inside: ColumnElement[bool]) -> Select[Any]:
    waited = case((Call.queued_at.is_not(None), 1), else_=0)
    answered = case((Call.connected_at.is_not(None), 1), else_=0)
    facts = (_path, _menus, Call.result, waited, answered)
    return select(*facts, func.count()).where(inside).group_by(*facts)


def _to_queues(inside: ColumnElement[bool]) -> Select[Any]:
    visits = select(Call.call_id, _path, QueueVisit.queue).join(QueueVisit, QueueVisit.call_id == Call.call_id)
    return visits.where(inside, QueueVisit.came_by == "transfer")


def _to_agents(inside: ColumnElement[bool]) -> Select[Any]:
    talks = select(Call.call_id, _path, CallSegment.agent).join(CallSegment, CallSegment.call_id == Call.call_id)
    return talks.where(inside, CallSegment.kind == "talk", CallSegment.why.in_(PASSED_ON))


def _calls_again(since: datetime, until: datetime, line: str | None) -> Select[Any]:
    """Each call after which the same caller called again, whatever the line, with that next call."""
    of_caller = {"partition_by": Call.contact_id, "order_by": (Call.arrived_at, Call.call_id)}
    pairs = (
        select(
            Call.line,
            Call.arrived_at,
            _path.label("path"),
            func.lead(Call.arrived_at, type_=Call.arrived_at.type).over(**of_caller).label("next_at"),  # type: ignore[arg-type]
            func.lead(_path).over(**of_caller).label("next_path"),  # type: ignore[arg-type]
        )
        .where(in_time(since, until + BACK_WITHIN), Call.contact_id.is_not(None))
        .subquery()
    )
    chosen = select(pairs.c.path, pairs.c.arrived_at, pairs.c.next_path, pairs.c.next_at)
    chosen = chosen.where(pairs.c.next_at.is_not(None), pairs.c.arrived_at < until)
    return chosen if line is None else chosen.where(pairs.c.line == line)


def _steps(path: str | None) -> list[dict[str, str]]:
    return json.loads(path) if path else []


def _options(path: str | None) -> list[OptionKey]:
    return steps_of(_steps(path))


def _tries(menus: str | None) -> list[Any] | None:
    return json.loads(menus) if menus else None


class _Counting:
    """Adds up what the store found."""

    def __init__(self, figures: MenusFigures) -> None:
        self._figures = figures
        self._labels: dict[OptionKey, Counter[str]] = {}

    def ways(
        self,
        steps: list[dict[str, str]],
        tries: list[Any] | None,
        result: str | None,
        waited: bool,
        answered: bool,
        calls: int,
    ) -> None:
        """So many calls went the same way, and the same became of them."""
        self._figures.calls += calls
        self._figures.tries_counted += calls if tries is not None else 0
        chosen = {str(step["menu"]) for step in steps}
        heard = dict.fromkeys([*(str(name) for name, *_ in tries or ()), *(str(step["menu"]) for step in steps)])
        for name in heard:
            menu = self._menu(name)
            menu.heard += calls
            menu.chose += calls if name in chosen else 0
        for name, _, silent, wrong in tries or ():
            self._menu(name).silent += silent * calls
            self._menu(name).wrong += wrong * calls
        last = next(reversed(heard), None)
        if last is not None and last not in chosen:
            self._menu(last).left += calls if result == "left" else 0
            self._menu(last).to_person += calls if waited else 0
        for option, label in {(str(s["menu"]), str(s["key"])): str(s.get("label", "")) for s in steps}.items():
            self._labels.setdefault(option, Counter())[label] += calls
            figures = self._option(option)
            figures.taken += calls
            figures.waited += calls if waited else 0
            figures.answered += calls if answered else 0
            figures.abandoned += calls if result == "abandoned" else 0
            if result is not None:
                figures.results[result] += calls

    def passed_on(self, options: list[OptionKey], targets: set[tuple[str, str]]) -> None:
        """One call was passed on to these."""
        for figures in self._taken(options):
            figures.passed_on += 1
            figures.passed_on_to.update(targets)

    def came_back(self, options: list[OptionKey], next_options: list[OptionKey]) -> None:
        """After one call its caller called again."""
        for figures in self._taken(options):
            figures.came_back += 1
            figures.came_back_same += (figures.menu, figures.key) in next_options

    def done(self) -> MenusFigures:
        """All of it, with the labels that most callers had."""
        for option, labels in self._labels.items():
            self._option(option).label = labels.most_common(1)[0][0]
        return self._figures

    def _menu(self, name: str) -> MenuFigures:
        return self._figures.menus.setdefault(name, MenuFigures(name))

    def _option(self, option: OptionKey) -> OptionFigures:
        menu, key = option
        return self._menu(menu).options.setdefault(key, OptionFigures(menu, key, ""))

    def _taken(self, options: list[OptionKey]) -> Iterator[OptionFigures]:
        for menu, key in options:
            if (figures := self._figures.option(menu, key)) is not None:
                yield figures
