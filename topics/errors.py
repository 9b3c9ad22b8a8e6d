"""Errors of topics."""

from ringback.errors import RingbackError


class TopicError(RingbackError):
    """A topic cannot be named or merged as asked."""
