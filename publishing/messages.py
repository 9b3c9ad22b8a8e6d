"""Sentences of putting settings in force, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "publishing.nothing_in_force": {
        "en": "No settings are in force yet: the first start of `ringback run` takes up the file.",
        "ru": "Настройки ещё не действуют: файл вступит в силу при первом запуске `ringback run`.",
    },
    "publishing.no_why": {
        "en": "Say why: whoever looks at the history later will ask.",
        "ru": "Укажите причину: о ней спросят, когда будут смотреть историю.",
    },
    "publishing.has_errors": {
        "en": {
            "one": "Nothing was published: the settings have {count} error.",
            "other": "Nothing was published: the settings have {count} errors.",
        },
        "ru": {
            "one": "Ничего не опубликовано: в настройках {count} ошибка.",
            "few": "Ничего не опубликовано: в настройках {count} ошибки.",
            "many": "Ничего не опубликовано: в настройках {count} ошибок.",
            "other": "Ничего не опубликовано: в настройках {count} ошибки.",
        },
    },
    "publishing.flow_test_failed": {
        "en": "Nothing was published. {why}",
        "ru": "Ничего не опубликовано. {why}",
    },
    "publishing.same": {
        "en": "Nothing was published: this is what is in force already.",
        "ru": "Ничего не опубликовано: эти настройки уже действуют.",
    },
    "publishing.outdated": {
        "en": "Nothing was published: {by} has published version {number} meanwhile. Look at what it changed, then "
        "publish yours on top of it.",
        "ru": "Ничего не опубликовано: тем временем вступила в силу версия {number} ({by}). Посмотрите, что в ней "
        "изменилось, и опубликуйте свою поверх неё.",
    },
    "publishing.no_version": {
        "en": "There is no version {number}, or it is not kept any more.",
        "ru": "Версии {number} нет, или она уже не хранится.",
    },
    "publishing.not_written": {
        "en": "Nothing was published, what was in force goes on: the copy of the settings cannot be written ({why}).",
        "ru": "Ничего не опубликовано, действуют прежние настройки: их копию не удалось записать ({why}).",
    },
    "publishing.not_ready": {
        "en": "Nothing was published: {why}",
        "ru": "Ничего не опубликовано: {why}",
    },
    "publishing.somebody_publishes": {
        "en": "Somebody else is publishing just now: try again in a moment.",
        "ru": "Сейчас публикует кто-то другой: повторите через минуту.",
    },
    "publishing.no_password": {
        "en": "No password is in force for {address} that could be put in its place: give it in the file, and publish "
        "that by `ringback settings publish`.",
        "ru": "Для {address} нет действующего пароля, который можно подставить: впишите его в файл и опубликуйте файл "
        "командой `ringback settings publish`.",
    },
    "publishing.data_stays": {
        "en": "All data are in {folder} while Ringback runs: another folder is given in the file, before a start.",
        "ru": "Пока Ringback работает, все данные лежат в {folder}: другую папку указывают в файле перед запуском.",
    },
    "publishing.draft_taken": {
        "en": "{by} has saved the draft meanwhile: nothing of yours was saved over it.",
        "ru": "Тем временем черновик изменился ({by}): ваш текст не записан поверх него.",
    },
}
