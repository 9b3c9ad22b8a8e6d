"""What every section of the settings is made of: the model, names and numbers, and what YAML does to them."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from ringback.errors import RingbackError

Key = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Prompt = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,15}$")]
Language = Literal["en", "ru"]
Hours = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$")]
"""An interval of every day, e.g. 09:00-21:00; 24:00 is the end of the day."""


def yaml_off(value: object) -> object:
    """YAML reads a bare `off` as a false."""
    return "off" if value is False else value


def yaml_plus(value: object) -> object:
    """YAML reads a bare `+7` as the number 7."""
    return f"+{value}" if isinstance(value, int) and not isinstance(value, bool) else value


def yaml_dial(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {yaml_plus(key): str(new) if isinstance(new, int) else new for key, new in value.items()}


Prefix = Annotated[str, BeforeValidator(yaml_plus), StringConstraints(pattern=r"^\+[1-9][0-9]{0,14}$")]
"""How a number in E.164 begins."""


Origin = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?$")
]
"""A site as browsers name it: scheme, host and, where it is an unusual one, port."""


class ConfigError(RingbackError):
    """The settings file cannot be used as it is."""


class Model(BaseModel):
    """Settings are frozen, and a misspelled name is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
