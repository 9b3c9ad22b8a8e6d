"""Codes and accounts that have letters in them: A B 4 9 2 K, GB29 NWBK 6016, spelled or as one word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.redaction.digit_runs import UNITS, beside
from transcripts.redaction.emails import spelled
from transcripts.redaction.meaning import LABEL_SECONDS
from transcripts.redaction.rules import Kind
from transcripts.redaction.speakers import SpeakerStream, Talk

PAUSE = 2.0
"""Seconds between the signs of one code."""
LEAST = 4
"""A code has so many signs."""
_IBAN = re.compile(r"[a-z]{2}\d{2}[a-z0-9]{11,30}")
"""ISO 13616: country, check digits, and up to 30 signs more."""
_MIXED = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w-]{2,34}")
_KINDS: dict[str, Kind] = {"one_time_code": "one_time_code", "bank_account": "bank_account", "pin": "pin"}


_LETTERS = frozenset("a i и в с к у о а я".split())
"""Letters that are words: 22 boxes and 100 cables, между 3 и 12 часами."""


@dataclass(frozen=True, slots=True)
class Lettered:
    """A row of letters and digits: words `first` up to and without `last`."""

    kind: Kind
    first: int
    last: int


def find(talk: Talk, stream: SpeakerStream, answers: Sequence[float]) -> list[Lettered]:
    """Those of one speaker that were asked for as a code or an account, and what is an IBAN whatever was asked for."""
    free = spelled(stream)
    found: list[Lettered] = []
    at = 0
    while at < len(stream.words):
        if _IBAN.fullmatch(re.sub(r"\W", "", stream.plain[at])):
            found.append(Lettered("bank_account", at, at + 1))
        if not _is_sign(stream, at, free):
            at += 1
            continue
        last = at + 1
        while last < len(stream.words) and _is_sign(stream, last, free) and _is_near(stream, last):
            last += 1
        counts = beside(stream, last, last - 1) in UNITS and not _LETTERS.isdisjoint(stream.plain[at:last])
        kind = _kind(talk, stream, at, answers) if not counts and _has_letters(stream, at, last) else None
        if kind is not None:
            found.append(Lettered(kind, at, last))
        at = last
    return found


def _is_sign(stream: SpeakerStream, at: int, free: frozenset[int]) -> bool:
    raw = stream.words[at].text.strip(" .,;:!?")
    return (
        at in free or bool(_MIXED.fullmatch(raw)) or (len(raw) == 4 and raw.isupper())
    ) and at not in stream.in_labels


def _is_near(stream: SpeakerStream, at: int) -> bool:
    return stream.words[at].start - stream.words[at - 1].end <= PAUSE


def _has_letters(stream: SpeakerStream, first: int, last: int) -> bool:
    """Whether it is a code with letters, and no number alone or letter of a sentence."""
    signs = digits = 0
    for at in range(first, last):
        number = stream.numbers[at]
        digits += 1 if number is not None else sum(sign.isdecimal() for sign in stream.plain[at])
        signs += len(stream.plain[at]) if number is None or number.part == "digits" else 1
    return signs >= LEAST and digits > 0 and any(stream.numbers[at] is None for at in range(first, last))


def _kind(talk: Talk, stream: SpeakerStream, at: int, answers: Sequence[float]) -> Kind | None:
    start = stream.words[at].start
    for label in talk.question(stream.speaker, at, answers):
        if label.kind in _KINDS and start - label.end <= LABEL_SECONDS:
            return _KINDS[label.kind]
    return None
