"""The sentences of checks of menus and of the way through them: what callers would fall into.

`ringback/messages.py` takes them in; those of other settings are in `ringback/checks_messages.py`.
"""

from collections.abc import Mapping

FLOW_SENTENCES: Mapping[str, Mapping[str, str | Mapping[str, str]]] = {
    "ringback.menu_deep": {
        "en": "Callers come here by {count} menus one after another ({path}): let a choice nearer the beginning lead "
        "here, so that there are {most} at most, or say why under `long`.",
        "ru": "Сюда попадают через несколько меню подряд, всего {count} ({path}): сделайте путь короче, не больше "
        "{most}, или объясните причину в `long`.",
    },
    "ringback.case_never": {
        "en": "Nobody comes to this case: the ones before it take every caller of whom it would be true. Put it before "
        "them, or delete it.",
        "ru": "До этого условия не доходит никто: всех, кому оно подходит, забирают условия перед ним. Поставьте его "
        "раньше или удалите.",
    },
    "ringback.case_contradicts": {
        "en": "This case can never be true: it asks for the opposite of what the case around it does.",
        "ru": "Это условие никогда не выполнится: оно требует обратного тому, внутри чего стоит.",
    },
    "ringback.language_not_served": {
        "en": "Line {line} does not serve callers in language {language}, so nobody looks whether all of it is there: "
        "add it to `languages` of the line.",
        "ru": "Линия {line} не обслуживает на языке {language}, и никто не проверяет, всё ли на нём есть: добавьте "
        "его в `languages` этой линии.",
    },
    "ringback.callback_off": {
        "en": "Queue {queue} calls nobody back (`callback: off`), so whoever chose this would wait in line: lead to "
        "the queue by `queue`, or let it call back.",
        "ru": "Очередь {queue} никому не перезванивает (`callback: off`), и выбравший это попал бы в ожидание: "
        "ведите в неё через `queue` или включите обратные звонки.",
    },
    "ringback.transfer_no_trunk": {
        "en": "{number} cannot be reached: numbers outside need a `trunk`. Callers would hear nothing, and then get a "
        "person.",
        "ru": "До {number} не дозвониться: для внешних номеров нужен `trunk`. Звонящий услышал бы тишину и попал к "
        "сотруднику.",
    },
    "ringback.hours_apart": {
        "en": "Line {line} ({first}) and queue {queue} ({second}) are never open at the same time: whoever chooses the "
        "queue always hears that it is closed.",
        "ru": "Линия {line} ({first}) и очередь {queue} ({second}) никогда не работают одновременно: выбравший очередь "
        "всегда услышит, что сейчас закрыто.",
    },
    "ringback.words_alike": {
        "en": "“{words}” sounds too much like “{first}” of key {key} to be told from it on the phone: choose other "
        "words.",
        "ru": "«{words}» на слух не отличить от «{first}» у клавиши {key}: подберите другие слова.",
    },
    "ringback.words_one_language": {
        "en": "The menu is heard in language {language} too, and has no words for this choice in it: there, only its "
        "number can be said.",
        "ru": "Меню звучит и на языке {language}, а слов для этого выбора на нём нет: там можно назвать только номер.",
    },
}
