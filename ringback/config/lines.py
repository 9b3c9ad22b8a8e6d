"""Dialled numbers, which are lines."""

from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema, model_validator

from ringback.config.base import Digits, Language, Model, Name, Shown
from ringback.config.menus import Case
from ringback.config.places import Country
from ringback.config.remarks import SettingError
from ringback.config.spellings import digits_of, full_number
from ringback.config.spoken import Spoken


class EntryPoint(Model):
    """A dialled number, or several that are one line."""

    number: Annotated[Digits, WithJsonSchema({"type": "string", "pattern": r"^\+?[0-9 ()./-]{2,30}$"})]
    """Short inside, e.g. "1000", or outside, e.g. "+12025550100": rows and pages name the line by its digits. A number
    outside is reached however a provider writes it, see `ringback/config/spellings.py`."""
    also: list[Annotated[str, AfterValidator(digits_of)]] = []
    """Further numbers that reach the line, or spellings that only your provider knows."""
    name: Shown
    language: Language = "en"
    languages: list[Language] = []
    """Further ones in which callers are served, by a key or because they were before."""
    notice: Spoken | None = Spoken("notice")
    """Played before everything else; None: no notice."""
    notice_can_be_skipped: bool = False
    """Whether a key cuts the notice, as it cuts the greeting. Not so, it is heard to its end; a key that is pressed
    meanwhile is the answer to the menu, and the greeting is left out."""
    greeting: Spoken = Spoken("welcome")
    greets_known: bool = False
    """Whether a caller who called within the last 30 days, and whose ticket is open, is asked first whether the call is
    about it."""
    start: list[Case] = []
    """Where callers begin of whom something is true, the first case that holds; everybody else, with the menu."""
    menu: Name = "main"
    hours: Name | None = None
    """When the line is open, one of `hours`; None: always. Closed, callers are told why and until when, and may be
    called back or leave a message."""
    default_country: Country = "US"
    """Country (ISO 3166 alpha-2) in which a number without prefix is read."""

    @model_validator(mode="before")
    @classmethod
    def number_in_digits(cls, raw: Any) -> Any:
        """A number may be written with a plus and punctuation; the plus is kept, as a further spelling."""
        if not isinstance(raw, dict) or not isinstance(raw.get("number"), str):
            return raw
        try:
            digits = digits_of(raw["number"])
        except SettingError:
            return raw  # said of the number itself, which is asked next
        digits = (full_number(digits, "ZZ") or digits) if digits.startswith("+") else digits
        also = raw.get("also", [])
        if digits.startswith("+") and isinstance(also, list):
            also = [digits, *(each for each in also if each != digits)]
        return {**raw, "number": digits.removeprefix("+"), **({"also": also} if also else {})}
