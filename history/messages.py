"""The sentences about the history of another system, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Files.
    "history.no_file": {"en": "{file} cannot be read: {why}", "ru": "Не удаётся прочитать {file}: {why}"},
    "history.empty_file": {"en": "{file} is empty.", "ru": "Файл {file} пуст."},
    "history.no_plain_file": {
        "en": "{file} is no plain file: give the name of a file.",
        "ru": "{file} — не обычный файл: укажите имя файла.",
    },
    "history.broken_file": {
        "en": "{file} cannot be read on after line {line}: {why}. Nothing was imported.",
        "ru": "{file} не читается дальше строки {line}: {why}. Ничего не импортировано.",
    },
    "history.no_lines": {
        "en": "{file} has no line break for {most} MB from line {line} on: this is no log and no table. Nothing was "
        "imported.",
        "ru": "В {file} начиная со строки {line} нет перевода строки на протяжении {most} МБ: это не журнал и не "
        "таблица. Ничего не импортировано.",
    },
    "history.bomb": {
        "en": "{file} unpacks to more than {most} MB, far more than a log of its size holds. Nothing was imported. If "
        "it is one, unpack it yourself.",
        "ru": "{file} распаковывается больше чем в {most} МБ: журнал такого размера столько не занимает. Ничего не "
        "импортировано. Если это всё же журнал, распакуйте его сами.",
    },
    "history.other_pack": {
        "en": "{file} is packed as {format}: unpack it first (gzip is read as it is).",
        "ru": "{file} упакован в {format}: сначала распакуйте его (gzip читается как есть).",
    },
    "history.many_files": {
        "en": "More than {most} files at once: import them in several parts.",
        "ru": "Больше {most} файлов сразу: импортируйте их по частям.",
    },
    "history.no_encoding": {
        "en": "There is no encoding called {value}; cp1251, latin-1 or koi8-r for example.",
        "ru": "Кодировки {value} нет; бывают, например, cp1251, latin-1, koi8-r.",
    },
    "history.no_zone": {
        "en": "There is no time zone called {value}; Europe/Berlin for example.",
        "ru": "Часового пояса {value} нет; пример: Europe/Moscow.",
    },
    "history.no_columns": {
        "en": "The first line of {file} must name the columns, among them: {columns}.",
        "ru": "В первой строке {file} должны быть названия столбцов, среди них: {columns}.",
    },
    "history.no_cdr": {
        "en": "The first line of {file} is no CDR as Asterisk writes them, and names no columns either.",
        "ru": "Первая строка {file} — не CDR в том виде, в каком их пишет Asterisk, и не названия столбцов.",
    },
    "history.mostly_broken": {
        "en": {
            "one": "{count} line was not understood, more than were: is this a {kind}? The first is line {line}: "
            "{why} Nothing was imported.",
            "other": "{count} lines were not understood, more than were: is this a {kind}? The first is line {line}: "
            "{why} Nothing was imported.",
        },
        "ru": {
            "one": "Не понята {count} строка, понято меньше: это точно {kind}? Первая такая строка — {line}: {why} "
            "Ничего не импортировано.",
            "few": "Не поняты {count} строки, понято меньше: это точно {kind}? Первая такая строка — {line}: {why} "
            "Ничего не импортировано.",
            "many": "Не понято {count} строк, понято меньше: это точно {kind}? Первая такая строка — {line}: {why} "
            "Ничего не импортировано.",
            "other": "Не поняты {count} строки, понято меньше: это точно {kind}? Первая такая строка — {line}: {why} "
            "Ничего не импортировано.",
        },
    },
    "history.no_visits": {
        "en": "There is no call to a queue in this {kind}: nothing was imported.",
        "ru": "В этом {kind} нет ни одного звонка в очередь: ничего не импортировано.",
    },
    # Lines.
    "history.long_line": {"en": "The line is longer than {most} bytes.", "ru": "Строка длиннее {most} байт."},
    "history.nul": {
        "en": "There are zero bytes in the line, as a crash leaves them.",
        "ru": "В строке есть нулевые байты — такое остаётся после сбоя.",
    },
    "history.few_fields": {
        "en": "The line has {got} fields, and should have {wanted}.",
        "ru": "Полей в строке: {got}, а должно быть {wanted}.",
    },
    "history.no_table_line": {
        "en": "The line cannot be read as one of a table: {why}",
        "ru": "Строка не читается как строка таблицы: {why}",
    },
    "history.no_time": {"en": "This is no time that can be: {value}", "ru": "Такого времени быть не может: {value}"},
    "history.no_seconds": {
        "en": "This is no duration from 0 to 7 days: {value}",
        "ru": "Это не длительность от 0 до 7 дней: {value}",
    },
    "history.no_event": {"en": "This is no event: {value}", "ru": "Это не событие: {value}"},
    "history.no_call": {
        "en": "The event of a call names no call or no queue.",
        "ru": "Событие звонка без самого звонка или без очереди.",
    },
    "history.no_queue_here": {"en": "No queue is named.", "ru": "Не названа очередь."},
    "history.no_outcome": {
        "en": "“{value}” is no outcome; those are: {outcomes}. The map can say which it is.",
        "ru": "«{value}» — не исход; исходы: {outcomes}. Что это значит, можно указать в файле соответствий.",
    },
    "history.no_ended_by": {
        "en": "“{value}” cannot have ended the talk: write caller, agent or nothing.",
        "ru": "«{value}» не может завершить разговор: напишите caller, agent или ничего.",
    },
    "history.no_yes": {"en": "“{value}” is neither yes nor no.", "ru": "«{value}» — ни yes, ни no."},
    # The map.
    "history.no_map": {"en": "The map cannot be used: {why}", "ru": "Файл соответствий нельзя использовать: {why}"},
    "history.map_queue": {
        "en": "The map names the queue “{name}”, which is not in the settings; there are: {ours}.",
        "ru": "В файле соответствий названа очередь «{name}», которой нет в настройках; есть: {ours}.",
    },
    "history.map_agent": {
        "en": "The map names the agent “{name}”, who is not in the settings; there are: {ours}.",
        "ru": "В файле соответствий назван оператор «{name}», которого нет в настройках; есть: {ours}.",
    },
    "history.map_line": {
        "en": "The map names the line “{name}”, which is not in the settings; there are: {ours}.",
        "ru": "В файле соответствий названа линия «{name}», которой нет в настройках; есть: {ours}.",
    },
    # Imports.
    "history.no_store": {
        "en": "There is no store in {folder} that this program can work on: start Ringback once.",
        "ru": "В {folder} нет базы, с которой умеет работать эта программа: запустите Ringback хотя бы раз.",
    },
    "history.no_number_key": {
        "en": "The key of the fingerprints of numbers in {folder}/secrets.yaml cannot be read now.",
        "ru": "Ключ отпечатков номеров в {folder}/secrets.yaml сейчас не прочитать.",
    },
    "history.goes_on": {
        "en": "Another import, or its undoing, goes on just now: wait until it has ended.",
        "ru": "Сейчас идёт другой импорт или его отмена: дождитесь конца.",
    },
    "history.broken_off": {
        "en": "The import of {files} was broken off: repeat its command, which goes on with it, or take it back with "
        "`ringback import undo {id}`.",
        "ru": "Импорт {files} прерван: повторите его команду, чтобы продолжить, или отмените его: `ringback import "
        "undo {id}`.",
    },
    "history.undo_broken_off": {
        "en": "The undoing of an import was broken off: end it with `ringback import undo {id}`.",
        "ru": "Отмена импорта прервана: завершите её командой `ringback import undo {id}`.",
    },
    "history.no_import": {
        "en": "There is no import {id}: `ringback import list` shows those there are.",
        "ru": "Импорта {id} нет: все импорты показывает `ringback import list`.",
    },
    "history.undone_already": {
        "en": "The import {id} has been undone already, by {by}.",
        "ru": "Импорт {id} уже отменён; отменил: {by}.",
    },
    # What is left out, and what is to be known.
    "history.left_going_on": {
        "en": {
            "one": "{count} call goes on at the end of the last file: left out until it is imported with the file "
            "that follows.",
            "other": "{count} calls go on at the end of the last file: left out until they are imported with the file "
            "that follows.",
        },
        "ru": {
            "one": "{count} звонок продолжается после конца последнего файла: он войдёт при импорте вместе со "
            "следующим файлом.",
            "few": "{count} звонка продолжаются после конца последнего файла: они войдут при импорте вместе со "
            "следующим файлом.",
            "many": "{count} звонков продолжаются после конца последнего файла: они войдут при импорте вместе со "
            "следующим файлом.",
            "other": "{count} звонка продолжаются после конца последнего файла: они войдут при импорте вместе со "
            "следующим файлом.",
        },
    },
    "history.left_beheaded": {
        "en": {
            "one": "{count} end of a visit that does not say when the visit began: left out.",
            "other": "{count} ends of visits that do not say when the visit began: left out.",
        },
        "ru": {
            "one": "{count} завершение без указания, когда звонок попал в очередь: пропущено.",
            "few": "{count} завершения без указания, когда звонок попал в очередь: пропущены.",
            "many": "{count} завершений без указания, когда звонок попал в очередь: пропущены.",
            "other": "{count} завершения без указания, когда звонок попал в очередь: пропущены.",
        },
    },
    "history.left_no_queue": {
        "en": {
            "one": "{count} call used no queue: left out.",
            "other": "{count} calls used no queue: left out.",
        },
        "ru": {
            "one": "{count} звонок прошёл мимо очередей: пропущен.",
            "few": "{count} звонка прошли мимо очередей: пропущены.",
            "many": "{count} звонков прошли мимо очередей: пропущены.",
            "other": "{count} звонка прошли мимо очередей: пропущены.",
        },
    },
    "history.left_by_map": {
        "en": {
            "one": "{count} visit is left out, as the map says.",
            "other": "{count} visits are left out, as the map says.",
        },
        "ru": {
            "one": "{count} визит пропущен, как указано в файле соответствий.",
            "few": "{count} визита пропущены, как указано в файле соответствий.",
            "many": "{count} визитов пропущено, как указано в файле соответствий.",
            "other": "{count} визита пропущены, как указано в файле соответствий.",
        },
    },
    "history.note_lost_restart": {
        "en": {
            "one": "{count} visit has no end, because Asterisk was started again: its length is not known.",
            "other": "{count} visits have no end, because Asterisk was started again: their length is not known.",
        },
        "ru": {
            "one": "{count} визит без конца: Asterisk запускали заново, длительность неизвестна.",
            "few": "{count} визита без конца: Asterisk запускали заново, длительность неизвестна.",
            "many": "{count} визитов без конца: Asterisk запускали заново, длительность неизвестна.",
            "other": "{count} визита без конца: Asterisk запускали заново, длительность неизвестна.",
        },
    },
    "history.note_lost_silent": {
        "en": {
            "one": "{count} visit has no end, and nothing was heard of it for a day.",
            "other": "{count} visits have no end, and nothing was heard of them for a day.",
        },
        "ru": {
            "one": "{count} визит без конца: за сутки о нём ничего больше нет.",
            "few": "{count} визита без конца: за сутки о них ничего больше нет.",
            "many": "{count} визитов без конца: за сутки о них ничего больше нет.",
            "other": "{count} визита без конца: за сутки о них ничего больше нет.",
        },
    },
    "history.note_lost_unended": {
        "en": {
            "one": "{count} visit has no end though the call went on elsewhere.",
            "other": "{count} visits have no end though the call went on elsewhere.",
        },
        "ru": {
            "one": "{count} визит без конца, хотя звонок продолжился в другом месте.",
            "few": "{count} визита без конца, хотя звонки продолжились в другом месте.",
            "many": "{count} визитов без конца, хотя звонки продолжились в другом месте.",
            "other": "{count} визита без конца, хотя звонки продолжились в другом месте.",
        },
    },
    "history.note_no_wait": {
        "en": {
            "one": "{count} answered visit was in a menu first, and its CDR does not say when the agent answered: "
            "wait and talk are not known. The queue_log knows them.",
            "other": "{count} answered visits were in a menu first, and their CDRs do not say when the agent "
            "answered: wait and talk are not known. The queue_log knows them.",
        },
        "ru": {
            "one": "{count} отвеченный визит начался с меню, и по CDR не видно, когда ответил оператор: ожидание и "
            "разговор неизвестны. Они есть в queue_log.",
            "few": "{count} отвеченных визита начались с меню, и по CDR не видно, когда ответил оператор: ожидание и "
            "разговор неизвестны. Они есть в queue_log.",
            "many": "{count} отвеченных визитов начались с меню, и по CDR не видно, когда ответил оператор: ожидание "
            "и разговор неизвестны. Они есть в queue_log.",
            "other": "{count} отвеченных визита начались с меню, и по CDR не видно, когда ответил оператор: ожидание "
            "и разговор неизвестны. Они есть в queue_log.",
        },
    },
    "history.note_hour_twice": {
        "en": {
            "one": "{count} time is in the hour that came twice when summer time ended: the first is taken.",
            "other": "{count} times are in the hour that came twice when summer time ended: the first is taken.",
        },
        "ru": {
            "one": "{count} время приходится на час, который повторился при переводе часов назад: взят первый.",
            "few": "{count} времени приходятся на час, который повторился при переводе часов назад: взят первый.",
            "many": "{count} времён приходятся на час, который повторился при переводе часов назад: взят первый.",
            "other": "{count} времени приходятся на час, который повторился при переводе часов назад: взят первый.",
        },
    },
    "history.note_hour_never": {
        "en": {
            "one": "{count} time is in the hour that summer time skipped: is the zone right (--zone)?",
            "other": "{count} times are in the hour that summer time skipped: is the zone right (--zone)?",
        },
        "ru": {
            "one": "{count} время приходится на час, пропущенный при переводе часов вперёд: верен ли пояс (--zone)?",
            "few": "{count} времени приходятся на час, пропущенный при переводе часов вперёд: верен ли пояс (--zone)?",
            "many": "{count} времён приходятся на час, пропущенный при переводе часов вперёд: верен ли пояс (--zone)?",
            "other": "{count} времени приходятся на час, пропущенный при переводе часов вперёд: верен ли пояс "
            "(--zone)?",
        },
    },
    "history.note_other_zone": {
        "en": {
            "one": "{count} row has another time than its channel's name: is the zone right (--zone)?",
            "other": "{count} rows have another time than their channels' names: is the zone right (--zone)?",
        },
        "ru": {
            "one": "У {count} строки время не такое, как в имени канала: верен ли пояс (--zone)?",
            "few": "У {count} строк время не такое, как в имени канала: верен ли пояс (--zone)?",
            "many": "У {count} строк время не такое, как в имени канала: верен ли пояс (--zone)?",
            "other": "У {count} строк время не такое, как в имени канала: верен ли пояс (--zone)?",
        },
    },
    "history.note_encoding": {
        "en": {
            "one": "{count} line is not UTF-8, and was read as --encoding says.",
            "other": "{count} lines are not UTF-8, and were read as --encoding says.",
        },
        "ru": {
            "one": "{count} строка не в UTF-8 и прочитана так, как указано в --encoding.",
            "few": "{count} строки не в UTF-8 и прочитаны так, как указано в --encoding.",
            "many": "{count} строк не в UTF-8 и прочитаны так, как указано в --encoding.",
            "other": "{count} строки не в UTF-8 и прочитаны так, как указано в --encoding.",
        },
    },
}
