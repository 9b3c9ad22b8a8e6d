"""Errors of nuisance callers."""

from ringback.errors import RingbackError


class NuisanceError(RingbackError):
    """A number cannot be put on the list of nuisance callers, or taken from it."""
