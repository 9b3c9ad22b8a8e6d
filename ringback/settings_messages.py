"""The sentences about `ringback.yaml`, by code and language: what is wrong with a setting, and what to write.

`ringback/messages.py` takes them in with the others of the ground; a line stands beside each, so they name no file.
"""

from collections.abc import Mapping

SETTINGS_SENTENCES: Mapping[str, Mapping[str, str | Mapping[str, str]]] = {
    "ringback.settings_refused": {
        "en": {"one": "{file} has {count} mistake.", "other": "{file} has {count} mistakes."},
        "ru": {
            "one": "В {file} {count} ошибка.",
            "few": "В {file} {count} ошибки.",
            "many": "В {file} {count} ошибок.",
            "other": "В {file} {count} ошибки.",
        },
    },
    "ringback.settings_wrong": {"en": "{whys}", "ru": "{whys}"},
    "ringback.did_you_mean": {"en": "Did you mean {meant}?", "ru": "Возможно, имелось в виду {meant}?"},
    # The file.
    "ringback.settings_unreadable": {"en": "The file cannot be read: {why}.", "ru": "Файл не читается: {why}."},
    "ringback.settings_too_large": {
        "en": "The file is larger than {most} kB: is it the settings?",
        "ru": "Файл больше {most} кБ: это точно настройки?",
    },
    "ringback.settings_odd_character": {
        "en": "A character that no text has stands here ({character}): delete it.",
        "ru": "Здесь знак, которого в тексте не бывает ({character}): удалите его.",
    },
    "ringback.settings_not_utf8": {
        "en": "From here on this is no UTF-8: save the file in your editor with the encoding UTF-8.",
        "ru": "Отсюда файл не в UTF-8: сохраните его в редакторе в кодировке UTF-8.",
    },
    "ringback.settings_not_yaml": {
        "en": "This cannot be read as YAML: {why}",
        "ru": "Это не читается как YAML: {why}",
    },
    "ringback.settings_too_deep": {
        "en": "Brackets lie in brackets too deep to be read: is it the settings?",
        "ru": "Слишком много вложенных скобок: это точно настройки?",
    },
    "ringback.settings_endless": {
        "en": "An alias (*) leads to itself, or to too many others: write the part out.",
        "ru": "Псевдоним (*) ведёт к самому себе или к слишком многим другим: напишите эту часть целиком.",
    },
    "ringback.settings_no_names": {
        "en": "The file must consist of names with values, such as `timezone: Europe/Berlin`.",
        "ru": "Файл должен состоять из имён со значениями, например `timezone: Europe/Berlin`.",
    },
    "ringback.settings_odd_key": {
        "en": "A name of a setting must be one word or number: brackets cannot be a name.",
        "ru": "Имя настройки — одно слово или число: скобки не могут быть именем.",
    },
    "ringback.settings_tag": {
        "en": "{tag} is a tag, which settings do not have: delete it, or put the text in quotes.",
        "ru": "{tag} — тег, в настройках их нет: удалите его или возьмите текст в кавычки.",
    },
    "ringback.settings_twice": {
        "en": "{name} stands here a second time, the first is in line {first}: keep one, with all that belongs to it.",
        "ru": "{name} встречается здесь второй раз, первый — в строке {first}: оставьте одно, со всем содержимым.",
    },
    "ringback.settings_in_two_files": {
        "en": "{name} stands in two files, first at {first}: keep one, with all that belongs to it.",
        "ru": "{name} встречается в двух файлах, первый раз — {first}: оставьте одно, со всем содержимым.",
    },
    "ringback.settings_leading_zero": {
        "en": "A number that begins with 0 means another one to YAML: write '{given}', with the quotes.",
        "ru": "Число с нулём в начале YAML понимает иначе: напишите '{given}' в кавычках.",
    },
    "ringback.yaml_tab": {
        "en": "a tab stands here, and YAML takes only spaces at the beginning of a line.",
        "ru": "здесь стоит табуляция, а в начале строки YAML допускает только пробелы.",
    },
    "ringback.yaml_colon": {
        "en": "a colon stands where none can: put a text with a colon in quotes, and write each setting in a line.",
        "ru": "двоеточие не на своём месте: текст с двоеточием возьмите в кавычки, каждую настройку — на своей строке.",
    },
    "ringback.yaml_no_colon": {
        "en": "a name without a value stands here or in the line before: write `name: value`, with a space.",
        "ru": "здесь или строкой выше имя без значения: пишите `имя: значение`, с пробелом.",
    },
    "ringback.yaml_two_documents": {
        "en": "a second document begins here (`---`): there must be one.",
        "ru": "здесь начинается второй документ (`---`): должен быть один.",
    },
    "ringback.yaml_alias": {
        "en": "a text that begins with * is an alias to YAML: put it in quotes.",
        "ru": "текст, который начинается с *, YAML считает псевдонимом: возьмите его в кавычки.",
    },
    "ringback.yaml_indent": {
        "en": "this line does not stand below the others of its part: give all as many spaces, and close brackets.",
        "ru": "эта строка стоит не под остальными из своей части: сделайте одинаковый отступ и закройте скобки.",
    },
    "ringback.yaml_bracket": {
        "en": "a comma or the closing bracket is missing here or before; a text with a colon or comma needs quotes.",
        "ru": "здесь или раньше не хватает запятой или скобки; текст с двоеточием или запятой берут в кавычки.",
    },
    "ringback.yaml_unclosed": {
        "en": "quotes that were opened before are not closed.",
        "ru": "кавычки, открытые раньше, не закрыты.",
    },
    "ringback.yaml_conflict": {
        "en": "two versions of the file meet here (`<<<<<<<`): keep one, and delete these lines.",
        "ru": "здесь столкнулись две версии файла (`<<<<<<<`): оставьте одну и удалите эти строки.",
    },
    "ringback.yaml_other": {
        "en": "this is no line of YAML: write `name: value`, and what belongs to it below, with spaces before it.",
        "ru": "это не строка YAML: пишите `имя: значение`, а то, что внутри, — ниже, с пробелами в начале.",
    },
    "ringback.yaml_quote": {
        "en": "a text cannot begin with this character: put it in quotes.",
        "ru": "текст не может начинаться с этого знака: возьмите его в кавычки.",
    },
    # One setting.
    "ringback.old_setting": {
        "en": "{place} is called {new} now; the old name is still read.",
        "ru": "{place} теперь называется {new}; старое имя пока действует.",
    },
    "ringback.old_survey": {
        "en": "Questions stand in a list now, `questions`, one entry for each; the old form of {place} is still read.",
        "ru": "Вопросы теперь стоят в списке `questions`, по записи на каждый; прежний вид {place} пока действует.",
    },
    "ringback.survey_options": {
        "en": "{count} answers to one question are too many: callers remember {most} at most.",
        "ru": "Ответов на один вопрос слишком много ({count}): на слух запоминают не больше {most}.",
    },
    "ringback.survey_questions": {
        "en": "{count} questions are too many: ask {most} at most, later ones are answered at random.",
        "ru": "Вопросов слишком много ({count}): задавайте не больше {most}, на следующие отвечают наугад.",
    },
    "ringback.survey_measure": {
        "en": "{measure} is counted by what answers mean: give one of the options `means: {means}`.",
        "ru": "{measure} считается по значению ответов: укажите у одного из них `means: {means}`.",
    },
    "ringback.survey_opt_out_key": {
        "en": "Key {key} is an answer and would stop the survey as well: give `opt_out_key` another key, or null.",
        "ru": "Клавиша {key} — это и ответ, и отказ от опросов: дайте `opt_out_key` другую клавишу или null.",
    },
    "ringback.survey_name_twice": {
        "en": "Two questions are counted under {name}: give each a name of its own.",
        "ru": "Два вопроса считаются под именем {name}: дайте каждому своё.",
    },
    "ringback.both_names": {
        "en": "{place} is called {new} now: give one of the two.",
        "ru": "{place} теперь называется {new}: оставьте одно из двух.",
    },
    "ringback.settings_meant": {
        "en": "There is no setting {name} here.",
        "ru": "Настройки {name} здесь нет.",
    },
    "ringback.settings_elsewhere": {
        "en": "There is no setting {name} here; it belongs to: {places}.",
        "ru": "Настройки {name} здесь нет; её место: {places}.",
    },
    "ringback.settings_unknown": {
        "en": "There is no setting {name} here; there are: {known}.",
        "ru": "Настройки {name} здесь нет; есть: {known}.",
    },
    "ringback.settings_missing": {"en": "{name} is missing: give it.", "ru": "Не хватает {name}: укажите."},
    "ringback.settings_empty": {
        "en": "Nothing stands here: write a value, or leave the name out.",
        "ru": "Здесь ничего нет: напишите значение или уберите имя.",
    },
    "ringback.settings_form": {"en": "{given} cannot stand here: {form}.", "ru": "{given} здесь не подходит: {form}."},
    "ringback.settings_not_one_of": {
        "en": "{given} cannot stand here: write one of {known}.",
        "ru": "{given} здесь не подходит: напишите одно из {known}.",
    },
    "ringback.settings_no_number": {
        "en": "{given} is no number: write digits alone.",
        "ru": "{given} — не число: напишите только цифры.",
    },
    "ringback.settings_counted": {
        "en": "{given} is counted in {unit}: write {right}.",
        "ru": "{given} указывается в единицах {unit}: напишите {right}.",
    },
    "ringback.settings_least": {
        "en": "{given} is too small: write {bound} or more.",
        "ru": "{given} — слишком мало: напишите {bound} или больше.",
    },
    "ringback.settings_most": {
        "en": "{given} is too large: write {bound} or less.",
        "ru": "{given} — слишком много: напишите {bound} или меньше.",
    },
    "ringback.settings_more": {
        "en": "{given} is too small: write more than {bound}.",
        "ru": "{given} — слишком мало: напишите больше {bound}.",
    },
    "ringback.settings_less": {
        "en": "{given} is too large: write less than {bound}.",
        "ru": "{given} — слишком много: напишите меньше {bound}.",
    },
    "ringback.settings_too_short": {
        "en": "This is too little: give {least} or more.",
        "ru": "Слишком мало: нужно не меньше {least}.",
    },
    "ringback.settings_too_long": {
        "en": "This is too much: give {most} at most.",
        "ru": "Слишком много: нужно не больше {most}.",
    },
    "ringback.settings_no_bool": {
        "en": "{given} is neither yes nor no: write `true` or `false`.",
        "ru": "{given} — не да и не нет: напишите `true` или `false`.",
    },
    "ringback.settings_no_date": {
        "en": "{given} is no day: write e.g. 2026-12-24.",
        "ru": "{given} — не день: напишите, например, 2026-12-24.",
    },
    "ringback.settings_no_text": {
        "en": "A text belongs here, not a list and no names with values.",
        "ru": "Здесь нужен текст, а не список и не имена со значениями.",
    },
    "ringback.settings_no_list": {
        "en": "A list belongs here, in brackets or with dashes, not {given}.",
        "ru": "Здесь нужен список, в скобках или с тире, а не {given}.",
    },
    "ringback.settings_no_section": {
        "en": "Names with values belong here, one in each line, not {given}.",
        "ru": "Здесь нужны имена со значениями, по одному в строке, а не {given}.",
    },
    "ringback.settings_secret": {
        "en": "Passwords do not stand in this file: take it out, and write it as `{name}` into `secrets.yaml` of the "
        "data folder.",
        "ru": "Паролей в этом файле не бывает: уберите его отсюда и напишите как `{name}` в `secrets.yaml` в папке "
        "данных.",
    },
    "ringback.settings_look_alike": {
        "en": "Some letters of this name only look Latin, or cannot be seen: write {name} anew.",
        "ru": "В этом имени есть буквы, которые только похожи на латинские, или невидимые знаки: напишите {name} "
        "заново, латиницей.",
    },
    "ringback.settings_dotted": {
        "en": "There is no setting {name}: settings of a section stand in it, write {right}.",
        "ru": "Настройки {name} нет: настройки раздела пишут внутри него, напишите {right}.",
    },
    "ringback.settings_list_of": {
        "en": "A list belongs here: begin each entry of {name} with a dash and a space.",
        "ru": "Здесь нужен список: начните каждую запись в {name} с тире и пробела.",
    },
    "ringback.settings_names_of": {
        "en": "Names with values belong here and no list: write each part of {name} as `name: value`, without a dash.",
        "ru": "Здесь нужны имена со значениями, а не список: пишите части {name} как `имя: значение`, без тире.",
    },
    "ringback.settings_no_space": {
        "en": "{given} is one word to YAML, which wants a colon and a space: write {right}.",
        "ru": "Для YAML {given} — одно слово, нужны двоеточие и пробел: напишите {right}.",
    },
    "ringback.settings_entry": {
        "en": "{given} is not enough: write all of the entry, such as `{example}`.",
        "ru": "Одного {given} мало: напишите запись целиком, например `{example}`.",
    },
    "ringback.settings_control": {
        "en": "A character that no text has stands here ({character}): delete it.",
        "ru": "Здесь знак, которого в тексте не бывает ({character}): удалите его.",
    },
    "ringback.settings_odd_space": {
        "en": "This line begins with a space that YAML does not take for one ({character}): write plain spaces.",
        "ru": "В начале строки пробел, который YAML за пробел не считает ({character}): поставьте обычные пробелы.",
    },
    "ringback.settings_merge": {
        "en": "After << belong names with values from elsewhere, as *name: delete it.",
        "ru": "После << должны стоять имена со значениями из другого места, в виде *имя: удалите это.",
    },
    "ringback.rtp_range": {
        "en": "{given} is a range: write rtp_first: {first} and rtp_last: {last}.",
        "ru": "{given} — диапазон: напишите rtp_first: {first} и rtp_last: {last}.",
    },
    # What may be written, after a colon.
    "ringback.form_pattern": {"en": "it must look like {pattern}", "ru": "нужно по образцу {pattern}"},
    "ringback.form_key": {"en": "write one digit", "ru": "напишите одну цифру"},
    "ringback.form_name": {
        "en": "a name begins with a small Latin letter and goes on with such letters, digits, - and _, 40 at most",
        "ru": "имя начинается со строчной латинской буквы, дальше такие буквы, цифры, - и _, всего не больше 40",
    },
    "ringback.form_prompt": {
        "en": "the name of a prompt has small Latin letters, digits, - and _",
        "ru": "имя фразы состоит из строчных латинских букв, цифр, - и _",
    },
    "ringback.form_language": {
        "en": "write the code of a language, two or three small Latin letters: en, ru, fr",
        "ru": "напишите код языка из двух-трёх строчных латинских букв: en, ru, fr",
    },
    "ringback.form_digits": {"en": "write 2 to 15 digits and nothing else", "ru": "напишите от 2 до 15 цифр"},
    "ringback.form_hours": {
        "en": "write two times of the day, such as 09:00-18:00; the end of the day is 24:00",
        "ru": "напишите два времени суток, например 09:00-18:00; конец суток — 24:00",
    },
    "ringback.form_prefix": {
        "en": "write how the number begins, with + and the country's code, such as +49",
        "ru": "напишите начало номера с + и кодом страны, например +49",
    },
    "ringback.form_origin": {
        "en": "write a site without a path, such as https://shop.example",
        "ru": "напишите сайт без пути, например https://shop.example",
    },
    "ringback.form_days": {
        "en": "write a day or two with a dash: mon, tue, wed, thu, fri, sat, sun, mon-fri",
        "ru": "напишите день или два через дефис: mon, tue, wed, thu, fri, sat, sun, mon-fri",
    },
    "ringback.form_room": {"en": "write e.g. 5 GB or 10%", "ru": "напишите, например, 5 GB или 10%"},
    "ringback.form_storage": {
        "en": "write where copies go as a URL, such as s3://bucket/calls",
        "ru": "напишите, куда отправлять копии, в виде URL, например s3://bucket/calls",
    },
    "ringback.form_backup": {
        "en": "write a folder with its whole path, such as /mnt/backup/ringback, or a URL such as s3://bucket/backups",
        "ru": "напишите папку с полным путём, например /mnt/backup/ringback, или URL, например s3://bucket/backups",
    },
    "ringback.form_backup_at": {
        "en": "write a time of day as 03:30",
        "ru": "напишите время суток в виде 03:30",
    },
    "ringback.form_endpoint": {
        "en": "write the server as a URL, such as https://minio.example:9000",
        "ru": "напишите сервер в виде URL, например https://minio.example:9000",
    },
    "ringback.form_reason": {"en": "write one line", "ru": "напишите одну строку"},
    "ringback.form_vocabulary": {
        "en": "write one to four words without other characters",
        "ru": "напишите от одного до четырёх слов без других знаков",
    },
    "ringback.form_lookup_url": {
        "en": "write an address that begins with https:// and a host, with the word value in curly brackets after "
        "it, where the number goes",
        "ru": "напишите адрес, начинающийся с https:// и имени сервера, со словом value в фигурных скобках "
        "после него, на месте номера",
    },
    "ringback.form_model_url": {
        "en": "write an address that begins with http:// or https:// and a host, without user and password, up to "
        "what stands before /chat/completions",
        "ru": "напишите адрес, начинающийся с http:// или https:// и имени сервера, без имени пользователя и пароля — "
        "до того места, где идёт /chat/completions",
    },
    "ringback.form_webhook_url": {
        "en": "write an address that begins with https:// and a host, without user and password",
        "ru": "напишите адрес, начинающийся с https:// и имени сервера, без имени пользователя и пароля",
    },
    "ringback.form_system_url": {
        "en": "write an address that begins with https:// and a host, without user, password and question mark",
        "ru": "напишите адрес, начинающийся с https:// и имени сервера, без имени пользователя, пароля и знака вопроса",
    },
    "ringback.connector_needs": {
        "en": "A connector of the kind {kind} needs {setting}.",
        "ru": "Для связи вида {kind} нужна настройка {setting}.",
    },
    "ringback.connector_entity": {
        "en": "The project of a GLPI connector is the number of an entity, not {given}.",
        "ru": "Для GLPI в project указывают номер организации, а не {given}.",
    },
    "ringback.event_kind": {
        "en": "No event is of the kind {given}; there are: {known}.",
        "ru": "Событий вида {given} нет; есть: {known}.",
    },
    "ringback.form_lookup_header": {
        "en": "write a name and a value, with the word secret in curly brackets in it",
        "ru": "напишите имя и значение, со словом secret в фигурных скобках в нём",
    },
    "ringback.form_vip": {
        "en": "write the number with + and the country's code, such as +14155550100",
        "ru": "напишите номер с + и кодом страны, например +14155550100",
    },
    "ringback.form_dial_prefix": {
        "en": "write how a number begins, with +, such as +7; + alone is every number",
        "ru": "напишите начало номера с +, например +7; один + — это любой номер",
    },
    "ringback.form_dial": {
        "en": "write the digits that are dialled instead, 8 at most",
        "ru": "напишите цифры, которые набираются вместо него, не больше 8",
    },
    "ringback.form_host": {
        "en": "write a name or address alone, such as sip.example.com",
        "ru": "напишите только имя или адрес, например sip.example.com",
    },
    "ringback.form_user": {
        "en": "write the account's name alone: letters, digits, . _ + -",
        "ru": "напишите только имя учётной записи: буквы, цифры, . _ + -",
    },
    "ringback.form_caller_id": {
        "en": "write a number, with or without +, and nothing else",
        "ru": "напишите номер, с + или без, и больше ничего",
    },
    "ringback.form_called_number": {
        "en": "write auto, request, to, p-called-party-id, diversion, or the name of a header that begins with x-",
        "ru": "напишите auto, request, to, p-called-party-id, diversion или имя заголовка, которое начинается с x-",
    },
    "ringback.form_certificate_name": {
        "en": "write a name or address alone: ringback.example, 192.168.1.10",
        "ru": "напишите только имя или адрес: ringback.example, 192.168.1.10",
    },
    "ringback.form_proxy": {
        "en": "write a name or address, with a port after a colon if need be: proxy.example.com:5060",
        "ru": "напишите имя или адрес, при необходимости с портом через двоеточие: proxy.example.com:5060",
    },
    "ringback.form_source": {
        "en": "write an address, a name or a network: 203.0.113.10, sip.example.com, 203.0.113.0/24",
        "ru": "напишите адрес, имя или сеть: 203.0.113.10, sip.example.com, 203.0.113.0/24",
    },
    "ringback.form_account": {
        "en": "write the account's name, with its domain after an @ if the provider gives one",
        "ru": "напишите имя учётной записи, через @ — её домен, если провайдер его даёт",
    },
    "ringback.form_login": {
        "en": "write the login as the provider gives it, 128 characters at most, without spaces",
        "ru": "напишите логин, как его дал провайдер: не больше 128 знаков, без пробелов",
    },
    "ringback.form_realm": {
        "en": "write the realm as the provider gives it: letters, digits, . _ @ -",
        "ru": "напишите область (realm), как её дал провайдер: буквы, цифры, . _ @ -",
    },
    "ringback.form_mail": {
        "en": "write one mail address, such as ops@example.com",
        "ru": "напишите один адрес почты, например ops@example.com",
    },
    "ringback.form_service": {
        "en": "write the service as a URL that apprise knows, such as ntfys://my-topic",
        "ru": "напишите службу в виде URL, который понимает apprise, например ntfys://my-topic",
    },
    "ringback.form_sign_of_life": {
        "en": "write the address that the service gave you, such as https://hc-ping.com/your-code",
        "ru": "напишите адрес, который дала служба, например https://hc-ping.com/ваш-код",
    },
    "ringback.form_smtp_user": {
        "en": "write the account's name, without spaces",
        "ru": "напишите имя учётной записи, без пробелов",
    },
    "ringback.smtp_in_the_clear": {
        "en": "The password would go to {host} in the clear: write security starttls or tls.",
        "ru": "Пароль ушёл бы на {host} открытым текстом: укажите security starttls или tls.",
    },
    "ringback.recipient_nowhere": {
        "en": "There is no way to tell these people: give email or urls.",
        "ru": "Непонятно, как сообщать этим людям: укажите email или urls.",
    },
    "ringback.alarm_kind": {
        "en": "No alarm is of the kind {given}; there are: {known}.",
        "ru": "Тревог вида {given} нет; есть: {known}.",
    },
    "ringback.no_mail_server": {
        "en": "Mail needs a server: name it under alarms.mail, with host and sender.",
        "ru": "Для почты нужен сервер: укажите его в alarms.mail, с host и sender.",
    },
}
