"""Rows of the survey: what came of asking a caller, what the caller answered, and who wants to be asked no more.

Written by the controller, in the transaction of the step that brought it.
"""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7

STAYED = ("silent", "answered", "opted_out")
"""Outcomes of callers who heard a question to its end."""
ASKED = ("offered", "hung_up", *STAYED)
"""Outcomes of callers who were asked at all."""


class SurveyRun(Base):
    """A talk after which the caller was asked, or could have been."""

    __tablename__ = "survey_run"
    __table_args__ = (
        Index("ix_survey_run_at", "at", "survey"),
        Index("ix_survey_run_agent", "agent", "at"),
        Index("ix_survey_run_caller", "caller", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), unique=True)
    survey: Mapped[str]
    """Its name in the settings."""
    at: Mapped[datetime]
    """When it began: the talk had ended."""
    outcome: Mapped[str]
    """offered (goes on, or nobody knows how it ended), hung_up (before an answer), silent (stayed and pressed nothing
    that means anything), answered (at least one question), opted_out (wants to be asked no more), not_asked (see
    `not_asked`)"""
    not_asked: Mapped[str | None] = mapped_column(default=None)
    """Why not: one of `survey.questionnaire.NotAsked`."""
    agent: Mapped[str | None] = mapped_column(default=None)
    """Who had the caller last, whoever began: it is this talk that is judged."""
    queue: Mapped[str | None] = mapped_column(default=None)
    caller: Mapped[str | None] = mapped_column(default=None)
    """The fingerprint of the number (`ringback/fingerprints.py`), by which it is not asked again too soon; None: it has
    none by which it could be known again."""
    comment_from: Mapped[float | None] = mapped_column(default=None)
    """Seconds of the call's recording from which the caller speaks; None: was not asked to."""
    comment_to: Mapped[float | None] = mapped_column(default=None)
    follow_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The caller was promised a call about it."""
    poor: Mapped[bool] = mapped_column(default=False, server_default=false())
    """At least one answer means so."""


class SurveyAnswer(Base):
    """One caller's answer to one question."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("call_id", "survey", "name"), Index("ix_answer_label", "label", "call_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    survey: Mapped[str]
    question: Mapped[str]
    """Its words, in the language of the call."""
    key: Mapped[str]
    label: Mapped[str]
    """What the key stood for, in the language of the call."""
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(default="1", server_default="1")
    """What the question's answers are counted under: see `Question.name` of the settings."""
    means: Mapped[str | None] = mapped_column(default=None)
    """good, fair, poor; None: nothing."""


class SurveyOptOut(Base):
    """A number that is not to be asked. Deleted where somebody allows it again."""

    __tablename__ = "survey_opt_out"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    caller: Mapped[str] = mapped_column(unique=True)
    """As `SurveyRun.caller`."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
