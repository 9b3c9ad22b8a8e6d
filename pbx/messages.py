"""The sentences about Asterisk and its phones, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # The manager interface.
    "pbx.many_headers": {
        "en": "The AMI action {action} has {headers} headers; Asterisk reads {most}.",
        "ru": "В команде AMI {action} заголовков: {headers}; Asterisk читает {most}.",
    },
    "pbx.injection": {
        "en": "A header of the AMI action {action} has a line break in it; it was not sent.",
        "ru": "В заголовке команды AMI {action} есть перевод строки; она не отправлена.",
    },
    "pbx.long_header": {
        "en": "A header of the AMI action {action} is longer than the {most} bytes Asterisk reads.",
        "ru": "Заголовок команды AMI {action} длиннее {most} байт, которые читает Asterisk.",
    },
    "pbx.not_ami": {
        "en": "{address} answers, but not as Asterisk's manager interface does.",
        "ru": "{address} отвечает, но это не управляющий интерфейс Asterisk.",
    },
    "pbx.closed": {
        "en": "Asterisk closed the manager connection.",
        "ru": "Asterisk закрыл управляющее соединение.",
    },
    "pbx.no_start": {
        "en": "What answers at the manager address does not say when it was started: it is no Asterisk, or not ready.",
        "ru": "То, что отвечает по управляющему адресу, не сообщает время своего запуска: "
        "это не Asterisk, или он ещё не готов.",
    },
    "pbx.no_answer": {
        "en": "Asterisk did not answer {action} within {seconds} s.",
        "ru": "Asterisk не ответил на {action} за {seconds} с.",
    },
    "pbx.refused": {
        "en": "Asterisk refused {action}: {why}.",
        "ru": "Asterisk отказал в {action}: {why}.",
    },
    "pbx.refused_silently": {
        "en": "Asterisk refused {action} without a reason.",
        "ru": "Asterisk отклонил {action} без объяснения.",
    },
    "pbx.away": {
        "en": "Asterisk's manager interface is away just now.",
        "ru": "Управляющий интерфейс Asterisk сейчас недоступен.",
    },
    "pbx.lost": {
        "en": "The manager connection was lost.",
        "ru": "Управляющее соединение с Asterisk потеряно.",
    },
    "pbx.away_at": {
        "en": "Asterisk's manager interface at {address} is away: {why}",
        "ru": "Интерфейс управления Asterisk на {address} недоступен: {why}",
    },
    # Guessed passwords of phones.
    "pbx.guessed": {
        "en": {
            "one": "Somebody tries to be one of your phones: {count} try refused within a minute, from {sources}. "
            "{about}",
            "other": "Somebody tries to be one of your phones: {count} tries refused within a minute, from {sources}. "
            "{about}",
        },
        "ru": {
            "one": "Кто-то выдаёт себя за ваш телефон: за минуту отклонена {count} попытка, адреса: {sources}. {about}",
            "few": "Кто-то выдаёт себя за ваш телефон: за минуту отклонены {count} попытки, адреса: {sources}. {about}",
            "many": "Кто-то выдаёт себя за ваш телефон: за минуту отклонено {count} попыток, адреса: {sources}. "
            "{about}",
            "other": "Кто-то выдаёт себя за ваш телефон: за минуту отклонено {count} попытки, адреса: {sources}. "
            "{about}",
        },
    },
    "pbx.guessed_more": {"en": "{count} more", "ru": "ещё {count}"},
    "pbx.guessed_for_agents": {
        "en": "They were wrong passwords for {names}.",
        "ru": "Пароли подбирали к именам операторов: {names}.",
    },
    "pbx.guessed_for_nobody": {
        "en": "None of the names is an agent's: they are strangers, or a provider whose address or numbers are not in "
        "the settings.",
        "ru": "Операторов с такими именами нет: это посторонние или провайдер, адреса или номеров которого нет в "
        "настройках.",
    },
    "pbx.guessed_for_both": {
        "en": "Among the names are agents': {names}.",
        "ru": "Среди имён есть имена операторов: {names}.",
    },
    # Asterisk itself.
    "pbx.silent_console": {
        "en": "Asterisk did not answer `{line}` within {seconds} s: see {log}.",
        "ru": "Asterisk не ответил на `{line}` за {seconds} с: см. {log}.",
    },
    "pbx.not_running": {
        "en": "Asterisk does not run in {folder}: see {log}.",
        "ru": "В {folder} Asterisk не работает: см. {log}.",
    },
    "pbx.nothing_to_run": {
        "en": "There is no Asterisk to run: `make run` fetches one.",
        "ru": "Нет Asterisk, который можно запустить: его скачивает `make run`.",
    },
    "pbx.wrong_root": {
        "en": "{variable} names {folder}, where no Asterisk can be run: correct it or unset it.",
        "ru": "{variable} указывает на {folder}, где нет работающего Asterisk: исправьте или уберите её.",
    },
    "pbx.wrong_package": {
        "en": "What came from Debian {suite} is no Asterisk that runs here: tell us your machine.",
        "ru": "Asterisk из Debian {suite} здесь не запускается: сообщите нам о вашей машине.",
    },
    "pbx.foreign_folder": {
        "en": "{folder} belongs to another user: remove it, or choose a shorter data folder.",
        "ru": "{folder} принадлежит другому пользователю: удалите её или выберите папку данных с путём короче.",
    },
    "pbx.no_ip": {
        "en": "sip.address “{address}” is no IP address: write one, e.g. 0.0.0.0 for all.",
        "ru": "sip.address «{address}» — не IP-адрес: укажите его, например 0.0.0.0 для всех.",
    },
    "pbx.odd_folder": {
        "en": "The folder “{folder}” has a character that Asterisk cannot take: use a plainer one.",
        "ru": "В имени папки «{folder}» есть знак, который Asterisk не принимает: выберите имя проще.",
    },
    "pbx.odd_password": {
        "en": "trunk_password in the secrets file has a character that Asterisk cannot take (a control character, a "
        "backslash, or a space at an end): choose another with your provider.",
        "ru": "В trunk_password в файле секретов есть знак, который Asterisk не принимает (управляющий знак, обратная "
        "косая черта или пробел с краю): смените пароль у провайдера.",
    },
    "pbx.odd_value": {
        "en": "“{value}” cannot be written into Asterisk's configuration: leave out characters like ; [ ] $.",
        "ru": "«{value}» нельзя записать в настройки Asterisk: уберите знаки вроде ; [ ] $.",
    },
    # Scripted phones.
    "pbx.phone_not_registered": {
        "en": "{phone} could not register as {user}: {why}.",
        "ru": "{phone} не регистрируется как {user}: {why}.",
    },
    "pbx.phone_waited": {
        "en": "{phone} waited {seconds} s for {what} in vain; it saw: {story}.",
        "ru": "{phone} не дождался за {seconds} с: {what}; он видел: {story}.",
    },
    "pbx.phone_gone": {
        "en": "{phone} is gone and cannot {what}.",
        "ru": "{phone} завершился и не может: {what}.",
    },
    "pbx.phone_fault": {"en": "{phone}: {why}.", "ru": "{phone}: {why}."},
    "pbx.prompt_unheard": {
        "en": "The prompt {prompt} was not heard within {seconds} s.",
        "ru": "Фраза {prompt} не прозвучала за {seconds} с.",
    },
    "pbx.prompt_format": {
        "en": "{file} is not 8 kHz mono: convert it first.",
        "ru": "{file} — не моно 8 кГц: сначала преобразуйте его.",
    },
}
