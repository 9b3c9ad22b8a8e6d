"""Errors of known problems."""

from ringback.errors import RingbackError


class ProblemError(RingbackError):
    """A known problem cannot be told to callers, or ended, as asked."""
