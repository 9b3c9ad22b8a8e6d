"""The sentences of alarms that this room raises, and of messages about any, by code and language."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # What is wrong.
    "alarms.switch_away": {
        "en": "Asterisk is away: nobody can call or be called. {why}",
        "ru": "Asterisk не работает: звонить и принимать звонки нельзя. {why}",
    },
    "alarms.process_away": {
        "en": "{process}: not running. {means}",
        "ru": "{process}: процесс не работает. {means}",
    },
    "alarms.queue_nobody": {
        "en": {
            "one": "{count} caller waits in {queue}, where nobody is logged in.",
            "other": "{count} callers wait in {queue}, where nobody is logged in.",
        },
        "ru": {
            "one": "В очереди {queue} ждёт {count} клиент, а операторов на смене нет.",
            "few": "В очереди {queue} ждут {count} клиента, а операторов на смене нет.",
            "many": "В очереди {queue} ждут {count} клиентов, а операторов на смене нет.",
            "other": "В очереди {queue} ждут {count} клиента, а операторов на смене нет.",
        },
    },
    "alarms.queue_wait": {
        "en": {
            "one": "{count} caller has waited in {queue} for {minutes} minutes.",
            "other": "Of {count} callers in {queue}, the first has waited for {minutes} minutes.",
        },
        "ru": {
            "one": "{count} клиент ждёт в очереди {queue} уже {minutes} мин.",
            "few": "В очереди {queue} {count} клиента, первый ждёт уже {minutes} мин.",
            "many": "В очереди {queue} {count} клиентов, первый ждёт уже {minutes} мин.",
            "other": "В очереди {queue} {count} клиента, первый ждёт уже {minutes} мин.",
        },
    },
    "alarms.nearly_full": {
        "en": "{inside} callers are on the line; {most} can be served at a time. Whoever calls next may be refused.",
        "ru": "На линии {inside} клиентов, одновременно обслуживается не больше {most}. Новые звонки могут быть "
        "отклонены.",
    },
    "alarms.message_unseen": {
        "en": {
            "one": "Nobody has heard a message that a caller left, for {minutes} minutes of opening hours ({count} in "
            "all).",
            "other": "Nobody has heard {count} messages that callers left, for {minutes} minutes of opening hours.",
        },
        "ru": {
            "one": "{count} голосовое сообщение никто не прослушал за {minutes} мин рабочего времени.",
            "few": "{count} голосовых сообщения никто не прослушал за {minutes} мин рабочего времени.",
            "many": "{count} голосовых сообщений никто не прослушал за {minutes} мин рабочего времени.",
            "other": "{count} голосового сообщения никто не прослушал за {minutes} мин рабочего времени.",
        },
    },
    "alarms.disputes_late": {
        "en": {
            "one": "{count} dispute about a score was not answered in time.",
            "other": "{count} disputes about scores were not answered in time.",
        },
        "ru": {
            "one": "{count} спор об оценке не рассмотрен в срок.",
            "few": "{count} спора об оценках не рассмотрены в срок.",
            "many": "{count} споров об оценках не рассмотрено в срок.",
            "other": "{count} спора об оценках не рассмотрено в срок.",
        },
    },
    "alarms.tickets_overdue": {
        "en": {
            "one": "{who}: the next step of {count} ticket is overdue.",
            "other": "{who}: the next steps of {count} tickets are overdue.",
        },
        "ru": {
            "one": "{who}: просрочен следующий шаг по {count} обращению.",
            "few": "{who}: просрочены следующие шаги по {count} обращениям.",
            "many": "{who}: просрочены следующие шаги по {count} обращениям.",
            "other": "{who}: просрочены следующие шаги по {count} обращения.",
        },
    },
    "alarms.nobody": {"en": "Nobody's", "ru": "Без ответственного"},
    "alarms.promise_unseen": {
        "en": {
            "one": "A promised callback has been due for {minutes} minutes; nobody has called or opened it ({count} in "
            "all).",
            "other": "{count} promised callbacks are due for {minutes} minutes; nobody has called or opened them.",
        },
        "ru": {
            "one": "{count} обещанный звонок ждёт дольше {minutes} мин: никто не звонил и не открывал его.",
            "few": "{count} обещанных звонка ждут дольше {minutes} мин: никто не звонил и не открывал их.",
            "many": "{count} обещанных звонков ждут дольше {minutes} мин: никто не звонил и не открывал их.",
            "other": "{count} обещанных звонка ждут дольше {minutes} мин: никто не звонил и не открывал их.",
        },
    },
    "alarms.no_backup": {
        "en": "There is no backup: run `ringback backup`.",
        "ru": "Резервной копии нет: выполните `ringback backup`.",
    },
    "alarms.backup_failed": {
        "en": "The last backup failed: {why}",
        "ru": "Последняя резервная копия не удалась: {why}",
    },
    "alarms.backup_old": {
        "en": "The newest backup is {hours} hours old.",
        "ru": "Последней резервной копии уже {hours} ч.",
    },
    "alarms.certificate_ends": {
        "en": "The certificate in {file} ends on {day}.",
        "ru": "Срок действия сертификата в {file} истекает {day}.",
    },
    "alarms.certificate_over": {
        "en": "The certificate in {file} ended on {day}: whoever checks it is turned away.",
        "ru": "Срок действия сертификата в {file} истёк {day}: те, кто его проверяет, не подключатся.",
    },
    "alarms.certificate_unreadable": {
        "en": "The certificate in {file} cannot be read: {why}",
        "ru": "Сертификат в {file} не читается: {why}",
    },
    "alarms.unsent": {
        "en": "{recipient} is not told of alarms: nothing reaches {address}. {why}",
        "ru": "{recipient} не получает тревог: на {address} ничего не доходит. {why}",
    },
    # Why a message does not arrive.
    "alarms.no_recipient": {
        "en": "The settings have no recipient {name}; there are: {known}.",
        "ru": "Получателя {name} в настройках нет; есть: {known}.",
    },
    # Messages.
    "alarms.mark_red": {"en": "Urgent", "ru": "Срочно"},
    "alarms.mark_yellow": {"en": "Alert", "ru": "Внимание"},
    "alarms.mark_over": {"en": "Over", "ru": "Завершено"},
    "alarms.mark_changed": {"en": "Changed", "ru": "Изменилось"},
    "alarms.subject": {"en": "{mark}: {said}", "ru": "{mark}: {said}"},
    "alarms.subject_many": {
        "en": {"one": "{count} alarm, {red} urgent", "other": "{count} alarms, {red} urgent"},
        "ru": {
            "one": "{count} тревога, срочных: {red}",
            "few": "{count} тревоги, срочных: {red}",
            "many": "{count} тревог, срочных: {red}",
            "other": "{count} тревоги, срочных: {red}",
        },
    },
    "alarms.subject_over": {
        "en": {"one": "Over: {count} alarm", "other": "Over: {count} alarms"},
        "ru": {
            "one": "Завершено: {count} тревога",
            "few": "Завершено: {count} тревоги",
            "many": "Завершено: {count} тревог",
            "other": "Завершено: {count} тревоги",
        },
    },
    "alarms.line": {"en": "{mark}, since {since}: {said}", "ru": "{mark} (началось {since}): {said}"},
    "alarms.line_again": {
        "en": "{mark}, since {since}, reminder {count}: {said}",
        "ru": "{mark} (началось {since}, напоминание {count}): {said}",
    },
    "alarms.line_seen": {
        "en": "{mark}, since {since}, marked as done by {by}: {said}",
        "ru": "{mark} (началось {since}, обработано: {by}): {said}",
    },
    "alarms.line_done": {
        "en": "Done by {by} at {until} (since {since}): {said}",
        "ru": "Обработано {until}, {by} (началось {since}): {said}",
    },
    "alarms.line_over": {
        "en": "All clear since {until} (it began at {since}): {said}",
        "ru": "Всё в порядке с {until} (началось {since}): {said}",
    },
    "alarms.line_over_seen": {
        "en": "All clear since {until} (it began at {since}, seen to by {by}): {said}",
        "ru": "Всё в порядке с {until} (началось {since}, обработано: {by}): {said}",
    },
    "alarms.line_changed": {
        "en": "Changed at {until} (it began at {since}): {said}",
        "ru": "Изменилось {until} (началось {since}): {said}",
    },
    "alarms.where": {
        "en": "Mark it as done, and nobody is told again: {page}",
        "ru": "Отметьте как обработанное, и напоминаний больше не будет: {page}",
    },
    "alarms.where_pages": {
        "en": "Mark it as done on the page “Alarms” of Ringback, and nobody is told again.",
        "ru": "Отметьте как обработанное на странице «Тревоги» в Ringback, и напоминаний больше не будет.",
    },
    "alarms.life_unheard": {
        "en": "The service that watches over Ringback has not taken its last signs of life: {why}",
        "ru": "Сервис, который следит за Ringback, не принял последние сигналы: {why}",
    },
    "alarms.life_refused": {"en": "it answered {status}", "ru": "он ответил {status}"},
    "alarms.test_subject": {"en": "Test of alarms", "ru": "Проверка тревог"},
    "alarms.test": {
        "en": "This is a test: alarms of Ringback for {recipient} arrive here.",
        "ru": "Это проверка: тревоги Ringback для {recipient} приходят сюда.",
    },
    "alarms.test_by": {
        "en": "This is a test, asked for by {by}: alarms of Ringback for {recipient} arrive here.",
        "ru": "Это проверка по просьбе {by}: тревоги Ringback для {recipient} приходят сюда.",
    },
}
