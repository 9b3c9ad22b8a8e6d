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
    group_from: int
    """From this value on thousands are set apart."""
    group_mark: str
    """What sets them apart; a space makes words of their own of them."""
    decimal: str
    """The decimal sign."""
    articles: frozenset[str] = frozenset()
    """Said for one before hundred and thousand: A hundred and five."""
    one_thousand: frozenset[str] = frozenset()
    """Forms of thousand that mean one of them by themselves; the others are "thousands of"."""
    joins: frozenset[str] = frozenset()
    """Said inside a number after its hundreds: one hundred AND five."""
    zero_letters: frozenset[str] = frozenset()
    """Said for 0 between digits: four OH five."""
    doubles: dict[str, int] = field(default_factory=dict)
    """Said before a digit that comes several times: DOUBLE five."""
    points: frozenset[str] = frozenset()
    """Said for the decimal sign or the dot of a version, before its digits."""
    commas: frozenset[str] = frozenset()
    """Said for the decimal sign and nothing else."""
    wholes: frozenset[str] = frozenset()
    """Said after the whole part, before parts with a name: три ЦЕЛЫХ пять десятых."""
    parts: dict[str, int] = field(default_factory=dict)
    """Beginnings of the names of parts, with how many digits they stand for."""
    halves: tuple[tuple[str, ...], ...] = ()
    """Said after a number for half of one more: two AND A HALF."""
    one_and_half: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    """What begins a range whose ends are joined by `ands`."""
    ands: frozenset[str] = frozenset()
    ranges: frozenset[str] = frozenset()
    """Said between the ends of a range, or between two numbers of which either is meant."""
    money: dict[str, str] = field(default_factory=dict)
    """Words for money, with the sign that is written before the figures; "": the word stays."""
    small_money: dict[str, str] = field(default_factory=dict)
    """Words for a hundredth of money, with the sign of the whole: five dollars and twenty CENTS."""
    percent: tuple[tuple[str, ...], ...] = ()
    """Words for percent."""
    percent_apart: bool = False
    """Whether a space stands before the percent sign."""
    counted: tuple[str, ...] = ()
    """Beginnings of other words before which even a small number is written in figures."""
    share_of: frozenset[str] = frozenset()
    """Words that after a fraction stand in its case: ноль пять ПРОЦЕНТА."""
    before_time: frozenset[str] = frozenset()
    after_time: tuple[tuple[str, ...], ...] = ()
    full_hours: bool = False
    """Whether "zero zero" after a number up to 24 tells a time by itself."""
    clock: tuple[tuple[str, ...], ...] = ()
    """Said of the hour in words, which stays: HALF PAST ten, БЕЗ ЧЕТВЕРТИ десять."""
    short_of: frozenset[str] = frozenset()
    """Said of the minutes that an hour lacks: БЕЗ двадцати шесть, which is not twenty-six."""
    vague: frozenset[str] = frozenset()
    """Said after a number that is not known exactly."""
    before_year: frozenset[str] = frozenset()
    months: tuple[str, ...] = ()
    """Beginnings of the months' names; of Russian ones in the genitive that dates have."""
    years: tuple[str, ...] = ()
    """Beginnings of the word for year, after which an ordinal is a year."""
    days: tuple[str, ...] = ()
    """Beginnings of the word after which an ordinal is a day of the month."""
    labels: tuple[str, ...] = ()
    """Beginnings of words that tell of a number to go by, which is no amount: room, order, code."""
    streets: frozenset[str] = frozenset()
    """What an address has after its number."""
    decades: dict[str, str] = field(default_factory=dict)
    plus: frozenset[str] = frozenset()
    """Said before a telephone number with its country."""
    minus: frozenset[str] = frozenset()
    all_week: tuple[tuple[str, ...], ...] = ()
    """Said for always: twenty four seven."""


LETTERS = (("a", "m"), ("p", "m"))
"""As recognisers without marks write am and pm."""


