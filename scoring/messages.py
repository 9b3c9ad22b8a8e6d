"""The sentences of scoring, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "scoring.no_title": {
        "en": "Give it a name of 1 to {most} characters.",
        "ru": "Дайте название: от 1 до {most} знаков.",
    },
    "scoring.long_words": {"en": "Use at most {most} characters.", "ru": "Не больше {most} знаков."},
    "scoring.card_gone": {
        "en": "This scorecard is not in use any more.",
        "ru": "Эта карта оценки больше не используется.",
    },
    "scoring.only_draft": {
        "en": "Nothing of this card was published yet: delete the card instead.",
        "ru": "Эта карта ещё не публиковалась: удалите её целиком.",
    },
    "scoring.no_draft": {
        "en": "A published version is never changed: begin a draft.",
        "ru": "Опубликованная версия не меняется: начните черновик.",
    },
    "scoring.published": {
        "en": "A card that was published cannot be deleted: take it out of use.",
        "ru": "Опубликованную карту удалить нельзя: выведите её из работы.",
    },
    "scoring.no_criteria": {
        "en": "Add at least one criterion first.",
        "ru": "Сначала добавьте хотя бы один критерий.",
    },
    "scoring.many_criteria": {
        "en": "A card has at most {most} criteria.",
        "ru": "В карте не больше {most} критериев.",
    },
    "scoring.criterion_gone": {
        "en": "This criterion is not on the card any more: load the page again.",
        "ru": "Этого критерия в карте больше нет: обновите страницу.",
    },
    "scoring.no_points": {
        "en": "Points are a number above 0 and up to {most}.",
        "ru": "Баллы: число больше 0 и не больше {most}.",
    },
    "scoring.no_weight": {
        "en": "The weight is a number above 0 and up to {most}.",
        "ru": "Вес: число больше 0 и не больше {most}.",
    },
    "scoring.many_choices": {
        "en": "Write at most {most} lines of {long} characters.",
        "ru": "Не больше {most} строк по {long} знаков.",
    },
}
