"""Errors of the switch."""

from ringback.errors import RingbackError


class PbxError(RingbackError):
    """Asterisk cannot do what was asked."""


class AmiError(PbxError):
    """The manager interface refused something or is not there."""


class AmiInjection(AmiError):
    """A value would have become a second AMI header or action; nothing was sent."""
