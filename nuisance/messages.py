"""The sentences about nuisance callers, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "nuisance.no_number": {
        "en": "This caller gave no number that can be told from others: there is nobody to refuse.",
        "ru": "Клиент звонил без определяемого номера: отклонять некого.",
    },
    "nuisance.no_reason": {
        "en": "Say in a few words why calls from this number are refused.",
        "ru": "Напишите в нескольких словах, почему звонки с этого номера отклоняются.",
    },
    "nuisance.days": {
        "en": "Calls from a number are refused for 1 to {most} days, or until somebody ends it.",
        "ru": "Звонки с номера отклоняются от 1 до {most} дней или пока кто-нибудь не снимет запрет.",
    },
    "nuisance.vip": {
        "en": "{number} is one of the numbers that go before others (vips in the settings): it is not refused.",
        "ru": "{number} — номер особого клиента (vips в настройках): его звонки не отклоняются.",
    },
    "nuisance.own": {
        "en": "{number} is a number of your own (a line, the provider's account or where calls are passed on): it is "
        "not refused.",
        "ru": "{number} — ваш собственный номер (линия, учётная запись у оператора связи или номер для перевода): "
        "звонки с него не отклоняются.",
    },
    "nuisance.standing": {
        "en": "Calls from {number} are refused already.",
        "ru": "Звонки с номера {number} уже отклоняются.",
    },
    "nuisance.over": {
        "en": "Calls from this number are not refused any more.",
        "ru": "Звонки с этого номера уже не отклоняются.",
    },
    "nuisance.promise_cancelled": {
        "en": "{by} put the number on the list of nuisance callers: {reason}",
        "ru": "{by} внёс номер в список нежелательных: {reason}",
    },
}
