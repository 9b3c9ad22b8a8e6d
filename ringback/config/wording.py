"""What pydantic finds wrong in one setting, in our words: what is there, what may be written, what was probably meant.

Owns the way from its kinds of errors to codes (`ringback/settings_messages.py`). Errors that our own checks raise
carry their sentence already.
"""

import re
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ringback.config import spoken
from ringback.config.base import form_of
from ringback.config.remarks import Remark, SettingError, Way, nearest
from ringback.config.slips import (
    OTHER_NAMES,
    OTHER_WORDS,
    SWITCHED,
    YES_AND_NO,
    looks_like,
    near_form,
    other_word,
    secret_for,
)
from ringback.messages import Message, message, text

_LONGEST = 60
"""Characters of a value that are shown."""
_DURATION = re.compile(
    r"(?:(\d+(?:[.,]\d+)?) ?(s|secs?|seconds?|с|сек|m|mins?|minutes?|м|мин|h|hours?|ч|час|d|days?|д|дн|дней|w|weeks?|"
    r"y|years?)\.?,? ?)+",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d+(?:[.,]\d+)?) ?([^\W\d])")
NO_STEPS = {"[key]", spoken.NAME, spoken.WORDS}
HOURS_EXAMPLE = 'hours: {office: {week: {mon-fri: "09:00-18:00"}}}'
_RANGE = re.compile(r"(\d+) ?[-–—:] ?(\d+)")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_UNITS |= {"с": 1, "м": 60, "ч": 3600, "д": 86400}
_COUNTED_IN = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_BOUNDS = {"ge": "ringback.settings_least", "le": "ringback.settings_most"}
_BOUNDS |= {"gt": "ringback.settings_more", "lt": "ringback.settings_less"}
_NUMBERS = (
    "int_type",
    "int_parsing",
    "int_from_float",
    "float_type",
    "float_parsing",
    "finite_number",
    "int_parsing_size",
)


def remarks_of(errors: Iterable[ErrorDetails], model: type[BaseModel]) -> list[Remark]:
    """One remark for each thing that is wrong; a name that is misspelled is not told again as one that is missing."""
    found = list(errors)
    unknown = {
        (way[:-1], meant_name(way, model))
        for way in (way_of(error) for error in found if error["type"] == "extra_forbidden")
    }
    return [
        remark_of(error, model)
        for error in found
        if not (error["type"] == "missing" and (way_of(error)[:-1], way_of(error)[-1]) in unknown)
    ]


def remark_of(error: ErrorDetails, model: type[BaseModel]) -> Remark:
    """One error of pydantic's."""
    way, given = way_of(error), shown(error["input"])
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(way, model)
    if kind == "missing":
        return Remark(way, message("ringback.settings_missing", name=str(way[-1])))
    if kind == "value_error":
        return _ours(way, facts["error"])
    if error["input"] is None and not kind.startswith("literal"):
        return Remark(way, message("ringback.settings_empty"))
    if kind in _NUMBERS:
        return _no_number(way, error["input"])
    if kind == "literal_error":
        return _not_one_of(way, given, re.findall(r"'([^']+)'", facts["expected"]))
    if kind == "string_pattern_mismatch":
        if way[-1] == "hours" and re.match(r"\d", given):
            return Remark(way, message("ringback.hours_under_name", example=HOURS_EXAMPLE))
        meant = other_word(str(error["input"]), facts["pattern"]) or near_form(str(error["input"]), facts["pattern"])
        return Remark(way, message("ringback.settings_form", given=given, form=form_of(facts["pattern"])), meant)
    if way[-1] == "hours" and kind == "string_type":
        return Remark(way, message("ringback.hours_under_name", example=HOURS_EXAMPLE))
    if shape := _shape(way, kind, error["input"]):
        return shape
    on = YES_AND_NO.get(given.strip().casefold()) if kind.startswith("bool") else None
    meant = "" if on is None else SWITCHED[on][-1]
    return Remark(way, _plain(kind, facts, given) or text(error["msg"]), meant)


def meant_name(way: Way, model: type[BaseModel]) -> str:
    """The setting that was probably meant by the last part of `way`; empty: none is near."""
    names = _names(model, way[:-1])
    if secret_for(str(way[0]), str(way[-1])) and str(way[-1]) not in names:
        return ""
    other = OTHER_NAMES.get(str(way[-1]).casefold(), "")
    return other if other in names else nearest(way[-1], names)


def shown(value: Any) -> str:
    """A value as a sentence may have it: one line, printable, short."""
    words = value if isinstance(value, str) else str(value)
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def _plain(kind: str, facts: dict[str, Any], given: str) -> Message | None:
    """The kinds that need nothing but what pydantic gives."""
    for bound, code in _BOUNDS.items():
        if bound in facts:
            return message(code, given=given, bound=facts[bound])
    if kind in ("too_short", "string_too_short"):
        return message("ringback.settings_too_short", least=facts["min_length"])
    if kind in ("too_long", "string_too_long"):
        return message("ringback.settings_too_long", most=facts["max_length"])
    if kind.startswith("bool"):
        return message("ringback.settings_no_bool", given=given)
    if kind.startswith("date"):
        return message("ringback.settings_no_date", given=given)
    if kind in ("string_type", "path_type"):
        return message("ringback.settings_no_text")
    return None


