"""The page of the channels: how each stands, what came in and belongs nowhere yet, what did not arrive."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from channels import incoming, service
from channels.models import DELIVERED, FAILED, KEPT, NOT_SENT, SENT, ChannelInbox, ChannelMessage, InboundMessage
from outbox.models import OutboxReceiver
from ringback.config.channels import MAIL, TELEGRAM
from ringback.messages import Message
from ringback.store.base import utc
from web.channels.form import title_of
from web.context import db, now, settings

MOST_FAILED = 50
MOST_APART = 100
SHORT = 400
"""Characters of a text in a list."""
DAY = 86_400.0
STATES = (KEPT, SENT, DELIVERED, FAILED, NOT_SENT)


@dataclass(frozen=True)
class ChannelState:
    """How one way out stands."""

    title: str
    counts: dict[str, int]
    """Messages of the last day, by state."""
    trouble: Message | None
    """Why nothing goes out just now."""
    since: datetime | None
    locked: bool
    """It refuses our password: somebody has to mend that."""


@dataclass(frozen=True)
class InboxState:
    """How one place stands from which answers come."""

    name: str
    title: str
    looked_at: datetime | None
    trouble: Message | None
    since: datetime | None
    to: str
    """Where the button leads that looks at once."""
    mend: str
    """What to do about it."""


@dataclass(frozen=True)
class ApartMessage:
    """Something that came in and belongs nowhere yet."""

    id: str
    channel: str
    sender: str
    name: str
    subject: str
    text: str
    at: datetime
    why: Message | None
    proposed: int | None
    """The ticket that its token names, or its subject."""
    is_cut: bool
    attachments: int


@dataclass(frozen=True)
class FailedMessage:
    """A message that did not arrive."""

    id: str
    channel: str
    address: str
    state: str
    ticket: int | None
    at: datetime
    why: Message | None


@dataclass(frozen=True)
class ChannelsPage:
    """Everything that channels/channels.html shows."""

    channels: list[ChannelState]
    inboxes: list[InboxState]
    apart: list[ApartMessage]
    failed: list[FailedMessage]
    fault: Message | None = None
    fault_at: str = ""
    """The message that the fault is about."""


def channels_page(fault: Message | None = None, fault_at: str = "") -> ChannelsPage:
    """As it stands now."""
    return ChannelsPage(_channels(), _inboxes(), _apart(), _failed(), fault, fault_at)


def _channels() -> list[ChannelState]:
    since = utc(now() - DAY)
    query = select(ChannelMessage.channel, ChannelMessage.state, func.count()).where(ChannelMessage.created_at > since)
    counts: dict[str, dict[str, int]] = {}
    for channel, state, count in db().execute(query.group_by(ChannelMessage.channel, ChannelMessage.state)).tuples():
        counts.setdefault(channel, {})[state] = count
    names = {f"{service.RECEIVER}:{name}": name for name in settings().channels.all}
    rows = db().scalars(select(OutboxReceiver).where(OutboxReceiver.name.in_(names)))
    receivers = {names[row.name]: row for row in rows}
    return [_channel(name, counts.get(name, {}), receivers.get(name)) for name in settings().channels.all]


def _channel(name: str, counts: dict[str, int], row: OutboxReceiver | None) -> ChannelState:
    since = None if row is None else row.locked_out_at or row.disabled_at or row.away_at
    return ChannelState(
        title=title_of(name),
        counts={state: counts.get(state, 0) for state in STATES},
        trouble=row.error if row is not None and since is not None else None,
        since=since,
        locked=row is not None and row.locked_out_at is not None,
    )


def _inboxes() -> list[InboxState]:
    mail, telegram = settings().channels.mail, settings().channels.telegram
    found = [MAIL] if mail is not None and mail.inbox is not None else []
    return [_inbox(name) for name in (*found, *([TELEGRAM] if telegram is not None else []))]


def _inbox(name: str) -> InboxState:
    row = db().get(ChannelInbox, name)
    return InboxState(
        name=name,
        title=title_of(name),
        looked_at=row.looked_at if row else None,
        trouble=row.error if row else None,
        since=row.failing_since if row else None,
        to=url_for("channels.look", name=name),
        mend=mending(name),
    )


def mending(name: str) -> str:
    """What somebody can do where answers do not come in."""
    if name == TELEGRAM:
        return _(
            "The bot's token is channel_secrets: telegram in secrets.yaml of the data folder; its name and server are "
            "in the settings under channels.telegram. Nothing is lost: Telegram keeps messages for a day."
        )
    return _(
        "The password is channel_secrets: mail_inbox (or mail) in secrets.yaml of the data folder; server, user and "
        "folder are in the settings under channels.mail.inbox. Nothing is lost: mails wait in the mailbox."
    )


def _apart() -> list[ApartMessage]:
    return [_one_apart(row) for row in incoming.apart(db(), MOST_APART)]


def _one_apart(row: InboundMessage) -> ApartMessage:
    return ApartMessage(
        id=str(row.id),
        channel=title_of(row.channel),
        sender=row.sender if row.channel == MAIL else "",
        name=row.sender_name,
        subject=row.subject,
        text=row.text if len(row.text) <= SHORT else f"{row.text[: SHORT - 1]}…",
        at=row.received_at,
        why=row.why,
        proposed=row.ticket_number or incoming.proposed(db(), row),
        is_cut=row.is_cut,
        attachments=row.attachments,
    )


def _failed() -> list[FailedMessage]:
    query = select(ChannelMessage).where(ChannelMessage.state.in_((FAILED, NOT_SENT)), ChannelMessage.address != "")
    newest = query.where(ChannelMessage.created_at > utc(now() - 7 * DAY)).order_by(ChannelMessage.id.desc())
    return [
        FailedMessage(
            id=str(row.id),
            channel=title_of(row.channel),
            address=service.shown_address(row),
            state=row.state,
            ticket=row.ticket_number,
            at=row.failed_at or row.created_at,
            why=row.error,
        )
        for row in db().scalars(newest.limit(MOST_FAILED))
    ]
