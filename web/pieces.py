"""Parts of a page that change while it is looked at: what they are made of, and what of them is to be sent.

A section is an element of a page with an id, made of items that are elements with ids of their own: the rows of a list.
Where an item changed it goes alone; where items came or went the section goes whole. Knows nothing of what is shown.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Section:
    """One part of a page in the language of who looks at it."""

    name: str
    """The id of its element."""
    items: dict[str, str]
    """HTML of each item by the id of its element."""
    around: tuple[str, str] = ("", "")
    """The section's own element, before and behind its items; nothing: the section is its only item."""

    def __html__(self) -> str:
        begin, end = self.around
        return "".join((begin, *self.items.values(), end))


def single(name: str, html: str) -> Section:
    """A section that is always sent whole."""
    return Section(name, {name: html})


def whole(sections: Sequence[Section]) -> dict[str, str]:
    """HTML of every section by its id."""
    return {section.name: section.__html__() for section in sections}


def changes(before: Sequence[Section], after: Sequence[Section]) -> dict[str, str]:
    """What makes a page that shows `before` show `after`: HTML by the id of the element that it replaces. Both have the
    same sections in the same order."""
    found: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        if list(old.items) == list(new.items):
            found.update((key, html) for key, html in new.items.items() if html != old.items[key])
        else:
            found[new.name] = new.__html__()
    return found


class Recent(Generic[T]):
    """What was made lately, by what it was made of, so that it is made once for all who see the same.

    What nobody asked for between two calls of `turn` is forgotten.
    """

    def __init__(self) -> None:
        self._before: dict[Hashable, T] = {}
        self._now: dict[Hashable, T] = {}

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for `key` before, the very same object; else what `make` gives."""
        found = self._now.get(key)
        if found is None:
            found = self._before.get(key)
            self._now[key] = found = make() if found is None else found
        return found

    def turn(self) -> None:
        """A round is over."""
        self._before, self._now = self._now, {}
