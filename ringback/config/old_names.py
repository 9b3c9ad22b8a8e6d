"""Names of settings that have changed: a file that has the old one is read as if it had the new.

Owns the table and the search, and the move of a survey's question into a list. Leaves the telling to `ringback
check`.
"""

import copy
from collections.abc import Iterator
from typing import Any

from ringback.config.remarks import Remark, Way
from ringback.config.source import Source
from ringback.messages import message

OLD_NAMES = {
    "menus.*.person": "operator_queue",
    "lines.*.redial_country": "default_country",
    "redial_seconds": "reconnect_seconds",
    "listening": "playback_access",
}
"""Where an old name stands, `*` for any name or number, and what it is called now."""


OF_ONE_QUESTION = ("question", "questions", "prompt", "options", "key_seconds")
"""What stood in a survey itself when each had one question; `questions` were its words in other languages."""


def with_new_names(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with new names for old; of a place that has both, the new one."""
    if not any(_found(raw)) and not any(_surveys_of_one_question(raw)):
        return raw
    source = Source(copy.deepcopy(raw))
    list(rename(source))
    document: dict[str, Any] = source.document
    return document


def rename(source: Source) -> Iterator[Remark]:
    """Gives the document the new names, and tells of each old one; where a place has both, that is an error."""
    for way, holder, old, new in list(_found(source.document)):
        if old not in holder:
            if (*way, old) in source.spots and (*way, new) not in source.spots:
                source.renamed((*way, old), (*way, new))  # the same holder by an alias of YAML's
            continue
        place = ".".join(str(part) for part in (*way, old))
        if new in holder:
            yield Remark((*way, old), message("ringback.both_names", place=place, new=new), new)
            del holder[old]
        else:
            yield Remark((*way, old), message("ringback.old_setting", place=place, new=new), new, "note")
            holder[new] = holder.pop(old)
            source.renamed((*way, old), (*way, new))
    yield from _rename_surveys(source)


def _rename_surveys(source: Source) -> Iterator[Remark]:
    """The one question of a survey becomes the first of its list."""
    for way, holder in list(_surveys_of_one_question(source.document)):
        given = [name for name in OF_ONE_QUESTION if name in holder]
        if isinstance(holder.get("questions"), list):
            given.remove("questions")
            what = message("ringback.both_names", place=".".join(map(str, (*way, given[0]))), new="questions")
            yield Remark((*way, given[0]), what, "questions")
            for name in given:
                del holder[name]
            continue
        question = {name: holder.pop(name) for name in given}
        holder["questions"] = [question]
        for name in given:
            source.renamed((*way, name), (*way, "questions", 0, name))
        place = ".".join(map(str, way))
        yield Remark((*way, "questions", 0, given[0]), message("ringback.old_survey", place=place), level="note")


def _surveys_of_one_question(document: Any) -> Iterator[tuple[Way, dict[str, Any]]]:
    for way, holder in _holders(document, ["surveys", "*"], ()):
        alone = [name for name in OF_ONE_QUESTION if name in holder and name != "questions"]
        if alone or isinstance(holder.get("questions"), dict):
            yield way, holder


def _found(document: Any) -> Iterator[tuple[Way, dict[str, Any], str, str]]:
    """Each old name: where it stands, what holds it, itself, and its new name."""
    for pattern, new in OLD_NAMES.items():
        *parts, old = pattern.split(".")
        for way, holder in _holders(document, parts, ()):
            if old in holder:
                yield way, holder, old, new


def _holders(node: Any, parts: list[str], way: Way) -> Iterator[tuple[Way, dict[str, Any]]]:
    if not parts:
        if isinstance(node, dict):
            yield way, node
        return
    children: dict[Any, Any] = {}
    if isinstance(node, dict):
        children = node if parts[0] == "*" else {key: node[key] for key in parts[:1] if key in node}
    elif isinstance(node, list) and parts[0] == "*":
        children = dict(enumerate(node))
    for key, child in children.items():
        yield from _holders(child, parts[1:], (*way, key))
