"""What the ivr writes for people to read, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "ivr.operator": {
        "en": "A person",
        "ru": "Оператор",
    },
    "ivr.no_line": {
        "en": "A call came for {number}, which is no line in the settings: add it to `lines`.",
        "ru": "Пришёл звонок на номер {number}, которого нет в настройках: добавьте его в `lines`.",
    },
}
