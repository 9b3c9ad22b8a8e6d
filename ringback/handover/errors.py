"""What keeps a message from being handed over to a server or a service. Who is to blame decides whether and when it is
tried again."""

from ringback.environment import Away
from ringback.errors import RingbackError


class HandoverError(RingbackError):
    """The base: a message could not be handed over."""


class OtherSideAway(HandoverError, Away):
    """The server or service cannot be reached, is late, or takes nothing just now: tried again for ever."""


class RefusesUs(HandoverError):
    """The server knows us and lets us in no further: a wrong password, no encryption, a certificate that is not
    trusted. Somebody has to mend it: tried again for ever, in long pauses, so that no account is locked."""


class RefusesMessage(HandoverError):
    """The server does not want this message, whoever it is for."""


class RefusesAddress(HandoverError):
    """Nobody has this address: another try would say the same."""
