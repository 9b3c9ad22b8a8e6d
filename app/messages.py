"""The sentences of the program itself, by code and language (`ringback/messages.py`)."""

from app.flow_tests.messages import FLOW_TEST_SENTENCES
from ringback.messages import Sentences

SENTENCES: Sentences = {
    **FLOW_TEST_SENTENCES,
    # What troubles the worker.
    "app.owners_certificate": {
        "en": "The settings name a certificate of your own, {file}: without tls.certificate and tls.key Ringback makes "
        "one.",
        "ru": "В настройках указан ваш сертификат, {file}: чтобы Ringback создал свой, уберите tls.certificate и "
        "tls.key.",
    },
    "app.cannot_look": {
        "en": "The stage {stage} cannot look for work: {why}",
        "ru": "Этап {stage} не может найти работу: {why}",
    },
    "app.cannot_tidy": {
        "en": "The stage {stage} cannot tidy up: {why}",
        "ru": "Этап {stage} не может навести порядок: {why}",
    },
    # Starting.
    "app.runs_already": {
        "en": "Ringback runs already with the folder {folder} (process {process}): stop that one first.",
        "ru": "Ringback уже работает с папкой {folder} (процесс {process}): сначала остановите его.",
    },
    "app.port_taken": {
        "en": "{name}.port {port} ({protocol}) at {address} cannot be used ({why}): stop the program that has it, or "
        "set another {name}.port or {name}.address in ringback.yaml.",
        "ru": "{name}.port {port} ({protocol}) на {address} занять нельзя ({why}): остановите программу, которая его "
        "держит, или задайте другой {name}.port или {name}.address в ringback.yaml.",
    },
    "app.settings_refused": {
        "en": "The settings file has errors, so the settings in force until now still hold: {why}",
        "ru": "В файле настроек ошибки, поэтому по-прежнему действуют прежние настройки: {why}",
    },
    # Replays of past calls.
    "app.replay_when": {
        "en": "{said} is no time: write yesterday, today, a day (2026-11-30) or a time (2026-11-30T14:00).",
        "ru": "«{said}» — не время: напишите yesterday, today, день (2026-11-30) или время (2026-11-30T14:00).",
    },
    "app.replay_no_time": {
        "en": "There is no time from {since} to {until}: --since must lie before --until, and before now.",
        "ru": "Между {since} и {until} нет времени: --since должно быть раньше --until и раньше текущего времени.",
    },
    "app.replay_no_line": {
        "en": "Neither settings have a line {line}. Lines: {lines}.",
        "ru": "Ни в тех, ни в других настройках нет линии {line}. Линии: {lines}.",
    },
    "app.cannot_write": {
        "en": "{file} cannot be opened or written ({why}): make room there or let Ringback write there, then try "
        "again.",
        "ru": "Не удаётся открыть или записать {file} ({why}): освободите место или разрешите Ringback писать туда и "
        "повторите.",
    },
    "app.cannot_write_more": {
        "en": "A file cannot be written ({why}): make room on the disk of the data folder, and try again.",
        "ru": "Не удаётся записать файл ({why}): освободите место на диске, где лежит папка данных, и повторите.",
    },
    "app.copy_put_back": {
        "en": "{file} was deleted and is written again: the running processes read their settings from it.",
        "ru": "Файл {file} был удалён и записан заново: работающие процессы читают из него настройки.",
    },
    "app.published": {
        "en": "Version {version} of the settings is in force.",
        "ru": "Действует версия настроек {version}.",
    },
    "app.published_since": {
        "en": "What is in force was published since this file was taken up (version {version}), and stays so. "
        "`ringback settings show` prints it; `ringback settings publish` puts the file in force.",
        "ru": "Действующие настройки (версия {version}) опубликованы позже, чем был взят этот файл, и остаются в силе. "
        "Их печатает `ringback settings show`; `ringback settings publish` вводит в действие файл.",
    },
    "app.not_in_force": {
        "en": "this is not what is in force: `ringback settings publish` puts it in force, or the next start of "
        "`ringback run`.",
        "ru": "действует не этот файл: его вводит в действие `ringback settings publish` или следующий запуск "
        "`ringback run`.",
    },
    "app.own_asterisk_reads": {
        "en": "Your own Asterisk has to read {files} anew: write them by `ringback asterisk-conf` and reload it.",
        "ru": "Ваш Asterisk должен прочитать заново {files}: запишите их командой `ringback asterisk-conf` и "
        "перезагрузите его конфигурацию.",
    },
    "app.asterisk_ended": {
        "en": "Asterisk ended ({what}): it is started again.",
        "ru": "Asterisk завершился ({what}): он запускается снова.",
    },
    "app.asterisk_never_up": {
        "en": "Asterisk does not come up: it ended {count} times in a row ({what}). It is tried on; the cause is in "
        "asterisk.log and asterisk-out.log of {folder}.",
        "ru": "Asterisk не запускается: он завершился {count} раз подряд ({what}). Попытки продолжаются; причина — в "
        "файлах asterisk.log и asterisk-out.log папки {folder}.",
    },
    "app.runs_as_root": {
        "en": "Ringback runs as root, so a fault of it would have the whole machine: `ringback systemd install` gives "
        "it an "
        "account of its own.",
        "ru": "Ringback работает от имени root, и ошибка в нём открыла бы всю машину: `ringback systemd install` "
        "заведёт "
        "для него отдельную учётную запись.",
    },
    "app.folder_open": {
        "en": "Other accounts of this machine may read {folder}, and that could not be changed ({why}).",
        "ru": "Другие пользователи этой машины могут читать {folder}, и изменить это не удалось ({why}).",
    },
    # Under systemd.
    "app.systemd_not_root": {
        "en": "Only root may make accounts and units: sudo ringback systemd install",
        "ru": "Создавать учётные записи и юниты может только root: sudo ringback systemd install",
    },
    "app.systemd_odd_path": {
        "en": "{path} cannot stand in a unit: its name has control characters.",
        "ru": "{path} нельзя указать в юните: в имени есть управляющие символы.",
    },
    "app.systemd_unreadable": {
        "en": "{path} is closed to other accounts, so the account of Ringback could not read the program: move "
        "Ringback to "
        "a folder such as /srv/ringback.",
        "ru": "{path} закрыт для других учётных записей, и учётная запись Ringback не прочла бы программу: перенесите "
        "Ringback в папку вроде /srv/ringback.",
    },
    # Stopping.
    "app.still_there": {
        "en": "Process {process} goes on although it was told to end: end it by hand, and see the folder log.",
        "ru": "Процесс {process} не завершается, хотя ему это велено: завершите его вручную и загляните в папку log.",
    },
    # The commands.
    "app.no_trunk": {
        "en": "There is no trunk, so promised calls cannot be made: each ends as a ticket for a person.",
        "ru": "Нет транка, поэтому обратные звонки невозможны: вместо каждого сотруднику останется обращение.",
    },
    "app.narrowband": {
        "en": "Asterisk {version} garbles recordings as soon as one side of a call speaks a codec above 8 kHz, so "
        "phones and trunk agree on ulaw and alaw alone; from 22.11 on (20.21, 23.5) G.722 is taken too.",
        "ru": "Asterisk {version} портит запись, как только одна из сторон использует кодек выше 8 кГц, поэтому с "
        "телефонами и транком согласуются только ulaw и alaw; начиная с 22.11 (20.21, 23.5) можно и G.722.",
    },
    "app.garbles": {
        "en": "Asterisk {version} garbles recordings as soon as one side of a call speaks a codec above 8 kHz, and "
        "these endpoints allow one: {endpoints}. Let them have ulaw and alaw alone, or upgrade Asterisk to 22.11 or "
        "newer.",
        "ru": "Asterisk {version} портит запись, как только одна из сторон использует кодек выше 8 кГц, а эти точки "
        "подключения их разрешают: {endpoints}. Оставьте им только ulaw и alaw или обновите Asterisk до 22.11 или "
        "новее.",
    },
    # Backups.
    "app.backup_nowhere": {
        "en": "Say where the backup goes: `ringback backup /mnt/backup`, or backup.to in ringback.yaml.",
        "ru": "Укажите, куда сохранять: `ringback backup /mnt/backup` или backup.to в ringback.yaml.",
    },
    "app.backup_inside": {
        "en": "{folder} and the data folder {data} lie one in the other: a backup belongs somewhere else, best on "
        "another "
        "disk.",
        "ru": "{folder} и папка данных {data} вложены одна в другую: резервной копии нужно другое место, лучше другой "
        "диск.",
    },
    "app.backup_no_database": {
        "en": "The database cannot be read ({why}): nothing was backed up.",
        "ru": "Базу данных прочитать не удалось ({why}): резервная копия не сделана.",
    },
    "app.backup_database_damaged": {
        "en": "The database is damaged: nothing was backed up, and older backups stay. See docs/backup.md.",
        "ru": "База данных повреждена: резервная копия не сделана, прежние копии остаются. См. docs/backup.md.",
    },
    "app.backup_no_room": {
        "en": "There is not enough room in {folder}: {gigabytes} GB must be free.",
        "ru": "В {folder} не хватает места: должно быть свободно {gigabytes} ГБ.",
    },
    "app.backup_not_as_written": {
        "en": "{what} was read back from {place} and is not what was written: this backup does not count. Look at "
        "that disk "
        "or storage.",
        "ru": "{what} после записи в {place} читается не так, как было записано: эта копия не считается. Проверьте "
        "диск "
        "или хранилище.",
    },
    "app.backup_odd_name": {
        "en": "Left out, because of its name: {what}",
        "ru": "Пропущено из-за имени: {what}",
    },
    "app.backup_none": {
        "en": "There is no whole backup of that name in {place}: `ringback restore --list` shows which there are.",
        "ru": "В {place} нет целой резервной копии с таким именем: список выводит `ringback restore --list`.",
    },
    "app.backup_unreadable": {
        "en": "{what} of the backup is not what Ringback writes: nothing was restored.",
        "ru": "{what} в резервной копии — не то, что пишет Ringback: ничего не восстановлено.",
    },
    "app.backup_too_large": {
        "en": "{what} of the backup is larger than it may be: nothing was restored.",
        "ru": "{what} в резервной копии больше допустимого: ничего не восстановлено.",
    },
    "app.backup_stranger": {
        "en": "The backup holds something that its list does not know, or that is no plain file ({what}): nothing was "
        "restored.",
        "ru": "В резервной копии есть то, чего нет в её списке, или не обычный файл ({what}): ничего не восстановлено.",
    },
    "app.backup_damaged": {
        "en": "{what} of the backup is missing or damaged: take an older one, which `ringback restore --list` shows.",
        "ru": "{what} в резервной копии отсутствует или повреждено: возьмите более раннюю, список выводит "
        "`ringback restore --list`.",
    },
    "app.backup_foreign": {
        "en": "The backup was not sealed with this key: it is another installation's, or somebody has changed it. "
        "Nothing "
        "was restored.",
        "ru": "Резервная копия заверена другим ключом: она от другой установки, или её кто-то изменил. Ничего не "
        "восстановлено.",
    },
    "app.backup_newer": {
        "en": "The backup was made by a newer Ringback (form {version}): install that one first.",
        "ru": "Резервную копию сделал более новый Ringback (формат {version}): сначала установите его.",
    },
    "app.backup_schema": {
        "en": "The database of the backup is of a version that this Ringback does not know ({revision}): install the "
        "newer "
        "Ringback first.",
        "ru": "Версия базы данных в резервной копии этому Ringback неизвестна ({revision}): сначала установите более "
        "новый.",
    },
    "app.backup_schema_differs": {
        "en": "The table {table} of the backup is not as Ringback makes it: nothing was restored.",
        "ru": "Таблица {table} в резервной копии не такая, какую создаёт Ringback: ничего не восстановлено.",
    },
    "app.backup_no_settings": {
        "en": "The backup holds no ringback.yaml: the defaults were in force.",
        "ru": "В резервной копии нет ringback.yaml: действовали настройки по умолчанию.",
    },
    "app.restore_no_key": {
        "en": "Give the key that the backup was sealed with: --key-file FILE, with what `ringback backup --show-key` "
        "printed. "
        "Without it nobody can tell whether the backup was changed; --unproven takes it all the same.",
        "ru": "Укажите ключ, которым заверена копия: --key-file ФАЙЛ с тем, что вывел `ringback backup --show-key`. "
        "Без него "
        "не узнать, не изменил ли кто-нибудь копию; --unproven восстановит её и так.",
    },
    "app.restore_running": {
        "en": "Ringback runs with this data folder (process {process}): stop it with `ringback stop` first.",
        "ru": "С этой папкой данных работает Ringback (процесс {process}): сначала остановите его: `ringback stop`.",
    },
    "app.restore_not_empty": {
        "en": "{what} is not empty, and nothing is ever written over: move it away, or name another one in "
        "ringback.yaml.",
        "ru": "{what} не пусто, а поверх данных ничего не записывается: уберите их или укажите другое место в "
        "ringback.yaml.",
    },
    "app.restore_other_store": {
        "en": "The backup is of a {store} store, and the settings name another kind: set store.url in ringback.yaml.",
        "ru": "Копия снята с базы {store}, а в настройках указана база другого вида: задайте store.url в "
        "ringback.yaml.",
    },
    "app.restore_no_database": {
        "en": "The database does not take the rows of the backup ({why}): nothing was restored.",
        "ru": "База данных не приняла строки из резервной копии ({why}): ничего не восстановлено.",
    },
    "app.restore_unfinished": {
        "en": "In {folder} a restore was begun and did not end, so it holds a part of a backup alone: run `ringback "
        "restore` "
        "again.",
        "ru": "В {folder} восстановление началось и не закончилось, поэтому там лишь часть резервной копии: запустите "
        "`ringback restore` ещё раз.",
    },
    # A call to a line of our own, and what it found.
    "app.self_call_answered": {"en": "Answered after {seconds} s.", "ru": "Линия ответила через {seconds} с."},
    "app.self_call_silent": {
        "en": "Nothing answered within {seconds} s: is Asterisk running?",
        "ru": "Никто не ответил за {seconds} с: работает ли Asterisk?",
    },
    "app.self_call_refused": {"en": "The call was refused: {answer}.", "ru": "Звонок отклонён: {answer}."},
    "app.self_call_heard": {"en": "“{prompt}” is heard.", "ru": "Слышно «{prompt}»."},
    "app.self_call_unheard": {
        "en": "“{prompt}” is not heard, nor any other prompt.",
        "ru": "Не слышно ни «{prompt}», ни других фраз.",
    },
    "app.self_call_instead": {
        "en": "“{prompt}” is not heard, but “{other}”.",
        "ru": "Вместо «{prompt}» звучит «{other}».",
    },
    "app.self_call_hung_up": {
        "en": "The line hung up before “{prompt}” was heard.",
        "ru": "Линия положила трубку раньше, чем прозвучало «{prompt}».",
    },
    "app.self_call_no_sound": {
        "en": "“{prompt}” has no sound: `ringback check` says where it belongs.",
        "ru": "Для «{prompt}» нет звука: куда его положить, скажет `ringback check`.",
    },
    "app.self_call_key": {
        "en": "Key {key}, which leads nowhere, was understood.",
        "ru": "Клавиша {key}, которая никуда не ведёт, понята.",
    },
    "app.self_call_recorded": {
        "en": "The call has its row and its recording.",
        "ru": "Звонок есть в базе, запись готова.",
    },
    "app.self_call_no_row": {
        "en": "The call has no row: is the controller running?",
        "ru": "Звонка нет в базе данных: работает ли контроллер?",
    },
    "app.self_call_no_recording": {
        "en": "The recording of the call is not finished yet: is the worker running?",
        "ru": "Запись звонка не готова: работает ли обработчик?",
    },
    "app.self_call_bad_recording": {
        "en": "The recording of the call is not whole: {state}.",
        "ru": "Запись звонка неполная: {state}.",
    },
    "app.self_call_failed": {
        "en": "Ringback called its line {line} and it did not answer as it should: {why}",
        "ru": "Ringback позвонил на свою линию {line}, и она ответила не так, как должна: {why}",
    },
    "app.self_call_no_line": {
        "en": "There is no line {line}: `lines` in the settings lists them.",
        "ru": "Линии {line} нет: список — в `lines` в настройках.",
    },
    "app.store_unusable": {
        "en": "The store in {folder} cannot be used ({why}): has Ringback been started yet?",
        "ru": "База данных в {folder} недоступна ({why}): запускался ли Ringback?",
    },
    "app.no_person": {
        "en": "Nobody signs in as “{name}”: `ringback people list` shows who does.",
        "ru": "Пользователя «{name}» нет: список выводит `ringback people list`.",
    },
    "app.calls_alike": {
        "en": "Several calls end with {end}: {calls}. Give more of the id.",
        "ru": "На {end} оканчивается несколько звонков: {calls}. Укажите больше знаков идентификатора.",
    },
    "app.no_call": {
        "en": "There is no call “{call}”: `ringback calls` lists them.",
        "ru": "Звонка «{call}» нет: список выводит `ringback calls`.",
    },
    "app.not_set_aside": {
        "en": "Nothing of that name is set aside: `ringback retry --list` shows what is.",
        "ru": "Ничего с таким именем не отложено: список выводит `ringback retry --list`.",
    },
    "app.no_time": {
        "en": "“{time}” is no day or time: give one such as 2026-11-22 or 2026-11-22T08:00.",
        "ru": "«{time}» — не день и не время: укажите, например, 2026-11-22 или 2026-11-22T08:00.",
    },
    "app.no_transcript": {
        "en": "Call “{call}” has no transcript that could be made again.",
        "ru": "У звонка «{call}» нет расшифровки, которую можно сделать заново.",
    },
    # The demo and the tests' own Ringback.
    "app.demo_step": {"en": "At the step “{step}”: {why}", "ru": "На шаге «{step}»: {why}"},
    "app.demo_lost": {
        "en": "The call is not in the store any more: that must not happen.",
        "ru": "Звонка больше нет в базе данных: так быть не должно.",
    },
    "app.trial_waited": {
        "en": "Waited {seconds} s for {what} in vain.",
        "ru": "Не дождались за {seconds} с: {what}.",
    },
    "app.trial_ended": {
        "en": "`ringback run` ended at once:\n{output}",
        "ru": "`ringback run` сразу завершился:\n{output}",
    },
    "app.trial_output": {"en": "{why}\n{output}", "ru": "{why}\n{output}"},
    "app.trial_left": {
        "en": "`ringback run` left processes behind that had to be killed: {processes}.\n{output}",
        "ru": "После `ringback run` остались процессы, их пришлось завершить принудительно: {processes}.\n{output}",
    },
    "app.trial_no_asterisk": {
        "en": "There is no Asterisk to run: `make run` fetches one.",
        "ru": "Нет Asterisk, который можно запустить: его скачивает `make run`.",
    },
    "app.trial_no_port": {
        "en": "No free port was found between {first} and {last}.",
        "ru": "Не нашлось свободного порта между {first} и {last}.",
    },
    "app.trial_no_rtp": {
        "en": "No free UDP ports in a row were found for voice: {ports} are needed.",
        "ru": "Не нашлось подряд свободных портов UDP для голоса: нужно {ports}.",
    },
}
