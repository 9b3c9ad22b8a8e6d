"""What callers hear, as an owner writes it: the name of a prompt, or the words themselves by language.

Owns how words become the name of a prompt. Leaves their sound to `prompts/`, which makes it with the installed voice
when settings are taken into force.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema

from ringback.config.base import Language, Model, Prompt, Shown
from ringback.config.remarks import SettingError, Way

MADE = "said-"
"""How the names begin of prompts that are made of words in the settings."""
MOST_CHARACTERS = 1000
"""Of one sentence: more than a minute of speech."""
NAME, WORDS = "[name]", "[words]"
"""Steps of pydantic's way to a mistake that are no part of the file."""

_Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_CHARACTERS)]


def _not_empty(words: dict[str, str]) -> dict[str, str]:
    if not words:
        raise SettingError("ringback.no_words")
    return words


class Spoken(str):
    """The name of a prompt, which is all that whoever plays it needs to know.

    `menu-main` in a file is the prompt of that name; `{en: Press 1., ru: Нажмите 1.}` is a prompt made of these words,
    whose name follows from them: other words are another prompt, so that calls go on hearing what they began with.
    """

    words: Mapping[str, str]
    """By language what is said; empty for a prompt that has a name in the file."""

    def __new__(cls, name: str, words: Mapping[str, str] | None = None) -> "Spoken":
        made = super().__new__(cls, name)
        made.words = dict(words or {})
        return made

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "Spoken":
        """A prompt made of words."""
        told = json.dumps(dict(sorted(words.items())), ensure_ascii=False)
        return cls(f"{MADE}{hashlib.sha256(told.encode()).hexdigest()[:16]}", words)

    def __deepcopy__(self, _memo: object) -> "Spoken":
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        name = core_schema.no_info_after_validator_function(cls, handler.generate_schema(Prompt))
        by_language = Annotated[dict[Language, Annotated[_Said, *_SHOWN]], AfterValidator(_not_empty)]
        words = core_schema.no_info_after_validator_function(cls.of, handler.generate_schema(by_language))
        there = core_schema.is_instance_schema(cls)
        return core_schema.tagged_union_schema(
            {"[there]": there, NAME: name, WORDS: words},
            _form_of,
            serialization=core_schema.plain_serializer_function_ser_schema(_as_written),
        )


def spoken_in(there: object, way: Way = ()) -> Iterator[tuple[Way, Spoken]]:
    """Everything in a part of the settings that callers hear, with its way from `way` on."""
    if isinstance(there, Spoken):
        yield way, there
    elif isinstance(there, Model):
        for name in type(there).model_fields:
            yield from spoken_in(getattr(there, name), (*way, name))
    elif isinstance(there, dict):
        for key, each in there.items():
            yield from spoken_in(each, (*way, key))
    elif isinstance(there, list):
        for at, each in enumerate(there):
            yield from spoken_in(each, (*way, at))


def _form_of(value: Any) -> str:
    if isinstance(value, Spoken):
        return "[there]"
    return WORDS if isinstance(value, dict) else NAME


def _as_written(value: Spoken) -> Any:
    return dict(value.words) if value.words else str(value)


_SHOWN = Shown.__metadata__  # type: ignore[attr-defined]
"""The checks of a text that people read, for one that they hear."""
