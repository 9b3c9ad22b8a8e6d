"""What the values are called by which calls are told apart: by the settings of today, or as their rows have them."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session

from reports.asking import By
from ringback.config import Settings
from ringback.messages import message
from web.documents.topics import names_of_topics

WORDS_OF_TOPIC = 3
OPERATOR_KEY = "0"
"""Reaches a person in every menu."""


@dataclass(frozen=True, slots=True)
class NamedValue:
    words: str
    gone: bool = False
    """The settings, or the topics, have it no more: `words` is what the rows say."""


class ValueNames:
    """For who reads one language."""

    def __init__(self, session: Session, settings: Settings, language: str) -> None:
        self._settings, self._language, self._session = settings, language, session
        self._topics: dict[str, str] | None = None

    def of(self, by: By, value: str) -> NamedValue:
        if by == "total":
            return NamedValue(message("web.reports_by_total").worded(self._language))
        if not value:
            return NamedValue(message("web.reports_no_value").worded(self._language))
        found = self._words(by, value)
        return NamedValue(value if found is None else found, found is None)

    def _words(self, by: By, value: str) -> str | None:
        setup = self._settings
        match by:
            case "queue":
                queue = setup.queues.get(value)
                return queue.name_in(self._language) if queue else None
            case "line":
                return next((f"{line.name} {value}".strip() for line in setup.lines if line.number == value), None)
            case "agent":
                return next((agent.display for agent in setup.agents if agent.name == value), None)
            case "menu":
                return self._path(value)
            case "topic":
                return self._topic(value)
            case "language":
                return _language_name(value, self._language)
            case "disposition":
                for queue in setup.queues.values():
                    if value in queue.dispositions:
                        return queue.dispositions[value].name_in(self._language)
                return None
        return value

    def _path(self, value: str) -> str | None:
        """`main 1 > orders 2` in the labels of the keys."""
        labels = []
        for step in value.split(" > "):
            name, _, key = step.rpartition(" ")
            menu = self._settings.menus.get(name)
            option = menu.options.get(key) if menu else None
            if menu is None or (option is None and key != OPERATOR_KEY):
                return None
            label = option.label_in(self._language) if option else message("web.reports_person").worded(self._language)
            labels.append(f"{key} {label}")
        return " → ".join(labels)

    def _topic(self, value: str) -> str | None:
        if self._topics is None:
            self._topics = {
                each["id"]: each["name"] or _words_of(each["words"], self._language)
                for each in names_of_topics(self._session)
            }
        return self._topics.get(value)


def _words_of(words: Mapping[str, list[str]], language: str) -> str:
    """Of a topic without a name: what is said in it most."""
    found = words.get(language) or next(iter(words.values()), [])
    return ", ".join(found[:WORDS_OF_TOPIC]) or message("web.reports_no_topic_name").worded(language)


def _language_name(code: str, language: str) -> str | None:
    try:
        name = Locale(code).get_display_name(language)
    except (UnknownLocaleError, ValueError):
        return None
    return name[:1].upper() + name[1:] if name else None
