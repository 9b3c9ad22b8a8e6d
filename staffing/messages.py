"""The sentences about forecasts and plans, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "staffing.no_queue": {
        "en": "There is no queue “{queue}”.",
        "ru": "Очереди «{queue}» нет.",
    },
    "staffing.not_a_day": {
        "en": "“{given}” is no day: write it as 2026-11-30.",
        "ru": "«{given}» — не дата: напишите так: 2026-11-30.",
    },
    "staffing.not_a_number": {
        "en": "“{given}” is not allowed here: write a number from {least} to {most}.",
        "ru": "«{given}» здесь не подходит: напишите число от {least} до {most}.",
    },
    "staffing.not_a_time": {
        "en": "“{given}” is no time of the day: write it as 10:00.",
        "ru": "«{given}» — не время суток: напишите так: 10:00.",
    },
    "staffing.upside_down": {
        "en": "The end ({until}) is before the beginning ({since}).",
        "ru": "Конец ({until}) раньше начала ({since}).",
    },
    "staffing.too_long": {
        "en": "A plan is tried on {most} days at the most; these are {days}.",
        "ru": "План проверяется не больше чем на {most} днях, а здесь их {days}.",
    },
    "staffing.not_over": {
        "en": "{until} is not over yet: a plan is tried on days that are.",
        "ru": "{until} ещё не кончилось: план проверяется на прошедших днях.",
    },
    "staffing.nobody_called": {
        "en": "Nobody came into the queue in these days.",
        "ru": "В эти дни в очередь никто не пришёл.",
    },
    "staffing.nobody_worked": {
        "en": "It is not known who took calls in these days.",
        "ru": "Неизвестно, кто принимал звонки в эти дни.",
    },
    "staffing.too_many": {
        "en": "More than {most} calls came in these days: choose fewer days.",
        "ru": "За эти дни пришло больше {most} звонков: выберите меньше дней.",
    },
    "staffing.no_change": {
        "en": "Say what is to be different: more agents, fewer, or another offer of a call back.",
        "ru": "Укажите, что изменить: больше или меньше операторов или другое предложение перезвонить.",
    },
}
