"""Errors of the promise to call back."""

from ringback.errors import RingbackError


class CallbackError(RingbackError):
    """A promise to call back cannot be taken in, kept or changed."""


class NotWritten(CallbackError):
    """The store could not take a promise in now; nothing else is wrong with it."""

    code = "callback.not_written"
