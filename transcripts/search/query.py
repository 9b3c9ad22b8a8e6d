"""What people type into the search, understood: small, forgiving, and never an error.

    refund order          both words in a call, in any of their forms
    "where is my order"   these words in this order, in exactly these forms; "ordered" in quotes is that form alone
    e-mail                these parts one after the other, or as one word; "log in" without quotes finds login, too
    4155550123            a number, in whatever groups its digits are written
    rout*                 words that begin so
    refund OR "money back"
    -invoice              calls in which nobody says it
    speaker:caller no speaker:agent sorry     who says the words that follow
    agent:anna queue:support line:1000 language:ru result:served survey:no ticket:1042 number:5550123
    from:2026-11-01 to:2026-11-30 on:today talk>5m talk<20m silence>30

Every field has Russian names too. What cannot be understood is left out of the search and told (`Notice`); a name
that is no field is taken for words, as whoever pastes an address expects. Pure: today is an argument.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from ringback.folding import fold
from transcripts.search.words import words

LONGEST = 400
"""Characters of a question that are read."""
MOST_TERMS = 16
PREFIX_LETTERS = 2
"""A beginning of a word shorter than this finds nearly everything, slowly."""

Kind = Literal["word", "exact", "prefix", "compound", "one"]
Speaker = Literal["caller", "agent"]
NoticeCode = Literal["date", "duration", "speaker", "ticket", "number", "prefix", "minus", "signs", "long", "many"]


@dataclass(frozen=True)
class Term:
    """Something that is said: one word in any form, words in exactly these forms one after another, a beginning, a word
    or number in parts that may as well be written as one, or (which nobody types) what such parts are as one."""

    kind: Kind
    words: tuple[str, ...]
    """Folded; of word, prefix and one there is one."""
    speaker: Speaker | None = None
    """None: either."""


@dataclass(frozen=True)
class FactFilter:
    """What the call must be. None: anything."""

    agent: str | None = None
    queue: str | None = None
    line: str | None = None
    language: str | None = None
    result: str | None = None
    survey: str | None = None
    """A key, the answer's label, or answered, silent, offered."""
    ticket: int | None = None
    number: str | None = None
    """The last digits of the caller's number."""
    first: date | None = None
    last: date | None = None
    """Days on which the call arrived, both included, by our own time zone."""
    talk_min: float | None = None
    talk_max: float | None = None
    silence_min: float | None = None


@dataclass(frozen=True)
class Notice:
    """A piece that was left out of the search, and why; pages have the sentence for each code."""

    code: NoticeCode
    piece: str = ""


@dataclass(frozen=True)
class Query:
    """Every group must be said, at least one term of each; no term of `without` may be said in the call."""

    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    facts: FactFilter = field(default_factory=FactFilter)
    notices: tuple[Notice, ...] = ()

    @property
    def asks_nothing(self) -> bool:
        return not self.groups and not self.without and self.facts == FactFilter()


_FIELDS = {
    "speaker": "speaker who говорит кто",
    "agent": "agent оператор агент",
    "queue": "queue очередь",
    "line": "line линия",
    "language": "language lang язык",
    "result": "result результат итог",
    "survey": "survey answer опрос оценка ответ",
    "ticket": "ticket обращение заявка тикет",
    "number": "number phone номер телефон",
    "first": "from since с от",
    "last": "to until по до",
    "day": "on day день дата",
    "talk": "talk разговор",
    "silence": "silence pause тишина пауза",
}
_NAMES = {name: key for key, names in _FIELDS.items() for name in names.split()}
_SPEAKERS: dict[str, Speaker | None] = {
    "caller": "caller", "customer": "caller", "клиент": "caller", "звонящий": "caller",
    "agent": "agent", "оператор": "agent", "агент": "agent",
    "any": None, "anybody": None, "все": None, "любой": None,
}  # fmt: skip
_OPEN, _CLOSE = '"“”„«»', '"“”«»'
_PIECE = re.compile(
    rf"(?P<minus>-)?(?:(?P<name>[^\W\d_]+)(?P<sign>>=|<=|[:=<>])(?P<value>[{_OPEN}][^{_OPEN}]*[{_CLOSE}]?|\S*)"
    rf"|[{_OPEN}](?P<quoted>[^{_OPEN}]*)[{_CLOSE}]?|(?P<plain>[^\s{_OPEN}]+))"
)
_DURATION = re.compile(r"(?:(\d{1,5})|(\d{1,5}(?:[.,]\d{1,3})?)([a-zа-я]+)|(\d{1,2}):(\d\d)(?::(\d\d))?)")
_UNITS = {"s": 1, "sec": 1, "с": 1, "сек": 1, "m": 60, "min": 60, "м": 60, "мин": 60, "h": 3600, "ч": 3600, "час": 3600}


def parse(text: str, today: date, speaker: Speaker | None = None) -> Query:
    """What `text` asks for; `speaker` is who says its words as long as it does not tell itself."""
    reader = _QueryReader(today, speaker)
    if len(text) > LONGEST:
        reader.notices.append(Notice("long"))
    for piece in _PIECE.finditer(text[:LONGEST]):
        reader.take(piece)
    return reader.query(text)


