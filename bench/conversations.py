"""Sixty invented conversations, each with the sentences marked that a summary is to find; as a recogniser hears them.

`bench/data/conversations_<language>.txt` was written as a whole before any rule of the summary was. A conversation
begins with its number and how it is heard; each line is a turn of the agent (A) or the caller (C); a mark stands before
its sentence:

    = 02 bare
    A Hello, City Bank, Laura speaking.
    C Hello Laura. [P] You charged me the monthly fee twice.

P is the problem, T where the conversation turns (why it is so, what can be done), M what was promised, O the outcome.
Heard `clean`: as it is written. `bare`: without marks and capitals, as Vosk gives it, sentences told by pauses.
`misheard`: every eighth longer word is the one that sounds most like it. `rough`: both. Even numbers are for choosing
rules and weights, odd ones for the measure alone.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from transcripts.engines.recogniser import Word
from transcripts.text.readable import is_bare, readable
from transcripts.text.turns import Turn, turns

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "ru")
POINTS = {"P": "problem", "T": "turn", "M": "promised", "O": "outcome"}
WORD_SECONDS, TURN_GAP = 0.32, 0.7
SENTENCE_PAUSES, COMMA_PAUSES = (0.1, 0.6), (0.0, 0.3)
"""Seconds, from shortest to longest: some ends of sentences are no pause that tells, some commas are one."""
MISHEARD, LEAST_LETTERS = 8, 4
_SENTENCE = re.compile(r"(?:\[([PTMO])\]\s*)?([^\[\]]+?[.?!…])(?=\s|$)")


@dataclass(frozen=True)
class Marked:
    """A marked sentence: when it is said."""

    point: str
    """problem, turn, promised or outcome"""
    start: float
    end: float
    text: str
    """As it was written."""


@dataclass(frozen=True)
class Conversation:
    """One of the sixty, as it is heard."""

    name: str
    language: str
    heard: str
    turns: tuple[Turn, ...]
    """Readable, as they stand in the store."""
    marked: tuple[Marked, ...]

    @property
    def measured(self) -> bool:
        """Whether it is of the half that nothing was chosen on."""
        return int(self.name[-2:]) % 2 == 1


@cache
def conversations(language: str) -> tuple[Conversation, ...]:
    return tuple(_read(language))


def _read(language: str) -> Iterator[Conversation]:
    text = (DATA / f"conversations_{language}.txt").read_text(encoding="utf-8")
    spoken = re.sub(r"\[[PTMO]\]|^=.*$", "", text, flags=re.MULTILINE)
    known = sorted({word for word in re.findall(r"[^\W\d_]+", spoken.lower()) if len(word) >= LEAST_LETTERS})
    for part in re.split(r"^= ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        number, heard = head.split()
        yield Hearing(f"{language}-{number}", language, heard, known).hear(body)


class Hearing:
    """Words of one conversation and their times; the same every time."""

    def __init__(self, name: str, language: str, heard: str, known: list[str]) -> None:
        self.name, self.language, self.heard, self.known = name, language, heard, known
        self.random = random.Random(name)
        self.at = 1.0
        self.words: dict[str, list[Word]] = {"agent": [], "caller": []}
        self.marked: list[Marked] = []

    def hear(self, body: str) -> Conversation:
        for line in filter(None, map(str.strip, body.splitlines())):
            self.take(line)
        bare = is_bare(word for said in self.words.values() for word in said)
        said = [
            replace(turn, words=tuple(readable(turn.words, self.language, bare=bare))) for turn in turns(self.words)
        ]
        return Conversation(self.name, self.language, self.heard, tuple(said), tuple(self.marked))

    def take(self, line: str) -> None:
        """One line: a turn."""
        speaker = {"A": "agent", "C": "caller"}[line[0]]
        for found in _SENTENCE.finditer(line[1:].strip()):
            self._say(speaker, found[1], found[2])
        self.at += TURN_GAP

    def _say(self, speaker: str, mark: str | None, sentence: str) -> None:
        begin = self.at
        for text in sentence.split():
            spoken = self._as_heard(text)
            end = self.at + WORD_SECONDS * (0.5 + min(len(text), 12) / 12)
            if spoken.strip("«»—–\"' "):
                self.words[speaker].append(Word(round(self.at, 2), round(end, 2), self.sure(text, spoken), spoken))
            self.at = end
            if text.endswith((".", "?", "!", "…")):
                self.at += self.random.uniform(*SENTENCE_PAUSES)
            elif text.endswith((",", ":")):
                self.at += self.random.uniform(*COMMA_PAUSES)
        if mark is not None:
            self.marked.append(Marked(POINTS[mark], begin, self.at, sentence))

    def sure(self, text: str, spoken: str) -> float:  # noqa: ARG002 - of what was said and what was heard
        """How sure the recogniser is of a word."""
        return 0.9

    def _as_heard(self, text: str) -> str:
        if self.heard in ("misheard", "rough"):
            text = re.sub(r"[^\W\d_]+", self._misheard, text)
        return re.sub(r"[^\w\s'’-]", "", text).lower() if self.heard in ("bare", "rough") else text

    def _misheard(self, found: re.Match[str]) -> str:
        word = found[0]
        if len(word) < LEAST_LETTERS or self.random.randrange(MISHEARD):
            return word
        others = [other for other in self.known if other != word.lower()]
        return process.extract(word.lower(), others, scorer=fuzz.ratio, limit=1)[0][0]
