"""Text from outside as a terminal may have it."""

from typing import Any

from rich.markup import escape


def cell(value: Any) -> str:
    """A cell of a table: a caller's name may hold control characters and markup, which are shown and not obeyed."""
    if value is None:
        return ""
    return escape("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)))
