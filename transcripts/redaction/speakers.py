"""One call's words as the detectors read them: by speaker, with what each says of numbers, and what is talked about.

Pure. A label is a word that tells what the next number is ("card", "security code", "заказ"); it may be said by
either speaker, before the number and sometimes right after it.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from transcripts.recognizer import Word
from transcripts.redaction.numbers import Number, number_in, plain

SLOP = 1.0
"""Seconds by which a recogniser's times of two speakers may disagree."""

_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("code", (
        r"cvv2?|cvc2?|cvs|cbc|csc|cvb|cbb|cbv|c\.?v\.?v", r"[цсзтд][эеыи]?-?[вб][эеыи]?-?[вбцс][эе]?(-?к[оа][дт])?",
        r".*[вб]{2}-?к[оа][дт]|си-?ви-?(ви|си)|трехзначн\w*|трех-значн\w*|оборот\w*|обратн\w*",
    )),
    ("expiry", (r"expir\w*|expiration|срок\w*|действ(ует|ительн\w*|ия)",)),
    ("card", (
        r"cards?|карт(а|ы|е|у|ой|очк\w*|ам|ами)", r"visa|виза|визы|mastercard|мастеркард\w*|maestro|amex|лицевой",
    )),
    ("phone", (
        r"phone|mobile|cell|telephone|телефон\w*|мобильн\w*|сотов\w*|перезвон\w*|звонить|whatsapp|ватсап\w*|позвон\w*",
    )),
    ("email", (r"e-?mails?|mail|почт[аыуе]?|имейл\w*|мейл\w*|мэйл\w*|емейл\w*|адрес\w*|e-мейл",)),
    ("harmless", (
        r"orders?|ordered|invoice|reference|requests?|tickets?|error|tracking|balance|account|parcel",
        r"заказ\w*|обращени\w*|заявк\w*|ошибк\w*|трек\w*|накладн\w*|договор\w*|артикул\w*|баланс\w*",
        r"сч[её]т\w*|щ[её]т\w*|посылк\w*|отслежив\w*",
    )),
)  # fmt: skip
_STEMS = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _KINDS)
_PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("code", ("security", "code")), ("code", ("security", "number")), ("code", ("verification", "code")),
    ("code", ("three", "digits")), ("code", ("3", "digits")), ("code", ("four", "digits")), ("code", ("4", "digits")),
    ("code", ("digits", "on")), ("code", ("код", "безопасности")), ("code", ("защитный", "код")),
    ("code", ("проверочный", "код")), ("code", ("три", "цифры")), ("code", ("3", "цифры")), ("code", ("v", "v")),
    ("code", ("v", "c")), ("code", ("вэ", "вэ")), ("code", ("ви", "ви")), ("code", ("the", "back")),
    ("code", ("три", "последние")), ("card", ("long", "number")), ("card", ("длинный", "номер")),
    ("phone", ("call", "me")), ("phone", ("call", "you")), ("phone", ("reach", "you")), ("phone", ("reach", "me")),
    ("phone", ("call", "back")), ("phone", ("для", "связи")), ("email", ("send", "the")), ("email", ("send", "it")),
    ("expiry", ("valid", "until")), ("expiry", ("valid", "thru")), ("expiry", ("до", "какого")),
    ("harmless", ("error", "code")), ("harmless", ("ошибка", "код")), ("harmless", ("area", "code")),
)  # fmt: skip
_ASKING = re.compile(r"наз[оа]ви\w*|продикту\w*|прочита\w*|скаж\w*|подскаж\w*")
_ASKS = frozenset(
    "what which where when could can need give read tell spell назовите продиктуйте прочитайте скажите какой какая "
    "какую какие какому по теперь подскажите запишу".split()
)


@dataclass(frozen=True, slots=True)
class Label:
    """Somebody says what the number that follows is."""

    kind: str
    """card, code, expiry, phone, email, harmless"""
    speaker: str
    index: int
    """Of the word in the speaker's words."""
    start: float
    end: float


@dataclass(frozen=True)
class Stream:
    """One speaker's words in the order in which they were said."""

    speaker: str
    words: Sequence[Word]

    @cached_property
    def plain(self) -> list[str]:
        return [plain(word.text) for word in self.words]

    @cached_property
    def different(self) -> frozenset[str]:
        """The words without doubles."""
        return frozenset(self.plain)

    @cached_property
    def numbers(self) -> list[Number | None]:
        return [number_in(word.text) for word in self.words]

    @cached_property
    def labels(self) -> list[Label]:
        """In the order of the words."""
        return [
            Label(kind, self.speaker, at, word.start, word.end)
            for at, word in enumerate(self.words)
            if (kind := self._label_at(at)) is not None
        ]

    def _label_at(self, at: int) -> str | None:
        for kind, phrase in _PHRASES:
            if tuple(self.plain[at : at + len(phrase)]) == phrase:
                return kind
        if self.numbers[at] is not None:
            return None
        return next((kind for kind, pattern in _STEMS if pattern.fullmatch(self.plain[at])), None)


@dataclass(frozen=True)
class Talk:
    """Both speakers' words."""

    streams: Mapping[str, Stream]
    _starts: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Mapping[str, Sequence[Word]]) -> "Talk":
        return cls({speaker: Stream(speaker, list(said)) for speaker, said in words.items()})

    def others(self, speaker: str) -> list[Stream]:
        return [stream for name, stream in self.streams.items() if name != speaker]

    def label_before(self, speaker: str, index: int, seconds: float) -> Label | None:
        """The last label said before that word, by the speaker or by another, at most so long before it."""
        word = self.streams[speaker].words[index]
        found = [label for label in self.streams[speaker].labels if label.index < index]
        best = found[-1] if found else None
        for other in self.others(speaker):
            for label in other.labels:
                if label.start <= word.start + SLOP and (best is None or label.start > best.start):
                    best = label
        return best if best is not None and word.start - best.end <= seconds else None

    def label_after(self, speaker: str, index: int, words: int) -> Label | None:
        """The first label the speaker says within so many words after that one, without a pause."""
        stream = self.streams[speaker]
        for label in stream.labels:
            if index < label.index <= index + words and label.start - stream.words[index].end < 2.0:
                return label
        return None

    def said_between(self, speaker: str, start: float, end: float) -> list[tuple[Stream, int]]:
        """What others said between two times: the streams and the places of the words whose middle lies there."""
        found = []
        for other in self.others(speaker):
            starts = self._starts.setdefault(other.speaker, [word.start for word in other.words])
            first = max(0, bisect_right(starts, start - 5.0))
            for at in range(first, len(other.words)):
                word = other.words[at]
                if word.start > end:
                    break
                if start < (word.start + word.end) / 2 < end:
                    found.append((other, at))
        return found

    def asks(self, label: Label) -> bool:
        """Whether the sentence around a label asks for something."""
        stream = self.streams[label.speaker]
        low, high = max(0, label.index - 10), min(len(stream.words), label.index + 9)
        said = [
            at for at in range(low, high)
            if abs(stream.words[at].start - label.start) < 5.0
        ]  # fmt: skip
        return any(
            stream.words[at].text.rstrip().endswith("?")
            or stream.plain[at] in _ASKS
            or _ASKING.fullmatch(stream.plain[at])
            for at in said
        )
