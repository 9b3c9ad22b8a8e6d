"""The date of a card in words that are no digits: the ninth of twenty seven, сентябрь двадцать седьмого года. Pure."""

import re
from collections.abc import Sequence

from transcripts.redaction.digit_runs import BREATH, MONTHS
from transcripts.redaction.speakers import SpeakerStream, Talk

SECONDS = 30.0
"""For so long after the question a date is taken for its answer."""
MOST_WORDS = 12
"""No date has more words than that; digits without end are none."""
_ORDINAL_EN = re.compile(
    r"(twenty-|thirty-)?(third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|"
    r"(thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth|(twenty-|thirty-)(first|second)"
)
_ORDINAL_RU = re.compile(
    r"(перв|втор|четверт|пят|шест|седьм|восьм|девят|десят|(один|две|три|четыр|пят|шест|сем|восем|девят)надцат|двадцат|"
    r"тридцат|сороков)(ый|ой|ого|ому|ым|ом|ая|ую)|трет(ий|ьего|ьему|ьим|ьем|ья|ью)"
)
_BETWEEN = frozenset("of the in slash месяц месяца месяце год года году".split())
_ENDS = frozenset("месяц месяца год года году".split())
_SMALL = frozenset("first second".split())


def find(talk: Talk, answers: Sequence[float]) -> list[tuple[str, int, int]]:
    """(speaker, first word, one past the last) of each date of a card that was asked for."""
    found = []
    for speaker, stream in talk.streams.items():
        place = 0
        while place < len(stream.words):
            last = _date(stream, place)
            if last is None:
                place += 1
                continue
            if _is_expiry(talk, speaker, place, answers):
                found.append((speaker, place, last))
            place = last
    return found


def _is_expiry(talk: Talk, speaker: str, place: int, answers: Sequence[float]) -> bool:
    start = talk.streams[speaker].words[place].start
    asked = talk.question(speaker, place, answers)
    return any(label.kind == "expiry" for label in asked) and start - asked[0].end <= SECONDS


def _date(stream: SpeakerStream, first: int) -> int | None:
    """One past the last word of the date that begins there: a month or an ordinal, and something more beside it."""
    named, parts, last = 0, 0, first
    for at in range(first, min(first + MOST_WORDS, len(stream.words))):
        word = stream.plain[at]
        if at > first and stream.words[at].start - stream.words[at - 1].end > BREATH:
            break
        name = word in MONTHS or _ordinal(stream, at)
        number = stream.numbers[at]
        if name or (number is not None and not number.amount and len(number.value) <= 4):
            named, parts, last = named + name, parts + 1, at + 1
        elif parts and word in _BETWEEN:
            last = at + 1 if word in _ENDS else last
        else:
            break
    return last if named and parts > 1 else None


def _ordinal(stream: SpeakerStream, at: int) -> bool:
    word = stream.plain[at]
    if word in _SMALL:  # one second: no date
        return at + 1 < len(stream.plain) and (stream.plain[at + 1] == "of" or stream.plain[at + 1] in MONTHS)
    return bool(_ORDINAL_EN.fullmatch(word) or _ORDINAL_RU.fullmatch(word))
