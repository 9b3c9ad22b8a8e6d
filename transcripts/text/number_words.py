"""The number words of each language: what a word counts for. Data alone; how they go together is in `numbers.py`."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Atom:
    """What one word of a number counts for."""

    kind: str
    """unit (0-9), teen (10-19), ten (20-90), hundred (as a value), times (multiplies what is before it)"""
    value: int
    ordinal: bool = False


@dataclass(frozen=True)
class NumberWords:
    """The words around numbers in one language, and what they mean there."""

    atoms: dict[str, Atom]
    joins: frozenset[str] = frozenset()
    """Said inside a number after its hundreds: one hundred AND five."""
    zero_letters: frozenset[str] = frozenset()
    """Said for 0 between digits: four OH five."""
    doubles: dict[str, int] = field(default_factory=dict)
    """Said before a digit that comes several times: DOUBLE five."""
    points: frozenset[str] = frozenset()
    """Said for the decimal sign."""
    counted: tuple[str, ...] = ()
    """Beginnings of words before which even a small number is written in figures: money, percent, hours."""
    before_time: frozenset[str] = frozenset()
    after_time: frozenset[str] = frozenset()
    before_year: frozenset[str] = frozenset()
    months: tuple[str, ...] = ()
    """Beginnings of the months' names; of Russian ones in the genitive that dates have."""
    years: tuple[str, ...] = ()
    """Beginnings of the word for year, after which an ordinal is a year."""


def _english() -> NumberWords:
    units = "zero one two three four five six seven eight nine".split()
    teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    atoms = {word: Atom("unit", value) for value, word in enumerate(units)}
    atoms |= {word: Atom("teen", value) for value, word in enumerate(teens, 10)}
    atoms |= {word: Atom("ten", value * 10) for value, word in enumerate(tens, 2)}
    atoms |= {"hundred": Atom("times", 100), "thousand": Atom("times", 1000), "million": Atom("times", 1_000_000)}
    odd = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
    for word in units[1:]:
        atoms[odd.get(word, word + "th")] = Atom("unit", atoms[word].value, ordinal=True)
    for word in teens:
        atoms["twelfth" if word == "twelve" else word + "th"] = Atom("teen", atoms[word].value, ordinal=True)
    for word in tens:
        atoms[word.removesuffix("y") + "ieth"] = Atom("ten", atoms[word].value, ordinal=True)
    months = "january february march april may june july august september october november december"
    return NumberWords(
        atoms,
        joins=frozenset({"and"}),
        zero_letters=frozenset({"oh", "o"}),
        doubles={"double": 2, "triple": 3},
        points=frozenset({"point"}),
        counted=("dollar", "euro", "cent", "pound", "percent", "o'clock", "o’clock", "am", "pm", "a.m", "p.m"),
        before_time=frozenset("at by until till around before after from since to".split()),
        after_time=frozenset({"am", "pm", "a.m", "p.m", "o'clock", "o’clock"}),
        before_year=frozenset("in since year of until before after".split()) | frozenset(months.split()),
        months=tuple(months.split()),
    )


RU_CASES = {
    0: "ноль нуль нуля нолю нулю нолём нулём ноля",
    1: "один одна одно одного одной одному одну одним одном",
    2: "два две двух двум двумя",
    3: "три трёх трех трём трем тремя",
    4: "четыре четырёх четырех четырём четырем четырьмя",
    5: "пять пяти пятью",
    6: "шесть шести шестью",
    7: "семь семи семью",
    8: "восемь восьми восемью",
    9: "девять девяти девятью",
    10: "десять десяти десятью",
    11: "одиннадцать одиннадцати одиннадцатью",
    12: "двенадцать двенадцати двенадцатью",
    13: "тринадцать тринадцати тринадцатью",
    14: "четырнадцать четырнадцати четырнадцатью",
    15: "пятнадцать пятнадцати пятнадцатью",
    16: "шестнадцать шестнадцати шестнадцатью",
    17: "семнадцать семнадцати семнадцатью",
    18: "восемнадцать восемнадцати восемнадцатью",
    19: "девятнадцать девятнадцати девятнадцатью",
    20: "двадцать двадцати двадцатью",
    30: "тридцать тридцати тридцатью",
    40: "сорок сорока",
    50: "пятьдесят пятидесяти пятьюдесятью",
    60: "шестьдесят шестидесяти шестьюдесятью",
    70: "семьдесят семидесяти семьюдесятью",
    80: "восемьдесят восьмидесяти восемьюдесятью",
    90: "девяносто девяноста",
    100: "сто ста",
    200: "двести двухсот двумстам двумястами",
    300: "триста трёхсот трехсот трёмстам тремястами",
    400: "четыреста четырёхсот четырехсот четырёмстам четырьмястами",
    500: "пятьсот пятисот пятистам пятьюстами",
    600: "шестьсот шестисот шестистам шестьюстами",
    700: "семьсот семисот семистам семьюстами",
    800: "восемьсот восьмисот восьмистам восемьюстами",
    900: "девятьсот девятисот девятистам девятьюстами",
}
RU_STEMS = {
    1: "перв", 2: "втор", 4: "четверт четвёрт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат", 40: "сороков",
    50: "пятидесят", 60: "шестидесят", 70: "семидесят", 80: "восьмидесят", 90: "девяност",
}  # fmt: skip
RU_ENDINGS = "ый ой ая ое ого ому ым ом ую".split()
RU_THIRD = "третий третья третье третьего третьей третьему третьим третьем третью"


def _kind(value: int) -> str:
    return "unit" if value < 10 else "teen" if value < 20 else "ten" if value < 100 else "hundred"


def _russian() -> NumberWords:
    atoms = {word: Atom(_kind(value), value) for value, forms in RU_CASES.items() for word in forms.split()}
    for value, stems in RU_STEMS.items():
        for stem in stems.split():
            atoms |= {stem + ending: Atom(_kind(value), value, ordinal=True) for ending in RU_ENDINGS}
    atoms |= {word: Atom("unit", 3, ordinal=True) for word in RU_THIRD.split()}
    atoms |= {word: Atom("times", 1000) for word in "тысяча тысячи тысяч тысячу тысяче тысячей тысячам".split()}
    atoms |= {word: Atom("times", 1_000_000) for word in "миллион миллиона миллионов миллиону миллионом".split()}
    return NumberWords(
        atoms,
        points=frozenset({"целых", "целая", "целые"}),
        counted=("рубл", "копе", "доллар", "евро", "процент"),
        before_time=frozenset("в к до с на после около".split()),
        before_year=frozenset(),
        months=tuple("января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()),
        years=("год",),
    )


LANGUAGES = {"en": _english(), "ru": _russian()}
