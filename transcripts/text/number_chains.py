"""What numbers count, and numbers that share it: $200 to $300, от 2000 до 3000 рублей, $12.99, 0,5 %. Pure.

Owns how an amount is written in each language, and the ends of ranges, which are written alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcripts.text import clock
from transcripts.text.number_reader import Counted, NumberReader, NumberReading

MOST = 4
"""Numbers that share what is counted."""
STEPS = (5, 10)
"""Two round numbers so far apart are a guess (twenty, thirty dollars), not a price with its cents."""
AFTER_CENTS = frozenset("a an per for in to each and or on at if but is was please thanks more less".split())
"""What may follow "five dollars twenty", so that the twenty is no number of something else."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Words `start` to `end` (exclusive) are written as `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class NumberChain:
    """Numbers that are said with nothing but a link between them, and what all of them count."""

    runs: tuple[list[NumberReading], ...]
    links: tuple[str, ...]
    """Between the runs: a word, or a comma."""
    counted: Counted | None
    """After the last."""


def chain_at(reader: NumberReader, place: int, run: list[NumberReading]) -> tuple[list[Figure], int] | None:
    """The figures of what begins with `run` at `place`, and where it ends; None: each number is by itself."""
    dollar = _a_dollar(reader, place)
    if dollar is not None:
        return [dollar], dollar.end
    if not run:
        return None
    chain = _chain(reader, run)
    while chain is not None:
        written = _written(chain, reader)
        if written is not None:
            return written
        chain = _shorter(chain, reader)
    return None


def _chain(reader: NumberReader, run: list[NumberReading]) -> NumberChain | None:
    runs, links = [run], list[str]()
    while len(runs) < MOST:
        link, place = _link(reader, runs[-1][-1].end)
        following = reader.run(place) if link else []
        if not following:
            break
        runs.append(following)
        links.append(link)
    return NumberChain(tuple(runs), tuple(links), _counted(runs[-1][-1], reader))


def _shorter(chain: NumberChain, reader: NumberReader) -> NumberChain | None:
    """Without its last run."""
    if len(chain.runs) == 1:
        return None
    runs = chain.runs[:-1]
    return NumberChain(runs, chain.links[:-1], _counted(runs[-1][-1], reader))


def _link(reader: NumberReader, end: int) -> tuple[str, int]:
    """What joins the number that ends there with the next, and where that begins; empty: nothing."""
    language, word, mark = reader.language, reader.word(end), reader.marks[end - 1]
    if mark not in ("", ",") or end >= len(reader.words):
        return "", end
    joining = word in language.ranges or word in language.ands
    if joining and not reader.marks[end]:
        return word, end + 1
    return (",", end) if mark else ("", end)


def _counted(number: NumberReading, reader: NumberReader) -> Counted | None:
    """What a number counts, also over the million that a decimal is said with."""
    if reader.ends(number.end - 1):
        return None
    over = bool(number.text) and reader.times(number.end) > 0 and not reader.ends(number.end)
    return reader.counted(number.end + over)


def _written(chain: NumberChain, reader: NumberReader) -> tuple[list[Figure], int] | None:
    """The chain's figures, and where it ends; None: it is none."""
    if clock.is_told_in_words(chain.runs[0][0], reader):
        return [], chain.runs[-1][-1].end
    if len(chain.runs) > 1 and (times := _times(chain, reader)):
        return times, times[-1].end
    if len(chain.runs) == 1 and len(chain.runs[0]) > 1:
        return _side_by_side(chain, reader)
    if any(len(run) > 1 for run in chain.runs):
        return None
    numbers = [run[0] for run in chain.runs]
    if any(number.ordinal or (number.is_digits and number.text) for number in numbers):
        return None
    return _amounts(numbers, chain, reader) if _belong(numbers, chain, reader) else None


def _belong(numbers: list[NumberReading], chain: NumberChain, reader: NumberReader) -> bool:
    """Whether numbers with links between them are of one kind, so that they are written alike."""
    between = reader.word(numbers[0].start - 1) in reader.language.between
    if chain.counted is None and (len(numbers) == 1 or "," in chain.links):
        return False
    ands = [link in reader.language.ands for link in chain.links]
    if any(ands) and not between:
        return chain.counted is not None and numbers[0].value >= 10
    return True


def _times(chain: NumberChain, reader: NumberReader) -> list[Figure]:
    """The chain as times, of which one has minutes: from nine to five thirty."""
    texts = [clock.time_text(run) or _hour(run) for run in chain.runs]
    language, first, last = reader.language, chain.runs[0][0], chain.runs[-1][-1]
    begun = reader.word(first.start - 1) in language.before_time | language.between
    if not all(texts) or all(map(str.isdigit, texts)) or not (begun or clock.is_after_time(reader, last.end)):
        return []
    if language.decades and any(clock.year_of(run, reader) for run in chain.runs):
        return []
    return [Figure(run[0].start, run[-1].end, text) for run, text in zip(chain.runs, texts, strict=True)]


