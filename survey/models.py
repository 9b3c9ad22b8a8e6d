"""Rows of the survey: what a caller answered."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, uuid7


class SurveyAnswer(Base):
    """One caller's answer to one question."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("call_id", "survey"), Index("ix_answer_label", "label", "call_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    survey: Mapped[str]
    question: Mapped[str]
    key: Mapped[str]
    label: Mapped[str]
    at: Mapped[datetime]
