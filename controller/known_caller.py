"""Between what tickets and surveys know of a caller and what a call is told of it."""

from ivr.events import CallerKnown, SurveyKnown
from survey.service import NEVER_ASKED, CallerWish
from tickets.known import KnownCaller


def caller_known(known: KnownCaller, at: float) -> CallerKnown:
    """The event of the call."""
    return CallerKnown(
        at,
        last_agent=known.last_agent,
        looked_up=True,
        called_before=known.called_before,
        language=known.language,
        ticket=known.ticket,
        ticket_queue=known.ticket_queue,
    )


def surveys_known(wish: CallerWish, at: float) -> list[SurveyKnown]:
    """The same of surveys; nothing where the number was never asked."""
    asked_at = None if wish.asked_at is None else wish.asked_at.timestamp()
    return [] if wish == NEVER_ASKED else [SurveyKnown(at, asked_at, wish.opted_out)]