def _english() -> NumberWords:
    units = "zero one two three four five six seven eight nine".split()
    teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    atoms = {word: Atom("unit", value) for value, word in enumerate(units)}
    atoms |= {word: Atom("teen", value) for value, word in enumerate(teens, 10)}
    atoms |= {word: Atom("ten", value * 10) for value, word in enumerate(tens, 2)}
    atoms |= {"hundred": Atom("times", 100), "thousand": Atom("times", 1000), "million": Atom("times", 1_000_000)}
    atoms |= {"billion": Atom("times", 1_000_000_000)}
    odd = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
    for word in units[1:]:
        atoms[odd.get(word, word + "th")] = Atom("unit", atoms[word].value, ordinal=True)
    for word in teens:
        atoms["twelfth" if word == "twelve" else word + "th"] = Atom("teen", atoms[word].value, ordinal=True)
    for word in tens:
        atoms[word.removesuffix("y") + "ieth"] = Atom("ten", atoms[word].value, ordinal=True)
    months = "january february march april may june july august september october november december"
    streets = "street avenue road drive lane boulevard court place square way highway st ave rd blvd"
    return NumberWords(
        atoms,
        group_from=1000,
        group_mark=",",
        decimal=".",
        articles=frozenset({"a", "an"}),
        joins=frozenset({"and"}),
        zero_letters=frozenset({"oh", "o"}),
        doubles={"double": 2, "triple": 3, "treble": 3, "quadruple": 4},
        points=frozenset({"point", "dot"}),
        halves=(("and", "a", "half"),),
        between=frozenset({"between"}),
        ands=frozenset({"and"}),
        ranges=frozenset("to or through".split()),
        money={"dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pound": "", "pounds": ""},
        small_money={"cent": "", "cents": "", "pence": "£"},
        percent=(("percent",), ("per", "cent")),
        counted=("cent", "pence", "degree", "o'clock", "o’clock", "am", "pm", "a.m", "p.m"),
        before_time=frozenset("at by until till around before after from since to".split()),
        after_time=(
            *((each,) for each in ("am", "pm", "a.m", "p.m", "o'clock", "o’clock")),
            *LETTERS,
            *(("in", "the", part) for part in ("morning", "afternoon", "evening")),
            ("at", "night"),
        ),
        vague=frozenset({"something"}),
        clock=(("half", "past"), ("quarter", "past"), ("quarter", "to"), ("half",)),
        before_year=frozenset("in since year of until before after by from to during".split())
        | frozenset(months.split()),
        months=tuple(months.split()),
        labels=tuple(
            "number order ticket room code zip pin extension account invoice case reference flight apartment suite box "
            "route contract policy".split()
        ),
        streets=frozenset(streets.split()),
        decades={word.removesuffix("y") + "ies": str(value) for value, word in enumerate(tens, 2)},
        plus=frozenset({"plus"}),
        minus=frozenset({"minus"}),
        all_week=(("twenty", "four", "seven"), ("twenty", "four", "slash", "seven")),
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
    8: "восемь восьми восемью восьмью",
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
    80: "восемьдесят восьмидесяти восемьюдесятью восьмьюдесятью",
    90: "девяносто девяноста",
    100: "сто ста",
    200: "двести двухсот двумстам двумястами двухстах",
    300: "триста трёхсот трехсот трёмстам тремястами трёхстах трехстах",
    400: "четыреста четырёхсот четырехсот четырёмстам четырьмястами четырёхстах четырехстах",
    500: "пятьсот пятисот пятистам пятьюстами пятистах",
    600: "шестьсот шестисот шестистам шестьюстами шестистах",
    700: "семьсот семисот семистам семьюстами семистах",
    800: "восемьсот восьмисот восьмистам восемьюстами восьмистах восьмьюстами",
    900: "девятьсот девятисот девятистам девятьюстами девятистах",
}
RU_STEMS = {
    1: "перв", 2: "втор", 4: "четверт четвёрт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат", 40: "сороков",
    50: "пятидесят", 60: "шестидесят", 70: "семидесят", 80: "восьмидесят", 90: "девяност", 100: "сот", 200: "двухсот",
    300: "трёхсот трехсот", 400: "четырёхсот четырехсот", 500: "пятисот", 600: "шестисот", 700: "семисот",
    800: "восьмисот", 900: "девятисот", 2000: "двухтысячн",
}  # fmt: skip
RU_ENDINGS = "ый ой ая ое ого ому ым ом ую".split()
RU_THIRD = "третий третья третье третьего третьей третьему третьим третьем третью"


RU_MONEY = (
    "рубль рубля рублю рублём рублем рубле рубли рублей рублям рублями рублях руб копейка копейки копейке копейку "
    "копейкой копеек копейкам копейками копейках доллар доллара доллару долларом долларе доллары долларов долларам "
    "долларами долларах евро"
)


def _kind(value: int) -> str:
    return "unit" if value < 10 else "teen" if value < 20 else "ten" if value < 100 else "hundred"


def _russian() -> NumberWords:
    atoms = {word: Atom(_kind(value), value) for value, forms in RU_CASES.items() for word in forms.split()}
    for value, stems in RU_STEMS.items():
        for stem in stems.split():
            atoms |= {stem + ending: Atom(_kind(value), value, ordinal=True) for ending in RU_ENDINGS}
    atoms |= {word: Atom("unit", 3, ordinal=True) for word in RU_THIRD.split()}
    for stem, value in (("миллион", 1_000_000), ("миллиард", 1_000_000_000)):
        endings = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
        atoms |= {stem + ending: Atom("times", value) for ending in endings}
    thousands = "тысяча тысячи тысяч тысячу тысяче тысячей тысячью тысячам тысячами тысячах"
    atoms |= {word: Atom("times", 1000) for word in thousands.split()}
    return NumberWords(
        atoms,
        group_from=10_000,
        group_mark=" ",
        decimal=",",
        one_thousand=frozenset("тысяча тысячу тысяче тысячей тысячью".split()),
        points=frozenset({"точка"}),
        commas=frozenset({"запятая"}),
        wholes=frozenset("целых целая целые целой целую целыми".split()),
        parts={"десят": 1, "сот": 2, "тысячн": 3},
        halves=(("с", "половиной"),),
        between=frozenset({"между"}),
        ands=frozenset({"и"}),
        ranges=frozenset({"до", "или"}),
        one_and_half=frozenset("полтора полторы полутора".split()),
        money=dict.fromkeys(RU_MONEY.split(), ""),
        percent=tuple(
            (word,)
            for word in "процент процента проценту процентом проценте проценты процентов процентам "
            "процентами процентах".split()
        ),
        percent_apart=True,
        counted=("градус", "утра"),
        share_of=frozenset(
            "процента литра грамма килограмма миллиграмма метра сантиметра миллиметра километра рубля балла градуса "
            "миллиона миллиарда".split()
        ),
        before_time=frozenset("в во к ко до с со на после около".split()),
        after_time=tuple((word,) for word in "утра вечера дня ночи".split()),
        full_hours=True,
        short_of=frozenset({"без"}),
        clock=(("без", "четверти"), ("половина",), ("половине",), ("половину",), ("четверть",)),
        months=tuple("января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()),
        years=("год",),
        days=("числ",),
        labels=tuple("номер код заказ договор счет счёт пин квартир дом офис индекс заявк рейс кабинет".split()),
        plus=frozenset({"плюс"}),
        minus=frozenset({"минус"}),
        all_week=(("двадцать", "четыре", "на", "семь"),),
    )


LANGUAGES = {"en": _english(), "ru": _russian()}
