"""What a caller could fall into on the way through the menus, as far as the settings alone can tell.

Owns checks of the flow as a whole: how deep menus lie, which cases can never hold, languages, hours and trunks that a
destination needs. What is heard in a menu, and which keys it names, is `prompts/flow_checks.py`'s.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING

from ringback.config.lines import EntryPoint
from ringback.config.menus import Case, CaseCondition
from ringback.config.remarks import Remark, Way
from ringback.config.whole import Whole
from ringback.messages import message
from ringback.phrases import alike_among

if TYPE_CHECKING:
    from ringback.config.settings import Settings

MOST_LEVELS = 3
"""Menus one after another, from the line's own on."""
MOST_CONDITIONS = 10
"""Of the cases of one choice: so many together can be gone through."""


def menus_are_near(whole: Whole) -> Iterator[Remark]:
    """A caller comes to any menu by three questions at most, unless the menu says why it lies deeper."""
    told = set()
    for line in whole.settings.lines:
        for name, path in paths_of(whole.settings, line).items():
            if len(path) > MOST_LEVELS and name not in told and not whole.settings.menus[name].long:
                told.add(name)
                what = message("ringback.menu_deep", most=MOST_LEVELS, count=len(path), path=" - ".join(path))
                yield Remark(("menus", name), what)


def paths_of(settings: "Settings", line: EntryPoint) -> dict[str, list[str]]:
    """Every menu that a caller of the line can come to, with the menus of the shortest way there, itself the last."""
    starts = [line.menu, *(each.menu for case in line.start for _, each in case.ends() if each.menu is not None)]
    found = {name: [name] for name in starts if name in settings.menus}
    ahead = list(found)
    while ahead:
        name = ahead.pop(0)
        for _, each in settings.menus[name].ends():
            if each.menu is not None and each.menu in settings.menus and each.menu not in found:
                found[each.menu] = [*found[name], each.menu]
                ahead.append(each.menu)
    return found


def cases_can_hold(whole: Whole) -> Iterator[Remark]:
    """Somebody is left for every case when those before it have taken theirs."""
    for at, line in enumerate(whole.settings.lines):
        yield from _unreached(("lines", at, "start"), line.start, _worlds(line.start))
    for name, menu in whole.settings.menus.items():
        for key, option in menu.options.items():
            cases = option.cases or []
            yield from _unreached(("menus", name, "options", key, "cases"), cases, _worlds(cases))


World = Mapping[tuple[str, str], bool]
"""What may be so of one caller: each condition that the cases ask for, and whether it holds."""


def _worlds(cases: list[Case]) -> list[World]:
    """Everything that may be so; nothing where the conditions are too many to be gone through."""
    names = sorted({name for case in cases for each in case.conditional() for name in _asked(each.when)})
    if len(names) > MOST_CONDITIONS:
        return []
    return [dict(zip(names, holds, strict=True)) for holds in product((True, False), repeat=len(names))]


def _unreached(way: Way, cases: list[Case], worlds: list[World]) -> Iterator[Remark]:
    """Cases that nobody comes to of those of whom one of `worlds` is so, however deep they lie."""
    left = worlds
    for at, case in enumerate(cases):
        asked = _asked(case.when)
        mine = [world for world in left if asked.items() <= world.items()]
        if worlds and not mine:
            could = any(asked.items() <= world.items() for world in worlds)
            code = "ringback.case_never" if could else "ringback.case_contradicts"
            yield Remark((*way, at), message(code), level="note")
        yield from _unreached((*way, at, "cases"), case.cases or [], mine)
        left = [world for world in left if world not in mine]


def _asked(when: CaseCondition) -> dict[tuple[str, str], bool]:
    """`{known: false, hours: office}` as conditions of their own, each with what it must be."""
    given = when.model_dump(exclude_none=True)
    return {(name, "" if isinstance(value, bool) else value): value is not False for name, value in given.items()}


