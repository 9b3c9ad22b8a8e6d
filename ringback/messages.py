"""Sentences for people: a code and its facts go in, one sentence in the reader's language comes out.

Owns `Message`, what errors, rows and alarms carry instead of a sentence, and `say`, which words it. The words are the
rooms': the sentences of `recording.not_a_file` stand in `recording/messages.py`, by language. A new language is one
more key beside "en"; a new code is one more line there. Whatever is missing, the reader gets something: the English
sentence, else the code. What a library or the system said is a fact in its own words (`words_of`), and pages mark it.

A sentence names its facts in braces, `{file}`; nothing else stands in braces, so that no value is ever read as a
format. Where a number changes the words, the sentence is given by CLDR plural category ("one", "few", "many", "other")
and the fact `count` chooses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib import import_module
from math import isfinite
from typing import Any

from babel import Locale
from babel.numbers import get_decimal_symbol

from ringback.channel_messages import CHANNEL_SENTENCES
from ringback.checks_messages import CHECKS_SENTENCES
from ringback.flow_messages import FLOW_SENTENCES
from ringback.handover_messages import HANDOVER_SENTENCES
from ringback.settings_messages import SETTINGS_SENTENCES

ROOMS = frozenset({
    "ringback", "calls", "history", "contacts", "publishing", "prompts", "queueing", "ivr", "nuisance", "problems",
    "callback", "survey", "voicemail", "lookups", "letters", "outbox", "recording", "retention", "transcripts",
    "recogniser", "summary", "topics", "tickets", "channels", "connectors", "library", "alarms", "reports", "scoring",
    "staffing", "pbx", "controller", "web", "app",
})  # fmt: skip
"""Rooms that may have a `messages.py`: a code from a row opens no other module."""
TEXT = "text"
"""The code of words that are nobody's sentence here: what a library said, or a row from before there were codes.
Its one fact is `text`; the words stay as they are, and are taken for English."""

LONGEST_LINE = 200
"""Characters of a line in a library's words."""

Form = str | Mapping[str, str]
"""A sentence, or one for each plural category."""
Sentences = Mapping[str, Mapping[str, Form]]
"""What a room's `messages.py` calls SENTENCES: code -> language -> sentence."""

_FACT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Message:
    """A sentence before it is worded."""

    code: str
    """`room.what_happened`; the room's `messages.py` has its sentences."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What stands in the sentence, ready for JSON; a Message among them is worded in the reader's language too."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", ready(self.facts))

    def __str__(self) -> str:
        """The English sentence, for logs and for those who have no language."""
        return say(self.code, self.facts, "en")

    def worded(self, language: str) -> str:
        """The sentence in `language`."""
        return say(self.code, self.facts, language)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads again."""
        return {"code": self.code, "facts": self.facts}


def message(code: str, /, **facts: Any) -> Message:
    """A message with its facts by name, as an error is made."""
    return Message(code, facts)


def text(words: str) -> Message:
    """Words that are shown as they are."""
    return Message(TEXT, {"text": words})


def as_document(name: str, said: Message | None) -> dict[str, Any]:
    """A message in a document for programs: the English sentence under `name`, beside it its code and facts."""
    return {
        name: None if said is None else str(said),
        f"{name}_code": None if said is None else said.code,
        f"{name}_facts": None if said is None else said.facts,
    }


def together(messages: Iterable[Message]) -> Message | None:
    """Several, one after the other; None for none."""
    found = list(messages)
    return reduce(lambda first, then: message("ringback.both", first=first, then=then), found) if found else None


