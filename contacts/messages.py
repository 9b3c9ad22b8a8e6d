"""The sentences about contacts, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Numbers and addresses.
    "contacts.no_phone": {
        "en": "This is not a phone number: {typed}",
        "ru": "Это не номер телефона: {typed}",
    },
    "contacts.no_email": {
        "en": "This is not an email address: {typed}",
        "ru": "Это не адрес электронной почты: {typed}",
    },
    "contacts.no_telegram": {
        "en": "This is not a Telegram ID or @name: {typed}",
        "ru": "Это не ID в Telegram и не @имя: {typed}",
    },
    "contacts.no_kind": {
        "en": "Choose what it is: a number, an email address or Telegram.",
        "ru": "Выберите, что это: номер, адрес электронной почты или Telegram.",
    },
    "contacts.has_it": {
        "en": "This person already has {value}.",
        "ru": "У этого человека уже есть {value}.",
    },
    "contacts.of_another": {
        "en": "Somebody else has {value}. If it is the same person, merge the two. If they share it, tick the box and "
        "add it again.",
        "ru": "{value} уже есть у другого человека. Если это один и тот же человек, объедините контакты. Если они "
        "пользуются им вместе, поставьте отметку и добавьте ещё раз.",
    },
    "contacts.enough_points": {
        "en": "A person can have {most} numbers and addresses at most.",
        "ru": "У одного человека может быть не больше {most} номеров и адресов.",
    },
    "contacts.no_consent": {
        "en": "Choose yes, no or not known.",
        "ru": "Выберите: да, нет или неизвестно.",
    },
    "contacts.no_how": {
        "en": "Say how the answer came, e.g. by phone, a form, a letter.",
        "ru": "Укажите, как был получен ответ: например, по телефону, в анкете, в письме.",
    },
    # Changed, merged.
    "contacts.gone": {
        "en": "This person was erased or merged with another one in the meantime: search again.",
        "ru": "Этого человека тем временем удалили или объединили с другим: поищите ещё раз.",
    },
    "contacts.same": {
        "en": "This is the same person already.",
        "ru": "Это и так один и тот же человек.",
    },
    "contacts.undone": {
        "en": "This merge has been undone already: reload the page.",
        "ru": "Это объединение уже отменено: загрузите страницу заново.",
    },
    "contacts.merged_on": {
        "en": "A later merge has to be undone first.",
        "ru": "Сначала нужно отменить более позднее объединение.",
    },
    # Files.
    "contacts.empty_file": {
        "en": "The file is empty.",
        "ru": "Файл пуст.",
    },
    "contacts.no_columns": {
        "en": "The first line must name the columns, and one of them must be Phone, Email or Telegram.",
        "ru": "В первой строке должны быть названия столбцов, и один из них: телефон, email или Telegram.",
    },
    "contacts.no_table": {
        "en": "This cannot be read as a table: {why}",
        "ru": "Это не удаётся прочитать как таблицу: {why}",
    },
    "contacts.no_cards": {
        "en": "There is no vCard in this file.",
        "ru": "В этом файле нет ни одной vCard.",
    },
    "contacts.too_long": {
        "en": "There are more than {most} persons in the file: split it, or use “ringback contacts import”.",
        "ru": "В файле больше {most} человек: разделите его или используйте «ringback contacts import».",
    },
    "contacts.too_many_cells": {
        "en": "The line has {cells} cells, the first line only {heads}.",
        "ru": "Ячеек в строке: {cells}, а в первой строке только {heads}.",
    },
    "contacts.no_points": {
        "en": "{name} has no number and no address.",
        "ru": "Нет ни номера, ни адреса: {name}",
    },
    "contacts.nobody": {
        "en": "There is no name, number or address here.",
        "ru": "Здесь нет ни имени, ни номера, ни адреса.",
    },
    "contacts.card_unended": {
        "en": "The vCard that begins here does not end.",
        "ru": "Начатая здесь vCard не закончена.",
    },
    "contacts.card_long": {
        "en": "The vCard that begins here is too long.",
        "ru": "Начатая здесь vCard слишком длинная.",
    },
    "contacts.card_line": {
        "en": "This line of a vCard was not understood: {line}",
        "ru": "Эта строка vCard непонятна: {line}",
    },
    "contacts.card_broken": {
        "en": "The vCard that begins here cannot be read: {why}",
        "ru": "Начатую здесь vCard не удаётся прочитать: {why}",
    },
    "contacts.big_file": {
        "en": "The file is larger than {most} MB: split it, or use “ringback contacts import”.",
        "ru": "Файл больше {most} МБ: разделите его или используйте «ringback contacts import».",
    },
    "contacts.import_over": {
        "en": "This file has been imported or withdrawn already: choose it again.",
        "ru": "Этот файл уже импортирован или отозван: выберите его ещё раз.",
    },
    "contacts.piece_missing": {
        "en": "A part of the file did not arrive: send it again.",
        "ru": "Часть файла не дошла: отправьте его ещё раз.",
    },
    "contacts.no_file": {
        "en": "Choose a file.",
        "ru": "Выберите файл.",
    },
    "contacts.no_file_here": {
        "en": "{file} cannot be read: {why}",
        "ru": "Не удаётся прочитать {file}: {why}",
    },
    "contacts.no_store": {
        "en": "There is no store with contacts in {folder}: start Ringback once.",
        "ru": "В {folder} нет базы с контактами: запустите Ringback хотя бы раз.",
    },
}
