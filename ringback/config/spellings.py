"""The ways in which a provider may write the number of a line, and which of them reach which line. Pure.

Worked out from a line's numbers and its country when the settings are read; `asterisk-conf/extensions.conf.j2` makes
an extension of each, `ringback check` tells them. Short internal numbers stay as they are written.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol

from ringback.config.remarks import SettingError
from ringback.numbers import ABROAD, at_home, possible, readings, written

SHORTEST_OUTSIDE = 7
"""Digits: anything shorter is a number inside, which is dialled as it is written."""
SHORT = re.compile(r"[0-9 -]+", re.ASCII)
"""How a number inside is written: `1000.0` and `1/2` are something else."""


class Numbered(Protocol):
    """What a line is here."""

    @property
    def number(self) -> str: ...
    @property
    def also(self) -> list[str]: ...
    @property
    def default_country(self) -> str: ...


def digits_of(text: str) -> str:
    """A line's number as an owner writes it, with digits and a plus alone. Raises SettingError for what is none."""
    found = written(text)
    short = found is not None and len(found.digits) < SHORTEST_OUTSIDE and not SHORT.fullmatch(text)
    if found is None or found.extension or short or not 2 <= len(found.digits.removeprefix("+")) <= 15:
        raise SettingError("ringback.line_number", number=text[:40])
    return found.digits


@lru_cache(maxsize=4096)
def full_number(digits: str, country: str) -> str:
    """The number outside (E.164) that a line's `digits` are; empty: it is one inside."""
    if len(digits.removeprefix("+")) < SHORTEST_OUTSIDE:
        return ""
    return next(iter(readings(digits, country)), "") or (possible(digits, country) or "" if digits[0] == "+" else "")


def spellings(number: str) -> tuple[str, ...]:
    """Every way in which `number` (E.164) is written at home and from abroad, the usual first."""
    whole = number.removeprefix("+")
    found = (number, whole, *at_home(number), *(before + whole for before in ABROAD))
    return tuple(dict.fromkeys(found))


def reach(lines: Sequence[Numbered]) -> dict[str, str]:
    """Each text that can be dialled -> the line (its `number`) that it reaches.

    What an owner wrote goes before what is worked out; what is worked out for two different numbers reaches neither.
    """
    literal = {text: line.number for line in reversed(lines) for text in _as_written(line)}
    found: dict[str, set[str]] = {}
    for line in lines:
        for number in outside(line):
            for text in spellings(number):
                found.setdefault(text, set()).add(line.number)
    alone = {text: next(iter(names)) for text, names in found.items() if len(names) == 1}
    return {**alone, **literal}


def outside(line: Numbered) -> list[str]:
    """The numbers outside (E.164) that reach the line."""
    texts = [text for text in _as_written(line) if f"+{text}" not in line.also]
    return list(dict.fromkeys(number for text in texts if (number := full_number(text, line.default_country))))


def collisions(lines: Sequence[Numbered]) -> list[tuple[int, str, int]]:
    """(line, number, earlier line), lines by their places: one number twice, in whatever two ways it is written."""
    owner: dict[str, int] = {}
    found = []
    for at, line in enumerate(lines):
        twice = [text for text in (*_as_written(line), *outside(line)) if owner.setdefault(text, at) != at]
        if twice:
            found.append((at, twice[0], owner[twice[0]]))
    return found


def _as_written(line: Numbered) -> Iterable[str]:
    return dict.fromkeys([line.number, *line.also])
