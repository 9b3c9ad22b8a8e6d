"""What keeps alarms from being told, besides what servers and services say (`ringback/handover/errors.py`)."""

from ringback.errors import RingbackError


class NoRecipient(RingbackError):
    """The settings have no recipient of that name."""
