"""The sentences of checks of the ways to customers in `ringback.yaml`; `ringback/messages.py` takes them in."""

from collections.abc import Mapping

CHANNEL_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "ringback.form_quiet": {
        "en": "write from when to when by the clock, such as 21:00-08:00",
        "ru": "напишите, с какого и до какого часа, например 21:00-08:00",
    },
    "ringback.form_gateway": {
        "en": "write an address that begins with https:// or http://, without curly brackets",
        "ru": "напишите адрес, начинающийся с https:// или http://, без фигурных скобок",
    },
    "ringback.form_gateway_field": {
        "en": "write a field's name of letters, digits, dots, dashes and underscores",
        "ru": "напишите имя поля из латинских букв, цифр, точек, дефисов и подчёркиваний",
    },
    "ringback.form_bot": {
        "en": "write the bot's name without @, such as example_support_bot",
        "ru": "напишите имя бота без @, например example_support_bot",
    },
    "ringback.inbox_folder": {
        "en": "{given} is no folder of a mailbox: write its name as the server has it, without quotes and backslashes.",
        "ru": "{given} не может быть папкой почтового ящика: напишите её имя, как на сервере, без кавычек и обратной "
        "черты.",
    },
    "ringback.gateway_lacks": {
        "en": "No field has the word {fact} in curly brackets: the gateway would not know it.",
        "ru": "Ни в одном поле нет слова {fact} в фигурных скобках: шлюз его не узнает.",
    },
    "ringback.service_without_to": {
        "en": "The URL has no place for the customer's address: write the word to in curly brackets, behind ://.",
        "ru": "В URL нет места для адреса клиента: напишите слово to в фигурных скобках после ://.",
    },
    "ringback.service_name": {
        "en": "{name} is a channel of its own: call the service by another name.",
        "ru": "{name} — отдельный канал: назовите службу иначе.",
    },
    "ringback.template_fact": {
        "en": "Nothing is put in for {given} in curly brackets; there are: {known}.",
        "ru": "Для {given} в фигурных скобках ничего не подставляется; есть: {known}.",
    },
    "ringback.no_channel": {
        "en": "There is no channel {name}; there are: {known}.",
        "ru": "Канала {name} нет; есть: {known}.",
    },
    "ringback.survey_link_address": {
        "en": "The survey's link needs an address at which customers reach these pages: set web.public_url.",
        "ru": "Для ссылки на опрос нужен адрес, по которому клиентам доступны эти страницы: укажите web.public_url.",
    },
    "ringback.survey_link_chat": {
        "en": "A survey's link goes by mail to nobody whose address is unknown: choose text_message or a service that "
        "takes numbers.",
        "ru": "Ссылку на опрос можно отправить только на номер: выберите text_message или службу, которая принимает "
        "номера.",
    },
    "ringback.links_nowhere": {
        "en": "Agents can send no links until web.public_url says how customers reach these pages.",
        "ru": "Операторы не смогут отправлять ссылки, пока в web.public_url не указано, по какому адресу клиентам "
        "доступны эти страницы.",
    },
    "ringback.no_documents": {
        "en": "The folder of documents {folder} cannot be read: nobody can send one.",
        "ru": "Папка документов {folder} не читается: отправить документ не получится.",
    },
}