def words_of(error: BaseException) -> Message:
    """What an error says: ours by its code, anything else in its own words."""
    found = getattr(error, "message", None)
    if isinstance(found, Message):
        return found
    return text((isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__)


def in_one_line(error: BaseException) -> Message:
    """What an error says; of words that are not ours the beginning of the first line: those of a database go on with
    the values of the row, which nobody who reads of the error may be meant to see."""
    found = getattr(error, "message", None)
    if isinstance(found, Message):
        return found
    return text((str(error).strip().splitlines() or [type(error).__name__])[0][:LONGEST_LINE])


def from_json(found: Any) -> Message | None:
    """The message in a value from JSON; None where there is none."""
    if isinstance(found, dict) and isinstance(found.get("code"), str) and isinstance(found.get("facts"), dict):
        return Message(found["code"], found["facts"])
    return None


def ready(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON has them: messages as objects, paths and whatever else as text."""
    return {name: _ready(value) for name, value in facts.items()}


def _ready(value: Any) -> Any:
    if value is None or (isinstance(value, (int, float)) and isfinite(value)):
        return value
    if isinstance(value, Message):
        return value.as_json()
    if isinstance(value, Mapping):
        return ready(value)
    if isinstance(value, (list, tuple)):
        return [_ready(each) for each in value]
    return _plain(str(value))


def _plain(words: str) -> str:
    """`words` without what no store takes and no page can send: half characters of a file's odd name, and NUL."""
    return words.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def say(code: str, facts: Mapping[str, Any], language: str) -> str:
    """The sentence, in English where `language` has none, else the code. Never raises."""
    return "".join(words for words, _ in pieces(code, facts, language))


def pieces(code: str, facts: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """The sentence in pieces, each with the language of its words: what stays English in another language's sentence
    is to be marked."""
    if code == TEXT and "text" in facts:
        yield str(facts["text"]), "en"
        return
    found = _found(code, facts, language)
    if found is None:
        yield code, "en"
    else:
        yield from _filled(found[0], facts, found[1])


def is_known(code: str, facts: Mapping[str, Any]) -> bool:
    """Whether there is a sentence for this code, and all that stands in it."""
    return _found(code, facts, "en") is not None


def forms(code: str) -> Mapping[str, Form]:
    """The sentences of a code by language; none for a code that nobody knows."""
    room = code.partition(".")[0]
    return _of_room(room).get(code, {}) if room in ROOMS else {}


@cache
def _of_room(room: str) -> Sentences:
    name = f"{room}.messages"
    try:
        found: Sentences = import_module(name).SENTENCES
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return {}
    return found


def _found(code: str, facts: Mapping[str, Any], language: str) -> tuple[str, str] | None:
    """The sentence that can be made of these facts, and its language."""
    for each in dict.fromkeys((language, "en")):
        form = _form(code, facts, each)
        if form is not None and all(name in facts for name in _FACT.findall(form)):
            return form, each
    return None


def _form(code: str, facts: Mapping[str, Any], language: str) -> str | None:
    form = forms(code).get(language)
    if form is None or isinstance(form, str):
        return form
    count = facts.get("count")
    if isinstance(count, (int, float)) and isfinite(count):
        return form.get(Locale.parse(language).plural_form(count), form["other"])
    return form["other"]


def _filled(form: str, facts: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    parts = _FACT.split(form)
    for at, part in enumerate(parts):
        if at % 2:
            yield from _fact(facts[part], language)
        elif part:
            yield part, language


def _fact(value: Any, language: str) -> Iterator[tuple[str, str]]:
    """A fact as it stands in a sentence: numbers as the language writes them, a list with commas."""
    found = value if isinstance(value, Message) else from_json(value)
    if found is not None:
        yield from pieces(found.code, found.facts, language)
    elif isinstance(value, (list, tuple)):
        for at, each in enumerate(value):
            if at:
                yield ", ", language
            yield from _fact(each, language)
    elif isinstance(value, float):
        yield f"{value:g}".replace(".", str(get_decimal_symbol(language))), language
    else:
        yield "–" if value is None else str(value), language


SENTENCES: Sentences = {
    **SETTINGS_SENTENCES,
    **CHECKS_SENTENCES,
    **CHANNEL_SENTENCES,
    **FLOW_SENTENCES,
    **HANDOVER_SENTENCES,
    "ringback.file": {"en": "{file}: {why}", "ru": "{file}: {why}"},
    "ringback.both": {"en": "{first} {then}", "ru": "{first} {then}"},
    "ringback.no_settings": {
        "en": "{file} does not exist: give another --config, or leave it out for the defaults.",
        "ru": "Файла {file} нет: укажите другой --config или не указывайте его вовсе.",
    },
    "ringback.open_secrets": {
        "en": "{file} can be read by others: run `chmod 600 {file}`.",
        "ru": "{file} могут прочитать другие пользователи: выполните `chmod 600 {file}`.",
    },
    "ringback.set_aside": {
        "en": "Work after calls has failed three times and is set aside.",
        "ru": "Обработка звонка трижды не удалась, задание отложено.",
    },
    "ringback.lease_lost": {
        "en": "Another worker has taken this over: nothing from this attempt is kept.",
        "ru": "Работу взял другой обработчик: результат этой попытки не сохраняется.",
    },
    "ringback.killer": {
        "en": {
            "one": "The worker that took this up died of it ({count} try): it is set aside until somebody looks at it.",
            "other": "Every worker that took this up died of it ({count} tries): it is set aside until somebody looks "
            "at it.",
        },
        "ru": {
            "one": "Обработчик не пережил эту работу ({count} попытка): она отложена до проверки человеком.",
            "few": "Ни один обработчик не пережил эту работу ({count} попытки): она отложена до проверки человеком.",
            "many": "Ни один обработчик не пережил эту работу ({count} попыток): она отложена до проверки человеком.",
            "other": "Ни один обработчик не пережил эту работу ({count} попытки): она отложена до проверки человеком.",
        },
    },
    "ringback.process_controller": {"en": "Calls", "ru": "Звонки"},
    "ringback.process_worker": {"en": "Recordings and transcripts", "ru": "Записи и расшифровки"},
    "ringback.process_web": {"en": "Pages", "ru": "Страницы"},
    "ringback.process_listener": {"en": "Live transcription", "ru": "Текст в реальном времени"},
    "ringback.process_recogniser": {"en": "Spoken answers", "ru": "Ответы голосом"},
    "ringback.process_courier": {"en": "Connected systems", "ru": "Внешние системы"},
    "ringback.away_controller": {
        "en": "New callers are offered a callback by the fallback script; callers inside stay on music.",
        "ru": "Новым клиентам резервный сценарий предлагает обратный звонок; те, кто уже на линии, слушают музыку.",
    },
    "ringback.away_worker": {
        "en": "Calls go on; recordings, transcripts and tickets of ended calls wait until the worker is back.",
        "ru": "Звонки идут; записи, расшифровки и обращения по завершённым звонкам будут готовы, когда обработчик "
        "снова заработает.",
    },
    "ringback.away_web": {"en": "Pages are not served.", "ru": "Страницы не открываются."},
    "ringback.away_listener": {
        "en": "Calls go on; live transcription resumes when it is back.",
        "ru": "Звонки идут; текст в реальном времени появится, когда процесс снова заработает.",
    },
    "ringback.away_recogniser": {
        "en": "Calls go on; callers press keys, and what they say is not heard until it is back.",
        "ru": "Звонки идут; клиенты выбирают клавишами, а сказанное вслух не распознаётся, пока процесс не заработает.",
    },
    "ringback.away_courier": {
        "en": "Calls go on; what other systems are to be told waits until it is back.",
        "ru": "Звонки идут; сообщения для внешних систем будут отправлены, когда процесс снова заработает.",
    },
}
"""Those of the ground itself."""
