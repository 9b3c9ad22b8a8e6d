"""What can go wrong with a search."""

from transcripts.errors import TranscriptError


class SearchError(TranscriptError):
    """A search cannot be made or kept."""
