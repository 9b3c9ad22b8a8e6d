"""The sixty marked conversations as long calls: three to twelve minutes, with all that belongs to a call and not to it.

What people talk of besides (who are you, what does the letter say, a door bell, the weather, a colleague is asked, the
newsletter) stands in `bench/data/between_<language>.txt`, written without the marked moments in view; the marks are
those of `bench/conversations.py`, given by who wrote the text. A piece says where it fits: first (before the problem),
early and mid (until the promise), late (after it). `H 48` is a hold of so many seconds, `S 9` a silence. Conversations
and pieces with even numbers are for choosing rules; those with odd ones, other words on other matters, for the measure
alone. The same number always makes the same call.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.conversations import DATA, LANGUAGES, TURN_GAP, Conversation, Hearing
from transcripts.text.intervals import Interval

__all__ = ["LANGUAGES", "LongConversation", "long_conversations"]
SURE, UNSURE = (0.75, 1.0), (0.2, 0.7)
"""Confidence of words heard right and wrong, from lowest to highest."""
DOUBTED = 40
"""One word of so many is heard right, and not believed."""
HELD = (0.6, 2.5)
"""A hold as long as it is written, times something between these."""
_MARK = re.compile(r"\[([PTMO])\]")


@dataclass(frozen=True)
class LongConversation:
    """One of the sixty, as a long call."""

    heard: Conversation
    holds: tuple[Interval, ...]
    seconds: float


@dataclass(frozen=True)
class _Piece:
    place: str
    lines: tuple[str, ...]


class _LongHearing(Hearing):
    """With holds and silences, and words that the recogniser is less sure of."""

    def __init__(self, name: str, language: str, heard: str, known: list[str]) -> None:
        super().__init__(name, language, heard, known)
        self.holds: list[Interval] = []

    def take(self, line: str) -> None:
        if line[0] not in "HS":
            super().take(line)
            return
        begin, self.at = self.at, self.at + float(line[1:])
        if line[0] == "H":
            self.holds.append((begin, self.at))
        self.at += TURN_GAP

    def sure(self, text: str, spoken: str) -> float:
        right = text.lower().strip(".,?!…:«»\"'") == spoken.lower().strip(".,?!…:«»\"'")
        doubted = not right or self.random.randrange(DOUBTED) == 0
        return round(self.random.uniform(*(UNSURE if doubted else SURE)), 2)


@cache
def long_conversations(language: str) -> tuple[LongConversation, ...]:
    """All thirty of a language."""
    return tuple(_read(language))


def _read(language: str) -> Iterator[LongConversation]:
    text = (DATA / f"conversations_{language}.txt").read_text(encoding="utf-8")
    pieces = _pieces(DATA / f"between_{language}.txt")
    spoken = re.sub(r"\[[PTMO]\]|^=.*$", "", text, flags=re.MULTILINE)
    known = sorted({word for word in re.findall(r"[^\W\d_]+", spoken.lower()) if len(word) >= 4})
    for part in re.split(r"^= ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        number, heard = head.split()
        chance = random.Random(f"long {language} {number}")
        lines = _lengthened([line for line in body.splitlines() if line.strip()], pieces[int(number) % 2], chance)
        hearing = _LongHearing(f"{language}-{number}", language, heard, known)
        found = hearing.hear("\n".join(lines))
        yield LongConversation(found, tuple(hearing.holds), hearing.at)


def _pieces(path: Path) -> tuple[list[_Piece], list[_Piece]]:
    """Those with even numbers, and those with odd ones."""
    found: tuple[list[_Piece], list[_Piece]] = [], []
    for part in re.split(r"^= ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        number, place = head.split()
        found[int(number) % 2].append(_Piece(place, tuple(body.strip().splitlines())))
    return found


def _lengthened(lines: list[str], pieces: list[_Piece], chance: random.Random) -> list[str]:
    """The lines of a conversation with some of the pieces between them; never between a mark and its turn."""
    marked = {mark: at for at, line in enumerate(lines) for mark in _MARK.findall(line)}
    problem, last = marked["P"], max(marked["M"], marked["O"])
    fits = {
        "first": (1, 1),
        "early": (problem + 1, max(problem + 1, marked["T"])),
        "mid": (problem + 1, max(problem + 1, marked["M"])),
        "late": (last + 1, len(lines)),
    }
    inserted: dict[int, list[str]] = {}
    for piece in chance.sample(pieces, chance.randint(4, len(pieces))):
        at = chance.randint(*fits[piece.place])
        inserted.setdefault(at, []).extend(_held(line, chance) for line in piece.lines)
    found: list[str] = []
    for at in range(len(lines) + 1):
        found += inserted.get(at, [])
        found += lines[at : at + 1]
    return found


def _held(line: str, chance: random.Random) -> str:
    return f"H {float(line[1:]) * chance.uniform(*HELD):.1f}" if line.startswith("H") else line
