"""The sentences of the waiting line, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "queueing.no_agent": {
        "en": "There is no agent named {agent} in the settings.",
        "ru": "В настройках нет оператора {agent}.",
    },
    "queueing.no_queue": {
        "en": "There is no queue named {queue} in the settings.",
        "ru": "В настройках нет очереди {queue}.",
    },
}
