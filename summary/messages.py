"""The sentences about summaries, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Why a model says nothing.
    "summary.status": {
        "en": "it answers with HTTP status {status}.",
        "ru": "она отвечает с кодом HTTP {status}.",
    },
    "summary.no_answer": {
        "en": "its answer is not what was asked for.",
        "ru": "она ответила не то, о чём её спросили.",
    },
    "summary.made_up": {
        "en": "its answer has numbers or addresses that nobody said.",
        "ru": "в её ответе есть числа или адреса, которых никто не называл.",
    },
    "summary.too_long": {
        "en": "its answer is longer than {most} bytes.",
        "ru": "её ответ длиннее {most} байт.",
    },
    "summary.not_masked": {
        "en": "nothing is masked in texts (redaction), so none is sent to it.",
        "ru": "в текстах ничего не скрывается (redaction), поэтому ей ничего не отправляют.",
    },
    "summary.away": {
        "en": "it cannot be reached: {why}",
        "ru": "с ней нет связи: {why}",
    },
    "summary.late": {
        "en": "no whole answer within {seconds} s.",
        "ru": "за {seconds} с полного ответа не пришло.",
    },
}
