"""What the ivr writes for people to read, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "ivr.operator": {
        "en": "A person",
        "ru": "Оператор",
    },
    # What a picture of a line says (`ivr/graph/`).
    "ivr.graph_line": {"en": "Line {number}: {name}", "ru": "Линия {number}: {name}"},
    "ivr.graph_menu": {"en": "Menu {name}", "ru": "Меню {name}"},
    "ivr.graph_queue": {"en": "Queue {queue}", "ru": "Очередь «{queue}»"},
    "ivr.graph_callback": {"en": "Callback by {queue}", "ru": "Обратный звонок: «{queue}»"},
    "ivr.graph_message": {"en": "Message for {queue}", "ru": "Сообщение для «{queue}»"},
    "ivr.graph_outside": {"en": "Outside: {number}", "ru": "Внешний номер {number}"},
    "ivr.graph_words": {"en": "“{words}”", "ru": "«{words}»"},
    "ivr.graph_prompt": {"en": "prompt {prompt}", "ru": "фраза {prompt}"},
    "ivr.graph_option": {"en": "{label}", "ru": "{label}"},
    "ivr.graph_person": {"en": "A person", "ru": "Сотрудник"},
    "ivr.graph_priority": {"en": "{leads}, priority {priority}", "ru": "{leads}, приоритет {priority}"},
    "ivr.graph_language": {"en": "the menu in language {language}", "ru": "то же меню на языке {language}"},
    "ivr.graph_lookup": {"en": "looks up: {name}", "ru": "узнаёт: {name}"},
    "ivr.graph_say": {"en": "says “{said}”", "ru": "слышит «{said}»"},
    "ivr.graph_end": {"en": "ends with “{said}”", "ru": "конец: «{said}»"},
    "ivr.graph_closed": {"en": "Closed by hours {hours}", "ru": "Закрыто по часам {hours}"},
    "ivr.graph_closed_then": {
        "en": "why and until when, a callback or a message",
        "ru": "почему и до какого времени, обратный звонок или сообщение",
    },
    "ivr.graph_has_ticket": {"en": "Has an open ticket", "ru": "Есть открытая заявка"},
    "ivr.graph_asked_about_it": {
        "en": "1: about it, to the queue that has it",
        "ru": "1: по ней, в очередь, у которой заявка",
    },
    "ivr.graph_else": {"en": "Everybody else", "ru": "Остальные"},
    "ivr.graph_nobody": {"en": "no agents", "ru": "операторов нет"},
    "ivr.graph_agents": {
        "en": {"one": "{count} agent: {agents}", "other": "{count} agents: {agents}"},
        "ru": {
            "one": "{count} оператор: {agents}",
            "few": "{count} оператора: {agents}",
            "many": "{count} операторов: {agents}",
            "other": "{count} оператора: {agents}",
        },
    },
    "ivr.graph_hours": {"en": "hours {hours}", "ru": "часы {hours}"},
    "ivr.graph_longest_wait": {"en": "After {seconds} s of waiting", "ru": "Через {seconds} с ожидания"},
    "ivr.graph_most_callers": {"en": "More than {callers} wait", "ru": "Ожидающих больше {callers}"},
    "ivr.graph_no_agents": {"en": "{seconds} s without an agent", "ru": "{seconds} с без операторов"},
    "ivr.graph_offer_callback": {"en": "a callback is offered", "ru": "предлагается обратный звонок"},
    "ivr.graph_offer_message": {"en": "a message is asked for", "ru": "предлагается оставить сообщение"},
    "ivr.graph_when_hours": {"en": "Open by hours {hours}", "ru": "Открыто по часам {hours}"},
    "ivr.graph_when_known": {"en": "Has called before", "ru": "Уже звонил"},
    "ivr.graph_when_not_known": {"en": "Has never called before", "ru": "Звонит впервые"},
    "ivr.graph_when_vip": {"en": "A VIP", "ru": "VIP-клиент"},
    "ivr.graph_when_not_vip": {"en": "No VIP", "ru": "Не VIP-клиент"},
    "ivr.graph_when_open_ticket": {"en": "Has an open ticket", "ru": "Есть открытая заявка"},
    "ivr.graph_when_not_open_ticket": {"en": "Has no open ticket", "ru": "Нет открытой заявки"},
    "ivr.graph_when_problem": {"en": "A known problem is told", "ru": "Объявлена известная проблема"},
    "ivr.graph_when_not_problem": {"en": "No known problem is told", "ru": "Известных проблем нет"},
    "ivr.graph_when_nobody": {"en": "No agent of {queue} is there", "ru": "В «{queue}» никого нет"},
    "ivr.graph_and": {"en": "{first}; {then}", "ru": "{first}; {then}"},
    # The figures on it (`web/documents/flow.py`).
    "ivr.graph_calls": {
        "en": {"one": "{count} call", "other": "{count} calls"},
        "ru": {"one": "{count} звонок", "few": "{count} звонка", "many": "{count} звонков", "other": "{count} звонка"},
    },
    "ivr.graph_heard": {
        "en": "{count} heard it",
        "ru": {
            "one": "услышал {count}",
            "few": "услышали {count}",
            "many": "услышали {count}",
            "other": "услышали {count}",
        },
    },
    "ivr.graph_left": {
        "en": "{count} hung up",
        "ru": {
            "one": "{count} положил трубку",
            "few": "{count} положили трубку",
            "many": "{count} положили трубку",
            "other": "{count} положили трубку",
        },
    },
    "ivr.graph_silent": {"en": "{count} silent", "ru": "молчание: {count}"},
    "ivr.graph_wrong": {"en": "{count} wrong keys", "ru": "не та клавиша: {count}"},
    "ivr.graph_taken": {
        "en": {
            "one": "{count} call took {key} in menu {menu}, {percent} % of those who heard it",
            "other": "{count} calls took {key} in menu {menu}, {percent} % of those who heard it",
        },
        "ru": {
            "one": "{count} звонок: выбрали {key} в меню {menu}, {percent} % услышавших",
            "few": "{count} звонка: выбрали {key} в меню {menu}, {percent} % услышавших",
            "many": "{count} звонков: выбрали {key} в меню {menu}, {percent} % услышавших",
            "other": "{count} звонка: выбрали {key} в меню {menu}, {percent} % услышавших",
        },
    },
}
