"""What can go wrong with tickets."""

from ringback.errors import RingbackError


class TicketError(RingbackError):
    """A conversation cannot be put on a ticket."""
