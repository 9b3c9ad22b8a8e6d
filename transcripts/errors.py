"""What can go wrong between a recording and its text."""

from ringback.errors import RingbackError


class TranscriptError(RingbackError):
    """A call cannot be transcribed."""


class ModelError(TranscriptError):
    """A speech model is missing, damaged or cannot be fetched."""


class LanguageError(TranscriptError):
    """No recogniser here understands the language."""
