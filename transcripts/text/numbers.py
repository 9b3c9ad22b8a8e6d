"""Spoken numbers -> figures, in English and Russian. Pure: words in, groups of words with their new text out.

Careful rather than complete: a figure where a word was meant disturbs more than the other way round. Written in
figures are numbers from 10 on, any number before money or percent, the ends of a range alike, numbers dictated digit by
digit or in groups (cards, telephones, contracts), times, years and dates. "One moment" and "two or three" stay words.

    number_words.py   what a word counts for
    number_reader.py  words -> numbers
    clock.py          which numbers are times, years, days
    number_chains.py  what is counted (money, percent), and numbers that share it: two to three thousand dollars
    numbers.py        all others, and the order in which it is decided

text2num was tried first: the kept version (3.1) knows no Russian and takes dictated digits for sums ("eight hundred
five five" is 805 5), the old one (2.5) leaves most Russian cases as words; so both languages share this small grammar.
"""

from collections.abc import Sequence
from itertools import pairwise

from transcripts.text import clock
from transcripts.text.number_chains import Figure, chain_at, spelled
from transcripts.text.number_reader import MARKS, NumberReader, NumberReading
from transcripts.text.number_words import LANGUAGES, LETTERS

__all__ = ["MARKS", "Figure", "figures"]

PAUSE = 0.45
"""Seconds between two dictated digits that begin a new group: 415 555 0123."""
PHONE_DIGITS = 10
"""So many digits after a "plus" are a telephone number with its country."""


def figures(words: Sequence[str], gaps: Sequence[float], language: str) -> list[Figure]:
    """What to write in figures. `gaps[i]`: seconds of silence before word i. An unknown language has none."""
    known = LANGUAGES.get(language)
    if known is None:
        return []
    reader = NumberReader(words, known)
    found: list[Figure] = []
    place = 0
    while place < len(words):
        made, place = _passage(reader, place, gaps)
        found += made
    return found


def _passage(reader: NumberReader, place: int, gaps: Sequence[float]) -> tuple[list[Figure], int]:
    """The figures of what begins at `place`, and where to go on."""
    idiom = _idiom(reader, place)
    if idiom is not None:
        return [idiom], idiom.end
    run = reader.run(place)
    chain = chain_at(reader, place, run)
    if chain is not None:
        found, end = chain
    elif run:
        found, end = _written(run, reader, gaps), run[-1].end
    else:
        return [], place + 1
    for said in LETTERS:
        if reader.language.joins and reader.says(end, said) and not reader.ends(end - 1):
            return [*found, Figure(end, end + 2, "".join(said))], end + 2
    return found, end


def _idiom(reader: NumberReader, place: int) -> Figure | None:
    """What has figures of its own: 24/7, the 1980s."""
    for said in reader.language.all_week:
        end = place + len(said)
        if reader.says(place, said) and not reader.language.atoms.keys() & {reader.word(place - 1), reader.word(end)}:
            return Figure(place, end, "24/7")
    decade = reader.language.decades.get(reader.word(place + 1))
    first = reader.number(place) if decade else None
    if decade and first and first.value in (18, 19, 20):
        return Figure(place, place + 2, f"{first.value}{decade}0s")
    return None


def _written(run: list[NumberReading], reader: NumberReader, gaps: Sequence[float]) -> list[Figure]:
    if run[0].ordinal:
        text = clock.ordinal_of(run[0], reader)
        return [Figure(run[0].start, run[0].end, text)] if text else []
    dated = clock.is_dated(run[0].start, reader)
    before = reader.word(run[0].start - 1)
    if before in reader.language.months and len(run) > 1 and run[0].value <= 31:
        year = clock.year_of(run[1:], reader, dated=True)
        if year:  # May five, twenty twenty six
            return [Figure(run[0].start, run[0].end, run[0].figures), Figure(run[1].start, run[-1].end, year)]
    together = clock.year_of(run, reader, dated=dated) or clock.time_of(run, reader) or _joined(run, reader)
    if together:
        return [Figure(run[0].start, run[-1].end, together)]
    if _is_dictated(run):
        return _dictated(run, reader, gaps)
    return [each for number in run for each in _alone(number, reader, in_run=len(run) > 1)]


def _joined(run: list[NumberReading], reader: NumberReader) -> str:
    """What is one number to go by: twelve oh five, one twenty three Main Street."""
    values = [number.value for number in run]
    if len(run) == 3 and 10 <= values[0] < 100 and not values[1] and values[2] < 10 and reader.language.zero_letters:
        return f"{values[0]}0{values[2]}" if all(number.is_plain for number in run) else ""
    end = run[-1].end
    street = any(reader.word(at) in reader.language.streets for at in (end, end + 1, end + 2))
    named = reader.word(run[0].start - 1).startswith(reader.language.labels)
    if len(run) == 2 and (street or named) and values[0] < 100 and 10 <= values[1] < 100:
        return f"{values[0]}{values[1]}" if all(number.is_plain for number in run) else ""
    return ""


def _is_dictated(run: list[NumberReading]) -> bool:
    if len(run) < 3:
        return False
    if sum(len(number.figures) for number in run) >= 4:
        return True
    # Nine one one, but not two three four days.
    return not all(after.value == before.value + 1 for before, after in pairwise(run))


def _dictated(run: list[NumberReading], reader: NumberReader, gaps: Sequence[float]) -> list[Figure]:
    """Digits one after another make one group until a pause; numbers of several digits are groups of their own."""
    found: list[Figure] = []
    last: NumberReading | None = None
    for number in run:
        goes_on = number.is_digits or (bool(number.text) and number.value < 10)
        if last and last.is_digits and goes_on and gaps[number.start] < PAUSE:
            found[-1] = Figure(found[-1].start, number.end, found[-1].text + number.figures)
        else:
            found.append(Figure(number.start, number.end, number.figures))
        last = number
    first = found[0]
    if reader.word(first.start - 1) in reader.language.plus and sum(len(each.text) for each in found) >= PHONE_DIGITS:
        found[0] = Figure(first.start - 1, first.end, "+" + first.text)
    return found


def _alone(number: NumberReading, reader: NumberReader, *, in_run: bool) -> list[Figure]:
    """A number by itself; empty: it stays in words."""
    language, following = reader.language, "" if reader.ends(number.end - 1) else reader.word(number.end)
    if number.soft or clock.is_told_in_words(number, reader):
        return []
    if number.text:
        return [] if number.is_digits else spelled(number, reader)
    if number.article and number.scale[0] == 1 and number.scale[1] > 1:
        return []  # "a thousand thanks", "a hundred people"
    counted = following.startswith(language.counted) if following else False
    counted = counted or any(reader.says(number.end, said) for said in LETTERS if language.joins)
    if number.scale[1] >= 1_000_000 and number.scale[0] < 10 and not counted:
        return []
    if counted or (number.value >= 10 and not in_run) or number.value >= 100:
        before = reader.word(number.start - 1) if language.minus else ""
        if before in language.minus and not in_run:
            return spelled(number, reader, before="-", start=number.start - 1)
        return spelled(number, reader)
    # Two small numbers in a row are as often "two, three days" as they are a sum: both stay words.
    return []
