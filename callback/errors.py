"""Errors of the promise to call back."""

from ringback.errors import RingbackError


class CallbackError(RingbackError):
    """A promise to call back cannot be taken in or kept."""
