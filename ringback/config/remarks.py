"""What is said of a setting: which one, what is the matter, and the word that would be right.

Owns `Remark` and the error that carries several. Every check of the settings gives remarks, never a text of its own,
so that `ringback check`, `ringback run` and programs tell the same list. Where in a file it stands is `source.py`'s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from ringback.config.slips import latin
from ringback.errors import RingbackError
from ringback.messages import Message

Way = tuple[str | int, ...]
"""How a setting is reached from the top: `("lines", 0, "menu")`."""
Level = Literal["error", "unclear", "note"]
"""An error must be mended before anything starts. What is unclear the owner must say before `ringback check` is
content; it runs all the same, as it always did. A note is what may not be meant."""


@dataclass(frozen=True)
class Spot:
    """A place in a file, counted from 1 as editors do."""

    line: int
    column: int


START = Spot(1, 1)


class SettingError(RingbackError, ValueError):
    """A value that a setting cannot have; the checks of single settings raise it."""

    suggestion: str = ""
    """The right word as it would be written in the file, where it can be guessed."""

    def instead(self, suggestion: str) -> "SettingError":
        """Itself, with the word to write instead."""
        self.suggestion = suggestion
        return self


@dataclass(frozen=True)
class Remark:
    """One thing about one setting."""

    way: Way
    """The setting; empty: the file as a whole."""
    what: Message
    """The sentence."""
    suggestion: str = ""
    """The right word as it would be written in the file, where it can be guessed; empty: none."""
    level: Level = "error"
    also: tuple[Way, ...] = ()
    """Where to look in the file when the setting itself is not in it, as with a default."""
    spot: Spot | None = None
    """Where in the file it stands, if that is not where the setting does."""

    @property
    def setting(self) -> str:
        """The setting as it is told: `lines.0.menu`; list entries are counted from 0."""
        return ".".join(str(part) for part in self.way)


class WrongSettings(SettingError):
    """Settings that do not go together, with everything that is the matter."""

    remarks: tuple[Remark, ...] = ()


def wrong_settings(remarks: Iterable[Remark]) -> WrongSettings:
    """The error for settings that were made without a file."""
    found = tuple(remarks)
    error = WrongSettings("ringback.settings_wrong", whys=[each.what for each in found])
    error.remarks = found
    return error


def nearest(word: object, known: Iterable[str]) -> str:
    """The known word that was probably meant; empty: none is near."""
    names = list(known)
    plain: Mapping[str, str] = {_bare(name): name for name in names}
    given = _bare(str(word))
    if given in plain:
        return plain[given]
    return next((plain[name] for name in get_close_matches(given, plain, n=1, cutoff=0.6)), "")


def _bare(word: str) -> str:
    """Without what people mix up: case, dashes, underscores, spaces, letters that look the same."""
    return "".join(char for char in latin(word).casefold() if char not in "-_ ")