class _QueryReader:
    """Takes piece after piece."""

    def __init__(self, today: date, speaker: Speaker | None) -> None:
        self.today, self.speaker = today, speaker
        self.groups: list[list[Term]] = []
        self.without: list[Term] = []
        self.facts = FactFilter()
        self.notices: list[Notice] = []
        self._or = False
        """Whether the next term is another choice of the last group."""

    def query(self, text: str) -> Query:
        groups = tuple(tuple(dict.fromkeys(group)) for group in self.groups)
        without = tuple(dict.fromkeys(self.without))
        found = Query(tuple(dict.fromkeys(groups)), without, self.facts, tuple(self.notices))
        if found.asks_nothing and text.strip() and not self.notices:
            found = replace(found, notices=(Notice("signs", text.strip()[:LONGEST]),))
        return found

    def take(self, piece: re.Match[str]) -> None:
        minus = bool(piece["minus"])
        if piece["quoted"] is not None:
            self._exact(piece["quoted"], minus)
        elif piece["plain"] is not None:
            self._plain(piece["plain"], minus)
        elif (name := _NAMES.get(fold(piece["name"]))) is None or (piece["sign"] != ":" and name not in _MEASURES):
            self._plain(piece[0].removeprefix("-"), minus)
        elif minus:
            self.notices.append(Notice("minus", piece[0]))
        else:
            self._field(name, piece["sign"], piece["value"].strip(_OPEN).strip(), piece[0])

    def _plain(self, text: str, minus: bool) -> None:
        if not minus and text in ("OR", "ИЛИ", "|", "||"):
            self._or = bool(self.groups)
            return
        if not minus and text in ("AND", "И", "&", "&&"):
            return
        found = words(text)
        if text.rstrip(".,;:!?").endswith("*") and found:
            *before, beginning = found
            if before:
                self._add(Term("exact", tuple(before), self.speaker), minus)
            if len(beginning) < PREFIX_LETTERS:
                self.notices.append(Notice("prefix", text))
            else:
                self._add(Term("prefix", (beginning,), self.speaker), minus)
        elif len(found) == 1:
            self._add(Term("word", (found[0],), self.speaker), minus)
        elif found:  # e-mail, 10.50, an address: one after another, as it is written, or as one
            self._add(Term("compound", tuple(found), self.speaker), minus)

    def _exact(self, text: str, minus: bool) -> None:
        if found := words(text):
            self._add(Term("exact", tuple(found), self.speaker), minus)

    def _add(self, term: Term, minus: bool) -> None:
        if sum(map(len, self.groups)) + len(self.without) >= MOST_TERMS:
            if Notice("many") not in self.notices:
                self.notices.append(Notice("many"))
        elif minus:
            self.without.append(term)
        elif self._or:
            self.groups[-1].append(term)
        else:
            self.groups.append([term])
        self._or = False

    def _field(self, name: str, sign: str, value: str, piece: str) -> None:
        if not value:
            return
        if name == "speaker":
            if fold(value) in _SPEAKERS:
                self.speaker = _SPEAKERS[fold(value)]
            else:
                self.notices.append(Notice("speaker", piece))
            return
        if name in _MEASURES:
            changes = _measure(name, sign, value)
        else:
            changes = _READERS.get(name, lambda text, _today: {name: text[:80]})(value, self.today)
        if changes is None:
            self.notices.append(Notice(_FAULTS[name], piece))
        else:
            self.facts = replace(self.facts, **changes)  # type: ignore[arg-type]


Changes = dict[str, object] | None
"""Fields of Facts; None: the value means nothing."""


def days(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day of a day or month: 2026-11-22, 22.11.2026, 2026-11, today, yesterday."""
    plain = fold(text)
    if plain in ("today", "сегодня"):
        return today, today
    if plain in ("yesterday", "вчера"):
        return today - timedelta(days=1), today - timedelta(days=1)
    if numbers := re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", plain, re.ASCII):
        year, month, day = numbers.groups()
    elif numbers := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", plain, re.ASCII):
        day, month, year = numbers.groups()
    else:
        return None
    try:
        first = date(int(year), int(month), int(day or 1))
        if not 1971 <= first.year <= 2999:
            return None  # nobody called then, and computers count time from 1970 on
        return first, first if day else first.replace(day=calendar.monthrange(first.year, first.month)[1])
    except ValueError:
        return None


def seconds(text: str) -> float | None:
    """A duration: 90, 90s, 1.5m, 1:30, 1:02:03; None: it is none."""
    found = _DURATION.fullmatch(fold(text))
    if found is None or (found[3] and found[3] not in _UNITS):
        return None
    if found[1]:
        return float(found[1])
    if found[2]:
        return float(found[2].replace(",", ".")) * _UNITS[found[3]]
    parts = [int(part) for part in (found[4], found[5], found[6]) if part is not None]
    return float(sum(part * 60**place for place, part in enumerate(reversed(parts))))


def _measure(name: str, sign: str, value: str) -> Changes:
    found = seconds(value)
    if found is None:
        return None
    if sign in ("<", "<="):
        return {"talk_max": found} if name == "talk" else None
    return {f"{name}_min": found}


def _first(text: str, today: date) -> Changes:
    found = days(text, today)
    return None if found is None else {"first": found[0]}


def _last(text: str, today: date) -> Changes:
    found = days(text, today)
    return None if found is None else {"last": found[1]}


def _day(text: str, today: date) -> Changes:
    found = days(text, today)
    return None if found is None else {"first": found[0], "last": found[1]}


def _ticket(text: str, _today: date) -> Changes:
    number = text.removeprefix("#")
    return {"ticket": int(number)} if number.isascii() and number.isdigit() and len(number) < 16 else None


def _number(text: str, _today: date) -> Changes:
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    return {"number": digits} if 3 <= len(digits) <= 20 else None


_MEASURES = ("talk", "silence")
_READERS: dict[str, Callable[[str, date], Changes]] = {
    "first": _first, "last": _last, "day": _day, "ticket": _ticket, "number": _number,
}  # fmt: skip
_FAULTS: dict[str, NoticeCode] = {
    "first": "date", "last": "date", "day": "date", "ticket": "ticket", "number": "number",
    "talk": "duration", "silence": "duration",
}  # fmt: skip
