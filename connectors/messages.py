"""The sentences of this room, by code and language: what other systems are told, and what went wrong with them."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Why a request came to nothing.
    "connectors.none": {
        "en": "The settings have no connector {name}; there are: {known}.",
        "ru": "В настройках нет связи с системой {name}; есть: {known}.",
    },
    "connectors.no_password": {
        "en": "connector_passwords of the secrets file has nothing for {name}.",
        "ru": "В connector_passwords файла секретов ничего нет для {name}.",
    },
    "connectors.no_json": {
        "en": "it answers with something that is no JSON: {begins}",
        "ru": "она отвечает не в формате JSON: {begins}",
    },
    "connectors.too_long": {
        "en": "its answer is too long; after {bytes} bytes nobody reads on",
        "ru": "её ответ слишком длинный; прочитано {bytes} байт, дальше не читаем",
    },
    "connectors.no_field": {
        "en": "its answer has no {field}",
        "ru": "в её ответе нет поля {field}",
    },
    "connectors.wrong_password": {
        "en": "it refuses our password or token: {said}",
        "ru": "она не принимает наш пароль или токен: {said}",
    },
    "connectors.wrong_token": {
        "en": "it does not know the token of its telephone interface",
        "ru": "она не знает токен своего телефонного интерфейса",
    },
    "connectors.not_there": {
        "en": "what was asked for is not there: {said}",
        "ru": "запрошенного там нет: {said}",
    },
    "connectors.wrong_address": {
        "en": "nothing answers at the address of its interface (404): look at url in the settings. {said}",
        "ru": "по адресу её интерфейса ничего нет (404): проверьте url в настройках. {said}",
    },
    "connectors.busy": {
        "en": "it has too much to do and wants fewer requests ({status})",
        "ru": "она перегружена и просит присылать меньше запросов ({status})",
    },
    "connectors.failed": {
        "en": "it failed ({status}): {said}",
        "ru": "в ней произошла ошибка ({status}): {said}",
    },
    "connectors.refused": {
        "en": "it refuses ({status}): {said}",
        "ru": "она отказывает ({status}): {said}",
    },
    "connectors.no_way": {
        "en": "its workflow has no step to “{status}” from here; there are: {ways}",
        "ru": "её процесс не позволяет перейти отсюда в «{status}»; доступно: {ways}",
    },
    "connectors.not_settled": {
        "en": "an answer was lost, and its search may not know the new ticket yet: looked for again in {seconds} s",
        "ru": "ответ потерялся, а новое обращение может ещё не находиться поиском: ищем снова через {seconds} с",
    },
    "connectors.held": {
        "en": "another process is just telling it of this ticket",
        "ru": "другой процесс как раз передаёт ей это обращение",
    },
    # On our tickets.
    "connectors.gone": {
        "en": "{system}: ticket {id} was deleted there; nothing more is told of it.",
        "ru": "{system}: обращение {id} там удалили; больше о нём ничего не передаётся.",
    },
    "connectors.merged_there": {
        "en": "{system}: ticket {was} was merged into {now} there.",
        "ru": "{system}: обращение {was} там объединили с {now}.",
    },
    "connectors.conflict": {
        "en": "{system}: the status was changed there (“{theirs}”) and here (“{ours}”) at the same time; ours stays, "
        "and it was told so.",
        "ru": "{system}: статус одновременно сменили там («{theirs}») и здесь («{ours}»); остаётся наш, и он туда "
        "передан.",
    },
    "connectors.status_refused": {
        "en": "{system} does not take the status “{status}”: {why}",
        "ru": "{system} не принимает статус «{status}»: {why}",
    },
    # In the other system.
    "connectors.line_ticket": {"en": "Ringback ticket #{number}: {url}", "ru": "Обращение Ringback #{number}: {url}"},
    "connectors.line_contact": {"en": "Caller: {who}", "ru": "Клиент: {who}"},
    "connectors.line_queue": {"en": "Queue: {queue}", "ru": "Очередь: {queue}"},
    "connectors.line_opened": {"en": "Opened: {at}", "ru": "Открыто: {at}"},
    "connectors.call_on": {"en": "Call since {at}: {url}", "ru": "Звонок с {at}: {url}"},
    "connectors.call_alone": {"en": "Call of {at}, nobody talked: {url}", "ru": "Звонок {at}, без разговора: {url}"},
    "connectors.call": {
        "en": "Call of {at}, {length} with {who}: {url}",
        "ru": "Звонок {at}, {length}, говорил(а) {who}: {url}",
    },
    "connectors.note": {"en": "{who} wrote: {words}", "ru": "{who}: {words}"},
    "connectors.changed": {"en": "{who} changed {changes}", "ru": "{who}, изменения: {changes}"},
    "connectors.change": {"en": "{field}: {value}", "ru": "{field}: {value}"},
    "connectors.merged": {
        "en": "Merged into Ringback ticket #{number}: {url}",
        "ru": "Объединено с обращением Ringback #{number}: {url}",
    },
    "connectors.transcript": {"en": "The call was written down: {url}", "ru": "Есть расшифровка звонка: {url}"},
    # The alarm.
    "connectors.alarm_unread": {
        "en": "{system} does not say what changed in its tickets: {why}. Their statuses here may be old.",
        "ru": "{system} не сообщает об изменениях в обращениях: {why}. Их статусы здесь могут быть устаревшими.",
    },
}
