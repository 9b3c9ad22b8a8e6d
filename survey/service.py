"""What other rooms may ask about surveys, and what is noted of a number. How callers are asked is `ivr/`'s.

Results over many calls are `survey/results.py`'s.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey.models import ASKED, SurveyAnswer, SurveyOptOut, SurveyRun


@dataclass(frozen=True)
class CallerWish:
    """What is known of a number."""

    asked_at: datetime | None
    """When it was asked last; None: never, as far as is known."""
    opted_out: bool


NEVER_ASKED = CallerWish(None, opted_out=False)


def wish_of(session: Session, caller: str) -> CallerWish:
    """Of the number with this fingerprint."""
    last = select(func.max(SurveyRun.at)).where(SurveyRun.caller == caller, SurveyRun.outcome.in_(ASKED))
    out = select(SurveyOptOut.id).where(SurveyOptOut.caller == caller)
    return CallerWish(session.scalar(last), session.scalar(out) is not None)


def may_be_asked_again(session: Session, caller: str) -> bool:
    """Takes an opt-out back. False: there was none."""
    done = session.execute(delete(SurveyOptOut).where(SurveyOptOut.caller == caller))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def answers_of(session: Session, call_id: str) -> list[SurveyAnswer]:
    """Each answer that the caller gave in this call, in their order."""
    query = select(SurveyAnswer).where(SurveyAnswer.call_id == call_id)
    return list(session.scalars(query.order_by(SurveyAnswer.at, SurveyAnswer.id)))


def choices_of(session: Session, call_id: str) -> list[tuple[str, str]]:
    """(key, label) of each answer that the caller gave in this call."""
    return [(row.key, row.label) for row in answers_of(session, call_id)]


def run_of(session: Session, call_id: str) -> SurveyRun | None:
    """What came of asking in this call; None: there was no talk after which anybody is asked."""
    return session.scalars(select(SurveyRun).where(SurveyRun.call_id == call_id)).one_or_none()


def answers_to_note(session: Session, call_id: str) -> list[tuple[str, str, str, datetime]]:
    """(name, question, label, at) of each answer that the caller gave in this call, for the ticket's history."""
    return [(f"{row.survey}:{row.name}", row.question, row.label, row.at) for row in answers_of(session, call_id)]
