"""What can go wrong between a raw file and the library."""

from ringback.errors import RingbackError


class RecordingError(RingbackError):
    """A recording cannot be finished as it is."""


class NameRefused(RecordingError):
    """A call's name that is not fit to name a file."""


class VerifyError(RecordingError):
    """What was written is not what was read."""
