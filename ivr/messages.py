"""What the ivr writes for people to read, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "ivr.operator": {
        "en": "A person",
        "ru": "Оператор",
    },
}
