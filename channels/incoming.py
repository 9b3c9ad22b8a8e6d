"""What comes in by mail or chat, and where it belongs: on its ticket, beside a message of ours, or apart until asked.

A token that is random and ours leads to a message, and that to its ticket; nothing else does, least of all a number in
a subject. A mail with the right token from another address than the customer's is kept apart and asked about: nobody
writes on others' tickets. The same mail is taken once, however often it comes. Everything works in the caller's
transaction.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from channels import consent, service
from channels.errors import ChannelError
from channels.mail_reading import ReadMail
from channels.models import (
    APART,
    AUTOMATIC,
    BOUNCE,
    DELIVERED,
    FAILED,
    KEPT,
    LEFT_OUT,
    SENT,
    TAKEN,
    ChannelMessage,
    InboundMessage,
)
from contacts.models import ContactPoint
from contacts.service import person_of
from ringback.config import Settings
from ringback.config.channels import MAIL, TELEGRAM
from ringback.messages import Message, message, text
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import uuid7
from tickets.entries import add_entry
from tickets.models import Ticket
from tickets.service import current
from tickets.work import customer_wrote

HOUR = timedelta(hours=1)
APART_ALARM = "channel.apart"
"""Somebody has to say where something belongs that came in."""
MOST_SIZE = (1 << 31) - 1
MOST_AUTOMATIC = 2000
"""Characters of an automatic answer that the ticket shows."""
MOST_CHAT_AN_HOUR = 120
"""Of one person; what is more is kept apart."""


def take_mail(session: Session, settings: Settings, mail: ReadMail, size: int, now: datetime) -> str | None:
    """The state of the mail's row; None: it came before."""
    row = _row(session, MAIL, mail.key, mail.sender, now)
    if row is None:
        return None
    row.sender_name, row.subject, row.text = mail.sender_name, mail.subject, mail.text
    row.size, row.is_cut, row.attachments = min(size, MOST_SIZE), mail.is_cut, mail.attachments
    if mail.report is not None:
        _reported(session, row, mail, now)
    elif mail.own:
        row.state, row.why = AUTOMATIC, message("channels.own_mail")
    else:
        _answered(session, settings, row, mail, now)
    session.flush()
    if row.state == APART:
        tell_apart(session, now)
    return row.state


def take_chat(
    session: Session,
    settings: Settings,
    key: str,
    sender: str,
    name: str,
    words: str,
    files: int,
    ticket: int | None,
    now: datetime,
) -> str | None:
    """The state of what somebody wrote in a chat; `ticket`: that of the chat. None: it came before."""
    row = _row(session, TELEGRAM, key, sender, now)
    if row is None:
        return None
    row.sender_name, row.text, row.attachments, row.ticket_number = name, words, files, ticket
    if ticket is None:
        row.why = message("channels.unknown_chat")
    elif _lately(session, row, now) > MOST_CHAT_AN_HOUR:
        row.why = message("channels.too_many", most=MOST_CHAT_AN_HOUR)
    else:
        _take(session, settings, row, ticket, now)
    session.flush()
    if row.state == APART:
        tell_apart(session, now)
    return row.state


def _row(session: Session, channel: str, key: str, sender: str, now: datetime) -> InboundMessage | None:
    """The row of something that came, made now; None: it came before."""
    values = {"id": uuid7(), "channel": channel, "source_key": key, "sender": sender, "received_at": now}
    rest = {"state": APART, "sender_name": "", "subject": "", "text": "", "size": 0, "attachments": 0}
    made = session.execute(insert_or_leave(InboundMessage).values(**values, **rest).returning(InboundMessage.id))
    id_ = made.scalar()
    return None if id_ is None else session.get_one(InboundMessage, id_)


