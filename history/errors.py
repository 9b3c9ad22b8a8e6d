"""What can go wrong with the history of another system."""

from ringback.errors import RingbackError


class HistoryError(RingbackError):
    """Files cannot be read, or an import cannot be done or undone as asked."""
