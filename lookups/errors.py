"""Errors of lookups."""

from ringback.errors import RingbackError


class LookupFailed(RingbackError):
    """A system of the owner's gave no answer that can be told to a caller."""
