"""The words of a turn -> the numbers they say. Pure.

Owns how number words go together into one number, in English and Russian: hundreds and thousands, digits after a
point, "double five", "a hundred and fifty", "полтора". Which of them are written in figures, and how, is decided in
`numbers.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.text.number_words import Atom, NumberWords

MARKS = ".,;:!?…"


@dataclass(frozen=True, slots=True)
class NumberGroup:
    """What was said before a thousand or a million, or after the last of them."""

    start: int
    end: int
    """Exclusive: the word that multiplies stands here, if there is one. As `start` where none said how many."""
    value: int
    times: int
    """1000, a million, ...; 1 for the rest."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """Words `start` to `end` (exclusive) say one number."""

    start: int
    end: int
    value: int
    """Without its decimals."""
    ordinal: bool = False
    text: str = ""
    """Where its figures are not those of the value: 55 of "double five", 3.5."""
    groups: tuple[NumberGroup, ...] = ()
    article: bool = False
    """It was said with an article for its one: a hundred."""
    hundreds: int = 0
    """How many hundreds it is, where it was said as so many and nothing more: three of "three hundred"."""
    soft: bool = False
    """Written in figures only where something is counted in money or percent: two and a half, полтора."""

    @property
    def figures(self) -> str:
        return self.text or str(self.value)

    @property
    def is_digits(self) -> bool:
        """Whether it was said as single digits."""
        return self.text.isdigit() if self.text else self.value < 10

    @property
    def is_plain(self) -> bool:
        """Whether it is a cardinal number without decimals."""
        return not self.text and not self.ordinal

    @property
    def scale(self) -> tuple[int, int]:
        """(how many, of what) where it was said as so many thousands or hundreds and no more; (value, 1) otherwise."""
        if len(self.groups) == 1 and self.groups[0].times > 1:
            return self.groups[0].value, self.groups[0].times
        return (self.hundreds, 100) if self.hundreds else (self.value, 1)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a number counts, by the words after it."""

    kind: str
    """money, small (a hundredth of money) or percent"""
    sign: str
    """What is written before the figures; "": the word stays after them."""
    start: int
    end: int


