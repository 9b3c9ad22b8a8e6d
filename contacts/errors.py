"""What can go wrong with contacts."""

from ringback.errors import RingbackError


class ContactError(RingbackError):
    """A person cannot be changed, merged or brought as asked."""
