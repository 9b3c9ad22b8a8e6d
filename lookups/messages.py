"""The sentences about systems that are asked for callers, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Why there is no answer; never with the number that was asked about.
    "lookups.late": {
        "en": "no whole answer within {seconds} s",
        "ru": "за {seconds} с полного ответа не пришло",
    },
    "lookups.unreachable": {
        "en": "it cannot be reached: {why}",
        "ru": "с ней нет связи: {why}",
    },
    "lookups.status": {
        "en": "it answers with HTTP status {status}",
        "ru": "она отвечает с кодом HTTP {status}",
    },
    "lookups.too_long": {
        "en": "its answer is longer than {most} bytes",
        "ru": "её ответ длиннее {most} байт",
    },
    "lookups.no_json": {
        "en": "its answer is no JSON object",
        "ru": "её ответ — не объект JSON",
    },
    "lookups.no_field": {
        "en": "its answer has no text in the field {field}",
        "ru": "в её ответе нет текста в поле {field}",
    },
    "lookups.odd_value": {
        "en": "the field {field} of its answer is no {kind} that can be spoken",
        "ru": "поле {field} её ответа нельзя произнести как {kind}",
    },
    # What cannot even be tried.
    "lookups.no_lookup": {
        "en": "{name} is not in lookups; there are: {known}.",
        "ru": "{name} нет в lookups; есть: {known}.",
    },
    "lookups.no_number": {
        "en": "{number} is no number that a caller could enter: digits alone, at most {most} of them.",
        "ru": "Звонящий не может ввести {number}: только цифры, не больше {most}.",
    },
    # The alarm.
    "lookups.away": {
        "en": "Callers get no answers from the lookup “{name}”, and a person instead: {why}.",
        "ru": "Система, которую спрашивают по «{name}», не отвечает звонящим, и их соединяют с оператором: {why}.",
    },
}
