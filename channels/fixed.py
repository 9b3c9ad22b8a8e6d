"""Whoever wanted to be told when a known problem is fixed is told by a message instead of a call.

The customer asked for it, so that no further consent is needed; a no said since then counts. Who cannot be sent one (a
landline, a withheld number) is called, as without it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.numbers import country_of
from channels import addresses, service, templates
from channels.models import NOT_SENT
from problems.models import ProblemSubscriber
from problems.service import TellByMessage
from ringback.config import Settings
from ringback.config.channels import TEXT_MESSAGE


def channels_for(settings: Settings) -> list[str]:
    """By which a number can be told, text messages first."""
    return [name for name in settings.channels.all if addresses.kind_of(settings, name) == "phone"]


def teller(session: Session, settings: Settings, channel: str, now: datetime) -> TellByMessage:
    """What `problems.service.end` is given. Raises WrongField for a channel that there is not."""
    service.terms_of(settings, channel)

    def write(row: ProblemSubscriber) -> bool:
        if channel == TEXT_MESSAGE and not addresses.takes_texts(row.number):
            return False
        words = templates.words_of(settings, "fixed", row.language)
        facts = {"from": settings.channels.from_name}
        ticket = session.scalar(select(Call.ticket_number).where(Call.call_id == row.call_id))
        draft = service.Draft(
            channel=channel,
            address=row.number,
            text=templates.filled(words.text, facts),
            subject=templates.filled(words.subject, facts),
            language=row.language,
            country=country_of(settings, row.line),
            ticket=ticket,
            call_id=row.call_id,
            asked_for=True,
            purpose="problem",
            source_key=f"problem:{row.id}",
        )
        written = service.write_unasked(session, settings, draft, now)
        return written is not None and written.state != NOT_SENT

    return write
