"""What a letter with a report says, and what is told to the owner of a schedule; both in the reader's language."""

from reports.exports.table import ReportTable, one_line
from reports.schedules.models import Format
from ringback.handover.letter import Attachment, Letter, subject_of
from ringback.messages import Message, message

TYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_mail(table: ReportTable, attachment: Attachment, page: str) -> Letter:
    """The totals stand in the letter, so that whoever has no time opens no file."""
    figures = [
        f"{column.title}: {table.shown(cell, column.unit)}"
        for column, cell in zip(table.columns, table.total.cells, strict=True)
    ]
    last = message("reports.mail_where", page=page) if page else message("reports.mail_why")
    parts = [f"{table.title}\n{table.period}", "\n".join(figures), "\n".join(table.notes), last.worded(table.language)]
    return Letter(subject_of(f"{table.title}, {table.period}"), "\n\n".join(parts) + "\n", attachment)


def told_mail(title: str, about: Message, language: str, page: str) -> Letter:
    """To the owner: somebody gets it no more."""
    subject = message("reports.told_subject", title=title).worded(language)
    last = message("reports.mail_where", page=page) if page else message("reports.mail_why")
    return Letter(subject_of(subject), f"{one_line(about.worded(language))}\n\n{last.worded(language)}\n")
