"""Errors of voice messages."""

from ringback.errors import RingbackError


class VoicemailError(RingbackError):
    """A voice message cannot be taken, released or marked as asked."""
