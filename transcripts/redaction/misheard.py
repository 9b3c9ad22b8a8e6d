"""Answers to a question for a code in which digits were heard as other words: free sex bar, to bad at oh to a. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from transcripts.redaction.digit_runs import BREATH, UNITS, USUAL, beside
from transcripts.redaction.labels import GUESSED, Label
from transcripts.redaction.meaning import CODES, ends_with_it
from transcripts.redaction.numbers import SOUND_LIKE
from transcripts.redaction.passwords import PUTS_OFF
from transcripts.redaction.rules import Kind, RedactionRules
from transcripts.redaction.speakers import SpeakerStream, Talk, is_asking

SECONDS, FEW_WORDS, MOST_WORDS = 6.0, 7, 16
"""An answer begins so soon; of so few words it is silenced where nothing of it was understood; so far it is read."""
BEFORE = 6
"""So many words may stand before the first that sounds like a digit: the code you sent me is."""
LEAST = {"code": 3, "pin": 4, "one_time_code": 4}
"""So many digits, or what sounds like them, are an answer."""
FEWEST = 3
"""Fewer words than that are left to what is understood of them."""
ALL = 4
"""So many words that all sound like digits are digits, though each of them is an everyday word."""
UNCOMMON = frozenset(SOUND_LIKE) - frozenset("o to too for want".split())
"""Words for a digit that are seldom said for anything else."""
EVERYDAY = frozenset(
    "a at hate hat bad bat far form full fine hive nigh night owe hero sax sick six's sake heaven sever wan once do "
    "есть жесть шерсть честь опять пядь пятно всем совсем осень весен аден дева едва при тре четыри моль нуль соль "
    "деветь дивять девить".split()
)
"""Words that recognisers write for digits too, and that mean so only among others of their kind."""
_VAGUE = frozenset("oh one один одна одно раз".split())
"""Number words that often count nothing."""
_SENTENCE = frozenset("i he she they we была был было есть нужен нужна я он она они мы съела съел сказал".split())
"""Words of an answer that says something else."""


@dataclass(frozen=True, slots=True)
class Misheard:
    """Words `first` up to and without `last` of a speaker."""

    kind: Kind
    speaker: str
    first: int
    last: int


def find(talk: Talk, rules: RedactionRules) -> Iterator[Misheard]:
    """What was said in answer to a question for a code, or after who speaks told that it comes."""
    for label in (each for each in talk.labels if each.kind in CODES and rules.wants(each.kind)):
        for stream in talk.streams.values():
            own, asks = label.speaker == stream.speaker, talk.asks(label)
            if own != asks or (not own and (label.strength == GUESSED or ends_with_it(talk, label))):
                yield from _in_answer(stream, label, own=own, asks=asks)


def _in_answer(stream: SpeakerStream, label: Label, *, own: bool, asks: bool) -> Iterator[Misheard]:
    first = label.last if own else bisect_left(stream.starts, label.end + 1e-6)
    if first >= len(stream.words) or stream.words[first].start - label.end > SECONDS:
        return
    last = first + 1
    while last < min(len(stream.words), first + MOST_WORDS) and (
        stream.words[last].start - stream.words[last - 1].end < BREATH
    ):
        last += 1
    place = _like_digits(stream, first, last, LEAST[label.kind])
    if place is None and last - first <= FEW_WORDS and own != asks and label.strength != GUESSED:
        place = _strange(stream, first, last, own=own)
    if place is not None:
        yield Misheard(CODES[label.kind], stream.speaker, *place)


def _like_digits(stream: SpeakerStream, first: int, last: int, least: int) -> tuple[int, int] | None:
    """The words from the first to the last that is or sounds like a digit, where most of those between do."""
    begin = end = -1
    said: list[int] = []
    for at in range(first, last):
        number = stream.numbers[at]
        if number is not None and number.amount:
            return None
        far = at - first >= BEFORE if begin < 0 else at - end > 1
        if far or at in stream.markers or at in stream.in_labels:
            break  # another number: my order is
        if number is not None or stream.plain[at] in SOUND_LIKE or stream.plain[at] in EVERYDAY:
            begin, end = (at if begin < 0 else begin), at + 1
            said.append(at)
    length = end - begin
    if not said or length < FEWEST or _puts_off(stream, begin, end) or beside(stream, end, end - 1) in UNITS:
        return None
    numbers = [stream.numbers[at] for at in said]
    digits = sum(len(each.value) if each is not None and each.part == "digits" else 1 for each in numbers)
    if None not in numbers or digits < least:
        return None  # digits that were understood are a row, which knows better what it is
    sure = sum(
        stream.plain[at] in UNCOMMON or (n is not None and stream.plain[at] not in _VAGUE)
        for at, n in zip(said, numbers, strict=True)
    )
    every = len(said) == length and (length >= ALL or sure > 0)
    return (begin, end) if every or (sure > 1 and 2 * len(said) > length) else None


def _strange(stream: SpeakerStream, first: int, last: int, *, own: bool) -> tuple[int, int] | None:
    """The words of a short answer that nobody says there, where no digit was understood: free, sex, bar."""
    if _puts_off(stream, first, last) or any(stream.numbers[at] is not None for at in range(first, last)):
        return None
    said = [at for at in range(first, last) if at not in stream.in_labels and at not in stream.markers]
    strange = [at for at in said if stream.plain[at] not in USUAL or stream.plain[at] in SOUND_LIKE]
    like = [stream.plain[at] for at in strange if stream.plain[at] in SOUND_LIKE]
    if own and (len(like) < 2 or UNCOMMON.isdisjoint(like)):
        return None  # who speaks of a code does not always tell it: protects you from fraud
    if not like and not _SENTENCE.isdisjoint(stream.plain[first:last]):
        return None
    return (strange[0], strange[-1] + 1) if strange and strange[-1] - strange[0] < 4 else None


def _puts_off(stream: SpeakerStream, first: int, last: int) -> bool:
    """Whether an answer is a question, or says that none comes."""
    said = stream.plain[first:last]
    return not PUTS_OFF.isdisjoint(said) or any(map(is_asking, said))
