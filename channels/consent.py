"""Who agreed to be written to by which way, who said no, and how much an address has had.

Known by fingerprints: what somebody said stays when the person is erased, and nobody can read from it who it was.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.errors import NoConsent, TooMany
from channels.models import NOT_SENT, ChannelMessage, MessageConsent
from contacts.models import ContactPoint
from ringback import secrets
from ringback.config import Settings
from ringback.config.channels import ChannelTerms
from ringback.fingerprints import fingerprint
from ringback.store.alarms import insert_or_leave
from ringback.store.base import uuid7

POINTS = {"mail": "email", "phone": "phone", "chat": "telegram"}
"""What an address is called among those of a person (`contacts.models.KINDS`)."""
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def print_of(settings: Settings, channel: str, address: str) -> str:
    """By what an address of a channel is known again."""
    return fingerprint(f"{channel}:{address.casefold()}", secrets.number_key(settings))


def note(
    session: Session, channel: str, address_print: str, how: str, now: datetime, *, agreed: bool, by: str | None = None
) -> None:
    """What somebody said last holds."""
    key = (MessageConsent.channel == channel, MessageConsent.address_print == address_print)
    new = {"id": uuid7(), "channel": channel, "address_print": address_print}
    said = {"agreed": agreed, "how": how, "by": by, "at": now}
    if session.execute(insert_or_leave(MessageConsent).values(**new, **said).returning(MessageConsent.id)).first():
        return
    row = session.scalars(select(MessageConsent).where(*key).with_for_update()).one()
    row.agreed, row.how, row.by, row.at = agreed, how, by, now
    session.flush()


def said_of(session: Session, channel: str, address_print: str) -> MessageConsent | None:
    """What is known; None: nothing."""
    key = (MessageConsent.channel == channel, MessageConsent.address_print == address_print)
    return session.scalars(select(MessageConsent).where(*key)).one_or_none()


def agrees(session: Session, channel: str, kind: str, address: str, address_print: str) -> bool | None:
    """Whether whoever has this address agreed to be written to there: what was said last here, or was written down of
    a person who has it, whichever is newer. None: nobody knows. Of several persons a no counts for all."""
    said = said_of(session, channel, address_print)
    of_person = POINTS.get(kind)
    points = select(ContactPoint.consent, ContactPoint.consent_at).where(
        ContactPoint.kind == of_person, ContactPoint.value == address.lower(), ContactPoint.consent != "unknown"
    )
    noted = session.execute(points).tuples().all() if of_person else []
    told = [(consent, at) for consent, at in noted if said is None or (at is not None and at > said.at)]
    if told:
        return all(consent == "yes" for consent, _ in told)
    return None if said is None else said.agreed


def check(
    session: Session,
    terms: ChannelTerms,
    channel: str,
    kind: str,
    address: str,
    address_print: str,
    *,
    asked_for: bool = False,
) -> None:
    """Raises NoConsent. `asked_for`: the customer wanted to be told just this, so that only a no counts."""
    said = agrees(session, channel, kind, address, address_print)
    if said is False:
        raise NoConsent("channels.said_no")
    if said is None and terms.consent == "needed" and not asked_for:
        raise NoConsent("channels.no_consent")


def check_limit(session: Session, terms: ChannelTerms, channel: str, address_print: str, now: datetime) -> None:
    """Raises TooMany where the address has had its messages for today."""
    had = select(func.count()).where(
        ChannelMessage.channel == channel,
        ChannelMessage.address_print == address_print,
        ChannelMessage.created_at > now - DAY,
        ChannelMessage.state != NOT_SENT,
    )
    if (session.scalar(had) or 0) >= terms.per_day:
        raise TooMany("channels.day_limit", most=terms.per_day)


def sent_lately(session: Session, channel: str, now: datetime) -> int:
    """Messages of the whole channel within the last minute."""
    sent = select(func.count()).where(ChannelMessage.channel == channel, ChannelMessage.sent_at > now - MINUTE)
    return session.scalar(sent) or 0
