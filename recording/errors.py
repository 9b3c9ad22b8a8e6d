"""What can go wrong between a raw file and the library, and between the library and a listener."""

from recording.notes import thing
from ringback.environment import Away
from ringback.errors import RingbackError


class RecordingError(RingbackError):
    """A recording cannot be finished or had as it is."""


class NameRefused(RecordingError):
    """A call's name, or a row's, that is not fit to name a file."""


class VerifyError(RecordingError):
    """What was written is not what was read."""


class NotAFile(RecordingError):
    """Something lies in a recording's place that is no file: it is not opened."""

    code = "recording.not_a_file"

    def __init__(self, kind: str) -> None:
        super().__init__(kind=thing(kind))
        self.kind = kind


class NoSound(RecordingError):
    """There is nothing to hear: the recording has no file, or the file is gone or no longer what was written."""


class StorageError(RecordingError, Away):
    """The storage of recordings cannot do what was asked: it is away, refuses us, or is not set up."""


class TooLate(RecordingError):
    """The call is over and its sound has been thrown away already."""

    code = "recording.too_late"
