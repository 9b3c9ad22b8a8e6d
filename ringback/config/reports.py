"""What figures are made by: which calls count as answered in time, which as never having waited, who called again."""

from typing import Literal

from pydantic import Field

from ringback.config.base import Model

ServiceLevelRule = Literal["A", "B", "C", "D", "E", "F"]


class ServiceLevel(Model):
    """The share of callers who were answered in time, by one of the rules that are in use.

    A: of those who were answered. B: of all who were offered. C: of all but those who gave up in time. D: answered or
    given up in time, of those who were answered or gave up. E: as the three switches say. F: as B, without those who
    gave up before `short_abandon_seconds`. Flow-outs (a call promised, another queue, a message, closing time) are in
    no rule's denominator.
    """

    rule: ServiceLevelRule = "F"
    seconds: int = Field(20, ge=1, le=600)
    """In time is within so many seconds of entering the queue, ringing included."""
    goal: float = Field(0.8, gt=0, le=1)
    """The share that is wanted."""
    without_short: bool = True
    """Of rule E: callers who gave up before `short_abandon_seconds` do not count."""
    without_abandoned: bool = False
    """Of rule E: callers who gave up do not count at all."""
    with_flow_outs: bool = False
    """Of rule E: flow-outs count as not answered in time."""


class ReportSettings(Model):
    """Changing any of this recomputes the past: what is stored knows none of it."""

    service_level: ServiceLevel = ServiceLevel()
    short_abandon_seconds: int = Field(5, ge=0, le=600)
    """Who hung up in the queue within so many seconds never meant to wait, and is counted apart."""
    first_contact_hours: int = Field(168, ge=1, le=720)
    """Who does not call again for so long was helped at the first contact."""
