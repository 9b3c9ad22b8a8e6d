"""What can go wrong with a system beside: each class says what is known of the request that failed."""

from ringback.environment import Away
from ringback.errors import RingbackError


class ConnectorError(RingbackError):
    """The base: a system beside did not do what was asked of it."""


class SystemAway(ConnectorError, Away):
    """It may have done it: the answer was lost, late, or none that can be read."""


class SystemBusy(ConnectorError):
    """It did nothing, because it has too much to do."""

    seconds: float | None = None
    """How long it wants to be left alone; None: it named no time."""

    def after(self, seconds: float | None) -> "SystemBusy":
        """Itself, with the time that it wants."""
        self.seconds = seconds
        return self


class SystemRefuses(ConnectorError):
    """It did nothing, and says why."""


class WrongPassword(ConnectorError):
    """It did nothing, because it does not know us."""


class OutsideTicketGone(ConnectorError):
    """The ticket is not there any more."""


class NoConnector(ConnectorError):
    """The settings have none of this name."""