def _hour(run: Sequence[NumberReading]) -> str:
    return str(run[0].value) if len(run) == 1 and run[0].is_plain and 0 < run[0].value <= 24 else ""


def _side_by_side(chain: NumberChain, reader: NumberReader) -> tuple[list[Figure], int] | None:
    """Numbers without a link, of which all count the same, or the last are the cents."""
    numbers, counted = chain.runs[0], chain.counted
    if counted is None or not all(number.is_plain for number in numbers):
        return None
    values = [number.value for number in numbers]
    if counted.kind == "money" and not _is_guess(values):
        if reader.language.group_mark == " " and len(values) == 2 and values[0] < 100 <= values[1] < 1000:
            return _thousands(numbers, reader)  # три пятьсот рублей
        if counted.sign and not reader.word(counted.start).endswith("s"):
            last = numbers[-1:]  # two twenty dollar bills
            return _amounts(last, NumberChain((last,), (), counted), reader)
        price = _price(values)
        if price and counted.sign:
            return [Figure(numbers[0].start, counted.end, counted.sign + price)], counted.end
        if price or (len(values) == 2 and values[1] < 10):
            return None
    if not _is_guess(values) and min(values) < 100:
        return None
    return _amounts(numbers, chain, reader)


def _thousands(numbers: list[NumberReading], reader: NumberReader) -> tuple[list[Figure], int]:
    """Thousands without their word, as Russian prices are said."""
    first, rest = numbers
    if first.value * 1000 < reader.language.group_from:
        return [Figure(first.start, rest.end, f"{first.value}{rest.value:03}")], rest.end
    return [
        Figure(first.start, first.end, str(first.value)),
        Figure(rest.start, rest.end, f"{rest.value:03}"),
    ], rest.end


def _price(values: list[int]) -> str:
    """Twelve ninety nine, twelve oh five."""
    match values:
        case [whole, cents] if 0 < whole < 1000 and 10 <= cents < 100:
            return f"{whole}.{cents}"
        case [whole, 0, cents] if 0 < whole < 1000 and 0 < cents < 10:
            return f"{whole}.0{cents}"
    return ""


def _is_guess(values: list[int]) -> bool:
    """Whether numbers rise as they do when people guess: two, three hundred; twenty, thirty."""
    steps = [after - before for before, after in pairwise(values)]
    small = max(values) < 10 and set(steps) == {1}
    round_ones = all(value % 5 == 0 for value in values) and max(values) < 100 and all(step in STEPS for step in steps)
    return len(values) < 4 and (small or round_ones or (min(values) >= 100 and min(steps) > 0) or _grows(values))


def _grows(values: list[int]) -> bool:
    """Whether the first goes with the multiplier of the last: two, three thousand."""
    return len(values) == 2 and values[0] < 1000 <= values[1] and values[0] < values[1] // 1000


def _amounts(numbers: list[NumberReading], chain: NumberChain, reader: NumberReader) -> tuple[list[Figure], int] | None:
    """All of them with what they count; None: they are small and count nothing, so they stay words."""
    counted, language = chain.counted, reader.language
    if counted is None and all(each.soft or (each.value < 10 and not each.text) for each in numbers):
        return None
    shared = _shared(numbers, reader, linked=bool(chain.links) or counted is not None)
    if counted is None and shared is None and max(each.value for each in numbers) < 10:
        return None
    numbers = shared or numbers
    if counted is None and any(each.scale[1] >= 1_000_000 and each.scale[0] < 10 for each in numbers):
        return None  # two to three million
    if len(numbers) == 1 and counted is not None and (whole := _with_cents(numbers[0], counted, reader)):
        return [whole], whole.end
    found: list[Figure] = []
    signed = counted is not None and bool(counted.sign) and counted.kind != "small"
    before = counted.sign if counted is not None and signed and counted.kind == "money" else ""
    behind = "%" if counted is not None and counted.kind == "percent" and not language.percent_apart else ""
    for number in numbers:
        found += spelled(number, reader, before=before, behind=behind)
    if not chain.links and len(numbers) > 1:
        found = _apart(found, numbers, reader)
    end = found[-1].end
    if counted is not None and signed:
        end = counted.end
        _take_sign(found, counted, reader)
    return found, max(end, numbers[-1].end)


def _take_sign(found: list[Figure], counted: Counted, reader: NumberReader) -> None:
    """The word for what is counted gives way to its sign."""
    last = found[-1]
    if counted.kind == "percent" and reader.language.percent_apart:
        found.append(Figure(counted.start, counted.end, "%"))
    elif last.end < counted.start:  # $2 million
        found.append(Figure(last.end, counted.end, " ".join(reader.words[last.end : counted.start])))
    else:
        found[-1] = Figure(last.start, counted.end, last.text)


