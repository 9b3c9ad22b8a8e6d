"""The sentences about legal holds, listening and erasures, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Refused: a hold, listening without a reason, an erasure.
    "retention.held_already": {
        "en": "This is already under a legal hold.",
        "ru": "Это уже под запретом на удаление.",
    },
    "retention.not_held": {
        "en": "This hold has already been released: reload the page.",
        "ru": "Этот запрет уже снят: загрузите страницу заново.",
    },
    "retention.no_reason": {"en": "Give a reason in a few words.", "ru": "Укажите причину в нескольких словах."},
    "retention.no_call": {
        "en": "There is no such call: check how its ID is written.",
        "ru": "Такого звонка нет: проверьте, правильно ли он указан.",
    },
    "retention.no_ticket": {
        "en": "There is no such ticket: check its number.",
        "ru": "Такого обращения нет: проверьте его номер.",
    },
    "retention.no_number": {
        "en": "This is not a phone number: give it with its country code.",
        "ru": "Это не номер телефона: укажите его с кодом страны.",
    },
    "retention.no_address": {
        "en": "Nobody in Contacts has this address.",
        "ru": "Этого адреса нет ни у кого из контактов.",
    },
    "retention.of_several": {
        "en": {
            "one": "{count} person has this number: open this person in Contacts, and erase from there.",
            "other": "{count} persons have this number: open the right one in Contacts, and erase from there.",
        },
        "ru": {
            "one": "Этот номер есть у {count} человека: откройте его в контактах и удалите оттуда.",
            "few": "Этот номер есть у {count} человек: откройте нужного в контактах и удалите оттуда.",
            "many": "Этот номер есть у {count} человек: откройте нужного в контактах и удалите оттуда.",
            "other": "Этот номер есть у {count} человека: откройте нужного в контактах и удалите оттуда.",
        },
    },
    "retention.no_contact": {
        "en": "This person is no longer in the contacts: search again.",
        "ru": "Этого человека больше нет в контактах: поищите ещё раз.",
    },
    "retention.nobody_asked": {
        "en": "Say at whose request, e.g. the date and number of the letter.",
        "ru": "Укажите, по чьему запросу: например, дату и номер письма.",
    },
    "retention.moved_on": {
        "en": "This erasure has moved on in the meantime: reload the page.",
        "ru": "Состояние удаления тем временем изменилось: загрузите страницу заново.",
    },
    "retention.short_reason": {
        "en": "Say a little more: a few words are enough.",
        "ru": "Напишите чуть подробнее: достаточно нескольких слов.",
    },
    "retention.why_listen": {
        "en": "Choose why you are listening.",
        "ru": "Выберите причину прослушивания.",
    },
    "retention.held": {
        "en": "All of it is under a legal hold: nothing is erased until the hold is released.",
        "ru": "Всё это под запретом на удаление: ничего не будет удалено, пока запрет не снимут.",
    },
    "retention.no_store": {
        "en": "The store of {folder} is not there, or older than this program: start it.",
        "ru": "Базы данных в {folder} нет, или она старше программы: запустите программу.",
    },
    # What an erasure waits for.
    "retention.waits_for_call": {
        "en": "It waits for a call that goes on, or whose recording is in work.",
        "ru": "Ждёт, пока закончится звонок или обработается его запись.",
    },
    "retention.waits_for_readers": {
        "en": "It waits until nobody reads an older state of the database.",
        "ru": "Ждёт, пока никто не будет читать прежнее состояние базы данных.",
    },
    "retention.cannot_delete": {
        "en": "{file} cannot be deleted ({why}): it is tried again.",
        "ru": "Файл {file} не удаётся удалить ({why}): попытка повторится.",
    },
    "retention.cannot_delete_a_file": {
        "en": "A file cannot be deleted ({why}): it is tried again.",
        "ru": "Один из файлов не удаётся удалить ({why}): попытка повторится.",
    },
    # Alarms.
    "retention.failed": {
        "en": "An erasure has failed several times: somebody must look at it.",
        "ru": "Удаление несколько раз не удалось: проверьте, в чём дело.",
    },
}
