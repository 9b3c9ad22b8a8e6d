"""Sentences about servers and services that do not take a message, by code and language (`ringback/messages.py`)."""

HANDOVER_SENTENCES = {
    "ringback.mail_no_server": {
        "en": "No mail server is named in the settings.",
        "ru": "Почтовый сервер в настройках не указан.",
    },
    "ringback.mail_away": {
        "en": "The mail server {host}:{port} cannot be reached: {why}",
        "ru": "Почтовый сервер {host}:{port} недоступен: {why}",
    },
    "ringback.mail_slow": {
        "en": "The mail server {host} does not answer in time.",
        "ru": "Почтовый сервер {host} не отвечает вовремя.",
    },
    "ringback.mail_login": {
        "en": "The mail server {host} refuses user and password: {answer}",
        "ru": "Почтовый сервер {host} не принимает имя и пароль: {answer}",
    },
    "ringback.mail_no_starttls": {
        "en": "The mail server {host} offers no encryption: nothing was said to it. If it is on this machine, set "
        "security to none.",
        "ru": "Почтовый сервер {host} не предлагает шифрования: ему ничего не передано. Если он на этой машине, "
        "укажите security: none.",
    },
    "ringback.mail_certificate": {
        "en": "The mail server {host} shows a certificate that is not trusted: {why}",
        "ru": "Сертификату почтового сервера {host} нет доверия: {why}",
    },
    "ringback.mail_answer": {
        "en": "The mail server answered: {answer}",
        "ru": "Почтовый сервер ответил: {answer}",
    },
    "ringback.service_unknown": {
        "en": "apprise does not know this URL of {scheme}.",
        "ru": "apprise не понимает этот URL ({scheme}).",
    },
    "ringback.service_several": {
        "en": "This URL of {scheme} means {count} places: write a URL for each, or one that fails "
        "would send all again.",
        "ru": "Этот URL ({scheme}) ведёт в несколько мест ({count}): напишите отдельный URL для каждого, иначе при "
        "сбое одного сообщение повторится во всех.",
    },
    "ringback.service_no": {
        "en": "The service {scheme} did not take it: {why}",
        "ru": "Служба {scheme} не приняла сообщение: {why}",
    },
}