def _apart(found: list[Figure], numbers: list[NumberReading], reader: NumberReader) -> list[Figure]:
    """Numbers that were said side by side: $200, $300; 200–300 рублей."""
    if len(found) == len(numbers) == 2 and reader.language.group_mark == " ":
        return [Figure(found[0].start, found[1].end, f"{found[0].text}–{found[1].text}")]
    return [replace(each, text=each.text + ",") for each in found[:-1]] + found[-1:]


def _shared(numbers: list[NumberReading], reader: NumberReader, *, linked: bool) -> list[NumberReading] | None:
    """The numbers with the multiplier that only the last was said with; None: it is not shared."""
    many, times = numbers[-1].scale
    earlier = numbers[:-1]
    if not linked or times == 1 or not earlier:
        return None
    less = (1, 100) if times >= 1000 else (1,)
    if not all(each.is_plain and each.scale[1] in less and 0 < each.value < many for each in earlier):
        return None
    spelled_out = times == 100 or (times == 1000 and numbers[-1].value < _word_from(reader))
    if not spelled_out:
        return numbers
    return [replace(each, value=each.value * times, groups=(), hundreds=0) for each in earlier] + numbers[-1:]


def _word_from(reader: NumberReader) -> float:
    """From this value on, whole thousands keep their word: 20 тысяч."""
    return reader.language.group_from if reader.language.group_mark == " " else float("inf")


def spelled(
    number: NumberReading, reader: NumberReader, *, before: str = "", behind: str = "", start: int | None = None
) -> list[Figure]:
    """A number in figures, as words of its own where a space parts its thousands or a word multiplies it."""
    begin = number.start if start is None else start
    value, mark = number.value, reader.language.group_mark
    if number.text:
        whole, point, rest = number.text.partition(".")
        large = mark == "," and point and whole.isdigit() and "." not in rest and int(whole) >= 1000
        text = f"{int(whole):,}.{rest}" if large else number.text
        return [Figure(begin, number.end, before + text + behind)]
    is_labelled = reader.is_labelled(number.start) and not before and not behind
    hours = reader.word(number.end).startswith("hour") and value < 2500 and bool(number.hundreds)
    if value < reader.language.group_from or is_labelled or hours:
        return [Figure(begin, number.end, f"{before}{value}{behind}")]
    if mark == " ":
        return _spaced(number, before, begin)
    if number.scale[1] >= 1_000_000 and not behind:
        return [Figure(begin, number.end - 1, f"{before}{number.scale[0]}")]
    return [Figure(begin, number.end, f"{before}{value:,}{behind}")]


def _spaced(number: NumberReading, before: str, begin: int) -> list[Figure]:
    """25 300; whole thousands and millions keep their words: 25 тысяч, 2 миллиона 500 тысяч."""
    found: list[Figure] = []
    groups = number.groups
    padded = False
    for at, group in enumerate(groups):
        after = [each.times for each in groups[at + 1 :]]
        covers = (group.times == 1000 and after == [1]) or (group.times == 1_000_000 and after == [1000, 1])
        start = begin if not at else group.start
        if covers or group.start < group.end:
            text = f"{group.value:03}" if padded else str(group.value)
            found.append(Figure(start, group.end + covers, text if at else before + text))
        padded = covers
    return found


def _with_cents(number: NumberReading, counted: Counted, reader: NumberReader) -> Figure | None:
    """An amount with its cents: five dollars and twenty cents; one of pounds has no sign but with its pence."""
    if counted.kind != "money" or not number.is_plain or number.value >= 1_000_000:
        return None
    cents = _cents(counted.end, reader)
    if cents is None:
        return None
    value, sign, end = cents
    sign = counted.sign or sign
    grouped = f"{number.value:,}"
    return Figure(number.start, end, f"{sign}{grouped}.{value:02}") if sign else None


def _cents(place: int, reader: NumberReader) -> tuple[int, str, int] | None:
    """(how many, the sign of their money, where they end) of the cents at `place`."""
    if reader.ends(place - 1) or not reader.language.small_money:
        return None
    joined = reader.word(place) in reader.language.joins
    run = reader.run(place + joined)
    if len(run) != 1 or not run[0].is_plain or not 0 < run[0].value < 100:
        return None
    number = run[0]
    counted = None if reader.ends(number.end - 1) else reader.counted(number.end)
    if counted is not None:
        return (number.value, counted.sign, counted.end) if counted.kind == "small" else None
    over = reader.ends(number.end - 1) or reader.word(number.end) in AFTER_CENTS
    return (number.value, "", number.end) if over and not joined and number.value >= 10 else None


def _a_dollar(reader: NumberReader, place: int) -> Figure | None:
    """A dollar fifty."""
    if reader.word(place) not in reader.language.articles or reader.ends(place):
        return None
    counted = reader.counted(place + 1)
    cents = _cents(place + 2, reader) if counted and counted.kind == "money" else None
    if counted is None or cents is None or not counted.sign:
        return None
    return Figure(place, cents[2], f"{counted.sign}1.{cents[0]:02}")
