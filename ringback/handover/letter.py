"""A letter before it has an address: its subject, what is to be read, a file that goes with it.

Whatever was typed or said by strangers is data in it: a subject is one line, and headers are made by the library that
encodes them.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime as mail_date
from uuid import UUID

from ringback.foreign_text import one_line

MARK = "[Ringback]"
"""How each subject begins, for whoever sorts mail."""
LONGEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; its name is ours, with nothing that anybody typed."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """In one language; without a file it is for any way of sending it."""

    subject: str
    body: str
    attachment: Attachment | None = None

    def as_mail(self, key: UUID, sender: str, to: str, at: datetime) -> EmailMessage:
        """For SMTP. `key` makes it the same letter each time it is sent."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, self.subject
        mail["Date"] = mail_date(at)
        mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(self.body)
        if (file := self.attachment) is not None:
            main, _, sub = file.content_type.partition("/")
            mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        return mail


def subject_of(words: str) -> str:
    """As a header may have it: marked as ours, one line, cut where it is too long."""
    return one_line(f"{MARK} {words}", LONGEST_SUBJECT)
