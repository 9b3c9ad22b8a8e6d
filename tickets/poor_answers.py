"""A poor answer in a survey is told on the ticket, with the seconds of the talk that may explain it.

Written once the text of the call is there, because silence and overlap are known by its words; where no text comes it
waits no longer than PATIENCE. The ticket is open again: somebody is not content.
"""

from datetime import timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.messages import Message, message
from ringback.store.base import utcnow
from survey.models import SurveyRun
from survey.service import answers_of
from tickets.entries import add_entry
from tickets.models import TicketEntry
from tickets.service import clock
from tickets.work import reopen
from transcripts.models import Transcript
from transcripts.text.models import CallMeasure
from transcripts.text.moments import Moment, moments_of

POOR = "poor"
"""The kind of the entry, and how its key begins; the call's call_id follows."""
PATIENCE = timedelta(hours=1)
LATELY = timedelta(days=1)
"""What `full=False` looks back on."""
NO_TEXT = ("none", "failed", "erased")
"""States of a transcript that has no words."""


def due(session: Session, *, full: bool) -> list[str]:
    """call_ids of calls on a ticket with a poor answer that the ticket does not tell yet."""
    now = utcnow()
    told = exists().where(TicketEntry.source_key == f"{POOR}:" + Call.call_id)
    measured = exists().where(CallMeasure.transcript_id == Transcript.id)
    settled = or_(
        Transcript.state.in_(NO_TEXT), and_(Transcript.state == "done", measured), Call.ended_at < now - PATIENCE
    )
    query = (
        select(Call.call_id)
        .join(SurveyRun, SurveyRun.call_id == Call.call_id)
        .outerjoin(Transcript, Transcript.call_id == Call.call_id)
        .where(SurveyRun.poor, Call.ended_at.is_not(None), Call.snapshot.is_(None), Call.ticket_number.is_not(None))
        .where(settled, ~told)
    )
    if not full:
        query = query.where(Call.ended_at >= now - LATELY)
    return list(session.scalars(query.order_by(Call.ended_at).limit(100)))


def tell(session: Session, call_id: str) -> None:
    """Writes the entry and opens the ticket, in the caller's transaction; the second time nothing."""
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
    if call.ticket_number is None:
        return
    poor = [f"{row.question} {row.label}" for row in answers_of(session, call_id) if row.means == "poor"]
    told = message("tickets.poor_answer", answers=poor).worded(call.language)
    moments = " ".join(_in_words(moment).worded(call.language) for moment in moments_of(session, call))
    text = f"{told}\n{moments}".strip()
    if add_entry(session, call.ticket_number, POOR, text, at=call.ended_at, source_key=f"{POOR}:{call_id}"):
        reopen(session, call.ticket_number)


def _in_words(moment: Moment) -> Message:
    at = clock(int(moment.at))  # as pages tell it
    if moment.seconds is None:
        return message("tickets.passed_on", at=at)
    return message(f"tickets.longest_{moment.kind}", at=at, length=clock(int(moment.seconds)))
