"""Rows of digits that one speaker says, with pauses, corrections and the other's "yes" between. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcripts.redaction.numbers import SOUND_LIKE, SpokenNumber, digits_of, numbers_of, plain
from transcripts.redaction.speakers import SpeakerStream, Talk

BREATH = 1.0
"""Words nearer to each other than this, in seconds, are said in one breath."""
ANSWER_SECONDS = 12.0
"""A row of digits goes on over a pause of the speaker of at most so long (the other writes it down)."""
_FILLERS = frozenset(
    "uh um er ah eh mm hmm mhm and then so next dash hyphen minus space slash is that that's again ok okay yes yeah "
    "right comma well э эм м ну и а так дальше далее потом тире дефис пробел да ага еще угу вот plus плюс".split()
)
_CORRECTIONS = frozenset(
    "no not sorry wait i mean correction rather actually нет не извините простите ой вернее точнее то есть прошу "
    "прощения ошибся ошиблась".split()
)
UNITS = frozenset(
    "dollar dollars cent cents euro euros pounds percent minute minutes hour hours o'clock oclock day days week weeks "
    "month months year years boxes items cables kilometers miles meters am pm degrees times people руб рубль рубля "
    "рублей рубли копеек копейки минут минуты минуту час часа часов часам часами день дня дней неделя недели недель "
    "месяц месяца месяцев год года лет штук штуки процент процента процентов коробка коробки коробок кабелей метров "
    "километров раз градусов человек долларов евро тысяч тысячи миллисекунд миллисекунды "
    "сантиметров milliseconds centimeters centimetres inches".split()
)
_ORDINARY = re.compile(
    r"(19|20)\d\d('?s|-(19|20)?\d\d|-?[йго]+)?|([01]?\d|2[0-3]):[0-5]\d|[0-3]?\d([./-])[0-3]?\d\5((19|20)\d\d|\d\d)|"
    r"[$€£₽]\d{1,3}([.,]?\d{3})*([.,]\d\d)?|\d{1,3}(,\d{3})+|and|to|or|from|then|и|или|до|с|по|потом|а"
)
"""What people list: a year, a time of day, a date, a sum; and what they say between."""
_YEARS = frozenset(("year", "год", "года", "году"))
MONTHS = frozenset(
    "january february march april may june july august september october november december январь февраль март апрель "
    "май июнь июль август сентябрь октябрь ноябрь декабрь января февраля марта апреля мая июня июля августа сентября "
    "октября ноября декабря".split()
)
USUAL = (
    _FILLERS
    | _CORRECTIONS
    | MONTHS
    | UNITS
    | frozenset(
        "the a an it it's this these those are was my your our his her their i i'm you we they he she number numbers "
        "card phone sure of course at on in to for of by from with or but if be have has had do does did can could "
        "will would thank thanks please good great perfect hello hi bye goodbye sir madam here there now just also "
        "first last front back called call digits code expires expiry date street house flat room номер номера "
        "мой моя мое мои моей моего ваш ваша вашей такой такая записывайте пишите можно по в на с у к о об от "
        "до из за для при под это этот эта там тут я ты вы мы он она они мне меня вас вам его ее их спасибо пожалуйста "
        "здравствуйте алло хорошо отлично ладно все всё теперь сейчас тогда только уже еще или но если что как "
        "код пин дата улица дом квартира карта карты телефон звонить номеру сначала потом последние первые цифры "
        "значит смотрите calling звонок свидания".split()
    )
)
"""Words that people say beside a number. Any other there is likely a digit that was misheard."""


@dataclass(frozen=True)
class DigitRun:
    """A row of digits that one speaker says, pauses and fillers in it."""

    stream: SpeakerStream
    first: int
    last: int
    digits: str
    corrected: str
    """The digits without those that the speaker took back."""
    amount: bool
    """Money, a share, a first or second, by its own sign."""
    counted: bool
    """A count of something, by the word after it."""
    thousands: bool
    """It is said with a thousand in it, as amounts are, and seldom a code."""
    hundreds: bool
    """It is said with a hundred in it, as hardly anybody dictates."""
    words: tuple[str, ...]
    """The digits of each word where all are in figures; empty otherwise."""
    dated: bool
    """Part of a date: a month or a year stands beside it."""
    listed: bool
    """Years, dates, times of day or sums in a row, however many digits they make."""

    @property
    def length(self) -> int:
        return len(self.digits)

    @property
    def start(self) -> float:
        return self.stream.words[self.first].start

    @property
    def end(self) -> float:
        return self.stream.words[self.last - 1].end

    @property
    def is_amount(self) -> bool:
        return self.amount or self.counted or self.thousands


def runs_of(talk: Talk, stream: SpeakerStream) -> list[DigitRun]:
    """In their order."""
    found: list[DigitRun] = []
    place = 0
    numbers = stream.numbers
    while place < len(numbers):
        if numbers[place] is None or place in stream.in_labels or _says_otherwise(stream, place):
            place += 1
            continue
        last = place
        while (following := _next_number(talk, stream, last)) is not None:
            last = following
        found.append(_run(stream, place, last + 1))
        place = last + 1
    return [run for run in found if run.digits]


def _says_otherwise(stream: SpeakerStream, place: int) -> bool:
    """Whether a number word is part of a label: three digits, four digits."""
    following = stream.plain[place + 1] if place + 1 < len(stream.words) else ""
    return following in ("digits", "digit", "цифры", "цифр", "цифра")


def _next_number(talk: Talk, stream: SpeakerStream, at: int) -> int | None:
    """The number word that goes on with the row that `at` belongs to, if one does."""
    unknown = 0
    for place in range(at + 1, min(at + 9, len(stream.words))):
        word = stream.plain[place]
        if stream.numbers[place] is not None:
            if place in stream.in_labels or _says_otherwise(stream, place):
                return None
            pause = stream.words[place].start - stream.words[place - 1].end
            return place if pause <= ANSWER_SECONDS and not _interrupted(talk, stream, at, place) else None
        if place in stream.in_labels or word in UNITS or word in MONTHS:
            return None
        if word and word not in _FILLERS and word not in _CORRECTIONS and word not in SOUND_LIKE:
            unknown += 1
            if unknown > 1:
                return None
    return None


def _interrupted(talk: Talk, stream: SpeakerStream, before: int, after: int) -> bool:
    """Whether somebody else spoke of something else between two words: more than a yes, or a label."""
    start, end = stream.words[before].end, stream.words[after].start
    said = talk.said_between(stream.speaker, start, end)
    return len(said) > 6 or any(at in other.in_labels for other, at in said)


def _run(stream: SpeakerStream, first: int, last: int) -> DigitRun:
    parts: list[SpokenNumber] = []
    kept: list[SpokenNumber] = []
    amount = thousands = False
    taken_back = False
    for place in range(first, last):
        word, number = stream.plain[place], stream.numbers[place]
        if number is None and word in SOUND_LIKE:
            number = SpokenNumber("unit", str(SOUND_LIKE[word]))
        if number is None:
            taken_back = taken_back or word in _CORRECTIONS
            continue
        if taken_back and kept:
            kept.pop()
        taken_back = False
        amount, thousands = amount or number.amount, thousands or number.part == "thousand"
        parts.append(number)
        kept.append(number)
    digits = digits_of(parts)
    before, after = beside(stream, first - 1, first), beside(stream, last, last - 1)
    short = len(digits) <= 8
    counted = after in UNITS and after not in _YEARS
    dated = {before, after} & (MONTHS | _YEARS) != set()
    return DigitRun(
        stream, first, last, digits, digits_of(kept), short and amount, short and counted, short and thousands,
        any(number.part == "hundred" for number in parts),
        tuple(number.value for number in parts) if all(number.part == "digits" for number in parts) else (),
        short and dated, _is_list([stream.words[at].text for at in range(first, last)], parts),
    )  # fmt: skip


def _is_list(texts: Sequence[str], parts: Sequence[SpokenNumber]) -> bool:
    """2019 2020 2021 and 2022; 10:15, 11:30 and 12:45; $1,200, $1,300; two thousand nineteen, two thousand twenty."""
    if len(parts) < 2:
        return False
    if all(number.amount for number in parts) or all(_ORDINARY.fullmatch(plain(text)) for text in texts if plain(text)):
        return True
    said = numbers_of(parts)
    digits = "".join(said)
    thousands = [at for at, number in enumerate(parts) if number.part == "thousand"]
    if len(thousands) > 1 and all(at and parts[at - 1].value == "2" for at in thousands):
        return True  # two thousand nineteen, two thousand twenty
    written = [piece for text in texts for piece in re.findall(r"\d+", text)]
    said = written if "".join(written) == digits else said
    ends = set(accumulate(len(each) for each in said))
    return (
        len(digits) % 4 == 0
        and len(said) < len(digits)
        and ends >= set(range(4, len(digits) + 1, 4))
        and all(digits[at : at + 2] in ("19", "20") for at in range(0, len(digits), 4))
    )


def beside(stream: SpeakerStream, place: int, next_to: int) -> str:
    """The word at a place, if it is said in one breath with the one next to it."""
    if not 0 <= place < len(stream.words):
        return ""
    early, late = sorted((place, next_to))
    return stream.plain[place] if stream.words[late].start - stream.words[early].end < BREATH else ""


def with_month(stream: SpeakerStream, run: DigitRun) -> tuple[int, int]:
    """The run with the name of the month before or after it."""
    first = run.first - 1 if run.first and stream.plain[run.first - 1] in MONTHS else run.first
    last = run.last + 1 if run.last < len(stream.words) and stream.plain[run.last] in MONTHS else run.last
    return first, last


def with_misheard(stream: SpeakerStream, run: DigitRun) -> tuple[int, int]:
    """The run with up to two words on either side, in one breath with it, that nobody says there: digits misheard."""
    first, last = run.first, run.last
    if run.length % 4 == 3 and first > 0 and beside(stream, first - 1, first) in SOUND_LIKE:
        first -= 1  # "for five three nine": a digit that a usual word was heard for
    while first > 0 and run.first - first < 2 and _is_strange(stream, first - 1, first):
        first -= 1
    while last < len(stream.words) and last - run.last < 2 and _is_strange(stream, last, last - 1):
        last += 1
    return first, last


def _is_strange(stream: SpeakerStream, place: int, next_to: int) -> bool:
    word = beside(stream, place, next_to)
    return bool(word) and word not in USUAL and place not in stream.in_labels and place not in stream.markers
