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
from transcripts.redaction.speakers import Stream, Talk

Kind = Literal["card", "code", "expiry", "phone", "email", "name"]

CARD_LENGTH = 13
"""A row of so many digits is masked whatever it is: phones are shorter, and nobody wants longer ones overheard."""
LABEL_SECONDS = 30.0
"""For so long after somebody said what comes, a number is taken for it."""
EPISODE_SECONDS = 20.0
"""So soon after a card's digits, further ones belong to the card."""
CODE_SECONDS, CODE_WORDS = 6.0, 7
"""An answer to a question for the code begins so soon, and has no more words."""
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
    "километров раз градусов человек долларов евро тысяч тысячи".split()
)
_YEARS = frozenset(("year", "год", "года", "году"))
_MONTHS = frozenset(
    "january february march april may june july august september october november december январь февраль март апрель "
    "май июнь июль август сентябрь октябрь ноябрь декабрь января февраля марта апреля мая июня июля августа сентября "
    "октября ноября декабря".split()
)
_USUAL = (
    _FILLERS
    | _CORRECTIONS
    | _MONTHS
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
        "значит смотрите".split()
    )
)
"""Words that people say beside a number. Any other there is likely a digit that was misheard."""


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
    answers: bool = True
    """Whether all that is said after a question for an address is taken for it."""


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
    """Money, a share, a count of something, by its own sign or the word after it."""
    dated: bool
    """Part of a date: a month or a year stands beside it."""

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
            own += [
                Found("email", speaker, first, last)
                for first, last in emails.find(talk, speaker, answers=rules.answers)
            ]
        own += _numbers(talk, stream, rules)
        own += _misheard_codes(talk, stream) if rules.codes else []
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
    card_ended = phone_ended = float("-inf")
    for run in _runs(talk, stream):
        begun = stream.words[run.first].start
        kind = _kind(talk, stream, run, begun - card_ended, begun - phone_ended)
        if kind in ("card", "expiry", "code"):
            card_ended = stream.words[run.last - 1].end
        if kind == "phone":
            phone_ended = stream.words[run.last - 1].end
        if kind is not None and _wanted(kind, rules) and (kind != "phone" or _is_phone(talk, stream, run, rules)):
            first, last = run.first, run.last
            if kind == "expiry":
                first, last = _with_month(stream, run)
            elif kind != "code" and run.length > 2:
                first, last = _with_misheard(stream, run)
            found.append(Found(kind, stream.speaker, first, last))
    return found


def _misheard_codes(talk: Talk, stream: Stream) -> list[Found]:
    """Short answers to a question for the code in which no digit was understood: free, sex, bar."""
    found = []
    for label in (each for other in talk.streams.values() for each in other.labels if each.kind == "code"):
        own = label.speaker == stream.speaker
        if own == talk.asks(label):  # who asks does not answer, and who tells is not answered
            continue
        after = (at for at, word in enumerate(stream.words) if (at > label.index if own else word.start > label.end))
        first = next(after, None)
        if first is None or stream.words[first].start - label.end > CODE_SECONDS:
            continue
        last = first + 1
        while last < len(stream.words) and stream.words[last].start - stream.words[last - 1].end < BREATH:
            last += 1
        strange = [
            at for at in range(first, last) if stream.plain[at] not in _USUAL or stream.plain[at] in SOUND_LIKE
        ]  # fmt: skip
        strange = [at for at in strange if all(each.index != at for each in stream.labels)]
        digits = any(stream.numbers[at] is not None for at in range(first, last))
        if strange and not digits and last - first <= CODE_WORDS and strange[-1] - strange[0] < 4:
            found.append(Found("code", stream.speaker, strange[0], strange[-1] + 1))
    return found


def _wanted(kind: Kind, rules: Rules) -> bool:
    return {"card": rules.cards, "expiry": rules.cards, "code": rules.codes, "phone": rules.phones}[kind]


def _kind(talk: Talk, stream: Stream, run: _Run, since_card: float, since_phone: float) -> Kind | None:
    """What a row of digits is, by its length and by what is talked about; phones are checked again.

    `since_card` and `since_phone`: seconds since the speaker's last digits of one.
    """
    label = talk.label_before(stream.speaker, run.first, LABEL_SECONDS)
    named = label.kind if label is not None else None
    if run.length >= CARD_LENGTH and not (named == "phone" and run.length < 16 and not _luhn(run)):
        return "card"
    if run.length < 2 or run.amount or (run.dated and named != "expiry"):
        return None
    after = talk.label_after(stream.speaker, run.last - 1, 4)
    if after is not None and after.kind == "code" and 2 < run.length < 6:
        return "code"
    if named == "code":
        return "code" if run.length <= 6 else "card"
    if named == "expiry":
        return "expiry" if run.length <= 6 else "card"
    if named == "card":
        return "card"
    if named == "phone":
        return "phone" if run.length > 2 or since_phone <= EPISODE_SECONDS else None
    if named != "harmless" and since_card <= EPISODE_SECONDS:
        return "code" if run.length in (3, 4) else "card"
    return "phone" if named is None and 10 <= run.length <= 12 else None


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


def _with_misheard(stream: Stream, run: _Run) -> tuple[int, int]:
    """The run with up to two words on either side, in one breath with it, that nobody says there: digits misheard."""
    first, last = run.first, run.last
    while first > 0 and run.first - first < 2 and _is_strange(stream, first - 1, first):
        first -= 1
    while last < len(stream.words) and last - run.last < 2 and _is_strange(stream, last, last - 1):
        last += 1
    return first, last


def _is_strange(stream: Stream, place: int, next_to: int) -> bool:
    word = _beside(stream, place, next_to)
    return bool(word) and word not in _USUAL and all(label.index != place for label in stream.labels)


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
        if any(label.index == place for label in stream.labels) or word in UNITS or word in _MONTHS:
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
    before, after = _beside(stream, first - 1, first), _beside(stream, last, last - 1)
    short = len(digits) <= 8
    amount = short and (amount or (after in UNITS and after not in _YEARS))
    return _Run(first, last, digits, digits_of(kept), amount, short and ({before, after} & (_MONTHS | _YEARS) != set()))


def _beside(stream: Stream, place: int, next_to: int) -> str:
    """The word at a place, if it is said in one breath with the one next to it."""
    if not 0 <= place < len(stream.words):
        return ""
    early, late = sorted((place, next_to))
    return stream.plain[place] if stream.words[late].start - stream.words[early].end < BREATH else ""
