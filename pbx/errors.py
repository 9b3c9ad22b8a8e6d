"""Errors of the switch."""

from ringback.errors import RingbackError


class PbxError(RingbackError):
    """Asterisk cannot do what was asked."""


class AsteriskError(PbxError):
    """Asterisk cannot be had, configured or started as it is."""


class AmiError(PbxError):
    """The manager interface refused something or is not there."""


class AmiInjection(AmiError):
    """A value would have become a second AMI header or action; nothing was sent."""
