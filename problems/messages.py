"""The sentences about known problems, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "problems.no_line": {"en": "Choose at least one line.", "ru": "Выберите хотя бы одну линию."},
    "problems.no_words": {
        "en": "Say in {languages} what callers are to hear: {lines} speaks them.",
        "ru": "Напишите, что услышат клиенты, на всех языках линии {lines}: {languages}.",
    },
    "problems.long": {
        "en": "Use at most {most} characters: callers hear it before anything else.",
        "ru": "Не больше {most} знаков: клиенты слышат это раньше всего остального.",
    },
    "problems.over": {"en": "This problem is over already.", "ru": "Эта проблема уже закрыта."},
}
