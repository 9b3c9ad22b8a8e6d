"""The sentences about recordings, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # What is to be said of a recording: why there is no sound, or less than there should be.
    "recording.empty": {
        "en": "Asterisk wrote a recording file without any sound.",
        "ru": "Asterisk создал файл записи, но звука в нём нет.",
    },
    "recording.no_file": {
        "en": "Asterisk left no recording file for this call.",
        "ru": "Asterisk не оставил файла с записью этого звонка.",
    },
    "recording.not_a_file": {
        "en": "In the place of the recording lies something that is no file ({kind}): it was not opened.",
        "ru": "На месте записи лежит не файл ({kind}): открывать его не стали.",
    },
    "recording.bad_name": {
        "en": "The call's name is not one that Asterisk gives: no file is looked for.",
        "ru": "Asterisk не даёт звонкам таких имён: файл не ищем.",
    },
    "recording.short": {
        "en": "The recording has {seconds} s, but the call was answered for {answered} s: {lost} s are missing "
        "(the disk may have been full, or Asterisk was killed).",
        "ru": "В записи {seconds} с, а звонок длился {answered} с: не хватает {lost} с (возможно, диск был полон "
        "или Asterisk был остановлен).",
    },
    "recording.short_disk": {
        "en": "The recording has {seconds} s, but the call was answered for {answered} s: {lost} s are missing, "
        "because the disk was full.",
        "ru": "В записи {seconds} с, а звонок длился {answered} с: не хватает {lost} с, потому что диск был полон.",
    },
    "recording.short_switch": {
        "en": "The recording has {seconds} s, but the call was answered for {answered} s: {lost} s are missing, "
        "because Asterisk stopped during the call.",
        "ru": "В записи {seconds} с, а звонок длился {answered} с: не хватает {lost} с, потому что Asterisk "
        "остановился во время звонка.",
    },
    "recording.rule_never": {
        "en": "The queue does not record: the sound was thrown away after the call.",
        "ru": "В этой очереди звонки не записываются: звук удалён после звонка.",
    },
    "recording.rule_on_demand": {
        "en": "The queue records on demand and nobody asked: the sound was thrown away after the call.",
        "ru": "В этой очереди запись сохраняют по просьбе, а её не было: звук удалён после звонка.",
    },
    # What is to be known of the sound that is there.
    "recording.odd_bytes": {
        "en": "Half a sample at its end ({bytes} B) was left out.",
        "ru": "Неполный отсчёт в конце ({bytes} Б) отброшен.",
    },
    "recording.too_long": {
        "en": "The file went on {seconds} s beyond the call: that was left out.",
        "ru": "Файл продолжался ещё {seconds} с после звонка: лишнее отброшено.",
    },
    "recording.longer": {
        "en": "The recording has {seconds} s, but the call was answered for only {answered} s: it may hold more than "
        "the call.",
        "ru": "В записи {seconds} с, а звонок длился всего {answered} с: в ней может быть не только этот звонок.",
    },
    "recording.paused": {
        "en": "Recording was paused (times: {times}), for {seconds} s in all: these parts are silent.",
        "ru": "Запись приостанавливали (раз: {times}), всего на {seconds} с: на этих местах тишина.",
    },
    "recording.silent_caller": {
        "en": "Nothing is heard of the caller while they talked.",
        "ru": "Во время разговора клиента совсем не слышно.",
    },
    "recording.silent_agent": {
        "en": "Nothing is heard of the agent while they talked.",
        "ru": "Во время разговора оператора совсем не слышно.",
    },
    "recording.quiet_caller": {
        "en": "The caller is very quiet ({dbfs} dBFS).",
        "ru": "Клиента слышно очень тихо ({dbfs} dBFS).",
    },
    "recording.quiet_agent": {
        "en": "The agent is very quiet ({dbfs} dBFS).",
        "ru": "Оператора слышно очень тихо ({dbfs} dBFS).",
    },
    "recording.clipped_caller": {
        "en": "The caller is too loud: {percent}% of the sound is cut off at the top.",
        "ru": "Клиент слишком громкий: {percent}% звука срезано перегрузкой.",
    },
    "recording.clipped_agent": {
        "en": "The agent is too loud: {percent}% of the sound is cut off at the top.",
        "ru": "Оператор слишком громкий: {percent}% звука срезано перегрузкой.",
    },
    # What shows that a recording is not what was heard, and what is odd about it.
    "recording.garbled_by_codec": {
        "en": "The sound is garbled: Asterisk wrote a codec above 8 kHz as if it were one of 8 kHz. Let phones and "
        "providers speak ulaw and alaw alone, or upgrade Asterisk to 22.11 or newer; `ringback doctor` looks at it.",
        "ru": "Звук испорчен: Asterisk записал кодек выше 8 кГц так, будто в нём 8 кГц. Оставьте телефонам и "
        "операторам связи только ulaw и alaw или обновите Asterisk до 22.11 или новее; проверит это `ringback doctor`.",
    },
    "recording.unlike_prompt": {
        "en": "The announcement that this caller was played is not in the recording: what lies there is not what was "
        "heard.",
        "ru": "В записи нет объявления, которое прозвучало для этого клиента: в файле не то, что было слышно.",
    },
    "recording.half_speed": {
        "en": "The announcement runs at half its speed: the recording is not what was heard.",
        "ru": "Объявление звучит вдвое медленнее: запись не совпадает с тем, что было слышно.",
    },
    "recording.double_speed": {
        "en": "The announcement runs at twice its speed: the recording is not what was heard.",
        "ru": "Объявление звучит вдвое быстрее: запись не совпадает с тем, что было слышно.",
    },
    "recording.sides_exchanged": {
        "en": "The announcement is on the caller's side: caller and agent are exchanged in this recording.",
        "ru": "Объявление записано на стороне клиента: стороны клиента и оператора в этой записи перепутаны.",
    },
    "recording.offset_caller": {
        "en": "The caller's sound is shifted as a whole (DC offset): a device on that side is broken.",
        "ru": "Звук клиента целиком смещён (постоянная составляющая): на его стороне неисправно устройство.",
    },
    "recording.offset_agent": {
        "en": "The agent's sound is shifted as a whole (DC offset): a device on that side is broken.",
        "ru": "Звук оператора целиком смещён (постоянная составляющая): на его стороне неисправно устройство.",
    },
    "recording.noise_caller": {
        "en": "In the middle of the talk the caller's side is nothing but noise.",
        "ru": "В середине разговора со стороны клиента слышен только шум.",
    },
    "recording.noise_agent": {
        "en": "In the middle of the talk the agent's side is nothing but noise.",
        "ru": "В середине разговора со стороны оператора слышен только шум.",
    },
    "recording.thing.folder": {"en": "a folder", "ru": "папка"},
    "recording.thing.link": {"en": "a link", "ru": "ссылка"},
    "recording.thing.pipe": {"en": "a pipe", "ru": "канал"},
    "recording.thing.socket": {"en": "a socket", "ru": "сокет"},
    "recording.thing.device": {"en": "a device", "ru": "устройство"},
    # Why there is nothing to hear.
    "recording.none": {"en": "The recording has no file.", "ru": "У записи нет файла."},
    "recording.changed": {
        "en": "The recording's file {file} is no longer what was written: it is damaged or was changed.",
        "ru": "Файл записи {file} уже не тот, что был записан: он повреждён или изменён.",
    },
    "recording.gone": {"en": "The recording's file {file} is gone.", "ru": "Файл записи {file} пропал."},
    "recording.gone_from_storage": {
        "en": "The storage no longer has {url}.",
        "ru": "В хранилище больше нет {url}.",
    },
    "recording.changed_in_storage": {
        "en": "What the storage gives back for {url} is not what was sent there.",
        "ru": "Хранилище вернуло для {url} не то, что туда отправляли.",
    },
    "recording.bad_peaks": {
        "en": "The waveform file of this recording cannot be read.",
        "ru": "Не удалось прочитать файл с графиком звука этой записи.",
    },
    "recording.outside": {
        "en": "The recording's row names a file outside the recordings folder: it is not opened.",
        "ru": "Запись ссылается на файл вне папки записей: он не открывается.",
    },
    "recording.clip_length": {
        "en": "A clip lasts up to {most} s, not from {begin} to {end} s.",
        "ru": "Фрагмент длится до {most} с, а не с {begin} по {end} с.",
    },
    "recording.clip_beyond": {
        "en": "The recording has no sound after {begin} s.",
        "ru": "После {begin} с звука в записи нет.",
    },
    # Why a recording is not finished.
    "recording.odd_name": {
        "en": "The call's name “{name}” is not one that Asterisk gives: no file is looked for.",
        "ru": "Asterisk не даёт звонкам таких имён («{name}»): файл не ищем.",
    },
    "recording.unwritable": {
        "en": "The recording cannot be written as {format}: {why}",
        "ru": "Запись не сохраняется как {format}: {why}",
    },
    "recording.frames_lost": {
        "en": "The finished recording has {heard} frames of {written}: it is not kept.",
        "ru": "В готовой записи {heard} отсчётов из {written}: она не сохранена.",
    },
    "recording.other_sound": {
        "en": "The finished recording does not read back as it was written: it is not kept.",
        "ru": "Готовая запись читается не так, как была записана: она не сохранена.",
    },
    "recording.other_loudness": {
        "en": "The finished recording is not as loud as it should be: it is not kept.",
        "ru": "Громкость готовой записи не та, что должна быть: она не сохранена.",
    },
    "recording.tried_again": {
        "en": "{file} cannot be used ({why}): it is tried again.",
        "ru": "{file}: не получилось ({why}), попытка повторится.",
    },
    # Keeping what would be thrown away.
    "recording.no_call": {
        "en": "There is no call “{call}”: nothing can be kept.",
        "ru": "Звонка «{call}» нет: сохранять нечего.",
    },
    "recording.too_late": {
        "en": "The call is over and its sound has already been deleted.",
        "ru": "Звонок завершён, его звук уже удалён.",
    },
    # The storage.
    "recording.storage_slow": {
        "en": "The storage {place} does not answer in time.",
        "ru": "Хранилище {place} не отвечает вовремя.",
    },
    "recording.storage_package": {
        "en": "{protocol}:// needs a package that is not installed ({why}): see docs/recordings.md.",
        "ru": "Для {protocol}:// не установлен нужный пакет ({why}): см. docs/recordings.md.",
    },
    "recording.storage_refuses": {
        "en": "The storage {place} refuses us ({why}): check storage_key and storage_secret in the secrets file, and "
        "what that key may do.",
        "ru": "Хранилище {place} нам отказывает ({why}): проверьте storage_key и storage_secret в файле секретов "
        "и права этого ключа.",
    },
    "recording.storage_without": {
        "en": "The storage has no {place} ({why}): create it, or correct recording.storage.url.",
        "ru": "В хранилище нет {place} ({why}): создайте его или исправьте recording.storage.url.",
    },
    "recording.storage_keys": {
        "en": "The storage {place} needs keys: write storage_key and storage_secret into the secrets file.",
        "ru": "Хранилищу {place} нужны ключи: впишите storage_key и storage_secret в файл секретов.",
    },
    "recording.storage_fails": {
        "en": "The storage {place} does not answer as it should: {why}",
        "ru": "Хранилище {place} отвечает неправильно: {why}",
    },
    "recording.gone_unsent": {
        "en": "The recording's file was gone before it was sent to the storage.",
        "ru": "Файл записи пропал раньше, чем его отправили в хранилище.",
    },
    "recording.sent_wrong": {
        "en": "The storage did not give back what was sent: the copy was removed.",
        "ru": "Хранилище вернуло не то, что было отправлено: копия удалена.",
    },
    # Alarms.
    "recording.space_low": {
        "en": "{free_gb} GB are free where {folder} lies: room for {minutes} minutes of calls.",
        "ru": "На диске с папкой {folder} свободно {free_gb} ГБ: хватит на {minutes} мин разговоров.",
    },
    "recording.space_out": {
        "en": "Only {free_gb} GB are free where {folder} lies: recordings are about to be cut short. Calls go on. "
        "Make room.",
        "ru": "На диске с папкой {folder} свободно всего {free_gb} ГБ: скоро записи начнут обрываться. Звонки "
        "продолжаются. Освободите место.",
    },
    "recording.orphans_spool": {
        "en": "Raw recordings in {folder} that belong to no call: {count} ({names}). They go after {days} days, unless "
        "a number is under a legal hold.",
        "ru": "Необработанные записи в папке {folder}, которые не относятся ни к одному звонку: {count} "
        "({names}). Они удаляются через {days} дн., если номер не под запретом на удаление.",
    },
    "recording.orphans_library": {
        "en": "Files in {folder} that belong to no recording: {count} ({names}).",
        "ru": "Файлы в папке {folder}, не относящиеся ни к одной записи: {count} ({names}).",
    },
    "recording.strangers": {
        "en": "Items in {folder} that are not recordings: {count} ({names}). Remove them.",
        "ru": "Посторонние файлы в папке {folder}: {count} ({names}). Уберите их.",
    },
    "recording.damaged": {
        "en": "Recordings that are gone from the library, unreadable, or no longer what was written: {count} "
        "({names}).",
        "ru": "Записи, которые пропали из архива, не читаются или изменились: {count} ({names}).",
    },
    "recording.garbled": {
        "en": "Recordings of the last day that are not what was heard on the line: {count} ({names}). Their sound and "
        "transcripts are lost: look at the newest of them, and at `ringback doctor`.",
        "ru": "Записи за последние сутки, в которых не то, что было слышно: {count} ({names}). Их звук и "
        "расшифровки потеряны: откройте последнюю из них и запустите `ringback doctor`.",
    },
    "recording.stuck": {
        "en": "Recordings that wait to be finished: {count}, of them set aside: {spent} ({names}).",
        "ru": "Записи, которые ждут обработки: {count}, из них отложено: {spent} ({names}).",
    },
    "recording.stuck_why": {
        "en": "Recordings that wait to be finished: {count}, of them set aside: {spent} ({names}). {error}",
        "ru": "Записи, которые ждут обработки: {count}, из них отложено: {spent} ({names}). {error}",
    },
    "recording.storage": {
        "en": "Recordings that wait for the storage and stay here meanwhile: {count}. {error}",
        "ru": "Записи, которые ждут отправки в хранилище и пока остаются здесь: {count}. {error}",
    },
    "recording.names_and_more": {"en": "{names}, …", "ru": "{names}, …"},
}
