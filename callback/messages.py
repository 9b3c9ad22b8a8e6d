"""The sentences about calls that were promised, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Numbers that are not called.
    "callback.short_number": {
        "en": "{number} is a short or emergency number: those are never called back.",
        "ru": "{number} — короткий или экстренный номер: на такие мы не перезваниваем.",
    },
    "callback.no_number": {
        "en": "This is no telephone number: give it with all its digits, e.g. +12025550123.",
        "ru": "Это не номер телефона: укажите его целиком, например +74955550110.",
    },
    "callback.no_country": {
        "en": "{number} is no number that can be called: give it with its country code.",
        "ru": "На номер {number} позвонить нельзя: укажите его с кодом страны.",
    },
    "callback.wrong_digits": {
        "en": "{number} is no number that can be called: please check its digits.",
        "ru": "На номер {number} позвонить нельзя: проверьте цифры.",
    },
    "callback.premium": {
        "en": "{number} costs its caller more than a call: such numbers are not called.",
        "ru": "{number} — платный номер: на такие не перезванивают.",
    },
    "callback.not_allowed": {
        "en": "{number} may not be called from here: allowed are numbers that begin with {allowed}.",
        "ru": "На номер {number} отсюда не звонят: разрешены номера, которые начинаются с {allowed}.",
    },
    "callback.nuisance": {
        "en": "{number} is on the list of nuisance callers: it is not called back.",
        "ru": "Номер {number} в списке нежелательных: на него не перезванивают.",
    },
    "callback.told_on_the_line": {
        "en": "The customer called in and heard it on the line.",
        "ru": "Клиент позвонил сам и услышал это на линии.",
    },
    "callback.kept.told": {"en": "The customer was told.", "ru": "Клиенту сообщили."},
    "callback.outcome.told": {"en": "told", "ru": "сообщили"},
    "callback.outcome.spared": {
        "en": "asked to be told of a known problem",
        "ru": "просили сообщить об известной проблеме",
    },
    "callback.not_our_country": {
        "en": "{number} may not be called from here: allowed are the numbers of our own countries.",
        "ru": "На номер {number} отсюда не звонят: разрешены номера наших стран.",
    },
    "callback.stranger_source": {
        "en": "{number} was not called: whoever asked for it has given {most} numbers of others within an hour.",
        "ru": "По номеру {number} не звонили: тот, кто об этом просил, за час указал {most} чужих номера.",
    },
    "callback.stranger_alike": {
        "en": "{number} was not called: {most} calls to numbers like it were asked for within an hour, none from its "
        "own phone.",
        "ru": "По номеру {number} не звонили: за час просили позвонить на {most} похожих номера, и ни разу с самих "
        "этих номеров.",
    },
    "callback.stranger_all": {
        "en": "{number} was not called: more than {most} calls to numbers of others were asked for within an hour.",
        "ru": "По номеру {number} не звонили: за час просили позвонить более чем на {most} чужих номеров.",
    },
    "callback.number_limit": {
        "en": "Calls to {number} today: {calls}; {most} is the most.",
        "ru": "На номер {number} сегодня уже звонили (раз: {calls}), а предел — {most}.",
    },
    "callback.day_limit": {
        "en": "Calls made today: {calls}; {most} is the most a day.",
        "ru": "Сегодня сделано звонков: {calls}, а предел на день — {most}.",
    },
    "callback.extension": {"en": "Extension {extension}.", "ru": "Добавочный {extension}."},
    # Callbacks that cannot be promised.
    "callback.no_source": {
        "en": "“{source}” is no source of callbacks: use one of {sources}.",
        "ru": "Обратные звонки не поступают из «{source}»: используйте одно из {sources}.",
    },
    "callback.no_line": {
        "en": "There is no line “{line}”: name one of the settings.",
        "ru": "Линии «{line}» нет: укажите одну из настроенных.",
    },
    "callback.no_queue": {
        "en": "There is no queue “{queue}”: name one of the settings.",
        "ru": "Очереди «{queue}» нет: укажите одну из настроенных.",
    },
    "callback.off": {
        "en": "Queue {queue} makes no callbacks: its setting callback is off.",
        "ru": "В очереди {queue} обратный звонок выключен (настройка callback).",
    },
    "callback.past": {
        "en": "{time} is over: choose a time to come.",
        "ru": "{time} уже прошло: выберите время в будущем.",
    },
    "callback.far": {
        "en": {
            "one": "A callback can be promised {count} day ahead: choose an earlier time.",
            "other": "A callback can be promised {count} days ahead: choose an earlier time.",
        },
        "ru": {
            "one": "Обратный звонок можно назначить на {count} день вперёд: выберите время раньше.",
            "few": "Обратный звонок можно назначить на {count} дня вперёд: выберите время раньше.",
            "many": "Обратный звонок можно назначить на {count} дней вперёд: выберите время раньше.",
            "other": "Обратный звонок можно назначить на {count} дня вперёд: выберите время раньше.",
        },
    },
    "callback.hours": {
        "en": "It is not between {hours} then where {number} is: the next time that can be chosen is {later}.",
        "ru": "Там, где номер {number}, в это время не {hours}: ближайшее возможное время — {later}.",
    },
    "callback.notes": {
        "en": "The reason is {length} characters long: {most} are the most.",
        "ru": "В причине {length} знаков, можно не больше {most}.",
    },
    "callback.not_written": {
        "en": "The callback to {number} could not be written down: please try again.",
        "ru": "Обратный звонок на номер {number} не удалось сохранить: попробуйте ещё раз.",
    },
    "callback.unknown": {"en": "There is no such callback.", "ru": "Такого обратного звонка нет."},
    "callback.talking": {
        "en": "Somebody talks with the customer just now: the callback is kept.",
        "ru": "С клиентом сейчас говорят: обратный звонок состоялся.",
    },
    "callback.ended": {
        "en": "This callback has ended already.",
        "ru": "Этот обратный звонок уже завершён.",
    },
    # What was left while the controller was away.
    "callback.spool_unreadable": {
        "en": "{folder} cannot be read, so promised calls wait there: {why}.",
        "ru": "{folder} не читается, обещанные звонки ждут там: {why}.",
    },
    "callback.file_waits": {
        "en": "{file} cannot be read and waits: {why}.",
        "ru": "{file} не читается и ждёт: {why}.",
    },
    "callback.file_tried_again": {
        "en": "{file} has to wait, it is tried again: {why}",
        "ru": "{file} ждёт, попытка повторится: {why}",
    },
    "callback.file_stays": {
        "en": "{file} is no callback request ({why}) and cannot be moved away: {trouble}.",
        "ru": "{file} — не просьба перезвонить ({why}), и файл не переносится: {trouble}.",
    },
    "callback.file_rejected": {
        "en": "{file} is no callback request and was moved to rejected/: {why}.",
        "ru": "{file} — не просьба перезвонить, файл перенесён в rejected/: {why}.",
    },
    "callback.file_name": {"en": "its name is not one of ours", "ru": "имя файла не наше"},
    "callback.file_link": {"en": "it is a link", "ru": "это ссылка"},
    "callback.file_kind": {"en": "it is not a plain file", "ru": "это не обычный файл"},
    "callback.file_long": {"en": "it is longer than {most} bytes", "ru": "файл длиннее {most} байт"},
    "callback.file_field": {"en": "{field}: {why}", "ru": "{field}: {why}"},
    "callback.file_json": {"en": "it is not JSON", "ru": "это не JSON"},
    "callback.file_number": {"en": "number: not one that we call", "ru": "number: на такой номер мы не звоним"},
    # Why a callback ended.
    "callback.expired": {"en": "Nobody could call in time.", "ru": "Вовремя никто не позвонил."},
    "callback.called_in": {"en": "The customer called in.", "ru": "Клиент позвонил сам."},
    "callback.elsewhere": {"en": "It was ended elsewhere.", "ru": "Завершён в другом месте."},
    "callback.cancelled": {"en": "It was cancelled by a person.", "ru": "Отменён сотрудником."},
    "callback.newer": {"en": "A newer callback stands.", "ru": "Есть более новый обратный звонок."},
    "callback.erased": {
        "en": "The customer's data was erased on request.",
        "ru": "Данные клиента удалены по запросу.",
    },
    "callback.given_away": {
        "en": "Its ticket was given to a person.",
        "ru": "Обращение передано сотруднику.",
    },
    "callback.kept.served": {"en": "The customer was called and talked to.", "ru": "Клиенту позвонили и поговорили."},
    "callback.kept.promised": {
        "en": "The customer was called and wants another callback.",
        "ru": "Клиенту позвонили, он попросил перезвонить ещё раз.",
    },
    "callback.kept.message": {
        "en": "The customer was called and left a message.",
        "ru": "Клиенту позвонили, он оставил сообщение.",
    },
    "callback.last_attempt": {"en": "The last attempt: {outcome}.", "ru": "Последняя попытка: {outcome}."},
    "callback.not_in_time": {
        "en": "The call could not begin in time.",
        "ru": "Звонок не начался вовремя.",
    },
    "callback.agent_away": {
        "en": "The agent has no phone that could ring: it is not registered, or in use.",
        "ru": "Телефон оператора не может зазвонить: он не зарегистрирован или занят.",
    },
    "callback.agent_missed": {
        "en": "The agent's phone rang and was not answered.",
        "ru": "Телефон оператора звонил, но никто не ответил.",
    },
    "callback.not_allowed_now": {
        "en": "The dialling rules do not allow this call now.",
        "ru": "Правила набора сейчас не разрешают этот звонок.",
    },
    "callback.being_called": {
        "en": "{number} is being called, or talked to, right now.",
        "ru": "На {number} сейчас звонят, или с ним говорят.",
    },
    "callback.outcome.busy": {"en": "busy", "ru": "занято"},
    "callback.outcome.no_answer": {"en": "no answer", "ru": "нет ответа"},
    "callback.outcome.machine": {"en": "answering machine", "ru": "автоответчик"},
    "callback.outcome.refused": {"en": "call refused", "ru": "вызов отклонён"},
    "callback.outcome.unreachable": {"en": "not reachable", "ru": "абонент недоступен"},
    "callback.outcome.wrong_number": {"en": "no such number", "ru": "такого номера нет"},
    "callback.outcome.provider": {"en": "not carried by the provider", "ru": "провайдер не пропустил вызов"},
    "callback.outcome.answered": {"en": "answered", "ru": "ответили"},
    "callback.outcome.abandoned": {"en": "hung up while waiting", "ru": "не дождались ответа оператора"},
    "callback.outcome.left": {"en": "hung up", "ru": "положили трубку"},
    "callback.outcome.left_at_once": {"en": "hung up at once", "ru": "сразу положили трубку"},
    "callback.outcome.fallback": {"en": "the program was away", "ru": "программа была недоступна"},
    "callback.outcome.closed": {"en": "answered after hours", "ru": "ответили в нерабочее время"},
    "callback.outcome.failed": {"en": "the call failed", "ru": "звонок не удался"},
    "callback.outcome.pbx_lost": {"en": "Asterisk stopped", "ru": "Asterisk остановился"},
    "callback.outcome.agent left": {"en": "the agent hung up", "ru": "оператор положил трубку"},
    "callback.outcome.called in": {"en": "the customer called in", "ru": "клиент позвонил сам"},
    # How it is with the provider.
    "callback.trunk_silent": {
        "en": "The provider at {host}:{port} does not answer: promised calls wait, and none come in from there.",
        "ru": "Провайдер {host}:{port} не отвечает: обратные звонки ждут, входящие оттуда не поступают.",
    },
    "callback.trunk_mute": {
        "en": "The provider at {host}:{port} leaves calls unanswered: promised calls wait.",
        "ru": "Провайдер {host}:{port} не отвечает на вызовы: обратные звонки ждут.",
    },
    "callback.trunk_refuses": {
        "en": "The provider at {host}:{port} carries no calls, it answered {answer}: promised calls wait.",
        "ru": "Провайдер {host}:{port} не пропускает вызовы, его ответ: {answer}. Обратные звонки ждут.",
    },
    "callback.trunk_no_account": {
        "en": "The provider at {host}:{port} does not accept our account or its password, it answered {answer}: "
        "promised calls wait.",
        "ru": "Провайдер {host}:{port} не принимает нашу учётную запись или пароль, его ответ: {answer}. "
        "Обратные звонки ждут.",
    },
    "callback.trunk_unregistered": {
        "en": "The provider at {host}:{port} refuses to register us, it answered {answer}: calls to your numbers "
        "do not come in.",
        "ru": "Провайдер {host}:{port} отказывает в регистрации, его ответ: {answer}. Звонки на ваши номера "
        "не поступают.",
    },
    "callback.trunk_registers_in_vain": {
        "en": "The provider at {host}:{port} does not answer our registration: calls to your numbers do not come in.",
        "ru": "Провайдер {host}:{port} не отвечает на регистрацию: звонки на ваши номера не поступают.",
    },
    "callback.trunk_unknown_answer": {
        "en": "no (Asterisk's log says more)",
        "ru": "отказ (подробнее в журнале Asterisk)",
    },
    # Alarms, and what they say on the ticket.
    "callback.broken.expired": {
        "en": "The promise to call {number} back has expired: nobody could call in time.",
        "ru": "Обратный звонок на {number} просрочен: вовремя никто не позвонил.",
    },
    "callback.broken.failed": {
        "en": "{number} was promised a call and could not be reached.",
        "ru": "На номер {number} обещали перезвонить, но дозвониться не удалось.",
    },
    "callback.ticket_subject": {
        "en": "A promised call was not made: please call {number}",
        "ru": "Обратный звонок не состоялся: позвоните на номер {number}",
    },
    "callback.after_attempts": {
        "en": "{what} Attempts: {attempts}; the last: {outcome}.",
        "ru": "{what} Попыток: {attempts}; последняя: {outcome}.",
    },
    "callback.because": {"en": "{what} {why}", "ru": "{what} {why}"},
    "callback.left_subject": {
        "en": "Callback asked for while nobody could answer",
        "ru": "Просьба перезвонить: никто не мог ответить",
    },
    # What an erasure waits for.
    "callback.waits_for_call": {
        "en": "It waits for a promised call that is being made.",
        "ru": "Ждёт, пока закончится обратный звонок.",
    },
}
