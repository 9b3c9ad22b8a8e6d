"""What can go wrong where something is kept, erased or listened to with a reason."""

from ringback.errors import RingbackError


class RetentionError(RingbackError):
    """A legal hold, an erasure or a request to listen that cannot be."""
