"""Between what the tickets know of a caller and what a call is told of it."""

from ivr.events import CallerKnown
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
