"""What reports say when they cannot."""

from ringback.errors import RingbackError


class ReportError(RingbackError):
    """What was asked for cannot be told; raised with the code of why."""


class NotCountedYet(ReportError):
    """What is to be sent is still being counted: there is more to tell in a moment."""
