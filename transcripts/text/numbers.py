"""Spoken numbers -> figures, in English and Russian. Pure: words in, groups of words with their new text out.

Careful rather than complete: a figure where a word was meant disturbs more than the other way round. Written in
figures are numbers from 10 on, any number before money, percent or an hour, numbers dictated digit by digit or in
groups (cards, telephones, contracts), times, years and dates. "One moment" and "two or three" stay words.

text2num was tried first: the kept version (3.1) knows no Russian and takes dictated digits for sums ("eight hundred
five five" is 805 5), the old one (2.5) leaves most Russian cases as words; so both languages share this small grammar.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.text.number_words import LANGUAGES, Atom, NumberWords

PAUSE = 0.45
"""Seconds between two dictated digits that begin a new group: 415 555 0123."""
MARKS = ".,;:!?…"


@dataclass(frozen=True, slots=True)
class Figure:
    """Words `start` to `end` (exclusive) are written as `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _WrittenNumber:
    start: int
    end: int
    value: int
    ordinal: bool = False
    text: str = ""
    """Where its figures are not those of the value: 55 of "double five", 3.5."""

    @property
    def figures(self) -> str:
        return self.text or str(self.value)

    @property
    def is_digits(self) -> bool:
        """Whether it was said as single digits."""
        return self.value < 10 or (bool(self.text) and self.text.isdigit())


def figures(words: Sequence[str], gaps: Sequence[float], language: str) -> list[Figure]:
    """What to write in figures. `gaps[i]`: seconds of silence before word i. An unknown language has none."""
    known = LANGUAGES.get(language)
    if known is None:
        return []
    reader = _FigureReader([_bare(word) for word in words], [word[-1:] in MARKS for word in words], known)
    found: list[Figure] = []
    place = 0
    while place < len(words):
        run = reader.run(place)
        if run:
            found += _written(run, reader, gaps)
        place = run[-1].end if run else place + 1
    return found


class _FigureReader:
    """The words of a turn with their numbers."""

    def __init__(self, words: list[str], ends: list[bool], language: NumberWords) -> None:
        self.words = words
        self.ends = ends
        """Whether a mark follows the word: no number goes on over it."""
        self.language = language

    def word(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""

    def run(self, place: int) -> list[_WrittenNumber]:
        """The numbers from `place` on that follow one another directly; empty: none begins there."""
        found: list[_WrittenNumber] = []
        while True:
            number = self._special(place, bool(found)) or self.number(place)
            if number is None:
                return found
            found.append(number)
            place = number.end
            if self.ends[place - 1]:
                return found

    def number(self, place: int) -> _WrittenNumber | None:
        """The longest number at `place`: groups of hundreds, each with a smaller multiplier."""
        total, at, limit, ordinal = 0, place, 10**9, False
        while at < len(self.words):
            group = self._below_thousand(at)
            times = self._times(group.end if group else at)
            if times and times < limit and times >= 1000 and (group or at == place) and not (group and group.ordinal):
                if group is None and not self._below_thousand(at + 1):
                    break  # "a thousand thanks": a multiplier alone is a word
                total += (group.value if group else 1) * times
                at, limit = (group.end if group else at) + 1, times
                if self.ends[at - 1] or not self._goes_on(at):
                    break
                at += self.word(at) in self.language.joins
                continue
            if group is not None and group.value < limit:
                total, at, ordinal = total + group.value, group.end, group.ordinal
            break
        if at == place:
            return None
        return self._with_fraction(_WrittenNumber(place, at, total, ordinal))

    def _goes_on(self, place: int) -> bool:
        if self.word(place) in self.language.joins:
            place += 1
        return self._below_thousand(place) is not None

    def _times(self, place: int) -> int:
        atom = self._atom(place)
        return atom.value if atom and atom.kind == "times" else 0

    def _below_thousand(self, place: int) -> _WrittenNumber | None:
        at, total = place, 0
        atom = self._atom(at)
        if atom and atom.kind in ("unit", "teen") and atom.value and not atom.ordinal and self._times(at + 1) == 100:
            if self.ends[at]:
                return None
            total, at = atom.value * 100, at + 2
        elif atom and atom.kind == "hundred":
            total, at = atom.value, at + 1
        if total and (self.ends[at - 1] or at >= len(self.words)):
            return _WrittenNumber(place, at, total)
        rest = self._below_hundred(at + (bool(total) and self.word(at) in self.language.joins))
        if rest is not None and total and self._is_dictation(rest):
            rest = None
        if rest is None:
            return _WrittenNumber(place, at, total) if total else None
        return _WrittenNumber(place, rest.end, total + rest.value, rest.ordinal)

    def _is_dictation(self, rest: _WrittenNumber) -> bool:
        """After hundreds: a digit that another digit follows is not their sum (800 5 5 5), nor is a zero."""
        following = self._atom(rest.end)
        one_digit = rest.end - rest.start == 1 and rest.value < 10
        return one_digit and (not rest.value or (not self.ends[rest.end - 1] and _is(following, "unit")))

    def _below_hundred(self, place: int) -> _WrittenNumber | None:
        atom = self._atom(place)
        if atom is None or atom.kind not in ("unit", "teen", "ten"):
            return None
        number = _WrittenNumber(place, place + 1, atom.value, atom.ordinal)
        unit = self._atom(place + 1)
        if atom.kind != "ten" or atom.ordinal or self.ends[place] or unit is None:
            return number
        if unit.kind != "unit" or not unit.value:
            return number
        return _WrittenNumber(place, place + 2, atom.value + unit.value, unit.ordinal)

    def _special(self, place: int, inside: bool) -> _WrittenNumber | None:
        """What only dictation has: a letter for zero after a digit, a digit said to come twice."""
        word = self.word(place)
        if inside and word in self.language.zero_letters:
            return _WrittenNumber(place, place + 1, 0)
        times = self.language.doubles.get(word)
        digit = self._atom(place + 1)
        if times and digit and digit.kind == "unit" and not digit.ordinal:
            return _WrittenNumber(place, place + 2, digit.value * 11, text=str(digit.value) * times)
        return None

    def _with_fraction(self, number: _WrittenNumber) -> _WrittenNumber:
        """`number` with its decimals: three point five, три целых пять десятых."""
        if self.word(number.end) not in self.language.points or self.ends[number.end - 1] or number.ordinal:
            return number
        if not self.language.joins:
            return self._with_share(number)
        digits, at = "", number.end + 1
        while _is(atom := self._atom(at), "unit") and atom is not None and not atom.ordinal:
            digits, at = digits + str(atom.value), at + 1
            if self.ends[at - 1]:
                break
        return _WrittenNumber(number.start, at, number.value, text=f"{number.value}.{digits}") if digits else number

    def _with_share(self, number: _WrittenNumber) -> _WrittenNumber:
        """Russian names the parts: три целых пять десятых."""
        part = self._below_hundred(number.end + 1)
        at = part.end if part else number.end
        share = {"десят": 1, "сот": 2}.get(self.word(at).removesuffix("ых").removesuffix("ая"), 0)
        if part is None or not share or len(str(part.value)) > share:
            return number
        return _WrittenNumber(number.start, at + 1, number.value, text=f"{number.value},{part.value:0{share}}")

    def _atom(self, place: int) -> Atom | None:
        return self.language.atoms.get(self.word(place))


def _written(run: list[_WrittenNumber], reader: _FigureReader, gaps: Sequence[float]) -> list[Figure]:
    """What becomes of numbers that follow one another."""
    if any(number.ordinal for number in run):
        return [each for number in run if (each := _alone(number, reader, len(run) > 1)) is not None]
    if len(run) >= 3 and sum(len(number.figures) for number in run) >= 4:
        return _dictated(run, gaps)
    together = _time(run, reader) or _year(run, reader)
    if together is not None:
        return [together]
    return [each for number in run if (each := _alone(number, reader, len(run) > 1)) is not None]


def _dictated(run: list[_WrittenNumber], gaps: Sequence[float]) -> list[Figure]:
    """Digits one after another make one group until a pause; numbers of several digits are groups of their own."""
    found: list[Figure] = []
    last: _WrittenNumber | None = None
    for number in run:
        if last and last.is_digits and number.is_digits and gaps[number.start] < PAUSE:
            found[-1] = Figure(found[-1].start, number.end, found[-1].text + number.figures)
        else:
            found.append(Figure(number.start, number.end, number.figures))
        last = number
    return found


def _time(run: list[_WrittenNumber], reader: _FigureReader) -> Figure | None:
    """Hour and minutes, where the words around say that it is a time: at ten thirty, six oh five pm."""
    before, after = reader.word(run[0].start - 1), reader.word(run[-1].end)
    if before not in reader.language.before_time and after not in reader.language.after_time:
        return None
    hour, minutes = run[0].value, [number.value for number in run[1:]]
    spoken = len(minutes) == 1 and 10 <= minutes[0] < 60
    with_zero = len(minutes) == 2 and minutes[0] == 0 and minutes[1] < 10
    if hour > 23 or run[0].text or not (spoken or with_zero):
        return None
    return Figure(run[0].start, run[-1].end, f"{hour}:{minutes[-1]:02}")


def _year(run: list[_WrittenNumber], reader: _FigureReader) -> Figure | None:
    """Nineteen eighty four, twenty twenty six."""
    if len(run) != 2 or reader.word(run[0].start - 1) not in reader.language.before_year:
        return None
    first, second = run[0].value, run[1].value
    if first not in (18, 19, 20) or not 10 <= second <= 99:
        return None
    return Figure(run[0].start, run[1].end, f"{first}{second}")


def _alone(number: _WrittenNumber, reader: _FigureReader, in_run: bool) -> Figure | None:
    """A number by itself; None: it stays in words."""
    language = reader.language
    following = reader.word(number.end)
    if number.ordinal:
        return _ordinal(number, reader)
    if number.text:
        return Figure(number.start, number.end, number.text) if "." in number.text or "," in number.text else None
    counted = following.startswith(language.counted) if following else False
    if number.value >= 1_000_000 and number.value % 1_000_000 == 0:
        return Figure(number.start, number.end - 1, str(number.value // 1_000_000)) if number.value > 9e6 else None
    if counted or (number.value >= 10 and not in_run) or number.value >= 100:
        return Figure(number.start, number.end, str(number.value))
    # Two small numbers in a row are as often "two, three days" as they are a sum: both stay words.
    return None


def _ordinal(number: _WrittenNumber, reader: _FigureReader) -> Figure | None:
    """The day of a date and, in Russian, a year; other ordinals from 10 on only where figures carry an ending."""
    language, before, following = reader.language, reader.word(number.start - 1), reader.word(number.end)
    after_that = reader.word(number.end + 1)
    if following.startswith(language.years or ("\0",)) or (language.years and following in language.months):
        return Figure(number.start, number.end, str(number.value))
    if language.years:
        return None
    dated = before in language.months or (following == "of" and after_that in language.months)
    if number.value < 10 and not dated:
        return None
    ending = "th" if number.value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number.value % 10, "th")
    return Figure(number.start, number.end, f"{number.value}{ending}")


def _is(atom: Atom | None, kind: str) -> bool:
    return atom is not None and atom.kind == kind


def _bare(word: str) -> str:
    """A word as the tables have it; the hyphen is that of one cut in two (twenty-three)."""
    return word.strip(MARKS + "\"'«»()-").casefold()