class NumberReader:
    """The words of a turn with their numbers."""

    def __init__(self, words: Sequence[str], language: NumberWords) -> None:
        self.words = [_bare(word) for word in words]
        self.marks = [word[-1:] if word[-1:] in MARKS else "" for word in words]
        """The mark that follows each word: no number goes on over it."""
        self.language = language
        self._atoms = [language.atoms.get(word) for word in self.words]

    def word(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""

    def ends(self, place: int) -> bool:
        """Whether a mark, or nothing, follows the word at a place."""
        return place >= len(self.words) - 1 or bool(self.marks[place])

    def run(self, place: int) -> list[NumberReading]:
        """The numbers from `place` on that follow one another directly; empty: none begins there.

        An ordinal is a run of its own.
        """
        found: list[NumberReading] = []
        while True:
            number = self._special(place, bool(found)) or self.number(place)
            if number is None or (found and (number.article or number.ordinal)):
                return found
            found.append(number)
            place = number.end
            if number.ordinal or self.ends(place - 1):
                return found

    def number(self, place: int) -> NumberReading | None:
        """The longest number at `place`."""
        if self.atom(place) is None and self.word(place) not in self.language.articles:
            return None
        found = self._cardinal(place, joins=True)
        if found is not None and self._is_range(found):
            found = self._cardinal(place, joins=False)
        return found and self._with_fraction(found)

    def times(self, place: int) -> int:
        """1000 of "thousand"; 0: the word multiplies nothing."""
        atom = self.atom(place)
        return atom.value if atom and atom.kind == "times" else 0

    def atom(self, place: int) -> Atom | None:
        return self._atoms[place] if 0 <= place < len(self._atoms) else None

    def counted(self, place: int) -> Counted | None:
        """What the words at `place` say is counted by a number before them."""
        word, language = self.word(place), self.language
        if word in language.small_money:
            return Counted("small", language.small_money[word], place, place + 1)
        if word in language.money:
            return Counted("money", language.money[word], place, place + 1)
        for said in language.percent:
            if self.says(place, said):
                return Counted("percent", "%", place, place + len(said))
        return None

    def says(self, place: int, words: Sequence[str]) -> bool:
        """Whether `words` stand at a place, with no mark between them."""
        here = all(self.word(place + at) == word for at, word in enumerate(words))
        return here and not any(self.ends(place + at) for at in range(len(words) - 1))

    def is_labelled(self, place: int) -> bool:
        """Whether the words before a number call it one to go by: room, order number, the code is."""
        return any(self.word(place - back).startswith(self.language.labels) for back in (1, 2, 3))

    def _is_range(self, number: NumberReading) -> bool:
        """Between one hundred and two thousand: what was read as one number are both ends of a range."""
        language, place = self.language, number.start
        counted = self.counted(number.end)
        end = counted.end if counted else number.end
        more = self.word(end) in language.ands and self._cardinal(end + 1, joins=True) is not None
        if self.word(place - 1) not in language.between or more:
            return False
        first = self._cardinal(place, joins=False)
        if first is None or first.end == number.end or self.word(first.end) not in language.ands:
            return False
        second = self._cardinal(first.end + 1, joins=True)
        return second is not None and second.value > first.value

    def _cardinal(self, place: int, *, joins: bool) -> NumberReading | None:
        article = self.word(place) in self.language.articles and self.times(place + 1) > 0
        at = place + article
        groups: list[NumberGroup] = []
        limit, ordinal, hundreds = 10**12, False, 0
        while at < len(self.words):
            group = self._below_thousand(at, joins=joins, article=article and not groups)
            behind = group.end if group else at
            times = 0 if group and self.ends(behind - 1) else self.times(behind)
            if times >= 1000:
                if times >= limit or (group and group.ordinal) or (group is None and groups):
                    break
                if group is None and not article and not self._is_one(at):
                    break  # "thousands of people", "few thousand": a multiplier alone is a word
                start = group.start if group else at
                groups.append(NumberGroup(start, behind, group.value if group else 1, times))
                at, limit = behind + 1, times
                following = at + (joins and self.word(at) in self.language.joins)
                if self.ends(behind) or (following > at and self.ends(following - 1)):
                    break
                if self._below_thousand(following, joins=joins) is None:
                    break
                at = following
                continue
            if group is not None and group.value < limit:
                groups.append(NumberGroup(group.start, group.end, group.value, 1))
                at, ordinal, hundreds = group.end, group.ordinal, group.hundreds if len(groups) == 1 else 0
            break
        if not groups:
            return None
        last = groups[-1]
        value = sum(group.value * group.times for group in groups)
        end = last.end + (last.times > 1)
        return NumberReading(place, end, value, ordinal, groups=tuple(groups), article=article, hundreds=hundreds)

    def _is_one(self, place: int) -> bool:
        """Whether a thousand is said of which there is one: тысяча двести, тысяча рублей; a thousand by an article."""
        if self.ends(place):
            return False
        goes_on = self._below_thousand(place + 1, joins=True) is not None
        if self.word(place) in self.language.one_thousand:
            return goes_on or self.counted(place + 1) is not None
        return goes_on and not self.language.one_thousand

    def _below_thousand(self, place: int, *, joins: bool, article: bool = False) -> NumberReading | None:
        at, total = place, 0
        atom, below = self.atom(at), self._below_hundred(at)
        if self.times(at) == 100 and (article or self._goes_on_with_tens(at + 1)):
            total, at = 100, at + 1
        elif below and below.value and not below.ordinal and below.value % 10 and self.times(below.end) == 100:
            if self.ends(below.end - 1):
                return below
            total, at = below.value * 100, below.end + 1
        elif atom and atom.kind == "hundred":
            if atom.ordinal:
                return NumberReading(place, at + 1, atom.value, ordinal=True)
            total, at = atom.value, at + 1
        hundreds = total // 100 if total and atom and atom.kind != "hundred" else 0
        if total and self.ends(at - 1):
            return NumberReading(place, at, total, hundreds=hundreds)
        joined = bool(total) and joins and self.word(at) in self.language.joins
        rest = None if joined and self.ends(at) else self._below_hundred(at + joined)
        if rest is not None and total and self._is_apart(rest):
            rest = None
        if rest is None:
            return NumberReading(place, at, total, hundreds=hundreds) if total else None
        return NumberReading(place, rest.end, total + rest.value, rest.ordinal)

    def _goes_on_with_tens(self, place: int) -> bool:
        """Whether "and ten" follows a hundred of which nobody said how many: hundred and ten."""
        joined = self.word(place) in self.language.joins and not self.ends(place - 1) and not self.ends(place)
        return joined and self._below_hundred(place + 1) is not None

    def _is_apart(self, rest: NumberReading) -> bool:
        """After hundreds: what is not their sum.

        A digit that another digit follows (800 5 5 5), a zero, and what counts hundreds of its own (200, 300).
        """
        if not self.ends(rest.end - 1) and self.times(rest.end) == 100:
            return True
        following = self.atom(rest.end)
        one_digit = rest.end - rest.start == 1 and rest.value < 10
        return one_digit and (not rest.value or (not self.ends(rest.end - 1) and is_kind(following, "unit")))

    def _below_hundred(self, place: int) -> NumberReading | None:
        atom = self.atom(place)
        if atom is None or atom.kind not in ("unit", "teen", "ten"):
            return None
        number = NumberReading(place, place + 1, atom.value, atom.ordinal)
        unit = self.atom(place + 1)
        if atom.kind != "ten" or atom.ordinal or self.ends(place) or unit is None:
            return number
        if unit.kind != "unit" or not unit.value:
            return number
        return NumberReading(place, place + 2, atom.value + unit.value, unit.ordinal)

    def _special(self, place: int, inside: bool) -> NumberReading | None:
        """A letter for zero beside digits, a digit said to come twice, a decimal without its zero, one and a half."""
        word, language = self.word(place), self.language
        if word in language.zero_letters and (inside or self._begins_digits(place)):
            return NumberReading(place, place + 1, 0)
        times = language.doubles.get(word)
        digit = self.atom(place + 1)
        if times and digit and digit.kind == "unit" and not digit.ordinal:
            return NumberReading(place, place + 2, digit.value, text=str(digit.value) * times)
        if word in language.one_and_half and not inside:
            return self._with_times(NumberReading(place, place + 1, 1, soft=True), f"1{language.decimal}5")
        if word in language.points and not inside and not self.ends(place):
            digits, end = self._digits(place + 1)
            if digits and (self.counted(end) or self.times(end)):
                return self._with_times(NumberReading(place, end, 0), f"0{language.decimal}{digits}")
        return None

    def _begins_digits(self, place: int) -> bool:
        """Whether three digits follow a letter for zero, or one where something is named that has such a number."""
        least = 1 if self.is_labelled(place) else 3
        after = range(place + 1, place + 1 + least)
        single = all(self.word(at) in self.language.zero_letters or is_kind(self.atom(at), "unit") for at in after)
        return single and not any(self.ends(at - 1) for at in after)

    def _with_fraction(self, number: NumberReading) -> NumberReading:
        """`number` with its decimals: three point five, три целых пять десятых, two and a half."""
        language = self.language
        word = self.word(number.end)
        if number.ordinal or self.ends(number.end - 1):
            return number
        for said in language.halves:
            if self.says(number.end, said):
                end = number.end + len(said)
                return self._with_times(replace(number, end=end, soft=True), f"{number.value}{language.decimal}5")
        if word in language.wholes:
            return self._with_parts(number)
        if (shared := self._with_share(number)) is not number:
            return shared
        if word not in language.points | language.commas:
            return number
        text, end, sign = str(number.value), number.end, language.decimal if word in language.commas else "."
        while self.word(end) in language.points | language.commas and not self.ends(end):
            digits, after = self._digits(end + 1)
            if not digits:
                break
            text, end = f"{text}{sign}{digits}", after
        return number if end == number.end else self._with_times(replace(number, end=end), text)

    def _digits(self, place: int) -> tuple[str, int]:
        """What is said after a point, and where it ends: single digits, or a number below a hundred."""
        digits, at = "", place
        while (atom := self.atom(at)) is not None or self.word(at) in self.language.zero_letters:
            if atom is not None and (atom.kind != "unit" or atom.ordinal):
                break
            digits, at = digits + str(atom.value if atom else 0), at + 1
            if self.ends(at - 1):
                break
        if digits:
            return digits, at
        below = self._below_hundred(place)
        return (str(below.value), below.end) if below and not below.ordinal else ("", place)

    def _with_times(self, number: NumberReading, text: str) -> NumberReading:
        """`number` written as `text`, and with the thousand that multiplies it: two and a half thousand is 2500."""
        times = 0 if self.ends(number.end - 1) else self.times(number.end)
        whole, _, decimals = text.partition(self.language.decimal)
        if times == 1000 and decimals.isdigit() and len(decimals) <= 3:
            value = int(whole) * 1000 + int(decimals.ljust(3, "0"))
            soft = self.word(number.start) in self.language.one_and_half
            return NumberReading(number.start, number.end + 1, value, soft=soft)
        soft = number.soft and not (times and number.end - number.start > 1)
        return replace(number, text=text, soft=soft, groups=(), hundreds=0)

    def _with_parts(self, number: NumberReading) -> NumberReading:
        """Russian names the parts: три целых (и) пять десятых."""
        at = number.end + 1 + (self.word(number.end + 1) in self.language.ands)
        part = self._below_thousand(at, joins=False)
        if part is None:
            return number
        word = self.word(part.end)
        share = next((digits for stem, digits in self.language.parts.items() if word.startswith(stem)), 0)
        if not share or self.ends(part.end - 1) or part.value >= 10**share:
            return number
        end = part.end + 1
        return self._with_times(replace(number, end=end), f"{number.value}{self.language.decimal}{part.value:0{share}}")

    def _with_share(self, number: NumberReading) -> NumberReading:
        """Without naming the parts, where the case of what is counted tells: ноль пять процента, три и пять."""
        joined = self.word(number.end) in self.language.ands
        if number.value and not joined:
            return number
        at = number.end + joined
        part = self._below_hundred(at)
        if part is None or part.ordinal or not part.value or self.word(part.end) not in self.language.share_of:
            return number
        return replace(number, end=part.end, text=f"{number.value}{self.language.decimal}{part.value}")


def is_kind(atom: Atom | None, kind: str) -> bool:
    return atom is not None and atom.kind == kind and not atom.ordinal


def _bare(word: str) -> str:
    """A word as the tables have it; the hyphen is that of one cut in two (twenty-three)."""
    return word.strip(MARKS + "\"'«»()-").casefold()
