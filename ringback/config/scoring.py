"""Scoring conversations: how long agents may dispute, and how long an answer may take."""

from pydantic import Field

from ringback.config.base import Model


class ScoringSettings(Model):
    """Evaluations of calls by scorecards."""

    dispute_days: int = Field(7, ge=1, le=90)
    """For so many days after an evaluation was handed in its agent may dispute a criterion."""
    answer_days: int = Field(7, ge=1, le=90)
    """Within so many days a second person is to answer a dispute; later it is shown as late."""
