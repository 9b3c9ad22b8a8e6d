"""Where in a call somebody says a card number, its code and date, a phone, an email address, a name on the list.

Pure: words in, places out. When in doubt it finds: a number too many that cannot be heard costs less than one too
few that can. Recognisers mishear digits and lose whole groups, so length and what is talked about weigh more than
the check digit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from transcripts.recognizer import Word
from transcripts.redaction import emails, names
from transcripts.redaction.numbers import SOUND_LIKE, Number, digits_of, passes_luhn
from transcripts.redaction.speakers import Label, Stream, Talk

Kind = Literal["card", "code", "expiry", "phone", "email", "name"]

CARD_LENGTH = 13
"""A row of so many digits is masked whatever it is: phones are shorter, and nobody wants longer ones overheard."""
LABEL_SECONDS = 30.0
"""For so long after somebody said what comes, a number is taken for it."""
EPISODE_SECONDS = 20.0
"""So soon after a card's digits, further ones belong to the card."""
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
_UNITS = frozenset(
    "dollar dollars cent cents euro euros pounds percent minute minutes hour hours o'clock oclock day days week weeks "
    "month months year years boxes items cables kilometers miles meters am pm degrees times people руб рубль рубля "
    "рублей рубли копеек копейки минут минуты минуту час часа часов часам часами день дня дней неделя недели недель "
    "месяц месяца месяцев год года лет штук штуки процент процента процентов коробка коробки коробок кабелей метров "
    "километров раз градусов человек долларов евро тысяч тысячи".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december январь февраль март апрель "
    "май июнь июль август сентябрь октябрь ноябрь декабрь января февраля марта апреля мая июня июля августа сентября "
    "октября ноября декабря".split()
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is looked for."""

    cards: bool = True
    codes: bool = True
    phones: bool = False
    emails: bool = False
    names: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("US", "RU")
    """Countries in which a phone number without its country code is read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A secret: words `first` up to and without `last` of one speaker."""

    kind: Kind
    speaker: str
    first: int
    last: int


@dataclass(frozen=True)
class _Run:
    """A row of digits that one speaker says, pauses and fillers in it."""

    first: int
    last: int
    digits: str
    corrected: str
    """The digits without those that the speaker took back."""
    amount: bool
    """Written as amounts are: 12.50, 1,250, 15th."""
    counted: bool
    """Money, a time, a date, a count, by what stands beside it."""

    @property
    def length(self) -> int:
        return len(self.digits)


def find(words: Mapping[str, Sequence[Word]], rules: Rules) -> list[Found]:
    """Every secret in the words of the speakers (each in the order they were said), apart from each other."""
    talk = Talk.of(words)
    found: list[Found] = []
    for speaker, stream in talk.streams.items():
        own: list[Found] = []
        if rules.emails:
            own += [Found("email", speaker, first, last) for first, last in emails.find(talk, speaker)]
        own += _numbers(talk, stream, rules)
        if rules.names:
            own += [Found("name", speaker, first, last) for first, last in names.find(stream, rules.names)]
        found += _apart(own)
    return found


def _apart(found: Iterable[Found]) -> list[Found]:
    """Overlaps made one, which takes the kind of the one found first in the order given."""
    taken: list[Found] = []
    for each in found:
        over = [old for old in taken if each.first < old.last and old.first < each.last]
        if over:
            first, last = min(each.first, *(o.first for o in over)), max(each.last, *(o.last for o in over))
            taken = [old for old in taken if old not in over]
            each = Found(over[0].kind, each.speaker, first, last)
        taken.append(each)
    return sorted(taken, key=lambda each: each.first)


def _numbers(talk: Talk, stream: Stream, rules: Rules) -> list[Found]:
    found: list[Found] = []
    card_ended: float | None = None
    for run in _runs(talk, stream):
        since = None if card_ended is None else stream.words[run.first].start - card_ended
        kind = _kind(talk, stream, run, since)
        if kind in ("card", "expiry", "code"):
            card_ended = stream.words[run.last - 1].end
        if kind is not None and _wanted(kind, rules) and (kind != "phone" or _is_phone(talk, stream, run, rules)):
            first, last = _with_month(stream, run) if kind == "expiry" else (run.first, run.last)
            found.append(Found(kind, stream.speaker, first, last))
    return found


def _wanted(kind: Kind, rules: Rules) -> bool:
    return {"card": rules.cards, "expiry": rules.cards, "code": rules.codes, "phone": rules.phones}[kind]


def _kind(talk: Talk, stream: Stream, run: _Run, since_card: float | None) -> Kind | None:
    """What a row of digits is, by its length and by what is talked about; phones are checked again."""
    label = talk.label_before(stream.speaker, run.first, LABEL_SECONDS)
    named = label.kind if label is not None else None
    if run.length >= CARD_LENGTH and not (named == "phone" and run.length < 16 and not _luhn(run)):
        return "card"
    if run.length < 2 or (run.amount and named not in ("code", "expiry")):
        return None
    if run.counted and not (named == "expiry" and run.length <= 6):
        return None
    after = talk.label_after(stream.speaker, run.last - 1, 4)
    if after is not None and after.kind == "code" and 2 < run.length < 6:
        return "code"
    if named == "code":
        return "code" if run.length <= 6 else "card"
    if named == "expiry":
        return "expiry" if run.length <= 6 else "card"
    if named == "card":
        return _in_card(run, since_card, label)
    if named == "phone":
        return "phone"
    if named != "harmless" and since_card is not None and since_card <= EPISODE_SECONDS:
        return "code" if run.length in (3, 4) else "card"
    return "phone" if named is None and 10 <= run.length <= 12 else None


def _in_card(run: _Run, since_card: float | None, label: Label | None) -> Kind | None:
    """Digits after the word for the card: its groups, or the code that follows them."""
    going_on = since_card is not None and since_card <= EPISODE_SECONDS
    return "card" if going_on or run.length >= 3 or label is not None else None


def _luhn(run: _Run) -> bool:
    return any(13 <= len(digits) <= 19 and passes_luhn(digits) for digits in (run.digits, run.corrected))


def _is_phone(talk: Talk, stream: Stream, run: _Run, rules: Rules) -> bool:
    """After the word for it any row of digits; otherwise one that could be dialled."""
    if talk.label_before(stream.speaker, run.first, LABEL_SECONDS) is not None:
        return True
    for region in rules.regions:
        try:
            if phonenumbers.is_possible_number(phonenumbers.parse(run.digits, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _with_month(stream: Stream, run: _Run) -> tuple[int, int]:
    """The run with the name of the month before or after it."""
    first = run.first - 1 if run.first and stream.plain[run.first - 1] in _MONTHS else run.first
    last = run.last + 1 if run.last < len(stream.words) and stream.plain[run.last] in _MONTHS else run.last
    return first, last


def _runs(talk: Talk, stream: Stream) -> list[_Run]:
    found: list[_Run] = []
    place = 0
    numbers = stream.numbers
    while place < len(numbers):
        if numbers[place] is None or _says_otherwise(stream, place):
            place += 1
            continue
        last = place
        while (following := _next_number(talk, stream, last)) is not None:
            last = following
        found.append(_run(stream, place, last + 1))
        place = last + 1
    return [run for run in found if run.digits]


def _says_otherwise(stream: Stream, place: int) -> bool:
    """Whether a number word is part of a label: three digits, four digits."""
    following = stream.plain[place + 1] if place + 1 < len(stream.words) else ""
    return following in ("digits", "digit", "цифры", "цифр", "цифра")


def _next_number(talk: Talk, stream: Stream, at: int) -> int | None:
    """The number word that goes on with the row that `at` belongs to, if one does."""
    unknown = 0
    for place in range(at + 1, min(at + 9, len(stream.words))):
        word = stream.plain[place]
        if stream.numbers[place] is not None:
            if _says_otherwise(stream, place):
                return None
            pause = stream.words[place].start - stream.words[place - 1].end
            return place if pause <= ANSWER_SECONDS and not _interrupted(talk, stream, at, place) else None
        if any(label.index == place for label in stream.labels) or word in _UNITS or word in _MONTHS:
            return None
        if word and word not in _FILLERS and word not in _CORRECTIONS and word not in SOUND_LIKE:
            unknown += 1
            if unknown > 1:
                return None
    return None


def _interrupted(talk: Talk, stream: Stream, before: int, after: int) -> bool:
    """Whether somebody else spoke of something else between two words: more than a yes, or a label."""
    start, end = stream.words[before].end, stream.words[after].start
    said = talk.said_between(stream.speaker, start, end)
    return len(said) > 6 or any(label.index == at for other, at in said for label in other.labels)


def _run(stream: Stream, first: int, last: int) -> _Run:
    parts: list[Number] = []
    kept: list[Number] = []
    amount = False
    taken_back = False
    for place in range(first, last):
        word, number = stream.plain[place], stream.numbers[place]
        if number is None and word in SOUND_LIKE:
            number = Number("unit", str(SOUND_LIKE[word]))
        if number is None:
            taken_back = taken_back or word in _CORRECTIONS
            continue
        if taken_back and kept:
            kept.pop()
        taken_back = False
        amount = amount or number.amount or number.part == "thousand"
        parts.append(number)
        kept.append(number)
    digits = digits_of(parts)
    around = {stream.plain[last] if last < len(stream.words) else "", stream.plain[first - 1] if first else ""}
    counted = bool(around & _MONTHS) or (last < len(stream.words) and stream.plain[last] in _UNITS)
    return _Run(first, last, digits, digits_of(kept), amount, counted)
