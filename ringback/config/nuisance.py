"""Nuisance callers: what they hear, for how long, and when a number calls too often."""

from typing import Literal

from pydantic import Field

from ringback.config.base import Model


class NuisanceSettings(Model):
    """Numbers from which calls are refused; the list itself is kept on its page."""

    hears: Literal["sentence", "busy"] = "sentence"
    """sentence: a polite one (the prompt `nuisance`), before the call is answered; busy: that the line is busy."""
    days: int = Field(30, ge=1, le=3650)
    """How long a number is refused where nobody says otherwise."""
    calls_per_minute: int | None = Field(None, ge=3, le=1000)
    """A number that calls more often within a minute is refused until it does not; None: however often it calls."""
