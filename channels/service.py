"""What other rooms and pages call: write to a customer, try again, and what was written on a ticket.

A message is a row before anything leaves; it goes out through the outbox (`outbox/service.py`), whose courier hands it
to `channels/receivers.py`. What may not go yet (quiet hours, too many at once) is kept and handed over by the worker
(`channels/keeping.py`). Everything works in the caller's transaction.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from channels import addresses, consent, links, templates
from channels.errors import ChannelError, NoConsent, TooMany, WrongField
from channels.models import FAILED, KEPT, NOT_SENT, ChannelMessage, InboundMessage, ShortLink
from channels.policy import LONGEST_CHAT, LONGEST_MAIL, LONGEST_SUBJECT, parts_of, plain_text, quiet_until
from outbox import service as outbox
from problems.models import ProblemSubscriber
from ringback.config import Settings
from ringback.config.channels import MAIL, TEXT_MESSAGE, ChannelTerms, TextGateway
from ringback.foreign_text import one_line
from ringback.messages import Message, message
from tickets.entries import add_entry
from tickets.service import current
from tickets.work import touch

RECEIVER = "channel"
"""How receivers of the outbox are called that are channels: `channel:mail`."""
STOP_DAYS = 366.0
"""How long a mail can be answered by wanting no more of them."""
UNDELIVERED = "undelivered"
"""The kind of the entry that tells that a message does not arrive."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message before it is written."""

    channel: str
    address: str
    """As somebody typed it."""
    text: str
    """With `{link}` where the link goes; without, it stands at the end."""
    language: str
    """Of the customer."""
    country: str
    """In which a number without prefix is read."""
    subject: str = ""
    ticket: int | None = None
    call_id: str | None = None
    link: links.LinkTarget | None = None
    link_days: float | None = None
    """How long the link is good; None: as the settings say."""
    agreed: bool = False
    """Whoever writes says that the customer agreed."""
    asked_for: bool = False
    """The customer wanted to be told just this."""
    purpose: str = "person"
    """See `ChannelMessage.purpose`."""
    source_key: str | None = None


@dataclass(frozen=True)
class TicketMessages:
    """What was written on a ticket, the newest first."""

    sent: list[ChannelMessage] = field(default_factory=list)
    links: dict[UUID, list[ShortLink]] = field(default_factory=dict)
    """By message."""
    waiting: list[InboundMessage] = field(default_factory=list)
    """What came in for it and is kept apart."""


def terms_of(settings: Settings, channel: str) -> ChannelTerms:
    """Raises WrongField for a channel that the settings have not."""
    found = settings.channels.all.get(channel)
    if found is None:
        raise WrongField("channels.no_channel", name=channel).at("channel")
    return found


def write(session: Session, settings: Settings, draft: Draft, by: str | None, now: datetime) -> ChannelMessage:
    """A message on its way. Raises ChannelError: then nothing is written."""
    terms = terms_of(settings, draft.channel)
    address = addresses.read(settings, draft.channel, draft.address, draft.country)
    address_print = consent.print_of(settings, draft.channel, address)
    if draft.agreed:
        consent.note(session, draft.channel, address_print, "said", now, agreed=True, by=by)
    kind = addresses.kind_of(settings, draft.channel)
    consent.check(session, terms, draft.channel, kind, address, address_print, asked_for=draft.asked_for)
    consent.check_limit(session, terms, draft.channel, address_print, now)
    return _written(session, settings, terms, draft, address, address_print, by, now)


def write_unasked(session: Session, settings: Settings, draft: Draft, now: datetime) -> ChannelMessage | None:
    """A message that goes by itself, once for its `source_key`; one that may not be sent is kept with the reason. None:
    it was written before."""
    if session.scalar(select(ChannelMessage.id).where(ChannelMessage.source_key == draft.source_key)) is not None:
        return None
    try:
        with session.begin_nested():
            return write(session, settings, draft, None, now)
    except (NoConsent, TooMany, WrongField) as error:
        return not_sent(session, settings, draft, error.message, now)


