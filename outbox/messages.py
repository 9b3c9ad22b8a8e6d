"""The sentences about what leaves the house, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "outbox.body_too_large": {
        "en": "This cannot be sent: it has {bytes} bytes, {most} are allowed.",
        "ru": "Отправить нельзя: размер {bytes} байт, допустимо не больше {most}.",
    },
}
