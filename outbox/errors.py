"""Errors of the outbox."""

from ringback.errors import RingbackError


class OutboxError(RingbackError):
    """The base: something cannot leave the house."""


class BodyTooLarge(OutboxError):
    """What is sent to one receiver is larger than `outbox.service.MOST_SENT_BYTES`."""


class NoReceiver(OutboxError):
    """Nobody knows a receiver of that name."""
