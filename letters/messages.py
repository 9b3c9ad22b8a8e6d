"""The sentences of letters to colleagues, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Why somebody gets no letter.
    "letters.no_address": {"en": "No mail address is known.", "ru": "Почтовый адрес не указан."},
    "letters.no_account": {
        "en": "The account is not in use any more.",
        "ru": "Эта учётная запись больше не используется.",
    },
    "letters.unwanted": {
        "en": "This person wants no such mail.",
        "ru": "От таких писем этот человек отказался.",
    },
    "letters.no_server": {
        "en": "The settings name no mail server.",
        "ru": "Почтовый сервер в настройках не указан.",
    },
    # Alarms.
    "letters.refused": {
        "en": "A letter to {name} was not taken by the mail server. {why}",
        "ru": "Почтовый сервер не принял письмо для {name}. {why}",
    },
    "letters.given_up": {
        "en": "Letters to colleagues could not be sent for {days} days and are given up. {why}",
        "ru": "Письма сотрудникам не удалось отправить за {days} дн.; новых попыток не будет. {why}",
    },
    # How each ends.
    "letters.where": {
        "en": "{page}\n\nWhich of these mails you get: {mail}",
        "ru": "{page}\n\nКакие из этих писем вам присылать: {mail}",
    },
    "letters.where_pages": {
        "en": "More is on Ringback's page Library.",
        "ru": "Подробности на странице «Библиотека» в Ringback.",
    },
}
