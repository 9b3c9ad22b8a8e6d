"""Errors of planning."""

from ringback.errors import RingbackError


class StaffingError(RingbackError):
    """A forecast or a plan cannot be made as asked."""
