"""What other rooms may ask about surveys, and what is noted of a number. How callers are asked is `ivr/`'s.

Results over many calls are `survey/results.py`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ringback.config import Survey
from ringback.store.alarms import insert_or_leave
from ringback.store.base import uuid7
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


def answer_by_link(
    session: Session,
    run: SurveyRun,
    survey: Survey,
    keys: Mapping[str, str],
    language: str,
    at: datetime,
    *,
    no_more: bool = False,
) -> None:
    """Who hung up or pressed nothing has answered in writing: `keys` by the name of the question. An answer that there
    is already stays, and a key that means nothing is none. In the caller's transaction."""
    meant = [row.means for row in answers_of(session, run.call_id)]
    for name, question in zip(survey.names, survey.questions, strict=True):
        option = question.options.get(keys.get(name, ""))
        if option is None:
            continue
        facts = {"question": question.question_in(language), "key": keys[name], "label": option.label_in(language)}
        values = {"id": uuid7(), "call_id": run.call_id, "survey": run.survey, "name": name, "at": at, **facts}
        session.execute(insert_or_leave(SurveyAnswer).values(**values, means=option.means))
        meant.append(option.means)
    if meant:
        run.outcome, run.poor = "answered", "poor" in meant
    if no_more and run.caller is not None:
        session.execute(insert_or_leave(SurveyOptOut).values(id=uuid7(), caller=run.caller, at=at))
        run.outcome = run.outcome if meant else "opted_out"
    session.flush()
