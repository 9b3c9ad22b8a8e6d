"""The sentences about messages to customers and from them, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # On the ticket.
    "channels.written": {"en": "To {address}:\n{words}", "ru": "Кому: {address}\n{words}"},
    "channels.again": {"en": "Sent again to {address}.", "ru": "Отправлено повторно: {address}."},
    "channels.undelivered": {"en": "Not delivered to {address}: {why}", "ru": "Не доставлено, {address}: {why}"},
    "channels.clicked_site": {
        "en": "The customer followed the link to {target}.",
        "ru": "Клиент перешёл по ссылке: {target}.",
    },
    "channels.clicked_document": {
        "en": "The customer opened the document {target}.",
        "ru": "Клиент открыл документ: {target}.",
    },
    "channels.clicked_stop": {
        "en": "The customer wants no more messages.",
        "ru": "Клиент отказался от сообщений.",
    },
    "channels.survey_words": {
        "en": "In the survey the customer wrote:\n{words}",
        "ru": "В опросе клиент написал:\n{words}",
    },
    "channels.chat_begun": {
        "en": "The customer ({name}) opened a chat in Telegram.",
        "ru": "Клиент ({name}) начал чат в Telegram.",
    },
    "channels.automatic_answer": {
        "en": "An automatic answer came:\n{words}",
        "ru": "Пришёл автоматический ответ:\n{words}",
    },
    "channels.cut": {
        "en": "(This is the beginning: the whole mail is in the mailbox.)",
        "ru": "(Это начало: письмо целиком лежит в почтовом ящике.)",
    },
    "channels.attachments": {
        "en": {"one": "({count} file is in the mailbox.)", "other": "({count} files are in the mailbox.)"},
        "ru": {
            "one": "({count} файл лежит в почтовом ящике.)",
            "few": "({count} файла лежат в почтовом ящике.)",
            "many": "({count} файлов лежат в почтовом ящике.)",
            "other": "({count} файла лежат в почтовом ящике.)",
        },
    },
    "channels.no_subject": {"en": "Mail without a subject", "ru": "Письмо без темы"},
    # To customers.
    "channels.footer_answer": {
        "en": "You can answer this mail: your answer reaches us.",
        "ru": "На это письмо можно ответить: ответ придёт к нам.",
    },
    "channels.footer_stop": {
        "en": "No more mails from us: {address}",
        "ru": "Больше не получать от нас писем: {address}",
    },
    "channels.welcome": {
        "en": "Thank you! Whatever you write here reaches us.",
        "ru": "Спасибо! Всё, что вы напишете здесь, придёт к нам.",
    },
    # What is wrong with what somebody typed.
    "channels.no_channel": {
        "en": "The settings have no channel {name}.",
        "ru": "Канала {name} в настройках нет.",
    },
    "channels.no_mail_address": {
        "en": "Write one mail address, such as name@example.com.",
        "ru": "Напишите один адрес почты, например name@example.com.",
    },
    "channels.no_number": {
        "en": "Write the whole number with the country code, such as +12025550123.",
        "ru": "Напишите номер целиком, с кодом страны, например +79161234567.",
    },
    "channels.number_not_allowed": {
        "en": "Nothing is sent to numbers of this country or region.",
        "ru": "На номера этой страны или региона сообщения не отправляются.",
    },
    "channels.landline": {
        "en": "This is a landline number: text messages do not arrive there.",
        "ru": "Это городской номер: СМС на него не доходят.",
    },
    "channels.no_chat": {
        "en": "The customer has not opened a chat yet: send an invitation by text message.",
        "ru": "Клиент ещё не начал чат: отправьте приглашение по СМС.",
    },
    "channels.no_plain_address": {
        "en": "Write letters, digits, dots and dashes only.",
        "ru": "Допустимы только латинские буквы, цифры, точки и дефисы.",
    },
    "channels.no_text": {"en": "Write what the customer is to read.", "ru": "Напишите текст сообщения."},
    "channels.long_text": {
        "en": "Use at most {most} characters.",
        "ru": "Не больше {most} знаков.",
    },
    "channels.many_parts": {
        "en": "This text message would have {count} parts, at most {most} are sent: make it shorter.",
        "ru": "Частей в СМС: {count}, а можно не больше {most}. Сократите текст.",
    },
    "channels.link_missing": {
        "en": "The text has a place for a link: choose the link, or remove the place ({place}).",
        "ru": "В тексте есть место для ссылки: выберите ссылку или уберите это место ({place}).",
    },
    "channels.no_public_url": {
        "en": "There are no links: web.public_url in the settings does not say how customers reach these pages.",
        "ru": "Ссылок нет: в настройках не указано, по какому адресу клиентам доступны эти страницы (web.public_url).",
    },
    "channels.foreign_site": {
        "en": "Links may lead only to our own sites: {sites}.",
        "ru": "Ссылки могут вести только на наши сайты: {sites}.",
    },
    "channels.no_document": {
        "en": "There is no document {name} in the folder.",
        "ru": "Документа {name} в папке нет.",
    },
    "channels.no_survey": {"en": "There is no survey {name}.", "ru": "Опроса {name} нет."},
    "channels.no_consent": {
        "en": "Nobody has noted that this customer agrees to be written to. Ask, then tick the box.",
        "ru": "Согласие клиента на сообщения не отмечено. Спросите клиента и поставьте отметку.",
    },
    "channels.said_no": {
        "en": "This customer asked not to be written to there. Tick the box only if the customer has agreed again.",
        "ru": "Клиент просил туда не писать. Ставьте отметку, только если клиент снова согласился.",
    },
    "channels.day_limit": {
        "en": "This address has had its {most} messages for today.",
        "ru": "Дневной предел для этого адреса исчерпан (сообщений: {most}).",
    },
    "channels.not_failed": {
        "en": "This message has not failed, or its address is gone.",
        "ru": "Это сообщение не числится недоставленным, или его адрес удалён.",
    },
    "channels.no_ticket": {"en": "There is no ticket {number}.", "ru": "Обращения {number} нет."},
    "channels.settled": {
        "en": "Somebody has seen to this already.",
        "ru": "С этим уже кто-то разобрался.",
    },
    # Links.
    "channels.no_link": {
        "en": "There is nothing at this address. Was all of it copied?",
        "ru": "По этому адресу ничего нет. Адрес скопирован целиком?",
    },
    "channels.link_over": {
        "en": "This link has expired. Call us, and we will send you another one.",
        "ru": "Срок действия ссылки истёк. Позвоните нам, и мы пришлём новую.",
    },
    "channels.link_used": {
        "en": "You have answered already. Thank you!",
        "ru": "Вы уже ответили. Спасибо!",
    },
    "channels.document_gone": {
        "en": "This document is no longer there. Call us, and we will send it to you.",
        "ru": "Этого документа больше нет. Позвоните нам, и мы его пришлём.",
    },
    # Why a message waits or does not arrive.
    "channels.no_survey_wanted": {
        "en": "This number wants no surveys.",
        "ru": "По этому номеру просили не проводить опросов.",
    },
    "channels.quiet": {
        "en": "It is quiet time where the customer is; it goes out afterwards.",
        "ru": "У клиента сейчас тихие часы; сообщение уйдёт после них.",
    },
    "channels.minute_limit": {
        "en": "Too many messages at once; it goes out in a moment.",
        "ru": "Слишком много сообщений сразу; это уйдёт чуть позже.",
    },
    "channels.given_up": {
        "en": "It could not be sent after many tries.",
        "ru": "Отправить не удалось после многих попыток.",
    },
    "channels.bounced": {
        "en": "The customer's mail server does not take it: {why}",
        "ru": "Почтовый сервер клиента не принимает письмо: {why}",
    },
    "channels.delayed": {
        "en": "The customer's mail server has not taken it yet: {why}",
        "ru": "Почтовый сервер клиента пока не принял письмо: {why}",
    },
    "channels.gateway_answer": {
        "en": "The other side answered {status}: {answer}",
        "ru": "Другая сторона ответила {status}: {answer}",
    },
    "channels.gateway_refuses": {
        "en": "The other side does not take it ({status}): {answer}",
        "ru": "Другая сторона не принимает сообщение ({status}): {answer}",
    },
    "channels.gateway_secret": {
        "en": "The other side refuses our secret ({status}): {answer}",
        "ru": "Другая сторона не принимает наш ключ ({status}): {answer}",
    },
    "channels.gateway_says": {
        "en": "The gateway says that it did not arrive: {answer}",
        "ru": "Шлюз сообщил, что сообщение не дошло: {answer}",
    },
    "channels.no_bot_token": {
        "en": "secrets.yaml has no channel_secrets: telegram, the bot's token.",
        "ru": "В secrets.yaml нет токена бота (channel_secrets: telegram).",
    },
    "channels.bot_blocked": {
        "en": "The customer has left the chat: {answer}",
        "ru": "Клиент покинул чат: {answer}",
    },
    "channels.bot_taken": {
        "en": "Another program reads this bot's messages: {answer}",
        "ru": "Сообщения этого бота читает другая программа: {answer}",
    },
    # What came in.
    "channels.no_token": {
        "en": "It answers no message of ours.",
        "ru": "Это не ответ ни на одно наше сообщение.",
    },
    "channels.other_sender": {
        "en": "It answers a mail on ticket {number}, but comes from an address that is not the customer's there.",
        "ru": "Это ответ по обращению {number}, но адрес отправителя не совпадает с адресом клиента.",
    },
    "channels.too_many": {
        "en": "More than {most} came from there within an hour.",
        "ru": "Оттуда пришло больше {most} за час.",
    },
    "channels.unknown_chat": {
        "en": "Somebody opened the bot without our link.",
        "ru": "Кто-то открыл бота не по нашей ссылке.",
    },
    "channels.own_mail": {"en": "A mail of ours came back.", "ru": "Вернулось наше собственное письмо."},
    "channels.automatic": {"en": "A program wrote it.", "ru": "Написано программой."},
    "channels.report": {"en": "A mail server reports: {why}", "ru": "Сообщает почтовый сервер: {why}"},
    "channels.unreadable": {
        "en": "(This mail cannot be read: {why}. It is in the mailbox.)",
        "ru": "(Это письмо не читается: {why}. Оно лежит в почтовом ящике.)",
    },
    "channels.apart": {
        "en": "Messages have come in that belong to no ticket yet.",
        "ru": "Есть входящие сообщения, которые ещё не отнесены ни к одному обращению.",
    },
    # Inboxes.
    "channels.mail_in_away": {
        "en": "Customers' mails do not come in: {why}",
        "ru": "Письма клиентов не поступают: {why}",
    },
    "channels.telegram_in_away": {
        "en": "Customers' messages in Telegram do not come in: {why}",
        "ru": "Сообщения клиентов из Telegram не поступают: {why}",
    },
    "channels.inbox_answer": {"en": "The mailbox answered: {answer}", "ru": "Почтовый ящик ответил: {answer}"},
    "channels.inbox_login": {
        "en": "{host} refuses user {user} and the password: {answer}",
        "ru": "{host} не принимает имя {user} и пароль: {answer}",
    },
    "channels.inbox_no_password": {
        "en": "secrets.yaml has no password of the mailbox (channel_secrets: mail_inbox or mail).",
        "ru": "В secrets.yaml нет пароля почтового ящика (channel_secrets: mail_inbox или mail).",
    },
    "channels.inbox_password_form": {
        "en": "The mailbox's password has characters that IMAP's LOGIN does not take: use ASCII characters only.",
        "ru": "В пароле почтового ящика есть знаки, недопустимые для IMAP: используйте только латиницу, цифры и знаки "
        "ASCII.",
    },
    "channels.inbox_no_folder": {
        "en": "The mailbox has no folder {folder}: {answer}",
        "ru": "В почтовом ящике нет папки {folder}: {answer}",
    },
}