def _answered(session: Session, settings: Settings, row: InboundMessage, mail: ReadMail, now: datetime) -> None:
    """Where an answer belongs."""
    ours = message_with(session, (*mail.addressed, *mail.answered))
    if ours is not None:
        row.message_id, row.ticket_number = ours.id, ours.ticket_number
    if mail.is_automatic:
        row.state, row.why = AUTOMATIC, message("channels.automatic")
        if ours is not None and ours.ticket_number is not None and ours.address.lower() == mail.sender:
            said = message("channels.automatic_answer", words=mail.text[:MOST_AUTOMATIC])
            on = current(session, ours.ticket_number)
            add_entry(session, on, MAIL, str(said), at=now, source_key=f"inbound:{row.id}", said=said)
        return
    inbox = settings.channels.mail.inbox if settings.channels.mail else None
    if inbox is not None and _lately(session, row, now) > inbox.most_an_hour:
        row.why = message("channels.too_many", most=inbox.most_an_hour)
    elif ours is None or ours.ticket_number is None:
        row.why = message("channels.no_token")
    elif not mail.sender or mail.sender not in addresses_on(session, ours.ticket_number):
        row.why = message("channels.other_sender", number=ours.ticket_number)
    else:
        _take(session, settings, row, ours.ticket_number, now)


def _lately(session: Session, row: InboundMessage, now: datetime) -> int:
    """So many came from the same sender within an hour, this one among them."""
    same = select(func.count()).where(
        InboundMessage.channel == row.channel,
        InboundMessage.sender == row.sender,
        InboundMessage.received_at > now - HOUR,
        InboundMessage.state != BOUNCE,
    )
    return session.scalar(same) or 0


def message_with(session: Session, tokens: tuple[str, ...]) -> ChannelMessage | None:
    """The newest message of ours that one of the tokens names."""
    if not tokens:
        return None
    named = select(ChannelMessage).where(ChannelMessage.token.in_(tokens))
    return session.scalars(named.order_by(ChannelMessage.created_at.desc()).limit(1)).one_or_none()


def addresses_on(session: Session, ticket: int) -> set[str]:
    """Mail addresses that are the customer's: those that are written down of the person, and those that we have
    written to on this ticket, if mail gets there."""
    sent = select(ChannelMessage.address).where(
        ChannelMessage.ticket_number == ticket,
        ChannelMessage.channel == MAIL,
        ChannelMessage.state.in_((KEPT, SENT, DELIVERED)),
    )
    of_person = (
        select(ContactPoint.value)
        .join(Ticket, Ticket.contact_id == ContactPoint.contact_id)
        .where(Ticket.number == ticket, ContactPoint.kind == "email")
    )
    return {address.lower() for address in (*session.scalars(sent), *session.scalars(of_person)) if address}


def _take(session: Session, settings: Settings, row: InboundMessage, ticket: int, now: datetime) -> None:
    """It is the customer's word on this ticket."""
    row.state, row.ticket_number, row.why = TAKEN, ticket, None
    on = current(session, ticket)
    customer_wrote(session, on, service.entry_kind(row.channel), words_of(row), source_key=f"inbound:{row.id}", at=now)
    if row.sender:
        print_ = consent.print_of(settings, row.channel, row.sender)
        if consent.said_of(session, row.channel, print_) is None:
            consent.note(session, row.channel, print_, "wrote", now, agreed=True)


def words_of(row: InboundMessage) -> str:
    """What the ticket shows of it."""
    lines = [row.subject, row.text]
    if row.is_cut:
        lines.append(str(message("channels.cut")))
    if row.attachments:
        lines.append(str(message("channels.attachments", count=row.attachments)))
    return "\n".join(line for line in lines if line) or "–"


# -- reports --------------------------------------------------------------------------------------------


