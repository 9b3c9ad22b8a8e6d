"""What reports are called, how their times and values are named, and what is said beside figures: words that pages,
files and mails share, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

REPORT_SENTENCES: Sentences = {
    # Ready-made sets of figures.
    "web.reports_line": {"en": "Waiting line", "ru": "Очередь"},
    "web.reports_agents": {"en": "Agents", "ru": "Операторы"},
    "web.reports_callbacks": {"en": "Promised calls", "ru": "Обещанные звонки"},
    "web.reports_first_contact": {"en": "First contact", "ru": "С первого раза"},
    "web.reports_survey": {"en": "Survey", "ru": "Опросы"},
    "web.reports_sound": {"en": "Recordings and sound", "ru": "Записи и звук"},
    "web.reports_own": {"en": "My figures", "ru": "Мои показатели"},
    # By what calls are told apart.
    "web.reports_by_total": {"en": "In all", "ru": "Всего"},
    "web.reports_by_queue": {"en": "Queue", "ru": "Очередь"},
    "web.reports_by_line": {"en": "Line", "ru": "Линия"},
    "web.reports_by_agent": {"en": "Agent", "ru": "Оператор"},
    "web.reports_by_menu": {"en": "Menu choice", "ru": "Выбор в меню"},
    "web.reports_by_topic": {"en": "Topic", "ru": "Тема"},
    "web.reports_by_language": {"en": "Language", "ru": "Язык"},
    "web.reports_by_disposition": {"en": "Disposition", "ru": "Итог обращения"},
    # Intervals.
    "web.reports_each_quarter": {"en": "15 minutes", "ru": "15 минут"},
    "web.reports_each_half": {"en": "30 minutes", "ru": "30 минут"},
    "web.reports_each_hour": {"en": "Hour", "ru": "Час"},
    "web.reports_each_day": {"en": "Day", "ru": "День"},
    "web.reports_each_week": {"en": "Week", "ru": "Неделя"},
    "web.reports_each_month": {"en": "Month", "ru": "Месяц"},
    "web.reports_each_year": {"en": "Year", "ru": "Год"},
    "web.reports_each_all": {"en": "The whole time", "ru": "Всё время"},
    "web.reports_each_weekday": {"en": "Day of the week", "ru": "День недели"},
    "web.reports_each_hour_of_day": {"en": "Hour of the day", "ru": "Час суток"},
    "web.reports_each_week_hours": {"en": "Heat map of the week", "ru": "Тепловая карта недели"},
    # Periods.
    "web.reports_in_today": {"en": "Today", "ru": "Сегодня"},
    "web.reports_in_yesterday": {"en": "Yesterday", "ru": "Вчера"},
    "web.reports_in_this_week": {"en": "This week", "ru": "Эта неделя"},
    "web.reports_in_last_week": {"en": "Last week", "ru": "Прошлая неделя"},
    "web.reports_in_this_month": {"en": "This month", "ru": "Этот месяц"},
    "web.reports_in_last_month": {"en": "Last month", "ru": "Прошлый месяц"},
    "web.reports_in_this_quarter": {"en": "This quarter", "ru": "Этот квартал"},
    "web.reports_in_last_quarter": {"en": "Last quarter", "ru": "Прошлый квартал"},
    "web.reports_in_this_year": {"en": "This year", "ru": "Этот год"},
    "web.reports_in_last_year": {"en": "Last year", "ru": "Прошлый год"},
    # Values.
    "web.reports_no_value": {"en": "None", "ru": "Нет"},
    "web.reports_no_topic_name": {"en": "Unnamed topic", "ru": "Тема без названия"},
    "web.reports_person": {"en": "a person", "ru": "оператор"},
    "web.reports_few": {"en": "fewer than {fewest}", "ru": "меньше {fewest}"},
    "web.reports_between": {"en": "{low}–{high}", "ru": "{low}–{high}"},
    # Notes.
    "web.reports_gone": {
        "en": "Not in the settings any more: {values}.",
        "ru": "В настройках больше нет: {values}.",
    },
    "web.reports_not_counted_before": {
        "en": "What happened before {at} is not counted yet: figures grow backwards until it is.",
        "ru": "Звонки до {at} ещё не посчитаны: отчёт постепенно дополняется в глубину.",
    },
    "web.reports_as_of": {
        "en": "As of {at}: later calls are counted when they are over.",
        "ru": "По состоянию на {at}: более поздние звонки войдут, когда закончатся.",
    },
    "web.reports_nothing_counted": {
        "en": "Nothing is counted yet: the first figures are there some minutes after the start.",
        "ru": "Пока ничего не посчитано: первые показатели появятся через несколько минут после запуска.",
    },
    "web.reports_agents_of_queues": {
        "en": "Times of agents (logged in, occupancy, breaks) are of all their queues together.",
        "ru": "Время операторов (на линии, загрузка, перерывы) считается по всем их очередям вместе.",
    },
    # What cannot be asked.
    "web.reports_not_a_day": {
        "en": "“{value}” is not a day: write it like 2026-11-30.",
        "ru": "«{value}» — не дата: напишите, например, 2026-11-30.",
    },
    "web.reports_no_figure": {
        "en": "There is no figure “{value}”.",
        "ru": "Показателя «{value}» нет.",
    },
    "web.reports_no_queue": {
        "en": "There is no queue “{value}”, neither in the settings nor among those you may see.",
        "ru": "Очереди «{value}» нет ни в настройках, ни среди доступных вам.",
    },
    "web.reports_no_choice": {
        "en": "“{value}” cannot be chosen here.",
        "ru": "Выбрать «{value}» здесь нельзя.",
    },
    "web.reports_too_many_figures": {
        "en": "{count} figures are too many for one report: choose {most} at the most.",
        "ru": "{count} показателей — слишком много для одного отчёта: выберите не больше {most}.",
    },
}
