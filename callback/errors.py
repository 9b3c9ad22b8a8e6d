"""Errors of the promise to call back."""

from ringback.errors import RingbackError


class CallbackError(RingbackError):
    """A promise to call back cannot be taken in, kept or changed.

    The text is English for the log and the API; a page or a prompt in another language goes by `code`.
    """

    def __init__(self, sentence: str, code: str = "trouble") -> None:
        super().__init__(sentence)
        self.code = code
        """Of a number: those of `callback.policy.Refusal`. Of a request: line, queue, off, source, past, far, hours,
        notes. Of a promise: unknown, ended, talking. Else trouble."""
