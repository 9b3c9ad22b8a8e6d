"""By what a ticket of ours is known outside, and texts as other systems take them.

A mark is one word of letters and digits, made of the ticket's number and the moment it was opened: two installations,
or one that was begun anew, never take each other's tickets for their own, and a store that was restored knows its own.
"""

import unicodedata
import uuid
from datetime import datetime

LONGEST_SUBJECT = 180
LONGEST_TEXT = 20_000
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def mark_of(number: int, created_at: datetime) -> str:
    """Of a ticket, e.g. rb12xmf3k2a9c."""
    return f"rb{number}x{_base36(round(created_at.timestamp() * 1000))}"


def note_mark_of(event: uuid.UUID) -> str:
    """Of a note, by the event that it tells of."""
    return f"rbn{_base36(event.int)[-16:]}"


def subject_with(subject: str, number: int, mark: str) -> str:
    """One line that has the ticket's number for people and its mark for the search."""
    return f"{one_line(subject)[:LONGEST_SUBJECT] or '-'} [Ringback #{number} {mark}]"


def one_line(words: str) -> str:
    """Without what is no character or ends a line."""
    return " ".join("".join(" " if _is_unseen(char) else char for char in words).split())


def plain(words: str) -> str:
    """A text of lines, without other characters that are not seen."""
    kept = "".join(char for char in words.replace("\r\n", "\n") if char == "\n" or not _is_unseen(char))
    return kept[:LONGEST_TEXT]


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in "\u202a\u202b\u202c\u202d\u202e"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
