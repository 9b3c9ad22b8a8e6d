"""Names of settings that have changed: a file that has the old one is read as if it had the new.

Owns the table and the search. Leaves the telling to `ringback check`.
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ringback.messages import Message

OLD_NAMES = {
    "menus.*.person": "operator_queue",
    "lines.*.redial_country": "default_country",
    "redial_seconds": "reconnect_seconds",
    "listening": "playback_access",
}
"""Where an old name stands, `*` for any name or number, and what it is called now."""


def with_new_names(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with new names for old. Raises ValueError where a place has both."""
    if not any(_found(raw)):
        return raw
    document = copy.deepcopy(raw)
    for place, holder, old, new in list(_found(document)):
        if old not in holder:
            continue  # renamed at another place already, which is the same by an alias of YAML's
        if new in holder:
            raise ValueError(f"{place}{old} is called {new} now: give one of the two")
        holder[new] = holder.pop(old)
    return document


def old_names(path: Path | None) -> list[Message]:
    """A sentence for each old name in a settings file that can be read; none where there is no file."""
    chosen = path or Path("ringback.yaml")
    if not chosen.exists():
        return []
    raw = yaml.safe_load(chosen.read_text(encoding="utf-8")) or {}
    return [
        Message("ringback.old_setting", {"place": f"{place}{old}", "new": new}) for place, _, old, new in _found(raw)
    ]


def _found(document: Any) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Each old name: where it stands, what holds it, itself, and its new name."""
    for pattern, new in OLD_NAMES.items():
        *way, old = pattern.split(".")
        for place, holder in _holders(document, way, ""):
            if old in holder:
                yield place, holder, old, new


def _holders(node: Any, way: list[str], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not way:
        if isinstance(node, dict):
            yield place, node
        return
    children: dict[Any, Any] = {}
    if isinstance(node, dict):
        children = node if way[0] == "*" else {key: node[key] for key in way[:1] if key in node}
    elif isinstance(node, list) and way[0] == "*":
        children = dict(enumerate(node))
    for key, child in children.items():
        yield from _holders(child, way[1:], f"{place}{key}.")
