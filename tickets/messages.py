"""The sentences that Ringback itself writes on tickets, by code and language (`ringback/messages.py`).

They are written in the language of the call and stay as they are then: a ticket's history is text."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "tickets.no_choice": {"en": "Call without a menu choice", "ru": "Звонок без выбора в меню"},
    "tickets.voice_message": {"en": "Voice message", "ru": "Голосовое сообщение"},
    "tickets.voice_message_for": {"en": "Voice message for {queue}", "ru": "Голосовое сообщение: {queue}"},
    "tickets.gave_up": {"en": "Gave up waiting", "ru": "Не дождался ответа"},
    "tickets.gave_up_for": {"en": "Gave up waiting for {queue}", "ru": "Не дождался ответа: {queue}"},
    "tickets.message_answered": {"en": "Voice message answered: {how}", "ru": "На голосовое сообщение ответили: {how}"},
    "tickets.person_chosen": {
        "en": "It was said who called.",
        "ru": "Указано, кто звонил.",
    },
    "tickets.poor_answer": {
        "en": "A poor answer in the survey: {answers}.",
        "ru": "Плохая оценка в опросе: {answers}.",
    },
    "tickets.longest_hold": {
        "en": "Longest on hold: {length}, at {at}.",
        "ru": "Дольше всего на удержании: {length}, с {at}.",
    },
    "tickets.longest_silence": {
        "en": "Longest silence: {length}, at {at}.",
        "ru": "Самая долгая тишина: {length}, с {at}.",
    },
    "tickets.longest_overlap": {
        "en": "Longest talk over each other: {length}, at {at}.",
        "ru": "Дольше всего перебивали друг друга: {length}, с {at}.",
    },
    "tickets.passed_on": {"en": "Passed on at {at}.", "ru": "Передача другому сотруднику в {at}."},
    "tickets.opened": {
        "en": "Opened by a call from {who} to line {line}.",
        "ru": "Открыто звонком с номера {who} на линию {line}.",
    },
    "tickets.opened_callback": {
        "en": "Opened by a promise to call {who} back; asked for on line {line}.",
        "ru": "Открыто обещанием перезвонить на номер {who}; просьба оставлена на линии {line}.",
    },
    "tickets.kept": {
        "en": "The promised call: {who} was called back.",
        "ru": "Обещанный звонок: на номер {who} перезвонили.",
    },
    "tickets.took_back": {
        "en": "{who} called in before the promised call was made.",
        "ru": "С номера {who} позвонили сами, не дождавшись обещанного звонка.",
    },
    "tickets.away": {
        "en": "{who} called line {line} while the program was away, and was promised a call back.",
        "ru": "С номера {who} позвонили на линию {line}, когда программа была недоступна, и получили обещание, "
        "что им перезвонят.",
    },
    "tickets.about": {
        "en": "{who} called again and pressed the key that says it is about this.",
        "ru": "Клиент {who} позвонил снова и подтвердил клавишей, что звонит по этому обращению.",
    },
    "tickets.redialled": {
        "en": "{who} was cut off while waiting and called again.",
        "ru": "Ожидание с номера {who} прервалось, и клиент позвонил снова.",
    },
    "tickets.at_once": {
        "en": "{who} called a second time while the first call went on.",
        "ru": "С номера {who} позвонили второй раз, пока продолжался первый звонок.",
    },
    "tickets.nobody": {"en": "an unknown number", "ru": "неизвестный номер"},
    "tickets.answered": {"en": "The call was answered by {agent}.", "ru": "На звонок ответил оператор {agent}."},
    "tickets.result.abandoned": {
        "en": "The caller hung up while waiting.",
        "ru": "Звонивший повесил трубку, не дождавшись ответа.",
    },
    "tickets.result.left": {
        "en": "The caller hung up before joining the line.",
        "ru": "Звонивший повесил трубку до постановки в очередь.",
    },
    "tickets.result.left_at_once": {
        "en": "The caller hung up at once.",
        "ru": "Звонивший сразу повесил трубку.",
    },
    "tickets.result.fallback": {
        "en": "The call came while the program was away.",
        "ru": "Звонок поступил, когда программа была недоступна.",
    },
    "tickets.result.promised": {"en": "The caller was promised a call back.", "ru": "Звонившему обещали перезвонить."},
    "tickets.result.message": {"en": "The caller left a message.", "ru": "Звонивший оставил сообщение."},
    "tickets.result.spared": {
        "en": "The caller heard of a known problem and will be told when it is fixed.",
        "ru": "Звонивший узнал об известной проблеме, ему сообщат, когда её устранят.",
    },
    "tickets.result.told": {
        "en": "We called and said that the problem is fixed.",
        "ru": "Мы позвонили и сообщили, что проблема устранена.",
    },
    "tickets.result.closed": {"en": "The caller found us closed.", "ru": "Звонивший попал в нерабочее время."},
    "tickets.result.pbx_lost": {
        "en": "The telephone system went down during the call.",
        "ru": "Во время звонка отказала телефонная станция.",
    },
    "tickets.result.failed": {"en": "The call failed.", "ru": "Звонок не удался."},
    "tickets.other": {"en": "The call ended ({result}).", "ru": "Звонок завершён ({result})."},
    "tickets.length": {"en": "It lasted {length}.", "ru": "Длительность: {length}."},
    "tickets.waited": {"en": "The caller waited {length}.", "ru": "Ожидание: {length}."},
    "tickets.talked": {"en": "They talked for {length}.", "ru": "Разговор: {length}."},
    "tickets.path": {"en": "Choices: {path}.", "ru": "Выбор в меню: {path}."},
    "tickets.answer": {"en": "{question} - {label}", "ru": "{question} - {label}"},
    "tickets.transcript": {
        "en": "Transcript ready ({model}). Turns: {turns}, words: {words}.",
        "ru": "Расшифровка готова ({model}). Реплик: {turns}, слов: {words}.",
    },
    "tickets.transcript_empty": {
        "en": "Transcript ready ({model}): nobody spoke.",
        "ru": "Расшифровка готова ({model}): никто не говорил.",
    },
    "tickets.began": {"en": 'The caller began: "{text}"', "ru": "Звонивший начал так: «{text}»"},
    "tickets.masked_card": {"en": "card", "ru": "карта"},
    "tickets.masked_code": {"en": "security code", "ru": "код карты"},
    "tickets.masked_expiry": {"en": "card's date", "ru": "срок карты"},
    "tickets.masked_pin": {"en": "PIN", "ru": "ПИН-код"},
    "tickets.masked_one_time_code": {"en": "one-time code", "ru": "одноразовый код"},
    "tickets.masked_password": {"en": "password", "ru": "пароль"},
    "tickets.masked_bank_account": {"en": "bank account number", "ru": "номер банковского счёта"},
    "tickets.masked_phone": {"en": "phone", "ru": "телефон"},
    "tickets.masked_email": {"en": "email", "ru": "почта"},
    "tickets.masked_name": {"en": "name", "ru": "имя"},
    "tickets.no_call": {
        "en": "There is no call {call}: it may have been erased.",
        "ru": "Звонка {call} нет: возможно, он удалён.",
    },
    "tickets.no_ticket_yet": {
        "en": "Call {call} is on no ticket yet: open one first.",
        "ru": "Звонка {call} ещё нет ни в одном обращении: сначала откройте его.",
    },
    "tickets.erased": {"en": "Erased.", "ru": "Удалено."},
    "tickets.none": {"en": "There is no ticket {number}.", "ru": "Обращения {number} нет."},
    "tickets.merged_away": {
        "en": "Ticket {number} was merged into {into}: work with that one.",
        "ru": "Обращение {number} объединено с {into}: работайте с ним.",
    },
    "tickets.note_empty": {"en": "Write something first.", "ru": "Сначала напишите что-нибудь."},
    "tickets.note_long": {
        "en": "The note is too long: at most {most} characters.",
        "ru": "Заметка слишком длинная: не более {most} знаков.",
    },
    "tickets.not_among": {"en": "{field}: {value} is not one of the choices.", "ru": "{field}: нет варианта {value}."},
    "tickets.not_a_time": {"en": "{value} is not a date and a time.", "ru": "{value}: это не дата и время."},
    "tickets.subject_empty": {"en": "A ticket needs a subject.", "ru": "У обращения должна быть тема."},
    "tickets.done_has_no_step": {
        "en": "A solved or closed ticket has no next step: open it first.",
        "ru": "У решённого или закрытого обращения нет следующего шага: сначала откройте его.",
    },
    "tickets.changed": {"en": "{field}: {old} → {new}", "ru": "{field}: {old} → {new}"},
    "tickets.reopened": {"en": "Opened again.", "ru": "Открыто снова."},
    "tickets.closed_solved": {
        "en": "Closed by itself: solved, and nobody said otherwise.",
        "ru": "Закрыто автоматически: решено, возражений не было.",
    },
    "tickets.closed_quiet": {
        "en": "Closed by itself: nothing has happened for a long time.",
        "ru": "Закрыто автоматически: давно ничего не происходило.",
    },
    "tickets.nothing": {"en": "–", "ru": "–"},
    "tickets.time": {"en": "{at}", "ru": "{at}"},
    "tickets.name_subject": {"en": "Subject", "ru": "Тема"},
    "tickets.name_queue": {"en": "Queue", "ru": "Очередь"},
    "tickets.name_owner": {"en": "Owner", "ru": "Ответственный"},
    "tickets.name_status": {"en": "Status", "ru": "Статус"},
    "tickets.name_priority": {"en": "Priority", "ru": "Приоритет"},
    "tickets.name_category": {"en": "Category", "ru": "Категория"},
    "tickets.name_disposition": {"en": "Disposition", "ru": "Итог"},
    "tickets.name_next_step": {"en": "Next step", "ru": "Следующий шаг"},
    "tickets.name_due_at": {"en": "Due", "ru": "Срок"},
    "tickets.status_open": {"en": "open", "ru": "открыто"},
    "tickets.status_waiting": {"en": "waiting for the customer", "ru": "ждёт клиента"},
    "tickets.status_solved": {"en": "solved", "ru": "решено"},
    "tickets.status_closed": {"en": "closed", "ru": "закрыто"},
    "tickets.priority_low": {"en": "low", "ru": "низкий"},
    "tickets.priority_normal": {"en": "normal", "ru": "обычный"},
    "tickets.priority_high": {"en": "high", "ru": "высокий"},
    "tickets.priority_urgent": {"en": "urgent", "ru": "срочный"},
    "tickets.merged": {
        "en": "Ticket {number} was merged into this one.",
        "ru": "С этим обращением объединено {number}.",
    },
    "tickets.merged_into": {"en": "Merged into ticket {number}.", "ru": "Объединено с обращением {number}."},
    "tickets.split_off": {
        "en": "Calls were moved to the new ticket {number}.",
        "ru": "Звонки перенесены в новое обращение {number}.",
    },
    "tickets.split_from": {"en": "Split off from ticket {number}.", "ru": "Выделено из обращения {number}."},
    "tickets.joined": {"en": "A call was moved here from ticket {number}.", "ru": "Сюда перенесён звонок из {number}."},
    "tickets.joined_other": {"en": "A call was moved to ticket {number}.", "ru": "Звонок перенесён в {number}."},
    "tickets.undone": {"en": "Undone: {what}", "ru": "Отменено: {what}"},
    "tickets.linked": {"en": "Linked with ticket {number}.", "ru": "Связано с обращением {number}."},
    "tickets.unlinked": {
        "en": "No longer linked with ticket {number}.",
        "ru": "Больше не связано с обращением {number}.",
    },
    "tickets.same_ticket": {"en": "That is the same ticket.", "ru": "Это то же обращение."},
    "tickets.no_calls_chosen": {
        "en": "Choose the calls that are about something else.",
        "ru": "Выберите звонки, которые относятся к другому.",
    },
    "tickets.all_calls_chosen": {
        "en": "All calls were chosen: leave at least one.",
        "ru": "Выбраны все звонки: оставьте хотя бы один.",
    },
    "tickets.not_its_call": {
        "en": "Call {call} is not on this ticket any more.",
        "ru": "Звонка {call} в этом обращении больше нет.",
    },
    "tickets.no_cursor": {"en": "That is no page of this list.", "ru": "Такой страницы в списке нет."},
    "tickets.no_move": {"en": "There is nothing to undo any more.", "ru": "Отменять больше нечего."},
}
