"""Errors of scoring."""

from ringback.errors import RingbackError


class ScoringError(RingbackError):
    """A scorecard, an evaluation, a dispute or a calibration cannot be made or changed as asked."""