def languages_are_served(whole: Whole) -> Iterator[Remark]:
    """A key changes to a language in which the line serves its callers, so that all of it is there."""
    for line in whole.settings.lines:
        served = [line.language, *line.languages]
        for way, each in whole.settings.destinations_of(line):
            if each.language is not None and each.language not in served:
                facts = {"language": each.language, "line": line.number}
                yield Remark((*way, "language"), message("ringback.language_not_served", **facts), also=(("lines",),))


def callbacks_are_made(whole: Whole) -> Iterator[Remark]:
    """A key that promises a call leads to a queue that calls back."""
    queues = whole.settings.queues
    for way, each in whole.settings.destinations():
        if each.callback is not None and each.callback in queues and queues[each.callback].callback == "off":
            what = message("ringback.callback_off", queue=each.callback)
            yield Remark((*way, "callback"), what, also=(("queues", each.callback, "callback"),))


def transfers_have_a_trunk(whole: Whole) -> Iterator[Remark]:
    """A number outside is reached through the trunk."""
    if whole.settings.trunk is not None or "trunk" in whole.lost or whole.wrong.get("trunk"):
        return
    for way, each in whole.settings.destinations():
        if each.transfer is not None:
            yield Remark((*way, "transfer"), message("ringback.transfer_no_trunk", number=each.transfer))


def hours_meet(whole: Whole) -> Iterator[Remark]:
    """Some moment of the week, a line and each queue of it are both open."""
    settings = whole.settings
    for at, line in enumerate(settings.lines):
        for name in sorted(settings.queues_of(line)):
            queue = settings.queues.get(name)
            if queue is None or line.hours is None or queue.hours is None:
                continue
            if not _meet(settings, line.hours, queue.hours):
                facts = {"line": line.number, "queue": name, "first": line.hours, "second": queue.hours}
                yield Remark(("lines", at, "hours"), message("ringback.hours_apart", **facts), also=(("lines", at),))


def _meet(settings: "Settings", first: str, second: str) -> bool:
    """Whether two hours share a minute of the week; yes where only a calendar could tell."""
    if first == second or first not in settings.hours or second not in settings.hours:
        return True
    one, two = settings.hours[first], settings.hours[second]
    if (one.timezone or settings.timezone) != (two.timezone or settings.timezone) or one.days or two.days:
        return True
    ours, theirs = one.week_intervals(), two.week_intervals()
    pairs = ((a.split("-"), b.split("-")) for day in ours for a in ours[day] for b in theirs.get(day, []))
    return any(max(a[0], b[0]) < min(a[1], b[1]) for a, b in pairs)


def words_are_in_each_language(whole: Whole) -> Iterator[Remark]:
    """What can be said for a choice can be said in every language in which the menu is heard."""
    settings = whole.settings
    told = set()
    for line in settings.lines:
        for name in settings.menus_of(line):
            for key, option in settings.menus[name].options.items():
                for language in (line.language, *line.languages):
                    if option.words and language not in option.words and (name, key, language) not in told:
                        told.add((name, key, language))
                        way: Way = ("menus", name, "options", key, "words")
                        yield Remark(way, message("ringback.words_one_language", language=language), level="note")


def answers_sound_apart(whole: Whole) -> Iterator[Remark]:
    """Words for two choices of a menu could not be taken for each other on the phone."""
    for name, menu in whole.settings.menus.items():
        languages = sorted({language for option in menu.options.values() for language in option.words})
        for language in languages:
            said = tuple((key, tuple(option.words_in(language))) for key, option in menu.options.items())
            for key, phrase, other, its in alike_among(said, language):
                facts = {"words": its, "first": phrase, "key": key, "language": language}
                way: Way = ("menus", name, "options", other, "words", language)
                yield Remark(way, message("ringback.words_alike", **facts))


FLOW_CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (
    menus_are_near,
    languages_are_served,
    callbacks_are_made,
    transfers_have_a_trunk,
    hours_meet,
    answers_sound_apart,
)
"""All that may refuse."""
FLOW_SENSE_CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (cases_can_hold, words_are_in_each_language)
