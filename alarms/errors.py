"""What keeps a message about alarms from arriving. Who is to blame decides whether and when it is tried again."""

from ringback.environment import Away
from ringback.errors import RingbackError


class AlarmMessageError(RingbackError):
    """The base: a message could not be handed over."""


class OtherSideAway(AlarmMessageError, Away):
    """The server or service cannot be reached, is late, or takes nothing just now: tried again for ever."""


class RefusesUs(AlarmMessageError):
    """The server knows us and lets us in no further: a wrong password, no encryption, a certificate that is not
    trusted. Somebody has to mend it: tried again for ever, in long pauses, so that no account is locked."""


class RefusesMessage(AlarmMessageError):
    """The server does not want this message, whoever it is for."""


class RefusesAddress(AlarmMessageError):
    """Nobody has this address: another try would say the same."""


class NoRecipient(AlarmMessageError):
    """The settings have no recipient of that name."""
