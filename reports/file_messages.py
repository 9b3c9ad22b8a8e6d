"""Sentences of reports as files and by mail, and of goals, by code and language; part of `reports/messages.py`."""

from ringback.messages import Sentences

FILE_SENTENCES: Sentences = {
    "reports.column_n": {"en": "number", "ru": "число"},
    "reports.column_low": {"en": "at least (95%)", "ru": "не меньше (95 %)"},
    "reports.column_high": {"en": "at most (95%)", "ru": "не больше (95 %)"},
    "reports.column_figure": {"en": "Figure", "ru": "Показатель"},
    "reports.column_rule": {"en": "How it is counted", "ru": "Как считается"},
    "reports.unit_share": {"en": "0 to 1", "ru": "от 0 до 1"},
    "reports.unit_seconds": {"en": "s", "ru": "сек."},
    "reports.unit_hours": {"en": "h", "ru": "час."},
    "reports.unit_score": {"en": "-100 to 100", "ru": "от -100 до 100"},
    "reports.unit_mos": {"en": "MOS", "ru": "балл MOS"},
    "reports.total": {"en": "Total", "ru": "Всего"},
    "reports.sheet_table": {"en": "Report", "ru": "Отчёт"},
    "reports.sheet_rules": {"en": "Rules", "ru": "Правила"},
    "reports.rules": {"en": "How the figures are counted", "ru": "Как считаются показатели"},
    "reports.made": {"en": "Made: {at}", "ru": "Составлен: {at}"},
    "reports.note_zone": {"en": "Times and days: {zone}.", "ru": "Время и дни: {zone}."},
    "reports.rows_left_out": {
        "en": {
            "one": "{count} more row stands in the CSV and XLSX files.",
            "other": "{count} more rows stand in the CSV and XLSX files.",
        },
        "ru": {
            "one": "Ещё {count} строка есть в файлах CSV и XLSX.",
            "few": "Ещё {count} строки есть в файлах CSV и XLSX.",
            "many": "Ещё {count} строк есть в файлах CSV и XLSX.",
            "other": "Ещё {count} строки есть в файлах CSV и XLSX.",
        },
    },
    "reports.counting": {
        "en": "The days of this report are still being counted: it is sent when they are.",
        "ru": "Дни этого отчёта ещё считаются: он уйдёт, когда всё будет посчитано.",
    },
    "reports.mail_where": {
        "en": "Sent by Ringback. When and to whom: {page}",
        "ru": "Отправлено программой Ringback. Когда и кому: {page}",
    },
    "reports.mail_why": {
        "en": "Sent by Ringback, as set up on the page Reports by mail.",
        "ru": "Отправлено программой Ringback, как настроено на странице «Отчёты по почте».",
    },
    "reports.told_subject": {
        "en": "The report “{title}” does not reach everybody",
        "ru": "Отчёт «{title}» доходит не до всех",
    },
    "reports.letter_no_right": {
        "en": "{name} may not see reports, or cannot sign in any more: nothing is sent there.",
        "ru": "{name} не имеет права видеть отчёты или больше не может войти: туда ничего не отправляется.",
    },
    "reports.letter_no_address": {
        "en": "{name} has no mail address: enter it on the page Mail to you.",
        "ru": "У пользователя {name} нет почтового адреса: укажите его на странице «Письма вам».",
    },
    "reports.letter_no_account": {
        "en": "The account {name} was removed: nothing is sent there.",
        "ru": "Учётная запись {name} удалена: туда ничего не отправляется.",
    },
    "reports.letter_paused": {
        "en": "The schedule was paused before it was sent.",
        "ru": "До отправки рассылку приостановили.",
    },
    "reports.letter_failed": {
        "en": "The report did not reach {name}: {why}",
        "ru": "Отчёт не дошёл до получателя {name}: {why}",
    },
    "reports.schedule_title": {
        "en": "Give it a title of at most {count} characters.",
        "ru": "Дайте название, не длиннее {count} знаков.",
    },
    "reports.schedule_recipients": {
        "en": "Choose at least one person and at most {count}.",
        "ru": "Выберите хотя бы одного человека, но не больше {count}.",
    },
    "reports.schedule_when": {
        "en": "Say when it is sent: a time like 07:30, and the day of the week or month.",
        "ru": "Укажите, когда отправлять: время, например 07:30, и день недели или месяца.",
    },
    "reports.schedule_too_many": {
        "en": "There are {count} already, which is the most: remove one first.",
        "ru": "Их уже {count}, больше нельзя: сначала удалите ненужную рассылку.",
    },
    "reports.schedule_format": {
        "en": "A report is sent as PDF or as XLSX, not as “{value}”.",
        "ru": "Отчёт отправляется в PDF или XLSX, а не в «{value}».",
    },
    "reports.goal_at_least": {"en": "at least {value}", "ru": "не меньше {value}"},
    "reports.goal_at_most": {"en": "at most {value}", "ru": "не больше {value}"},
    "reports.goal_no_figure": {"en": "There is no figure “{value}”.", "ru": "Показателя «{value}» нет."},
    "reports.schedule_report": {"en": "There is no report “{value}”.", "ru": "Отчёта «{value}» нет."},
    "reports.goal_no_day": {
        "en": "“{value}” is not a day: write it like 2026-11-30.",
        "ru": "«{value}» — не дата: напишите, например, 2026-11-30.",
    },
    "reports.goal_no_number": {
        "en": "“{value}” is not a number: write it like 80, 4.5 or, for a time, 0:20.",
        "ru": "«{value}» — не число: напишите, например, 80, 4,5 или, для времени, 0:20.",
    },
    "reports.goal_out_of_range": {
        "en": "{value} cannot be reached by this figure: it lies between {low} and {high}.",
        "ru": "{value} для этого показателя невозможно: он лежит между {low} и {high}.",
    },
    "reports.goal_over": {
        "en": "{day} has come already: choose a later day.",
        "ru": "{day} уже наступило: выберите день позже.",
    },
    "reports.goal_too_far": {
        "en": "Choose a day within {years} years.",
        "ru": "Выберите день в пределах {years} лет.",
    },
    "reports.goal_no_way": {
        "en": "More of this figure is neither good nor bad by itself: say whether at least or at most is wanted.",
        "ru": "Больше или меньше здесь само по себе не хорошо и не плохо: укажите, нужно не меньше или не больше.",
    },
    "reports.goal_no_queue": {
        "en": "There is no queue “{queue}”.",
        "ru": "Очереди «{queue}» нет.",
    },
    "reports.goal_there": {
        "en": "This figure has a goal for this queue already: withdraw that one first.",
        "ru": "У этого показателя уже есть цель для этой очереди: сначала снимите её.",
    },
    "reports.goal_too_many": {
        "en": "There are {count} goals already, which is the most: withdraw one first.",
        "ru": "Целей уже {count}, больше нельзя: сначала снимите ненужную.",
    },
}
