"""The sentences about voice messages, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "voicemail.taken": {
        "en": "{owner} has this message already.",
        "ru": "Этим сообщением уже занимается {owner}.",
    },
    "voicemail.answered": {
        "en": "This message has been answered already.",
        "ru": "На это сообщение уже ответили.",
    },
    "voicemail.not_yours": {
        "en": "This message is not yours any more.",
        "ru": "Это сообщение больше не ваше.",
    },
    "voicemail.how": {
        "en": "Say in a few words how it was answered.",
        "ru": "Напишите в нескольких словах, как ответили.",
    },
}
