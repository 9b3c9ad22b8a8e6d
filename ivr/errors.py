"""Errors of the call's own logic."""

from ringback.errors import RingbackError


class FlowError(RingbackError):
    """The settings do not say what to do with a call."""
