"""The sentences about topics, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "topics.gone": {
        "en": "This topic is not there any more: load the page again.",
        "ru": "Такой темы больше нет: обновите страницу.",
    },
    "topics.no_name": {
        "en": "Give it a name of 1 to {most} characters.",
        "ru": "Дайте ей название: от 1 до {most} знаков.",
    },
    "topics.same_name": {
        "en": "Another topic is called “{name}”: merge the two, or choose another name.",
        "ru": "Тема «{name}» уже есть: объедините их или выберите другое название.",
    },
    "topics.itself": {
        "en": "A topic cannot be merged with itself.",
        "ru": "Тему нельзя объединить с ней самой.",
    },
    # What callers are to hear of a rising topic, as a proposal.
    "topics.known_problem": {
        "en": "We know about the problem with: {topic}. We are working on it.",
        "ru": "Мы знаем о проблеме: {topic}. Уже работаем над ней.",
    },
}
