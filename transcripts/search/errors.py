"""What can go wrong with a search, each in one sentence a person understands."""

from transcripts.errors import TranscriptError


class SearchError(TranscriptError):
    """A search cannot be made or kept."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        """For pages, which have the sentence in the reader's language."""
