"""Rows of scoring: cards with their versions, evaluations, disputes, goals of reviewers, calibrations.

None of them quotes a call: evidence is a mark of the library. What people write about a call goes with the call
(`erasing.py`).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class Scorecard(Base):
    """A list of criteria by which calls are scored, through all its versions."""

    __tablename__ = "scorecard"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    title: Mapped[str]
    queues: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Names of those it is for; none: all."""
    lines: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Dialled numbers; none: all."""
    person: Mapped[str]
    """Who made it."""
    made_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when nothing is scored by it any more; None: it is in use."""


class ScorecardVersion(Base):
    """The criteria as they stood for a while. Once published it is never changed."""

    __tablename__ = "scorecard_version"
    __table_args__ = (UniqueConstraint("card_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scorecard.id"))
    number: Mapped[int]
    """1, 2, ...: by the card."""
    criteria: Mapped[list[Any]] = mapped_column(default_factory=list)
    """As `scoring.policy.Criterion.as_json`, in their order."""
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    published_by: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: a draft."""


class Evaluation(Base):
    """One person's scoring of one call."""

    __tablename__ = "evaluation"
    __table_args__ = (
        Index("ix_evaluation_call", "call_id"),
        Index("ix_evaluation_agent", "agent", "kind", "done_at", "id"),
        Index("ix_evaluation_person", "person", "kind", "done_at", "id"),
        Index("ix_evaluation_done", "kind", "done_at", "id"),
        Index("ix_evaluation_about", "about"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scorecard_version.id"))
    """By which criteria: kept for good, whatever is published later."""
    kind: Mapped[str]
    """review; calibration: one of several of the same call, which the agent never sees; grade: a lead's, beside a
    finished review of somebody else."""
    about: Mapped[uuid.UUID | None] = mapped_column(default=None)
    """Of calibration: its session; of grade: the review that is looked at."""
    person: Mapped[str]
    """Who scores."""
    agent: Mapped[str]
    """Whose part of the call is scored."""
    queue: Mapped[str | None] = mapped_column(default=None)
    """Of the call."""
    begun_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was handed in; None: a draft, which nobody else sees."""
    percent: Mapped[float | None] = mapped_column(default=None)
    """`scoring.policy.score` of what was given, after disputes; None: not handed in, or nothing applied."""
    failed: Mapped[bool] = mapped_column(default=False)
    """Something that had to be passed was not."""
    comment: Mapped[str] = mapped_column(default="")
    """On the whole call; goes with the call."""
    suggestions: Mapped[list[Any]] = mapped_column(default_factory=list)
    """As `scoring.suggestions.Suggestion.as_json`: places, no words."""
    suggested_of: Mapped[int | None] = mapped_column(default=None)
    """`transcripts.models.Transcript.revision` that they are of, -1: there was no text; None: from before this was
    stored."""
    answer: Mapped[str] = mapped_column(default="")
    """The agent's; goes with the call."""
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the agent looked at it first."""


class EvaluationPoint(Base):
    """What was given for one criterion."""

    __tablename__ = "evaluation_point"
    __table_args__ = (UniqueConstraint("evaluation_id", "criterion"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    criterion: Mapped[str]
    """`scoring.policy.Criterion.key`."""
    points: Mapped[float | None] = mapped_column(default=None)
    skipped: Mapped[bool] = mapped_column(default=False)
    """It does not apply."""
    causes: Mapped[list[Any]] = mapped_column(default_factory=list)
    comment: Mapped[str] = mapped_column(default="")
    """Goes with the call."""


class EvaluationEvidence(Base):
    """A mark that shows what a criterion was scored by."""

    __tablename__ = "evaluation_evidence"
    __table_args__ = (Index("ix_evaluation_evidence_evaluation", "evaluation_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    criterion: Mapped[str]
    mark_id: Mapped[uuid.UUID]
    """Of `library.models.Mark`; its person may take it away until the evaluation is handed in (`let_go`)."""


class EvaluationDispute(Base):
    """The agent says that a criterion was scored wrongly, and a second person decides."""

    __tablename__ = "evaluation_dispute"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "criterion"),
        Index("ix_evaluation_dispute_state", "state", "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    criterion: Mapped[str]
    person: Mapped[str]
    reason: Mapped[str]
    """Goes with the call."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    due_at: Mapped[datetime]
    """Until when it is to be answered."""
    state: Mapped[str] = mapped_column(default="open")
    """open, kept, changed"""
    points_before: Mapped[float]
    points_after: Mapped[float | None] = mapped_column(default=None)
    answered_by: Mapped[str | None] = mapped_column(default=None)
    """Never who scored, and never who disputes."""
    answer: Mapped[str] = mapped_column(default="")
    """Goes with the call."""
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class ReviewGoal(Base):
    """How many calls somebody is to score each week."""

    __tablename__ = "review_goal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    person: Mapped[str] = mapped_column(unique=True)
    per_week: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class Calibration(Base):
    """Several people score the same calls without seeing what the others give."""

    __tablename__ = "calibration"
    __table_args__ = (Index("ix_calibration_begun", "begun_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    title: Mapped[str]
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scorecard_version.id"))
    reviewers: Mapped[list[Any]]
    """Names of those who score."""
    begun_by: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    """From then on everybody of it sees what the others gave; when the last one handed in, or a lead ended it."""
    gone: Mapped[int] = mapped_column(default=0)
    """Calls that left because they were erased."""


class CalibrationCall(Base):
    """One of the calls that all of them score."""

    __tablename__ = "calibration_call"
    __table_args__ = (UniqueConstraint("calibration_id", "call_id"), Index("ix_calibration_call_call", "call_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    calibration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calibration.id"))
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    agent: Mapped[str]
    """Whose part is scored."""