def not_sent(session: Session, settings: Settings, draft: Draft, why: Message, now: datetime) -> ChannelMessage:
    """A message that is not written, with the reason, so that nobody asks again."""
    row = ChannelMessage(
        channel=draft.channel,
        address=one_line(draft.address, 254),
        address_print=consent.print_of(settings, draft.channel, draft.address),
        ticket_number=draft.ticket,
        call_id=draft.call_id,
        language=draft.language,
        text="",
        purpose=draft.purpose,
        token=_token(),
        source_key=draft.source_key,
        state=NOT_SENT,
        error=why,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _written(
    session: Session,
    settings: Settings,
    terms: ChannelTerms,
    draft: Draft,
    address: str,
    address_print: str,
    by: str | None,
    now: datetime,
) -> ChannelMessage:
    row = ChannelMessage(
        channel=draft.channel,
        address=address,
        address_print=address_print,
        ticket_number=draft.ticket,
        call_id=draft.call_id,
        language=draft.language,
        subject=one_line(draft.subject, LONGEST_SUBJECT),
        text="",
        purpose=draft.purpose,
        token=_token(),
        source_key=draft.source_key,
        created_at=now,
        created_by=by,
    )
    session.add(row)
    session.flush()
    row.text = _text(session, settings, draft, row, now)
    check_text(terms, draft.channel, row.text)
    if draft.channel == MAIL and links.public_base(settings):
        stop = links.LinkTarget("stop")
        links.make(session, settings, stop, language=draft.language, now=now, message_id=row.id, days=STOP_DAYS)
    if draft.channel == MAIL and not row.subject:
        row.subject = one_line(settings.channels.from_name or settings.lines[0].name, LONGEST_SUBJECT)
    session.flush()
    hand_over(session, settings, row, now)
    if row.ticket_number is not None:
        touch(session, row.ticket_number, now)
        words = f"{row.subject}\n{row.text}" if row.channel == MAIL else row.text
        told = message("channels.written", address=shown_address(row), words=words)
        note(session, row, entry_kind(row.channel), told, f"message:{row.id}", now, by)
    return row


def _text(session: Session, settings: Settings, draft: Draft, row: ChannelMessage, now: datetime) -> str:
    text = plain_text(draft.text, LONGEST_MAIL)
    if draft.link is None:
        if templates.LINK in text:
            raise WrongField("channels.link_missing", place=templates.LINK).at("link")
        return text
    link = links.make(
        session,
        settings,
        draft.link,
        language=draft.language,
        now=now,
        ticket=draft.ticket,
        message_id=row.id,
        call_id=draft.call_id,
        days=draft.link_days,
    )
    return with_link(text, links.address_of(settings, link))


def with_link(text: str, address: str) -> str:
    """The text with the address where it says, else at its end."""
    return text.replace(templates.LINK, address) if templates.LINK in text else f"{text} {address}".strip()


def check_text(terms: ChannelTerms, channel: str, text: str) -> None:
    """Raises WrongField for one that is empty, or longer than the channel takes."""
    if not text.strip():
        raise WrongField("channels.no_text").at("text")
    if isinstance(terms, TextGateway):
        parts = parts_of(text)
        if parts.count > terms.most_parts:
            raise WrongField("channels.many_parts", count=parts.count, most=terms.most_parts).at("text")
    elif channel != MAIL and len(text) > LONGEST_CHAT:
        raise WrongField("channels.long_text", most=LONGEST_CHAT).at("text")


def hand_over(session: Session, settings: Settings, row: ChannelMessage, now: datetime) -> None:
    """Into the outbox, or kept until it may go."""
    until = quiet_end(settings, row, now)
    if until is not None:
        row.not_before, row.error, row.event_id = until, message("channels.quiet"), None
    else:
        key = f"{RECEIVER}:{row.channel}:{row.address_print[:16]}"
        row.event_id = outbox.send(session, f"{RECEIVER}:{row.channel}", key, {"message": str(row.id)})
        row.not_before = row.error = None
    session.flush()


def quiet_end(settings: Settings, row: ChannelMessage, now: datetime) -> datetime | None:
    """When it is no longer quiet where this message goes; None: it may go now."""
    terms = settings.channels.all.get(row.channel)
    if terms is None:
        return None
    return quiet_until(terms.quiet_from_to, addresses.zone_at(settings, row.channel, row.address), now)


def try_again(session: Session, settings: Settings, row: ChannelMessage, by: str, now: datetime) -> None:
    """A message that failed is sent anew. Raises ChannelError where it did not fail, or may not be sent any more."""
    if row.state != FAILED or not row.address:
        raise ChannelError("channels.not_failed")
    terms = terms_of(settings, row.channel)
    kind, asked_for = addresses.kind_of(settings, row.channel), row.purpose == "problem"
    consent.check(session, terms, row.channel, kind, row.address, row.address_print, asked_for=asked_for)
    row.state, row.failed_at = KEPT, None
    tell_problem(session, row)
    hand_over(session, settings, row, now)
    note(session, row, entry_kind(row.channel), message("channels.again", address=shown_address(row)), None, now, by)


def failed(session: Session, row: ChannelMessage, why: Message, now: datetime) -> None:
    """It will not arrive: said on the message, on its ticket, and to whoever counts who was told."""
    row.state, row.error, row.failed_at, row.not_before = FAILED, why, now, None
    session.flush()
    tell_problem(session, row)
    said = message("channels.undelivered", address=shown_address(row), why=why)
    note(session, row, UNDELIVERED, said, f"{UNDELIVERED}:{row.id}:{row.event_id}", now)


def note(
    session: Session,
    row: ChannelMessage,
    kind: str,
    said: Message,
    source_key: str | None,
    now: datetime,
    by: str | None = None,
) -> None:
    """A line on the message's ticket, if it is on one."""
    if row.ticket_number is not None:
        on = current(session, row.ticket_number)
        add_entry(session, on, kind, str(said), at=now, author=by, source_key=source_key, said=said)


def tell_problem(session: Session, row: ChannelMessage) -> None:
    """Whoever waits for a known problem's end has this state of its message."""
    prefix, _, key = (row.source_key or "").partition(":")
    if prefix == "problem" and row.purpose == "problem":
        told = update(ProblemSubscriber).where(ProblemSubscriber.id == UUID(key))
        session.execute(told.values(message_state=row.state).execution_options(synchronize_session=False))


def messages_of(session: Session, ticket: int) -> TicketMessages:
    """Everything that was written on a ticket."""
    rows = select(ChannelMessage).where(ChannelMessage.ticket_number == ticket)
    sent = list(session.scalars(rows.order_by(ChannelMessage.created_at.desc(), ChannelMessage.id.desc())))
    found: dict[UUID, list[ShortLink]] = {}
    for link in session.scalars(select(ShortLink).where(ShortLink.ticket_number == ticket).order_by(ShortLink.id)):
        if link.message_id is not None:
            found.setdefault(link.message_id, []).append(link)
    apart = select(InboundMessage).where(InboundMessage.ticket_number == ticket, InboundMessage.state == "apart")
    return TicketMessages(sent, found, list(session.scalars(apart.order_by(InboundMessage.received_at))))


def entry_kind(channel: str) -> str:
    """The kind of a ticket's entry about a message of this channel."""
    return channel if channel in (MAIL, TEXT_MESSAGE, "telegram") else "service"


def shown_address(row: ChannelMessage) -> str:
    """Where it goes, for people; a chat's id says nothing to anybody."""
    return "Telegram" if row.channel == "telegram" else row.address


def _token() -> str:
    """Small letters and digits alone: mail servers may change the others."""
    return secrets.token_hex(12)
