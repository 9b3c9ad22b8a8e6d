"""Which key a caller of the past takes in a menu of other settings. Pure.

A caller wants what was chosen then. In the menu that is asked now, the first of these that there is:

1. The same menu has the same option: one that is called the same in any language, or can be chosen by the same word.
2. Such an option for a later choice of the same call (the last first): the menus between are no longer needed.
3. An option that leads where the last choice led: the same queue, message, callback, number outside, lookup, sentence.
4. An option from which, by further menus, an option of 1 to 3 is reached.
5. The same key of a menu with the same name.
6. 0, for a person.

Whoever chose nothing then, and was given a person, is given one again where the queue cannot be chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.replay.plans import CallerWants, PathStep
from ivr.destinations import OPERATOR_KEY
from ringback.config import Destination, Option, Settings
from ringback.folding import fold

DEEPEST = 3
"""Menus that are looked through for what a caller wants."""
GOALS = ("queue", "callback", "message", "transfer", "lookup", "say", "end")
"""Verbs of destinations at which somebody has arrived."""


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """The key that is pressed, which steps are left after it, and by which rule."""

    key: str
    left: CallerWants
    how: str
    """label, destination, further, key, person or silent (the key is empty: nothing is pressed)."""


class MenuMatcher:
    """Between the settings under which calls were made and those under which they are replayed."""

    def __init__(self, before: Settings, after: Settings) -> None:
        self._before, self._after = before, after
        self.choose = lru_cache(maxsize=50_000)(self._choose)
        """`_choose`, as callers of the same wish choose alike."""

    def _choose(self, menu: str, wants: CallerWants) -> KeyChoice:
        """What is pressed in this menu of the later settings."""
        steps = wants.steps
        if steps and steps[0].menu == menu and (key := self._alike(menu, steps[0])):
            return KeyChoice(key, self._without(wants, 1), "label")
        for place in reversed(range(len(steps))):
            if key := self._alike(menu, steps[place]):
                return KeyChoice(key, self._without(wants, place + 1), "label")
        if key := self._led(menu, wants):
            return KeyChoice(key, CallerWants((), wants.queue), "destination")
        if key := self._further(menu, wants, DEEPEST):
            return KeyChoice(key, wants, "further")
        if not steps:
            return KeyChoice("", wants, "silent")
        options = self._after.menus[menu].options
        if steps[0].menu == menu and steps[0].key in options:
            return KeyChoice(steps[0].key, self._without(wants, 1), "key")
        return KeyChoice(OPERATOR_KEY, CallerWants((), wants.queue), "person")

    @staticmethod
    def _without(wants: CallerWants, count: int) -> CallerWants:
        return CallerWants(wants.steps[count:], wants.queue)

    def _alike(self, menu: str, step: PathStep) -> str | None:
        """The key of the option that is the one of this step; the same key first, where several are."""
        if step.key == OPERATOR_KEY:
            return OPERATOR_KEY
        names = self._names(step)
        options = self._after.menus[menu].options
        keys = [key for key, option in options.items() if not names.isdisjoint(_names_of(option))]
        return step.key if step.key in keys else next(iter(keys), None)

    def _names(self, step: PathStep) -> frozenset[str]:
        option = self._option(step)
        return frozenset({fold(step.label)} - {""}) | (_names_of(option) if option is not None else frozenset())

    def _option(self, step: PathStep) -> Option | None:
        menu = self._before.menus.get(step.menu)
        return None if menu is None else menu.options.get(step.key)

    def _led(self, menu: str, wants: CallerWants) -> str | None:
        """The option that leads where the caller arrived; the queue that was really reached counts first."""
        goals = self._goals(wants)
        for goal in goals:
            for key, option in self._after.menus[menu].options.items():
                if goal in _leads(option):
                    return key
        return None

    def _goals(self, wants: CallerWants) -> list[tuple[str, str]]:
        reached = [("queue", wants.queue)] if wants.queue is not None else []
        last = self._option(wants.steps[-1]) if wants.steps else None
        return [*reached, *(_leads(last) if last is not None else ())]

    def _further(self, menu: str, wants: CallerWants, deep: int) -> str | None:
        for key, option in self._after.menus[menu].options.items():
            for _, end in option.ends():
                if end.menu is not None and end.menu != menu and self._offers(end.menu, wants, deep):
                    return key
        return None

    def _offers(self, menu: str, wants: CallerWants, deep: int) -> bool:
        if menu not in self._after.menus:
            return False
        if any(self._alike(menu, step) for step in wants.steps if step.key != OPERATOR_KEY) or self._led(menu, wants):
            return True
        return deep > 1 and self._further(menu, wants, deep - 1) is not None


def _names_of(option: Option) -> frozenset[str]:
    """What the option is called, in any language, and what may be said for it."""
    said = (word for words in option.words.values() for word in words)
    return frozenset(fold(each) for each in (option.label, *option.labels.values(), *said))


def _leads(option: Destination) -> Iterator[tuple[str, str]]:
    for _, end in option.ends():
        if end.verb in GOALS:
            yield end.verb, str(getattr(end, end.verb))
