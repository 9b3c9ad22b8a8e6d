"""What a message says: a subject, and a line for each alarm, in the recipient's language.

Whatever was said or typed by strangers is data in it: one line, no character that shows nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from ringback.foreign_text import one_line
from ringback.handover.letter import Letter, subject_of
from ringback.messages import Message, is_known, message, text
from ringback.store.bus import Alarm

LONGEST_LINE = 600
"""Characters of a sentence; what is cut off stands on the page of the alarms."""


@dataclass(frozen=True)
class Told:
    """One alarm in a message."""

    alarm: Alarm
    what: str
    """raised, again, ended: as it was planned"""
    times: int
    changed: bool = False
    """It is over because another alarm says better what is wrong now."""


def letter_of(told: Sequence[Told], language: str, zone: ZoneInfo, page: str) -> Letter:
    """Of alarms as they are now; `page` is the address of their page, empty: not known."""
    lines = [_line(each, language, zone) for each in told]
    where = message("alarms.where", page=page) if page else message("alarms.where_pages")
    body = "\n\n".join([*lines, where.worded(language)])
    return Letter(_subject(told, language), f"{body}\n")


def trial_letter(recipient: str, language: str, by: str | None) -> Letter:
    """To see whether messages arrive."""
    asked = message("alarms.test_by", recipient=recipient, by=by) if by else message("alarms.test", recipient=recipient)
    subject = subject_of(message("alarms.test_subject").worded(language))
    return Letter(subject, f"{one_line(asked.worded(language), LONGEST_LINE)}\n")


def _subject(told: Sequence[Told], language: str) -> str:
    standing = [each for each in told if each.alarm.cleared_at is None]
    red = sum(each.alarm.level == "red" for each in standing)
    if len(told) == 1:
        mark = message("alarms.mark_changed") if told[0].changed else _mark(told[0].alarm)
        said = message("alarms.subject", mark=mark, said=_said(told[0].alarm))
    elif not standing:
        said = message("alarms.subject_over", count=len(told))
    else:
        said = message("alarms.subject_many", count=len(standing), red=red)
    return subject_of(said.worded(language))


def _mark(alarm: Alarm) -> Message:
    if alarm.cleared_at is not None:
        return message("alarms.mark_over")
    return message("alarms.mark_red") if alarm.level == "red" else message("alarms.mark_yellow")


def _line(told: Told, language: str, zone: ZoneInfo) -> str:
    alarm = told.alarm

    def clock(at: datetime) -> str:
        return str(format_datetime(at, "d MMM, HH:mm", zone, language))

    said, since = _said(alarm), clock(alarm.raised_at)
    if alarm.cleared_at is not None:
        until, by = clock(alarm.cleared_at), alarm.cleared_by or alarm.seen_by
        if told.changed:
            words = message("alarms.line_changed", since=since, until=until, said=said)
        elif alarm.cleared_by:
            words = message("alarms.line_done", since=since, until=until, by=by, said=said)
        elif by:
            words = message("alarms.line_over_seen", since=since, until=until, by=by, said=said)
        else:
            words = message("alarms.line_over", since=since, until=until, said=said)
    elif alarm.seen_by:
        words = message("alarms.line_seen", mark=_mark(alarm), since=since, by=alarm.seen_by, said=said)
    elif told.what == "again":
        words = message("alarms.line_again", mark=_mark(alarm), since=since, count=told.times, said=said)
    else:
        words = message("alarms.line", mark=_mark(alarm), since=since, said=said)
    return one_line(words.worded(language), LONGEST_LINE)


def _said(alarm: Alarm) -> Message:
    facts = alarm.args or {}
    return Message(alarm.code, facts) if alarm.code and is_known(alarm.code, facts) else text(alarm.text)
