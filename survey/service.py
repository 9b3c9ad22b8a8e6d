"""What other rooms may ask about answers. Who is asked, and how, is the call's affair (`ivr/`)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import SurveyAnswer


def answers_of(session: Session, call_id: str) -> list[tuple[str, str, str, datetime]]:
    """(survey, question, label, at) of each answer that the caller gave in this call, in their order."""
    rows = session.scalars(select(SurveyAnswer).where(SurveyAnswer.call_id == call_id).order_by(SurveyAnswer.at))
    return [(row.survey, row.question, row.label, row.at) for row in rows]


def choices_of(session: Session, call_id: str) -> list[tuple[str, str]]:
    """(key, label) of each answer that the caller gave in this call."""
    rows = session.scalars(select(SurveyAnswer).where(SurveyAnswer.call_id == call_id).order_by(SurveyAnswer.at))
    return [(row.key, row.label) for row in rows]
