"""What can go wrong where an owner's model is asked."""

from ringback.environment import Away
from ringback.errors import RingbackError


class RetellingFailed(RingbackError):
    """The model gave nothing that may be shown: another try would give the same."""


class RetellerAway(Away):
    """The model's server cannot be asked now."""