def _reported(session: Session, row: InboundMessage, mail: ReadMail, now: datetime) -> None:
    """What a mail server says of a message of ours: only of one whose token it has, and whose address it names."""
    assert mail.report is not None
    report = mail.report
    row.state = BOUNCE
    row.why = message("channels.report", why=report.why or report.status or report.action)
    ours = message_with(session, (*mail.reported, *mail.addressed))
    if ours is None:
        return
    row.message_id, row.ticket_number = ours.id, ours.ticket_number
    if report.recipient and ours.address and report.recipient != ours.address.lower():
        return
    if report.action == "failed" and ours.state in (KEPT, SENT):
        service.failed(session, ours, message("channels.bounced", why=_of_report(report.status, report.why)), now)
    elif report.action == "delayed" and ours.state == SENT:
        ours.error = message("channels.delayed", why=_of_report(report.status, report.why))
    elif report.action == "delivered" and ours.state in (SENT, FAILED):
        ours.state, ours.delivered_at, ours.error = DELIVERED, now, None


def _of_report(status: str, why: str) -> Message:
    return text(" ".join(each for each in (status, why) if each) or "–")


# -- kept apart ------------------------------------------------------------------------------------------


def apart(session: Session, limit: int = 200) -> list[InboundMessage]:
    """What waits for somebody to say where it belongs, the oldest first."""
    waiting = select(InboundMessage).where(InboundMessage.state == APART)
    return list(session.scalars(waiting.order_by(InboundMessage.received_at, InboundMessage.id).limit(limit)))


def proposed(session: Session, row: InboundMessage) -> int | None:
    """A ticket that its subject may mean: a hint for whoever decides."""
    for number in re.findall(r"\d{1,9}", row.subject)[:5]:
        if session.get(Ticket, int(number)) is not None:
            return int(number)
    return None


def tell_apart(session: Session, now: datetime) -> None:
    """The alarm about what is kept apart stands as long as anything is."""
    if session.scalar(select(InboundMessage.id).where(InboundMessage.state == APART).limit(1)) is None:
        clear_alarm(session, APART_ALARM, "", now)
    else:
        raise_alarm(session, APART_ALARM, "", message("channels.apart"), "yellow", now)


def put_on(session: Session, settings: Settings, key: UUID, ticket: int, by: str, now: datetime) -> None:
    """Somebody says that it belongs on this ticket. Raises ChannelError."""
    if not 0 < ticket < 1 << 31 or session.get(Ticket, ticket) is None:
        raise ChannelError("channels.no_ticket", number=ticket)
    row = _settle(session, key, TAKEN, by, now)
    _take(session, settings, row, ticket, now)
    session.flush()
    tell_apart(session, now)


def open_ticket(session: Session, settings: Settings, key: UUID, by: str, now: datetime) -> int:
    """Somebody says that it begins a conversation of its own; the number of its ticket. Raises ChannelError."""
    row = _settle(session, key, TAKEN, by, now)
    language = settings.lines[0].language
    contact_id = None
    if row.channel == MAIL and row.sender:
        # None where several persons have the address: then nobody is assumed.
        contact_id = person_of(session, "email", row.sender, name=row.sender_name, language=language, source="channel")
    subject = row.subject or message("channels.no_subject").worded(language)
    ticket = Ticket(subject=subject, contact_id=contact_id, created_at=now)
    session.add(ticket)
    session.flush()
    _take(session, settings, row, ticket.number, now)
    session.flush()
    tell_apart(session, now)
    return ticket.number


def leave_out(session: Session, key: UUID, by: str, now: datetime) -> None:
    """Somebody says that nobody needs it. It stays in the mailbox. Raises ChannelError."""
    _settle(session, key, LEFT_OUT, by, now)
    tell_apart(session, now)


def _settle(session: Session, key: UUID, state: str, by: str, now: datetime) -> InboundMessage:
    first = update(InboundMessage).where(InboundMessage.id == key, InboundMessage.state == APART)
    values = {"state": state, "settled_by": by, "settled_at": now}
    done = session.execute(
        first.values(**values).returning(InboundMessage.id).execution_options(synchronize_session=False)
    )
    if done.first() is None:
        raise ChannelError("channels.settled")
    return session.get_one(InboundMessage, key, populate_existing=True)
