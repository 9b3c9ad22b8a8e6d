"""The sentences of checks of `ringback.yaml`: values that no setting can have, and what does not go together.

Those of the file and of its words are in `ringback/settings_messages.py`; `ringback/messages.py` takes in both.
"""

from collections.abc import Mapping

CHECKS_SENTENCES: Mapping[str, Mapping[str, str | Mapping[str, str]]] = {
    # Checks of one section.
    "ringback.no_source": {
        "en": "{given} is no address or network: write it as 203.0.113.10 or 203.0.113.0/24.",
        "ru": "{given} — не адрес и не сеть: напишите как 203.0.113.10 или 203.0.113.0/24.",
    },
    "ringback.no_network": {
        "en": "{given} is no network: write it as 192.168.0.0/16.",
        "ru": "{given} — не сеть: напишите как 192.168.0.0/16.",
    },
    "ringback.srtp_without_tls": {
        "en": "srtp needs transport: tls: its key goes with SIP, and anybody on the way could read it.",
        "ru": "Для srtp нужно transport: tls: ключ идёт внутри SIP, и по пути его мог бы прочитать кто угодно.",
    },
    "ringback.login_without_user": {
        "en": "auth_user and realm belong to an account: name it in user.",
        "ru": "auth_user и realm относятся к учётной записи: укажите её в user.",
    },
    "ringback.tls_settings_without_tls": {
        "en": "tls_verify and tls_ca belong to transport: tls.",
        "ru": "tls_verify и tls_ca относятся к transport: tls.",
    },
    "ringback.tls_ca_relative": {
        "en": "tls_ca needs the whole path, beginning with a slash: not {path}.",
        "ru": "В tls_ca нужен полный путь, с косой черты в начале, а не {path}.",
    },
    "ringback.callback_hours_short": {
        "en": "Hours {hours} are less than one hour of one day: write e.g. 09:00-21:00.",
        "ru": "{hours} — меньше часа в пределах одних суток: напишите, например, 09:00-21:00.",
    },
    "ringback.hours_next_day": {
        "en": "{given} goes on into the next day: write {today} on one day and {tomorrow} on the next.",
        "ru": "{given} переходит на следующий день: напишите {today} в один день и {tomorrow} в следующий.",
    },
    "ringback.hours_no_length": {
        "en": "{given} has no length: the whole day is 00:00-24:00, and a closed one is [].",
        "ru": "{given} — нулевой длины: целые сутки — 00:00-24:00, выходной — [].",
    },
    "ringback.hours_written": {
        "en": "{given} cannot stand here: write {meant}.",
        "ru": "{given} здесь не подходит: напишите {meant}.",
    },
    "ringback.hours_list": {
        "en": "{given} is several intervals: write {meant}.",
        "ru": "{given} — несколько интервалов: напишите {meant}.",
    },
    "ringback.days_written": {
        "en": "{given} cannot stand here: write {meant}.",
        "ru": "{given} здесь не подходит: напишите {meant}.",
    },
    "ringback.days_several": {
        "en": "{given} is several days: give each a line of its own ({days}).",
        "ru": "{given} — несколько дней: каждому нужна своя строка ({days}).",
    },
    "ringback.hours_overlap": {
        "en": "Two intervals of one day overlap: write them as one.",
        "ru": "Два интервала одного дня пересекаются: запишите их как один.",
    },
    "ringback.hours_never": {
        "en": "No day of the week has hours: leave `hours` out for a line that is always open.",
        "ru": "Ни у одного дня недели нет часов: для линии, открытой всегда, уберите `hours`.",
    },
    "ringback.no_zone": {
        "en": "Timezone {zone} is not known: write one such as Europe/Berlin.",
        "ru": "Часовой пояс {zone} неизвестен: напишите, например, Europe/Berlin.",
    },
    "ringback.zone_offset": {
        "en": "{zone} is no timezone: write that of a place, which knows its summer time, such as {place}; always the "
        "same hours are {fixed}, whose sign is the other way round.",
        "ru": "{zone} — не часовой пояс: напишите пояс места, он знает о летнем времени, например {place}; неизменное "
        "смещение — {fixed}, знак у него обратный.",
    },
    "ringback.zone_fixed": {
        "en": "{zone} is no timezone: write that of a place; always the same hours are {fixed}, whose sign is the "
        "other way round.",
        "ru": "{zone} — не часовой пояс: напишите пояс места; неизменное смещение — {fixed}, знак у него обратный.",
    },
    "ringback.no_country": {
        "en": "{given} is no country: write its two letters of ISO 3166, such as GB or DE.",
        "ru": "{given} — не страна: напишите её две буквы по ISO 3166, например GB или DE.",
    },
    "ringback.no_variable": {
        "en": "{variable} is not set where Ringback runs: write the folder itself.",
        "ru": "{variable} не задана там, где работает Ringback: напишите саму папку.",
    },
    "ringback.no_home": {
        "en": "Nobody here has the home folder {home}: write the folder itself.",
        "ru": "Домашней папки {home} здесь ни у кого нет: напишите саму папку.",
    },
    "ringback.holidays_unknown": {
        "en": "The holidays of {given} are not known: write the two letters of a country, with a part of it after a "
        "dash (DE, US-CA), or leave it out and name days one by one.",
        "ru": "Праздники {given} неизвестны: напишите две буквы страны, через дефис её часть (DE, US-CA), или уберите "
        "и перечислите дни по одному.",
    },
    "ringback.holidays_written": {
        "en": "{given} cannot stand here: write {meant}.",
        "ru": "{given} здесь не подходит: напишите {meant}.",
    },
    "ringback.holidays_whole": {
        "en": "{country} has no parts with holidays of their own: write {country}.",
        "ru": "У {country} нет частей с отдельными праздниками: напишите {country}.",
    },
    "ringback.holidays_no_part": {
        "en": "{country} has no part {part}: use one of {known}.",
        "ru": "У {country} нет части {part}: укажите одну из {known}.",
    },
    "ringback.port_apart": {
        "en": "{given} has a port, which goes into `port` beside it: write {host}, and port: {port}.",
        "ru": "В {given} есть порт, его место — `port` рядом: напишите {host} и port: {port}.",
    },
    "ringback.url_for_host": {
        "en": "{given} is a whole address of the web or of SIP: write {host}.",
        "ru": "{given} — целый адрес веба или SIP: напишите {host}.",
    },
    "ringback.url_and_port": {
        "en": "{given} is a whole address: write {host}, and port: {port} beside it.",
        "ru": "{given} — целый адрес: напишите {host} и рядом port: {port}.",
    },
    "ringback.host_alone": {
        "en": "{given} is more than a name or address: write {host}.",
        "ru": "{given} — больше, чем имя или адрес: напишите {host}.",
    },
    "ringback.no_address": {
        "en": "{given} is no address: one has four numbers from 0 to 255, such as 192.168.1.10.",
        "ru": "{given} — не адрес: в нём четыре числа от 0 до 255, например 192.168.1.10.",
    },
    "ringback.no_host": {
        "en": "{given} can be nobody's name: between two dots stand 1 to 63 letters and digits.",
        "ru": "Имени {given} быть не может: между двумя точками стоит от 1 до 63 букв и цифр.",
    },
    "ringback.interface_for_host": {
        "en": "{given} is no address: write the address itself; `ip address` shows those of this machine.",
        "ru": "{given} — не адрес: напишите сам адрес; адреса этой машины показывает `ip address`.",
    },
    "ringback.host_ipv6": {
        "en": "{given} is an IPv6 address, and calls go over IPv4: write the name, or the IPv4 address.",
        "ru": "{given} — адрес IPv6, а звонки идут по IPv4: напишите имя или адрес IPv4.",
    },
    "ringback.no_port": {
        "en": "{port} is no port: ports go from 1 to 65535.",
        "ru": "{port} — не порт: порты — от 1 до 65535.",
    },
    "ringback.folder_url": {
        "en": "{given} is no folder of this machine: write its path, such as /srv/ringback.",
        "ru": "{given} — не папка этой машины: напишите путь, например /srv/ringback.",
    },
    "ringback.folder_file": {
        "en": "{given} is a file, and a folder belongs here: write another.",
        "ru": "{given} — файл, а здесь нужна папка: укажите другую.",
    },
    "ringback.own_refers": {
        "en": "The file has no {own}, so Ringback's own hold, and they lead to {name}, which is not in {section}: "
        "write {own} too, or add {name} to {section}.",
        "ru": "В файле нет {own}, действуют встроенные, а они ведут к {name}, чего нет в {section}: опишите и {own} "
        "или добавьте {name} в {section}.",
    },
    "ringback.zone_sign": {
        "en": "{zone} is the clock of {clock} all year: in these names the sign is the other way round.",
        "ru": "{zone} — это круглый год {clock}: в таких именах знак обратный.",
    },
    "ringback.zone_no_summer": {
        "en": "{zone} has no summer time: is {place} meant?",
        "ru": "В {zone} нет летнего времени: может быть, нужен {place}?",
    },
    "ringback.hours_under_name": {
        "en": "Hours have a name, to which lines and queues refer: write `{example}`, and `hours: office` at the line.",
        "ru": "У часов есть имя, по нему их берут линии и очереди: напишите `{example}`, у линии `hours: office`.",
    },
    "ringback.address_everywhere": {
        "en": "{given} is no address: every address of this machine is 0.0.0.0.",
        "ru": "{given} — не адрес: все адреса этой машины — 0.0.0.0.",
    },
    "ringback.site_with_path": {
        "en": "{given} has more than a site: write {site}.",
        "ru": "В {given} не только сайт: напишите {site}.",
    },
    "ringback.site_without_scheme": {
        "en": "{given} lacks https:// or http:// before it.",
        "ru": "Перед {given} не хватает https:// или http://.",
    },
    "ringback.form_address": {
        "en": "write an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
        "ru": "напишите адрес этой машины, например 127.0.0.1, или 0.0.0.0 — все",
    },
    "ringback.store_no_url": {
        "en": "{given} is a file and no URL: write {meant}.",
        "ru": "{given} — файл, а не URL: напишите {meant}.",
    },
    "ringback.store_form": {
        "en": "{given} is no URL of a database: write e.g. postgresql://ringback:password@127.0.0.1/ringback, or leave "
        "it out for a file in the data folder.",
        "ru": "{given} — не URL базы данных: напишите, например, postgresql://ringback:password@127.0.0.1/ringback или "
        "уберите, тогда это файл в папке данных.",
    },
    "ringback.store_unknown": {
        "en": "{scheme} is no database that Ringback can use: SQLite and PostgreSQL are.",
        "ru": "{scheme} — не та база данных: Ringback работает с SQLite и PostgreSQL.",
    },
    "ringback.store_driver": {
        "en": "There is no driver {scheme} here: write postgresql:// alone.",
        "ru": "Драйвера {scheme} здесь нет: напишите просто postgresql://.",
    },
    "ringback.store_password": {
        "en": "User, password, host and port cannot be told apart: in the password write %40 for @, %3A for :, %2F for "
        "/ and %25 for %.",
        "ru": "Имя, пароль, сервер и порт не разделить: в пароле вместо @ пишите %40, вместо : — %3A, вместо / — %2F, "
        "вместо % — %25.",
    },
    "ringback.store_no_database": {
        "en": "The name of the database is missing: write it after the host, .../ringback.",
        "ru": "Не хватает имени базы данных: напишите его после сервера, .../ringback.",
    },
    "ringback.store_slashes": {
        "en": "SQLite's file stands after three slashes, four if the path begins with one: write {meant}.",
        "ru": "Файл SQLite пишется после трёх косых черт, а если путь начинается с черты — после четырёх: {meant}.",
    },
    "ringback.store_memory": {
        "en": "A database in memory is none for several processes: name a file.",
        "ru": "База данных в памяти не годится для нескольких процессов: укажите файл.",
    },
    "ringback.store_no_folder": {
        "en": "There is no folder {folder}: make it, or name another.",
        "ru": "Папки {folder} нет: создайте её или укажите другую.",
    },
    "ringback.store_is_folder": {
        "en": "{folder} is a folder: name a file in it.",
        "ru": "{folder} — папка: укажите файл в ней.",
    },
    "ringback.key_one_thing": {
        "en": "Say where it leads, by one of these words: {verbs}.",
        "ru": "Укажите, куда она ведёт, одним из этих слов: {verbs}.",
    },
    "ringback.key_nobody_waits": {
        "en": "Only a queue has priority and needs: nobody waits for anything else.",
        "ru": "priority и needs бывают только у очереди (queue): больше нигде не ждут.",
    },
    "ringback.red_first": {
        "en": "Red ({red}) begins before yellow ({yellow}): give red the smaller one.",
        "ru": "Красный уровень ({red}) наступает раньше жёлтого ({yellow}): для red укажите меньшее.",
    },
    # Checks of the whole.
    "ringback.number_twice": {
        "en": "Number {number} is given twice, the first time at {first}: give another.",
        "ru": "Номер {number} указан дважды, первый раз в {first}: укажите другой.",
    },
    "ringback.number_reaches_two": {
        "en": "{number} reaches lines.{first} already, in whatever way it is written: a number is one line's.",
        "ru": "{number} уже ведёт на lines.{first}, как бы он ни был записан: у номера одна линия.",
    },
    "ringback.line_number": {
        "en": '“{number}” is no number that can be dialled: write 2 to 15 digits, e.g. "+12025550100".',
        "ru": "«{number}» — не номер, который можно набрать: напишите от 2 до 15 цифр, например +74955550110.",
    },
    "ringback.agent_twice": {
        "en": "There is an agent {name} already: give this one another name.",
        "ru": "Оператор {name} уже есть: дайте этому другое имя.",
    },
    "ringback.agent_in_queue_twice": {
        "en": "{name} stands in this queue twice: name each agent once.",
        "ru": "{name} указан в этой очереди дважды: назовите каждого оператора один раз.",
    },
    "ringback.unseen_character": {
        "en": "There is a character in it that nobody sees ({code}): type it anew.",
        "ru": "Здесь есть невидимый символ ({code}): наберите заново.",
    },
    "ringback.agent_taken": {
        "en": "No agent can be named {name}: Asterisk's configuration uses that name.",
        "ru": "Оператора нельзя назвать {name}: это имя занято в конфигурации Asterisk.",
    },
    "ringback.queue_taken": {
        "en": "No queue may be called {name}: limits lead to a {name} by that word.",
        "ru": "Очередь нельзя назвать {name}: этим словом ограничения ведут не в очередь.",
    },
    "ringback.no_lines": {
        "en": "There is no line, so nobody can call: name one, or leave `lines` out for the defaults.",
        "ru": "Нет ни одной линии, позвонить некуда: укажите линию или уберите `lines`, чтобы действовали стандартные.",
    },
    "ringback.no_menu": {
        "en": "{name} is not in menus; there are: {known}.",
        "ru": "{name} нет в menus; есть: {known}.",
    },
    "ringback.no_model": {
        "en": "A model that is asked has a name: write the one that its server knows.",
        "ru": "У модели должно быть имя: укажите то, под которым её знает сервер.",
    },
    "ringback.model_not_masked": {
        "en": "A model gets text with secrets masked alone: let redaction mask something, or leave the address out.",
        "ru": "Модели отправляется только текст со скрытыми данными: включите redaction или уберите адрес.",
    },
    "ringback.no_lookup": {
        "en": "{name} is not in lookups; there are: {known}. (The lookup of a ticket's number is called ticket.)",
        "ru": "{name} нет в lookups; есть: {known}. (Узнать о заявке по номеру — это lookup: ticket.)",
    },
    "ringback.no_words": {
        "en": "Nothing is said here: write what callers hear, by language, such as en: Press 1 for support.",
        "ru": "Здесь нет ни слова: напишите, что услышит звонящий, по языкам, например ru: Нажмите 1.",
    },
    "ringback.menu_long": {
        "en": "A menu of {count} options is too long to listen to: give {most} at most, or say why under `long`.",
        "ru": "Меню из {count} пунктов слишком длинное: оставьте не больше {most} или объясните причину в `long`.",
    },
    "ringback.no_hours": {
        "en": "{name} is not in hours; there are: {known}.",
        "ru": "{name} нет в hours; есть: {known}.",
    },
    "ringback.no_queue": {
        "en": "{name} is not in queues; there are: {known}.",
        "ru": "{name} нет в queues; есть: {known}.",
    },
    "ringback.no_agent": {
        "en": "{name} is not in agents; there are: {known}.",
        "ru": "{name} нет в agents; есть: {known}.",
    },
    "ringback.no_survey": {
        "en": "{name} is not in surveys; there are: {known}.",
        "ru": "{name} нет в surveys; есть: {known}.",
    },
    "ringback.none_in_section": {
        "en": "{name} is not in {section}, which has none at all.",
        "ru": "{name} нет в {section}: там вообще ничего нет.",
    },
    "ringback.write_null": {
        "en": "{name} is a name here: for none at all write null.",
        "ru": "{name} здесь — имя: чтобы не было ничего, напишите null.",
    },
    "ringback.key_zero": {
        "en": "Key 0 always reaches a person (`operator_queue`): use another key.",
        "ru": "Клавиша 0 всегда ведёт к оператору (`operator_queue`): возьмите другую.",
    },
    "ringback.no_dispositions": {
        "en": "A disposition is required, and `dispositions` has none to choose from: write them, or leave this out.",
        "ru": "Итог обязателен, но в `dispositions` нет ни одного варианта: напишите их или уберите эту строку.",
    },
    "ringback.limit_nowhere": {
        "en": "{queue} is nowhere that callers can be sent to: write one of {known}.",
        "ru": "Отправить клиентов в {queue} нельзя: напишите одно из {known}.",
    },
    "ringback.nobody_has": {
        "en": "Nobody of queue {queue} ever has what is asked for: {asked}.",
        "ru": "Ни у кого в очереди {queue} нет того, что требуется: {asked}.",
    },
    # Ports.
    "ringback.no_ports": {
        "en": "RTP ports {first} to {last} have room for {room} callers beside the agents' phones, two ports each:"
        " write no more, or let rtp_last be higher.",
        "ru": "RTP-портов с {first} по {last} хватает на {room} звонков помимо телефонов операторов, по два порта на"
        " каждый: укажите не больше или увеличьте rtp_last.",
    },
    "ringback.port_twice": {
        "en": "Port {port} is that of {other} already: give another.",
        "ru": "Порт {port} уже занят настройкой {other}: укажите другой.",
    },
    "ringback.rtp_backwards": {
        "en": "The ports for voice go from {first} to {last}, which is backwards: write {right} or another above.",
        "ru": "Порты для голоса идут от {first} до {last}, то есть назад: напишите {right} или другой, больше первого.",
    },
    "ringback.rtp_odd": {
        "en": "Ports for voice come in pairs that begin with an even one: {first} is odd.",
        "ru": "Порты для голоса идут парами и начинаются с чётного: {first} — нечётный.",
    },
    "ringback.rtp_too_few": {
        "en": "One call takes {ports} ports for voice, and there are fewer.",
        "ru": "Одному разговору нужно портов для голоса: {ports}, а их меньше.",
    },
    "ringback.rtp_few": {
        "en": "The ports for voice are enough for {calls} talks at once, and there are {agents} agents, besides "
        "callers who wait: set rtp_last to {right}.",
        "ru": "Портов для голоса хватит на столько разговоров сразу: {calls}; операторов — {agents}, и ещё ожидающие: "
        "укажите rtp_last {right}.",
    },
    "ringback.rtp_over_sip": {
        "en": "Port {port} of SIP lies among the ports for voice: move one of the two.",
        "ru": "Порт SIP {port} лежит среди портов для голоса: перенесите одно из двух.",
    },
    # What may not be meant.
    "ringback.no_clock": {
        "en": "By which clock are these hours? There is no timezone: write one at the top of the file, such as "
        "`timezone: Europe/Berlin`. Until then it is UTC.",
        "ru": "По каким часам это время? Часовой пояс не задан: напишите его в начале файла, например "
        "`timezone: Europe/Berlin`. Пока действует UTC.",
    },
    "ringback.last_minute": {
        "en": "{given} is read as until {end}, so that the last minute is open, too.",
        "ru": "{given} читается как «до {end}», чтобы и последняя минута была рабочей.",
    },
    "ringback.holidays_open": {
        "en": "{holidays} closes on the days that are holidays everywhere in it. Open are, because only parts have "
        "them: {days}. Name under `days` those on which you are closed.",
        "ru": "{holidays} закрывает только общие для всех праздники. Открыты дни, которые праздничны лишь местами: "
        "{days}. Те, в которые вы не работаете, перечислите в `days`.",
    },
    "ringback.holidays_open_more": {
        "en": "{holidays} closes on the days that are holidays everywhere in it. Open are, because only parts have "
        "them: {days}, and {more} more. Name under `days` those on which you are closed.",
        "ru": "{holidays} закрывает только общие для всех праздники. Открыты дни, которые праздничны лишь местами: "
        "{days} и ещё {more}. Те, в которые вы не работаете, перечислите в `days`.",
    },
    "ringback.holidays_choose": {
        "en": "{told} Or name your part after a dash, {country}-...: {parts}.",
        "ru": "{told} Или укажите свою часть через дефис, {country}-...: {parts}.",
    },
    "ringback.queue_empty": {
        "en": "Nobody answers queue {name}: callers wait there until an agent takes it for a shift.",
        "ru": "В очереди {name} никто не отвечает: клиенты ждут, пока оператор не возьмёт её на смену.",
    },
    "ringback.unused": {
        "en": "Nothing leads to {name}: it has no effect.",
        "ru": "К {name} ничего не ведёт: настройка не действует.",
    },
    "ringback.agent_without_queue": {
        "en": "{name} is in no queue: no caller is given to this agent before a queue is taken for a shift.",
        "ru": "{name} нет ни в одной очереди: звонков не будет, пока оператор не возьмёт очередь на смену.",
    },
    "ringback.circle": {
        "en": "Callers are sent round in a circle: {queues}. Let one of them lead to callback or message.",
        "ru": "Клиенты ходят по кругу: {queues}. Пусть одна из очередей ведёт к callback или message.",
    },
    "ringback.long_seconds": {
        "en": "{seconds} seconds are {hours} hours: is that meant?",
        "ru": "{seconds} секунд — это {hours} ч: так и задумано?",
    },
    "ringback.short_pause": {
        "en": "A pause of {seconds} seconds is reported as too long; for minutes write {right}.",
        "ru": "Перерыв в {seconds} секунд уже считается долгим; если это минуты, напишите {right}.",
    },
    "ringback.half_certificate": {
        "en": "certificate and key belong together: give both, or neither, and Ringback makes its own.",
        "ru": "certificate и key указываются вместе: задайте оба или ни одного, тогда Ringback создаст сертификат сам.",
    },
    "ringback.certificate_relative": {
        "en": "Certificate and key need the whole path, beginning with a slash: not {path}.",
        "ru": "Для сертификата и ключа нужен полный путь, с косой черты в начале, а не {path}.",
    },
    "ringback.no_mmdebstrap": {
        "en": "mmdebstrap, which fetches {packages} from Debian, is missing: apt-get install mmdebstrap.",
        "ru": "Нет mmdebstrap, которым {packages} скачивается из Debian: apt-get install mmdebstrap.",
    },
    "ringback.not_unpacked": {
        "en": "{packages} could not be fetched from Debian {suite} ({why}): is this machine connected? Try again.",
        "ru": "Не удалось скачать {packages} из Debian {suite} ({why}): есть ли у машины связь? Попробуйте ещё раз.",
    },
    "ringback.certificate_unreadable": {
        "en": "{file} cannot be read: look at the path and at who may read it.",
        "ru": "{file} не читается: проверьте путь и права на чтение.",
    },
    "ringback.certificate_wrong": {
        "en": "{file} and {key} are no certificate in PEM and its key without a password, or do not belong together.",
        "ru": "{file} и {key} — не сертификат PEM и ключ к нему без пароля, или они не подходят друг к другу.",
    },
    "ringback.certificate_ends": {
        "en": "The certificate in {file} ends on {day}: put the new one in its place. Pages take it up within a "
        "minute, phones at the next start.",
        "ru": "Срок действия сертификата в {file} истекает {day}: замените его. Страницы возьмут новый в течение "
        "минуты, телефоны — при следующем запуске.",
    },
}
