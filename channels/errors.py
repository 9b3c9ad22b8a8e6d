"""What can be wrong with a message to a customer, or with a way to one."""

from typing import Self

from ringback.environment import Away
from ringback.errors import RingbackError


class ChannelError(RingbackError):
    """The base: a message that cannot be written or sent as it is."""


class WrongField(ChannelError):
    """What somebody typed into a field of the form cannot be."""

    field = ""
    """Its name."""

    def at(self, field: str) -> Self:
        """The same, of this field."""
        self.field = field
        return self


class NoConsent(ChannelError):
    """Nobody may write to this customer by this way."""


class TooMany(ChannelError):
    """This address has had its messages for today."""


class NoSuchLink(ChannelError):
    """An address of ours that never was, is over, or is used up."""


class InboxAway(ChannelError, Away):
    """The place where answers come in cannot be reached, is late, or has broken off: tried again for ever."""


class InboxRefuses(ChannelError):
    """It lets us in no further: a wrong password, a certificate that is not trusted, no such folder. Somebody has to
    mend it: tried again for ever, in long pauses, so that no account is locked."""