def _shape(way: Way, kind: str, value: Any) -> Remark | None:
    """A list where names belong, names where a list does, a single word for either."""
    if way[0] == "hours" and len(way) <= 2 and isinstance(value, str | list):
        return Remark(way, message("ringback.hours_under_name", example=HOURS_EXAMPLE))
    if kind == "list_type":
        if isinstance(value, dict):
            return Remark(way, message("ringback.settings_list_of", name=str(way[-1])))
        return Remark(way, message("ringback.settings_no_list", given=shown(value)), f"[{shown(value)}]")
    if kind not in ("dict_type", "model_type", "model_attributes_type"):
        return None
    if isinstance(value, list):
        return Remark(way, message("ringback.settings_names_of", name=str(way[-1])))
    if isinstance(value, str) and (found := re.fullmatch(r"([A-Za-z_]+) ?[:=] ?(\S.*)", value)):
        right = f"{found[1]}: {found[2]}"
        return Remark(way, message("ringback.settings_no_space", given=shown(value), right=right), right)
    example = {"lines": '{number: "1000", name: Support}', "agents": '{name: anna, display: Anna, extension: "201"}'}
    if len(way) == 2 and way[0] in example:
        return Remark(way, message("ringback.settings_entry", given=shown(value), example=example[str(way[0])]))
    return Remark(way, message("ringback.settings_no_section", given=shown(value)))


def _ours(way: Way, error: BaseException) -> Remark:
    if isinstance(error, SettingError):
        return Remark(way, error.message, error.suggestion)
    return Remark(way, text(str(error)))


def _unknown(way: Way, model: type[BaseModel]) -> Remark:
    names = _names(model, way[:-1])
    if secret := secret_for(str(way[0]), str(way[-1])):
        return Remark(way, message("ringback.settings_secret", name=secret))
    head, dot, rest = str(way[-1]).partition(".")
    if dot and head in names:
        right = f"{head}: {{{rest}: ...}}"
        return Remark(way, message("ringback.settings_dotted", name=shown(way[-1]), right=right), right)
    if meant := meant_name(way, model):
        if looks_like(str(way[-1])) == meant:
            return Remark(way, message("ringback.settings_look_alike", name=meant), meant)
        return Remark(way, message("ringback.settings_meant", name=shown(way[-1])), meant)
    wanted = OTHER_NAMES.get(str(way[-1]).casefold(), way[-1])
    elsewhere = [place for place, name in _all_names(model) if name == wanted]
    if elsewhere:
        return Remark(way, message("ringback.settings_elsewhere", name=shown(way[-1]), places=elsewhere), elsewhere[0])
    return Remark(way, message("ringback.settings_unknown", name=shown(way[-1]), known=sorted(names)))


def _not_one_of(way: Way, given: str, known: list[str]) -> Remark:
    word = given.strip().casefold()
    on = YES_AND_NO.get(word)
    switched = "" if on is None else next((each for each in SWITCHED[on] if each in known), "")
    other = OTHER_WORDS.get(word, "")
    meant = (other if other in known else "") or switched or nearest(given, known)
    return Remark(way, message("ringback.settings_not_one_of", given=given, known=known), meant)


def _no_number(way: Way, given: Any) -> Remark:
    """A duration with its unit is turned into the unit that the setting counts in."""
    name = next((str(part) for part in reversed(way) if isinstance(part, str)), "")
    counted = next((unit for unit in _COUNTED_IN if name.endswith(unit)), "")
    counted = "seconds" if way[0] == "pause_limits" else counted
    seconds = _seconds(str(given))
    if counted and seconds is not None:
        right = f"{seconds / _COUNTED_IN[counted]:g}"
        return Remark(way, message("ringback.settings_counted", given=shown(given), unit=counted, right=right), right)
    found = _RANGE.fullmatch(str(given).strip())
    if found and name in ("rtp_first", "rtp_last"):
        what = message("ringback.rtp_range", given=shown(given), first=found[1], last=found[2])
        return Remark(way, what, found[1 if name == "rtp_first" else 2])
    return Remark(way, message("ringback.settings_no_number", given=shown(given)))


def _seconds(given: str) -> float | None:
    if _DURATION.fullmatch(given.strip()):
        return sum(
            float(found[1].replace(",", ".")) * _UNITS[found[2].lower()] for found in _PART.finditer(given.strip())
        )
    if found := _CLOCK.fullmatch(given.strip()):
        return int(found[1]) * 60 + int(found[2]) if found[3] is None else None
    return None


def way_of(error: ErrorDetails) -> Way:
    """Without the steps that are no part of the file: an error in a name is told at that name."""
    return tuple(part for part in error["loc"] if part not in NO_STEPS)


def _names(model: type[BaseModel], way: Way) -> list[str]:
    """The settings that may stand at `way`."""
    there: Any = model
    for part in way:
        there = _step(there, part)
    return list(there.model_fields) if isinstance(there, type) and issubclass(there, BaseModel) else []


def _step(there: Any, part: str | int) -> Any:
    there = _bare(there)
    if isinstance(there, type) and issubclass(there, BaseModel):
        known = there.model_fields.get(str(part))
        return _bare(known.annotation) if known is not None else None
    arguments = get_args(there)
    return _bare(arguments[-1]) if arguments else None


def _bare(annotation: Any) -> Any:
    """The type without what is said of it, and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(each for each in get_args(annotation) if each is not type(None))
        else:
            return annotation


def _all_names(
    model: type[BaseModel], place: str = "", around: tuple[type[BaseModel], ...] = ()
) -> Iterator[tuple[str, str]]:
    """Each setting of each section, with the section as it is written; what holds its like is told once."""
    if model in around:
        return
    around = (*around, model)
    for name, known in model.model_fields.items():
        yield (f"{place}{name}", name)
        inner = _bare(known.annotation)
        while get_args(inner):
            inner, place_inner = _bare(get_args(inner)[-1]), "*."
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _all_names(inner, f"{place}{name}.{place_inner}", around)
                break
        else:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _all_names(inner, f"{place}{name}.", around)
