"""What people are written about evaluations and disputes: the day of the call, and where to read it. No points."""

from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from letters.colleagues import Colleague
from letters.models import ColleagueLetter
from letters.news import LetterNews
from ringback.config import Settings
from ringback.messages import message
from scoring.models import Evaluation, EvaluationDispute


def news_of(session: Session, settings: Settings, letter: ColleagueLetter, who: Colleague) -> LetterNews | None:
    """See `letters.news.NewsOf`."""
    row = _scored(session, letter, who) if letter.kind == "scored" else _disputed(session, letter, who)
    call = None if row is None else session.scalars(select(Call).where(Call.call_id == row.call_id)).one_or_none()
    if row is None or call is None:
        return None
    day = format_date(call.arrived_at.astimezone(ZoneInfo(settings.timezone)).date(), "d MMMM y", who.language)
    said = message(f"scoring.letter_{letter.kind}", day=day)
    return LetterNews(said, said, f"/scoring/evaluations/{row.id}")


def _scored(session: Session, letter: ColleagueLetter, who: Colleague) -> Evaluation | None:
    """None: it is gone, or its agent has looked at it."""
    row = session.get(Evaluation, letter.about)
    told = row is not None and row.agent == who.name and row.done_at is not None and row.seen_at is None
    return row if told else None


def _disputed(session: Session, letter: ColleagueLetter, who: Colleague) -> Evaluation | None:
    """None: the dispute is gone; to who may answer: or it has an answer, or is not his or hers to answer."""
    dispute = session.get(EvaluationDispute, letter.about)
    if dispute is None:
        return None
    row = session.get_one(Evaluation, dispute.evaluation_id)
    if letter.kind == "answered":
        is_side = who.name == dispute.person or (who.name == row.person and who.trains)
        return row if dispute.state != "open" and is_side else None
    may_answer = who.trains and who.name not in (row.person, row.agent, dispute.person)
    return row if dispute.state == "open" and may_answer else None
