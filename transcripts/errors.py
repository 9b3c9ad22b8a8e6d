"""What can go wrong between a recording and its text, each in one sentence a person understands."""

from recording.errors import StorageError
from ringback.environment import is_environment
from ringback.errors import RingbackError


class TranscriptError(RingbackError):
    """A call cannot be transcribed."""


class ModelError(TranscriptError):
    """A speech model is missing, damaged or cannot be fetched."""


class LanguageError(TranscriptError):
    """No recogniser here understands the language."""


def is_waited_for(error: Exception) -> bool:
    """Whether an error is nothing against the call: a full disk, a storage that is away. Its try does not count."""
    return isinstance(error, StorageError) or is_environment(error)
