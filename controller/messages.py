"""The sentences of the controller, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # What troubles it.
    "controller.no_asterisk_yet": {
        "en": "Asterisk has not answered yet.",
        "ru": "Asterisk ещё не ответил.",
    },
    "controller.store_slow": {
        "en": "The store takes long to write; calls go on, their rows follow.",
        "ru": "База данных пишет медленно; звонки идут, данные будут записаны позже.",
    },
    "controller.store_away": {
        "en": "The store cannot be written; calls go on, their rows follow: {why}",
        "ru": "Запись в базу данных не удаётся; звонки идут, данные будут записаны позже: {why}",
    },
    # Why a request was not done.
    "controller.unknown_request": {
        "en": "This controller does not know how to do {kind}.",
        "ru": "Контроллер не умеет выполнять {kind}.",
    },
    "controller.no_callback": {
        "en": "“{key}” names no callback.",
        "ru": "Обратного звонка «{key}» нет.",
    },
    "controller.callback_over": {
        "en": "This callback is over, or its customer is on the phone already.",
        "ru": "Этот обратный звонок уже завершён, или клиент уже на линии.",
    },
    "controller.nobody_talks": {
        "en": "Nobody talks on this call just now.",
        "ru": "Сейчас в этом звонке никто не разговаривает.",
    },
    "controller.call_over": {"en": "This call is over.", "ru": "Этот звонок уже завершён."},
    "controller.fault": {
        "en": "The controller could not do this: its log says why.",
        "ru": "Контроллеру не удалось это сделать: причина в его журнале.",
    },
    # Alarms.
    "controller.rows_refused": {
        "en": "The store refused rows of calls, which are in the controller's log alone: {why}",
        "ru": "База данных не приняла данные о звонках, они есть только в журнале контроллера: {why}",
    },
    "controller.calls_refused": {
        "en": "New callers are refused: {count} in the last minute. {inside} are inside, of {most} at most; {rate} new"
        " calls a second are taken.",
        "ru": "Новые звонки отклоняются: {count} за последнюю минуту. На линии {inside}, наибольшее число — {most};"
        " принимается {rate} новых звонков в секунду.",
    },
    "controller.overstay": {
        "en": "{name} is on a break for longer than it is meant to last.",
        "ru": "{name} на перерыве дольше положенного.",
    },
    "controller.overstay_why": {
        "en": "{name} is on a break ({why}) for longer than it is meant to last.",
        "ru": "{name} на перерыве ({why}) дольше положенного.",
    },
    "controller.missed": {"en": "missed a call", "ru": "пропущен звонок"},
}
