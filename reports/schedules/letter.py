"""What a letter with a report says, and what is told to the owner of a schedule; both in the reader's language."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime as mail_date
from uuid import UUID

from reports.exports.table import ReportTable, one_line
from reports.schedules.models import Format
from ringback.messages import Message, message

MARK = "[Ringback]"
"""How each subject begins, for whoever sorts mail."""
LONGEST_SUBJECT = 120
TYPES: dict[Format, tuple[str, str]] = {
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; its name is ours, with nothing that anybody typed."""

    name: str
    file_format: Format
    content: bytes


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A letter before it has addresses."""

    subject: str
    body: str
    attachment: Attachment | None = None

    def as_mail(self, key: UUID, sender: str, to: str, at: datetime) -> EmailMessage:
        """`key` makes it the same letter each time it is sent."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, self.subject
        mail["Date"] = mail_date(at)
        mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(self.body)
        if self.attachment is not None:
            main, sub = TYPES[self.attachment.file_format]
            mail.add_attachment(self.attachment.content, maintype=main, subtype=sub, filename=self.attachment.name)
        return mail


def report_mail(table: ReportTable, attachment: Attachment, page: str) -> ReportMail:
    """The totals stand in the letter, so that whoever has no time opens no file."""
    figures = [
        f"{column.title}: {table.shown(cell, column.unit)}"
        for column, cell in zip(table.columns, table.total.cells, strict=True)
    ]
    last = message("reports.mail_where", page=page) if page else message("reports.mail_why")
    parts = [f"{table.title}\n{table.period}", "\n".join(figures), "\n".join(table.notes), last.worded(table.language)]
    return ReportMail(_subject(f"{table.title}, {table.period}"), "\n\n".join(parts) + "\n", attachment)


def told_mail(title: str, about: Message, language: str, page: str) -> ReportMail:
    """To the owner: somebody gets it no more."""
    subject = message("reports.told_subject", title=title).worded(language)
    last = message("reports.mail_where", page=page) if page else message("reports.mail_why")
    return ReportMail(_subject(subject), f"{one_line(about.worded(language))}\n\n{last.worded(language)}\n")


def _subject(words: str) -> str:
    line = one_line(f"{MARK} {words}")
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
