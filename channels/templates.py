"""The words of messages before somebody changes them: those that come along, and those of the settings. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ringback.config import Settings
from ringback.config.channels import TemplateWords

LINK = "{link}"
"""Where the address goes."""
BY_PERSON = ("answer", "link", "document")
"""Those that come along and are for people to choose; the others go by themselves."""
_BRACES = re.compile(r"\{(\w+)\}")

DEFAULTS: dict[str, dict[str, TemplateWords]] = {
    "answer": {
        "en": TemplateWords(title="Answer", subject="Your request {ticket}", text="About your request {ticket}: "),
        "ru": TemplateWords(title="Ответ", subject="Ваше обращение {ticket}", text="По вашему обращению {ticket}: "),
    },
    "link": {
        "en": TemplateWords(
            title="Link",
            subject="The link we promised",
            text="About your request {ticket}. Here is the link we promised: {link}",
        ),
        "ru": TemplateWords(
            title="Ссылка",
            subject="Обещанная ссылка",
            text="По вашему обращению {ticket}. Обещанная ссылка: {link}",
        ),
    },
    "document": {
        "en": TemplateWords(
            title="Document",
            subject="The document we promised",
            text="About your request {ticket}. Here is the document we promised: {link}",
        ),
        "ru": TemplateWords(
            title="Документ",
            subject="Обещанный документ",
            text="По вашему обращению {ticket}. Обещанный документ: {link}",
        ),
    },
    "survey": {
        "en": TemplateWords(
            title="Survey", subject="How did it go?", text="You called us. How did it go? Please tell us: {link} {from}"
        ),
        "ru": TemplateWords(
            title="Опрос", subject="Как всё прошло?", text="Вы нам звонили. Как всё прошло? Оцените: {link} {from}"
        ),
    },
    "fixed": {
        "en": TemplateWords(
            title="Problem fixed", subject="It is fixed", text="The problem you called us about is fixed. {from}"
        ),
        "ru": TemplateWords(
            title="Проблема устранена",
            subject="Проблема устранена",
            text="Проблема, о которой вы звонили, устранена. {from}",
        ),
    },
    "telegram": {
        "en": TemplateWords(
            title="Invitation to Telegram", subject="Write to us", text="Write to us in Telegram: {link} {from}"
        ),
        "ru": TemplateWords(
            title="Приглашение в Telegram", subject="Напишите нам", text="Напишите нам в Telegram: {link} {from}"
        ),
    },
}


@dataclass(frozen=True)
class ChosenTemplate:
    """One that an agent may choose."""

    name: str
    language: str
    words: TemplateWords


def words_of(settings: Settings, name: str, language: str) -> TemplateWords:
    """A template in a language; where it has not got that, in English, or in what it has. Raises KeyError."""
    found: Mapping[str, TemplateWords] = settings.channels.templates.get(name) or DEFAULTS[name]  # type: ignore[assignment]
    return found.get(language) or found.get("en") or next(iter(found.values()))


def for_people(settings: Settings, language: str) -> list[ChosenTemplate]:
    """What an agent may choose, in the customer's language; the owner's own first."""
    own = [name for name in settings.channels.templates if name not in DEFAULTS or name in BY_PERSON]
    names = dict.fromkeys([*own, *BY_PERSON])
    return [ChosenTemplate(name, language, words_of(settings, name, language)) for name in names]


def filled(words: str, facts: Mapping[str, str]) -> str:
    """`words` with its facts; a fact's own braces are left alone, `{link}` stays where no link is given yet."""
    return _BRACES.sub(lambda found: facts.get(found[1], found[0] if found[0] == LINK else ""), words)
