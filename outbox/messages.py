"""The sentences about what leaves the house, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "outbox.body_too_large": {
        "en": "This cannot be sent: it has {bytes} bytes, {most} are allowed.",
        "ru": "Отправить нельзя: размер {bytes} байт, допустимо не больше {most}.",
    },
    "outbox.no_receiver": {
        "en": "No system is called {name}; there are: {known}.",
        "ru": "Системы {name} нет; есть: {known}.",
    },
    # Why a delivery came to nothing.
    "outbox.late": {
        "en": "no answer within {seconds} s",
        "ru": "ответа нет дольше {seconds} с",
    },
    "outbox.unreachable": {
        "en": "it cannot be reached: {why}",
        "ru": "с ней нет связи: {why}",
    },
    "outbox.private": {
        "en": "{host} leads into a private network; if that is meant, set allow_private",
        "ru": "{host} ведёт во внутреннюю сеть; если так задумано, укажите allow_private",
    },
    "outbox.in_the_clear": {
        "en": "What {host} is told can be read by anybody on the way: write https if it has it.",
        "ru": "Всё, что получает {host}, по пути может прочитать кто угодно: если можно, укажите https.",
    },
    "outbox.status": {
        "en": "it answers with HTTP status {status}",
        "ru": "она отвечает с кодом HTTP {status}",
    },
    "outbox.redirects": {
        "en": "it answers with a redirect ({status}), which is not followed: write the final address",
        "ru": "она отвечает перенаправлением ({status}), по нему мы не идём: укажите конечный адрес",
    },
    "outbox.no_secret": {
        "en": "webhook_secrets of the secrets file has no secret for {name} that begins with whsec_",
        "ru": "в webhook_secrets файла секретов нет секрета для {name}, который начинается с whsec_",
    },
    "outbox.fault": {
        "en": "it could not be delivered because of an error in Ringback ({what}); see courier.log",
        "ru": "доставить не удалось из-за ошибки в Ringback ({what}); подробности в courier.log",
    },
    "outbox.too_old": {
        "en": {
            "one": "it waited for more than {count} day",
            "other": "it waited for more than {count} days",
        },
        "ru": {
            "one": "ждало отправки больше {count} дня",
            "few": "ждало отправки больше {count} дней",
            "many": "ждало отправки больше {count} дней",
            "other": "ждало отправки больше {count} дня",
        },
    },
    "outbox.unknown": {"en": "why is not known any more", "ru": "причина уже неизвестна"},
    # The alarms.
    "outbox.alarm_away": {
        "en": "{receiver} takes nothing: {why}. What it is to be told waits.",
        "ru": "{receiver} ничего не принимает: {why}. Сообщения для этой системы ждут.",
    },
    "outbox.alarm_disabled": {
        "en": "{receiver} wants to be told nothing any more: {why}. What comes waits until somebody enables it again.",
        "ru": "{receiver} больше не хочет сообщений: {why}. Новые ждут, пока её не включат снова.",
    },
    "outbox.alarm_locked_out": {
        "en": "{receiver} refuses our password: {why}. What it is to be told waits.",
        "ru": "{receiver} не принимает наш пароль: {why}. Сообщения для этой системы ждут.",
    },
    "outbox.alarm_unsent": {
        "en": "Some messages to {receiver} were given up after all tries; they can be sent again.",
        "ru": "Часть сообщений для {receiver} после всех попыток не доставлена; их можно отправить снова.",
    },
}
