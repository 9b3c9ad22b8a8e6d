"""What may be wrong with prompts; the sentences are in `prompts/messages.py`."""

from ringback.errors import RingbackError


class PromptError(RingbackError):
    """A prompt or its text cannot be used as it is."""


class PromptBuildError(PromptError):
    """A prompt cannot be made here."""
