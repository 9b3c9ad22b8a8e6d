"""Times, years and dates among the numbers of a turn. Pure.

Owns what tells them: the words around (at ten thirty, in nineteen eighty four) and the way they are said (восемнадцать
ноль ноль).
"""

from collections.abc import Sequence

from transcripts.text.number_reader import NumberReader, NumberReading

Run = Sequence[NumberReading]


def is_after_time(reader: NumberReader, place: int) -> bool:
    """Whether the words at `place` say that the number before them is a time."""
    return any(reader.says(place, said) for said in reader.language.after_time)


def time_text(run: Run) -> str:
    """Hour and minutes as figures, if the numbers can be a time; empty: they cannot."""
    if not all(number.is_plain and not number.article for number in run):
        return ""
    values = [number.value for number in run]
    match values:
        case [hour, minutes] if hour < 24 and 10 <= minutes < 60:
            return f"{hour}:{minutes}"
        case [hour, 0, minutes] if 0 < hour < 24 and minutes < 10:
            return f"{hour}:{minutes:02}"
        case [0, 0, minutes] if 10 <= minutes < 60:
            return f"00:{minutes}"
    return ""


def time_of(run: Run, reader: NumberReader) -> str:
    """The run as a time, where the words around, or the way it is said, tell that it is one."""
    text = time_text(run)
    before, end = reader.word(run[0].start - 1), run[-1].end
    if not text or any(reader.word(at) in reader.language.streets for at in (end, end + 1, end + 2)):
        return ""
    if before in reader.language.before_time or is_after_time(reader, end):
        return text
    full = reader.language.full_hours and text.endswith(":00") and not reader.is_labelled(run[0].start)
    return text if full else ""


def year_of(run: Run, reader: NumberReader, *, dated: bool = False) -> str:
    """Nineteen eighty four, two thousand and five; `dated`: a day and a month come before it."""
    language = reader.language
    before = reader.word(run[0].start - 1)
    if not (dated or before in language.before_year) or is_after_time(reader, run[-1].end):
        return ""
    if not all(number.is_plain for number in run):
        return ""
    values = [number.value for number in run]
    match values:
        case [first, second] if first in (18, 19, 20) and 10 <= second <= 99:
            return f"{first}{second}"
        case [first, 0, second] if first in (18, 19, 20) and 0 < second < 10:
            return f"{first}0{second}"
        case [year] if 1900 <= year < 2100 and reader.counted(run[-1].end) is None:
            return str(year)
    return ""


def is_dated(place: int, reader: NumberReader) -> bool:
    """Whether a day of a month was said just before: may twenty third."""
    atom = reader.atom(place - 1)
    if atom is None or not atom.ordinal or reader.ends(place - 1) or reader.language.years:
        return False
    return any(reader.word(place - back) in reader.language.months for back in (2, 3))


def is_told_in_words(number: NumberReading, reader: NumberReader) -> bool:
    """Whether people write a number in words: half past ten, twenty to six, без двадцати шесть, twenty something."""
    start = number.start
    if not reader.ends(number.end - 1) and reader.word(number.end) in reader.language.vague:
        return True
    if reader.word(start - 1) in reader.language.short_of and reader.counted(number.end) is None:
        return True
    if any(reader.says(start - len(said), said) for said in reader.language.clock):
        return True
    if reader.language.full_hours:
        return False
    following = reader.run(number.end + 1)
    hour = following[0].value if following else 0
    if not 0 < hour <= 12 or reader.ends(number.end - 1) or number.value not in (5, 10, 20, 25):
        before = reader.number(start - 2) or reader.number(start - 3)
        return (
            reader.word(start - 1) == "past"
            and number.value <= 12
            and before is not None
            and before.end == start - 1
            and before.value in (5, 10, 20, 25)
        )
    word = reader.word(number.end)
    descends = number.value > hour and reader.word(start - 1) not in reader.language.before_time
    return word == "past" or (word == "to" and descends and following[0].end == number.end + 2)


def ordinal_of(number: NumberReading, reader: NumberReader) -> str:
    """The day of a date, a year of Russian, and in English others from 10 on, whose figures carry an ending."""
    language, before, following = reader.language, reader.word(number.start - 1), reader.word(number.end)
    if reader.ends(number.end - 1):
        following = ""
    if language.years:
        if following in language.months or (number.value >= 100 and following.startswith(language.years)):
            return str(number.value)
        if following.startswith(language.years + language.days):
            return f"{number.value}-{_russian_ending(reader.word(number.end - 1))}"
        return ""
    dated = before in language.months or (following == "of" and reader.word(number.end + 1) in language.months)
    if number.value < 10 and not dated:
        return ""
    ending = "th" if number.value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number.value % 10, "th")
    return f"{number.value:,}{ending}"


def _russian_ending(word: str) -> str:
    """What stands after the figures: the last letter, or two where the one before it is no vowel and no й."""
    return word[-2:] if word[-2] not in "аеёиоуыэюяй" else word[-1:]
