"""What callers hear in menus, beside the keys that are there: how soon the first choice, and which keys are named.

Owns the remarks about the words of menus, which `ringback check` tells with those of the settings. Where nobody knows
the words, as of an owner's recording without a text, nothing is said of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prompts import files, said_keys
from ringback.config import EntryPoint, Menu, Settings, Spoken
from ringback.config.remarks import Remark, Way
from ringback.messages import message

MOST_SECONDS = 15.0
"""Until a caller has heard the first choice of a menu."""
OPERATOR_KEY = "0"
LEAVES = ("queue", "callback", "message", "transfer", "end")
"""Where a caller goes who is not in a menu any more."""


@dataclass(frozen=True)
class Heard:
    """What callers hear, in one language."""

    language: str
    own: Path | None
    """The owner's folder of sounds."""

    def text(self, spoken: str) -> str | None:
        """None: nobody knows the words."""
        return files.text_of(self.language, spoken, self.own)

    def seconds(self, spoken: str) -> float:
        """Of the sound; where there is none yet, about how long its words will take."""
        measured = files.seconds_of(self.language, spoken, self.own)
        return files.estimated_seconds(self.text(spoken) or "", self.language) if measured is None else measured

    def until_first_choice(self, menu: Menu) -> float:
        """Seconds of the menu's prompt until its first key has been named; of unknown words an even share."""
        text, whole = self.text(menu.prompt), self.seconds(menu.prompt)
        keys = said_keys.told(text, self.language) if text else []
        if text and keys:
            return whole * keys[0].end / len(text)
        return whole / (len(menu.options) + 1)


def remarks(settings: Settings, own: Path | None) -> Iterator[Remark]:
    """Everything that is the matter with the words of menus, each thing once."""
    told = set()
    for line in settings.lines:
        for language in (line.language, *line.languages):
            for check in CHECKS:
                for remark in check(settings, line, Heard(language, own)):
                    if (remark.way, remark.what.code, language) not in told:
                        told.add((remark.way, remark.what.code, language))
                        yield remark


def first_choice_comes_soon(settings: Settings, line: EntryPoint, heard: Heard) -> Iterator[Remark]:
    """Notice, greeting and what the menu says before its first choice are short, or the menu says why not."""
    before = sum(heard.seconds(each) for each in (line.notice, line.greeting) if each is not None)
    for name in settings.menus_of(line):
        menu = settings.menus[name]
        within = heard.until_first_choice(menu)
        seconds = within + (before if name == line.menu else 0)
        if seconds <= MOST_SECONDS or menu.long:
            continue
        facts = {"seconds": round(seconds), "most": round(MOST_SECONDS), "language": heard.language, "menu": name}
        way: Way = ("menus", name, "prompt")
        if within > MOST_SECONDS or name != line.menu:
            yield Remark(way, message("prompts.first_choice_late", **facts))
        else:
            facts |= {"line": line.number, "before": round(before)}
            at = settings.lines.index(line)
            yield Remark(("lines", at, "greeting"), message("prompts.greeting_long", **facts), also=(way,))


def keys_that_are_said_are_there(settings: Settings, line: EntryPoint, heard: Heard) -> Iterator[Remark]:
    """A key that a menu names leads somewhere, also where it is named by an answer after which the menu goes on."""
    for name in settings.menus_of(line):
        menu = settings.menus[name]
        for way, spoken in _heard_in(line, name, menu, settings.lines.index(line)):
            for each in said_keys.told(heard.text(spoken) or "", heard.language):
                if each.key not in menu.options and each.key != OPERATOR_KEY:
                    facts = {"key": each.key, "keys": sorted(menu.options), "language": heard.language}
                    yield Remark(way, message("prompts.key_not_there", **facts), also=(("menus", name, "prompt"),))
                    break


def _heard_in(line: EntryPoint, name: str, menu: Menu, line_at: int) -> Iterator[tuple[Way, Spoken]]:
    yield ("menus", name, "prompt"), menu.prompt
    for way, each in menu.ends(("menus", name)):
        if each.say is not None:
            yield (*way, "say"), each.say
    if name == line.menu:
        yield ("lines", line_at, "greeting"), line.greeting


def keys_are_said(settings: Settings, line: EntryPoint, heard: Heard) -> Iterator[Remark]:
    """Every choice is named by the prompt of its menu."""
    for name in settings.menus_of(line):
        menu = settings.menus[name]
        text = heard.text(menu.prompt)
        if text is None or not said_keys.is_known(heard.language):
            continue
        named = said_keys.mentioned(text, heard.language)
        for key, option in menu.options.items():
            if key not in named:
                facts = {"key": key, "label": option.label, "language": heard.language}
                yield Remark(("menus", name, "options", key), message("prompts.key_not_said", **facts), level="note")


def somebody_is_reached(settings: Settings, line: EntryPoint, heard: Heard) -> Iterator[Remark]:
    """From each menu a choice that is named leads to somebody, a message or an end, by however many menus."""
    good = set()
    menus = {name: settings.menus[name] for name in settings.menus_of(line)}
    for name, menu in menus.items():
        text = heard.text(menu.prompt)
        tells = text is None or not said_keys.is_known(heard.language)  # or may tell, for all that is known
        tells = tells or OPERATOR_KEY in said_keys.mentioned(text or "", heard.language)
        if tells or any(each.verb in LEAVES for _, each in menu.ends()):
            good.add(name)
    while more := {n for n, menu in menus.items() if n not in good and any(e.menu in good for _, e in menu.ends())}:
        good |= more
    for name in menus:
        if name not in good:
            yield Remark(("menus", name), message("prompts.loop_without_person", language=heard.language))


CHECKS: tuple[Callable[[Settings, EntryPoint, Heard], Iterator[Remark]], ...] = (
    first_choice_comes_soon,
    keys_that_are_said_are_there,
    keys_are_said,
    somebody_is_reached,
)
"""Each for one line in one of its languages."""
