"""Chats with the owner's bot: a customer begins one by a link that was sent, and what is written there comes back.

Whoever opens the bot without such a link is somebody whom nobody knows: kept apart and asked about, as with mail.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import consent, incoming, links, service
from channels.errors import InboxAway, InboxRefuses, NoSuchLink
from channels.gateway import ask_bot
from channels.inbox import AnswerInbox
from channels.models import ChannelInbox, ShortLink, TelegramChat
from channels.policy import LONGEST_CHAT, LONGEST_NAME, plain_text
from outbox.outside import OutsideHttp
from ringback.config import Settings
from ringback.config.channels import TELEGRAM
from ringback.foreign_text import one_line
from ringback.handover.errors import OtherSideAway, RefusesUs
from ringback.handover.smtp import words_in
from ringback.messages import Message, message
from ringback.store import lease
from ringback.store.base import utcnow
from tickets.entries import add_entry
from tickets.models import Ticket
from tickets.service import current

MOST_AT_ONCE = 50
START, STOP = "/start", "/stop"
CONFLICT = 409
"""The bot's messages go to another program."""


class TelegramInbox(AnswerInbox):
    """A stage of the worker."""

    name = TELEGRAM

    @property
    def place(self) -> str:
        bot = self.settings.channels.telegram
        return f"{bot.api}/{bot.bot}" if bot else ""

    @property
    def seconds(self) -> float:
        bot = self.settings.channels.telegram
        return bot.seconds if bot else 0.0

    def away(self, why: Message) -> Message:
        return message("channels.telegram_in_away", why=why)

    def read(self, held: lease.Lease, row: ChannelInbox) -> int:
        last = row.last if row.place == self.place else 0
        updates = asyncio.run(self._updates(last))
        count = 0
        for update in updates:
            number = update.get("update_id")
            if not isinstance(number, int) or not last < number < 1 << 62:
                continue
            with self.sessions() as session, session.begin():
                held.renew(session, utcnow())
                count += take_update(session, self.settings, update, utcnow())
                self.come_to(session, 0, number)
            last = number
        self.done(held, 0, last, to_its_end=len(updates) < MOST_AT_ONCE)
        return count

    async def _updates(self, last: int) -> list[Mapping[str, Any]]:
        bot = self.settings.channels.telegram
        assert bot is not None  # else nothing is due
        http = OutsideHttp(allow_private=bot.allow_private, at_once=1)
        facts = {"offset": last + 1, "limit": MOST_AT_ONCE, "timeout": 0, "allowed_updates": ["message"]}
        try:
            answer, told = await ask_bot(http, bot, self.settings, "getUpdates", facts)
        except OtherSideAway as error:
            raise InboxAway(error.code, **error.facts) from error
        except RefusesUs as error:
            raise InboxRefuses(error.code, **error.facts) from error
        finally:
            await http.close()
        found = told.get("result")
        if told.get("ok") is True and isinstance(found, list):
            return [each for each in found[:MOST_AT_ONCE] if isinstance(each, dict)]
        said = words_in(str(told.get("description") or ""))
        if answer.status == CONFLICT:
            raise InboxRefuses("channels.bot_taken", answer=said)
        if answer.status in (401, 403, 404):
            raise InboxRefuses("channels.gateway_secret", status=answer.status, answer=said)
        raise InboxAway("channels.gateway_answer", status=answer.status, answer=said)


def take_update(session: Session, settings: Settings, update: Mapping[str, Any], now: datetime) -> int:
    """One thing that somebody wrote to the bot; 1: it is new. In the caller's transaction."""
    found = update.get("message")
    chat = found.get("chat") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(chat, dict) or chat.get("type") != "private":
        return 0
    chat_id, number = chat.get("id"), found.get("message_id")
    if not isinstance(chat_id, int) or not isinstance(number, int) or abs(chat_id) >= 1 << 62:
        return 0
    name = one_line(" ".join(str(chat.get(each) or "") for each in ("first_name", "last_name")), LONGEST_NAME)
    words = plain_text(str(found.get("text") or found.get("caption") or ""), LONGEST_CHAT)
    command, _, token = words.partition(" ")
    if command == START and token and _begin(session, settings, str(chat_id), name, token.strip(), now):
        return 1
    known = session.scalars(select(TelegramChat).where(TelegramChat.chat == str(chat_id))).one_or_none()
    if command == STOP:
        print_ = consent.print_of(settings, TELEGRAM, str(chat_id))
        consent.note(session, TELEGRAM, print_, "stop", now, agreed=False)
    files = 0 if "text" in found else 1
    key = f"telegram:{chat_id}:{number}"
    ticket = known.ticket_number if known else None
    return int(incoming.take_chat(session, settings, key, str(chat_id), name, words, files, ticket, now) is not None)


def _begin(session: Session, settings: Settings, chat: str, name: str, token: str, now: datetime) -> bool:
    """A customer came by a link of ours: the chat is his or hers from now on. False: the link is none, or used up."""
    try:
        link = links.find(session, token, now)
    except NoSuchLink:
        return False
    if link.kind != "telegram" or not links.use_up(session, link, now):
        return False
    ticket = session.get(Ticket, link.ticket_number) if link.ticket_number else None
    row = session.scalars(select(TelegramChat).where(TelegramChat.chat == chat)).one_or_none()
    if row is None:
        row = TelegramChat(chat=chat, started_at=now)
        session.add(row)
    row.name, row.ticket_number = name, link.ticket_number
    row.contact_id = ticket.contact_id if ticket else None
    session.flush()
    consent.note(session, TELEGRAM, consent.print_of(settings, TELEGRAM, chat), "wrote", now, agreed=True)
    if link.ticket_number is not None:
        said = message("channels.chat_begun", name=name or "–")
        on = current(session, link.ticket_number)
        add_entry(session, on, TELEGRAM, str(said), at=now, source_key=f"click:{link.id}", said=said)
    _welcome(session, settings, chat, link, now)
    return True


def _welcome(session: Session, settings: Settings, chat: str, link: ShortLink, now: datetime) -> None:
    draft = service.Draft(
        channel=TELEGRAM,
        address=chat,
        text=message("channels.welcome").worded(link.language),
        language=link.language,
        country="US",
        ticket=link.ticket_number,
        asked_for=True,
        purpose="invitation",
        source_key=f"start:{link.id}",
    )
    service.write_unasked(session, settings, draft, now)
