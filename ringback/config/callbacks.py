"""Promises to call back: when, how often, and whom."""

from typing import Annotated

from pydantic import Field, model_validator

from ringback.config.base import Model, Prefix, Prompt
from ringback.config.intervals import Hours
from ringback.config.remarks import SettingError


class Callbacks(Model):
    """Promises to call back: when, how often, and whom. Which queues make them is each queue's `callback`."""

    attempts: int = Field(3, ge=1, le=10)
    """How often a promised call is tried before its promise counts as broken."""
    retry_minutes: list[Annotated[float, Field(gt=0, le=1440)]] = Field([5, 30], min_length=1)
    """After the first attempt, the second, ...; the last counts for all that follow."""
    hours: Hours = "09:00-21:00"
    """When a number may be called, by the clock where it is."""
    awake_minutes: float = Field(60, ge=0, le=240)
    """Anyone who has just asked on the phone is up and waits: how long they are called at any hour."""
    expiry_hours: float = Field(24, gt=0, le=720)
    """A promise not kept by then has expired: an alarm, and a ticket for a person."""
    allowed_prefixes: list[Prefix] = []
    """E.164 prefixes that may be called, e.g. `["+1", "+7495"]`; empty: the countries of the lines."""
    per_number_per_day: int = Field(5, ge=1)
    """Calls to one number a day, whatever becomes of them."""
    per_day: int = Field(500, ge=1)
    """Calls to all numbers together a day."""
    ask_reason: bool = True
    """Whether somebody who was promised a call is asked what it is about, in a few spoken words."""
    introduction: Prompt = "callback-introduction"
    """Prompt that says who calls, to a machine or a service that asks for it before it lets anybody through."""
    ring_seconds: float = Field(30, gt=0, le=120)
    """How long the customer's phone rings."""
    agent_seconds: float = Field(20, gt=0, le=120)
    """How long the agent's phone rings."""

    @property
    def hours_seconds(self) -> tuple[int, int]:
        """`hours` as seconds of the day: from, to (not included)."""
        first, last = ((int(part[:2]) * 60 + int(part[3:])) * 60 for part in self.hours.split("-"))
        return first, last

    @model_validator(mode="after")
    def hours_have_length(self) -> "Callbacks":
        first, last = self.hours_seconds
        if last - first < 3600:
            raise SettingError("ringback.callback_hours_short", hours=self.hours)
        return self
