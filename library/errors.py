"""Errors of the library."""

from ringback.errors import RingbackError


class LibraryError(RingbackError):
    """A mark, a clip, a playlist or an assignment cannot be made or changed as asked."""
