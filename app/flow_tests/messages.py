"""Sentences of scripted callers, by code and language (`app/messages.py` takes them in)."""

from ringback.messages import Sentences

FLOW_TEST_SENTENCES: Sentences = {
    # The file.
    "app.flow_no_file": {
        "en": "There is no {file}: write one (docs/menus.md), or name others.",
        "ru": "Файла {file} нет: создайте его (docs/menus.md) или укажите другие.",
    },
    "app.flow_unreadable": {"en": "{file} cannot be read: {why}.", "ru": "{file} не читается: {why}."},
    "app.flow_no_tests": {
        "en": "There is no test in it: write a list, each with `name` and `expect`.",
        "ru": "В нём нет ни одной проверки: напишите список, в каждой — `name` и `expect`.",
    },
    "app.flow_tests_refused": {
        "en": {"one": "{file} has {count} mistake.", "other": "{file} has {count} mistakes."},
        "ru": {
            "one": "В {file} {count} ошибка.",
            "few": "В {file} {count} ошибки.",
            "many": "В {file} {count} ошибок.",
            "other": "В {file} {count} ошибки.",
        },
    },
    "app.flow_no_moment": {
        "en": "{given} is no moment: write day and time, such as 2027-03-01 10:30.",
        "ru": "{given} — не момент времени: напишите день и время, например 2027-03-01 10:30.",
    },
    "app.flow_nothing_expected": {
        "en": "A test that expects nothing cannot fail: say what is to become of the caller, e.g. `queue: support`.",
        "ru": "Проверка, которая ничего не ждёт, бесполезна: укажите, чем должен закончиться звонок, например `queue: "
        "support`.",
    },
    "app.flow_no_line": {
        "en": "There is no line {line}; there are: {known}.",
        "ru": "Линии {line} нет; есть: {known}.",
    },
    "app.flow_no_answer": {
        "en": "{answer} is nothing that can be answered here; there are: {known}.",
        "ru": "Такого ответа здесь быть не может: {answer}; есть: {known}.",
    },
    # What happened.
    "app.flow_calls": {"en": "calls line {line} from {number}", "ru": "звонит на линию {line} с номера {number}"},
    "app.flow_hears": {"en": "hears {prompts}", "ru": "слышит: {prompts}"},
    "app.flow_presses": {"en": "presses {keys}", "ru": "нажимает {keys}"},
    "app.flow_says": {"en": "says “{words}”", "ru": "говорит «{words}»"},
    "app.flow_silent": {"en": "says and presses nothing", "ru": "молчит и ничего не нажимает"},
    "app.flow_hangs_up": {"en": "hangs up", "ru": "кладёт трубку"},
    "app.flow_waits": {"en": "waits in queue {queue}", "ru": "ждёт в очереди {queue}"},
    "app.flow_rings": {
        "en": "the phone of {agents} rings, for queue {queue}",
        "ru": "звонит телефон ({agents}), очередь {queue}",
    },
    "app.flow_talks": {"en": "talks with {agent}", "ru": "говорит с {agent}"},
    "app.flow_outside": {"en": "is connected with {number}", "ru": "соединяется с {number}"},
    "app.flow_ended": {"en": "the call is over", "ru": "звонок окончен"},
    # What is not as expected.
    "app.flow_over_before": {
        "en": "The call was over before this could be done: {step}",
        "ru": "Звонок закончился раньше, чем дошло до этого: {step}",
    },
    "app.flow_not_now": {
        "en": "Nobody would understand this where the call is: {step}",
        "ru": "В этом месте звонка такое не поймут: {step}",
    },
    "app.flow_not_so": {
        "en": "{name} should be {expected}, and is {found}.",
        "ru": "{name}: ожидалось {expected}, на деле {found}.",
    },
    "app.flow_not_heard": {
        "en": "“{wanted}” should be heard, and is not, or not at this place.",
        "ru": "Должно звучать «{wanted}», а этого не слышно или не в этом месте.",
    },
    "app.flow_heard": {"en": "“{wanted}” is heard, and should not be.", "ru": "Звучит «{wanted}», а не должно."},
    "app.flow_test_failed": {
        "en": "A scripted caller fares otherwise than meant ({name}, {file}, line {line}). {why}",
        "ru": "Проверка звонка не прошла ({name}, {file}, строка {line}). {why}",
    },
}
