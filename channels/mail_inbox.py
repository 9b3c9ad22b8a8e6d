"""Answers by mail: the mailbox of the settings is read, one mail after another, each once."""

import hashlib
import logging

from channels import imap
from channels.inbox import AnswerInbox
from channels.incoming import take_mail
from channels.mail_reading import ReadMail, read_mail
from channels.models import ChannelInbox
from ringback import secrets
from ringback.config import Settings
from ringback.config.channels import MAIL, MailBox
from ringback.messages import Message, message, words_of
from ringback.store import lease
from ringback.store.base import utcnow

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100
"""Mails in one look; then the lease is a new one."""


def place_of(box: MailBox) -> str:
    """Which mailbox it is."""
    return f"{box.host}:{box.imap_port}/{box.user}/{box.folder}"


def password_of(settings: Settings) -> str:
    """That of the mailbox, else of the server that sends."""
    return secrets.channel_secret(settings, "mail_inbox") or secrets.channel_secret(settings, MAIL)


class MailInbox(AnswerInbox):
    """A stage of the worker."""

    name = MAIL

    @property
    def _box(self) -> MailBox | None:
        return self.settings.channels.mail.inbox if self.settings.channels.mail else None

    @property
    def place(self) -> str:
        return place_of(self._box) if self._box else ""

    @property
    def seconds(self) -> float:
        return self._box.seconds if self._box else 0.0

    def away(self, why: Message) -> Message:
        return message("channels.mail_in_away", why=why)

    def read(self, held: lease.Lease, row: ChannelInbox) -> int:
        if self._box is None:
            self.done(held, row.validity, row.last, to_its_end=True)
            return 0
        with imap.mailbox(self._box, password_of(self.settings)) as opened:
            last, uids = self._new(opened, row)
            count = 0
            for uid in uids[:MOST_AT_ONCE]:
                count += self._take(held, opened.validity, uid, opened.fetch(uid))
                last = max(last, uid)
            self.done(held, opened.validity, last, to_its_end=len(uids) <= MOST_AT_ONCE)
        return count

    def _new(self, opened: imap.OpenMailbox, row: ChannelInbox) -> tuple[int, list[int]]:
        """Where reading goes on, and the mails from there. A mailbox that is new to us begins with what comes now."""
        if row.place != self.place:
            return max(0, opened.next_uid - 1), []
        if row.validity != opened.validity:
            # Its numbers are new: what came since the day of the last look is asked for, and known by its words.
            return 0, opened.since(row.looked_at or utcnow())
        return row.last, opened.after(row.last)

    def _take(self, held: lease.Lease, validity: int, uid: int, raw: imap.Raw | None) -> int:
        """One mail with how far reading has come, in one transaction; 1: it is new."""
        now = utcnow()
        mail = None if raw is None else self._parsed(raw)
        with self.sessions() as session, session.begin():
            held.renew(session, now)
            state = None if mail is None or raw is None else take_mail(session, self.settings, mail, raw.size, now)
            self.come_to(session, validity, uid)
        return int(state is not None)

    def _parsed(self, raw: imap.Raw) -> ReadMail:
        """A mail that no program can read is kept apart like any other that nobody can place: it holds up no one."""
        channel = self.settings.channels.mail
        try:
            return read_mail(raw.content, is_cut=raw.is_cut, own_address=channel.server.sender if channel else "")
        except Exception as error:
            log.exception("a mail cannot be read")
            return unreadable(raw, str(words_of(error)))


def unreadable(raw: imap.Raw, why: str) -> ReadMail:
    """What stands for a mail from which nothing can be read."""
    return ReadMail(
        key=f"mail:{hashlib.sha256(raw.content).hexdigest()}",
        sender="",
        sender_name="",
        subject="",
        text=str(message("channels.unreadable", why=why)),
        is_cut=True,
        attachments=0,
        is_automatic=False,
        own=False,
        addressed=(),
        answered=(),
    )
