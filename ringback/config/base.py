"""What every section of the settings is made of: the model, names and numbers, and how a wrong one is told."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from ringback.config.remarks import SettingError
from ringback.messages import Message, message

_FORMS: dict[str, str] = {}
"""By pattern the code of the words that say what may be written."""


def form(pattern: str, code: str, *, strip: bool = False, least: int | None = None, most: int | None = None) -> Any:
    """A pattern that texts must have; `code` names the words that tell an owner what may be written instead."""
    _FORMS[pattern] = code
    return StringConstraints(pattern=pattern, strip_whitespace=strip or None, min_length=least, max_length=most)


def form_of(pattern: str) -> Message:
    """What may be written, in words; for a pattern without words, the pattern."""
    code = _FORMS.get(pattern)
    return message("ringback.form_pattern", pattern=pattern) if code is None else Message(code)


Key = Annotated[str, form(r"^[0-9]$", "ringback.form_key")]
Name = Annotated[str, form(r"^[a-z][a-z0-9_-]{0,39}$", "ringback.form_name")]
Prompt = Annotated[str, form(r"^[a-z0-9][a-z0-9_-]{0,63}$", "ringback.form_prompt")]
Digits = Annotated[str, form(r"^[0-9]{2,15}$", "ringback.form_digits")]
Language = Annotated[str, form(r"^[a-z]{2,3}$", "ringback.form_language")]
"""What callers are served in, ISO 639; which there are is told by files (`prompts/files.py: languages`)."""
PageLanguage = Literal["en", "ru"]
"""What pages and messages to people are written in."""


def in_language(words: str, others: Mapping[Language, str], language: str) -> str:
    """What an owner wrote, in the language of a call or a reader; where it is not given in that language, as it is."""
    return next((other for code, other in others.items() if code == language), words)


def _shown(value: str) -> str:
    """Raises SettingError for characters that nobody sees and that turn round or hide what stands beside them."""
    unseen = [char for char in value if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in JOINERS]
    if unseen:
        plain = "".join(char for char in value if char not in unseen).strip()
        raise SettingError("ringback.unseen_character", code=f"U+{ord(unseen[0]):04X}").instead(plain)
    return value


JOINERS = "\u200c\u200d"
"""They are part of how some languages and pictures are written."""
Shown = Annotated[str, AfterValidator(_shown)]
"""What people read: any text of visible characters."""


def yaml_off(value: object) -> object:
    """A file may say `off` in each way in which YAML says no."""
    return "off" if value is False or (isinstance(value, str) and value.lower() in ("no", "false", "off")) else value


Off = BeforeValidator(yaml_off)
Prefix = Annotated[str, form(r"^\+[1-9][0-9]{0,14}$", "ringback.form_prefix")]
"""How a number in E.164 begins."""


class Model(BaseModel):
    """Settings are frozen, and a misspelled name is an error, never ignored.

    What the docstring under a field says is read for the schema alone (`schema.py`): each start would read all sources.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
