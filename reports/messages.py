"""The sentences of reports, by code and language (`ringback/messages.py`): what figures are called, by which rules they
are counted, and what cannot be asked."""

from reports.file_messages import FILE_SENTENCES
from ringback.messages import Sentences

SENTENCES: Sentences = {
    **FILE_SENTENCES,
    "reports.figure_calls": {
        "en": "Calls",
        "ru": "Звонки",
    },
    "reports.rule_calls": {
        "en": "All calls that arrived and are over, also those that never came to a queue.",
        "ru": "Все завершившиеся звонки, в том числе не дошедшие до очереди.",
    },
    "reports.figure_offered": {
        "en": "Offered",
        "ru": "Поступило в очередь",
    },
    "reports.rule_offered": {
        "en": "Visits of callers to queues. Calls that we make as promised are counted apart.",
        "ru": "Сколько раз звонящие вставали в очередь. Звонки, которые мы обещали и сделали сами, считаются отдельно.",
    },
    "reports.figure_answered": {
        "en": "Answered",
        "ru": "Отвечено",
    },
    "reports.rule_answered": {
        "en": "Visits that ended with an agent of the queue.",
        "ru": "Ожидания, которые закончились разговором с оператором очереди.",
    },
    "reports.figure_abandoned": {
        "en": "Abandoned",
        "ru": "Не дождались",
    },
    "reports.rule_abandoned": {
        "en": "Callers who hung up in the queue. Who took a promised call is not among them.",
        "ru": "Звонящие, которые положили трубку в очереди. Те, кому обещан обратный звонок, сюда не входят.",
    },
    "reports.figure_short_abandons": {
        "en": "Short abandons",
        "ru": "Сразу положили трубку",
    },
    "reports.rule_short_abandons": {
        "en": "Of the abandoned, those who hung up within {short} s: they never meant to wait.",
        "ru": "Из не дождавшихся: положили трубку в первые {short} с и ждать не собирались.",
    },
    "reports.figure_flow_outs": {
        "en": "Flow-outs",
        "ru": "Ушли из очереди иначе",
    },
    "reports.rule_flow_outs": {
        "en": (
            "Left the queue for a promised call, another queue, a message, closing time or a person's transfer: "
            "neither answered nor abandoned."
        ),
        "ru": (
            "Ушли из очереди: обещан звонок, другая очередь, сообщение, конец рабочего дня или перевод вручную. "
            "Это не ответ и не потерянный звонок."
        ),
    },
    "reports.figure_lost": {
        "en": "Lost",
        "ru": "Потеряны из-за сбоя",
    },
    "reports.rule_lost": {
        "en": "Visits that ended with a fault of ours: the switch or the controller was away.",
        "ru": "Ожидания, которые прервал наш сбой: станция или управляющая программа не работала.",
    },
    "reports.figure_service_level": {
        "en": "Service level",
        "ru": "Уровень обслуживания",
    },
    "reports.figure_abandoned_share": {
        "en": "Abandonment",
        "ru": "Доля не дождавшихся",
    },
    "reports.rule_abandoned_share": {
        "en": (
            "Abandoned, of answered and abandoned, both without those who hung up within {short} s. Flow-outs "
            "do not count."
        ),
        "ru": (
            "Доля не дождавшихся среди отвеченных и не дождавшихся, без тех, кто положил трубку в первые "
            "{short} с. Ушедшие иначе не считаются."
        ),
    },
    "reports.figure_asa": {
        "en": "Average speed of answer",
        "ru": "Среднее время до ответа",
    },
    "reports.rule_asa": {
        "en": "The waits of those who were answered, ringing and waits of nothing included, divided by their number.",
        "ru": "Сумма ожиданий отвеченных, вместе со звонком у оператора и нулевыми ожиданиями, делённая на их число.",
    },
    "reports.figure_wait_median": {
        "en": "Wait, median",
        "ru": "Ожидание, медиана",
    },
    "reports.rule_wait_median": {
        "en": "Half of those who were answered waited no longer.",
        "ru": "Половина отвеченных ждала не дольше.",
    },
    "reports.figure_wait_p90": {
        "en": "Wait, 9 of 10",
        "ru": "Ожидание, 9 из 10",
    },
    "reports.rule_wait_p90": {
        "en": "Nine in ten of those who were answered waited no longer.",
        "ru": "Девять из десяти отвеченных ждали не дольше.",
    },
    "reports.figure_abandoned_wait": {
        "en": "Wait of those who gave up",
        "ru": "Сколько ждали не дождавшиеся",
    },
    "reports.rule_abandoned_wait": {
        "en": "The mean wait of callers who hung up. It is not how long callers are ready to wait: see patience.",
        "ru": "Среднее ожидание положивших трубку. Это не то, сколько готовы ждать: см. терпение.",
    },
    "reports.figure_patience": {
        "en": "Patience",
        "ru": "Терпение",
    },
    "reports.rule_patience": {
        "en": (
            "After so long half of all callers would have given up if nobody had answered (Kaplan-Meier; who "
            "was answered might have waited longer). Empty: most never give up."
        ),
        "ru": (
            "Через столько положила бы трубку половина звонящих, если бы никто не ответил (Каплан — Мейер; "
            "отвеченные могли бы ждать и дольше). Пусто: большинство дожидается."
        ),
    },
    "reports.figure_handled": {
        "en": "Talks",
        "ru": "Разговоры",
    },
    "reports.rule_handled": {
        "en": "Talks of agents with callers; a call that was passed on has several. Counted when the call arrived.",
        "ru": (
            "Разговоры операторов со звонящими; у переведённого звонка их несколько. Считаются по времени "
            "поступления звонка."
        ),
    },
    "reports.figure_aht": {
        "en": "Average handling time",
        "ru": "Среднее время обработки",
    },
    "reports.rule_aht": {
        "en": "Talk, hold and wrap-up, divided by the number of talks. Consulting a colleague is hold.",
        "ru": (
            "Разговор, удержание и постобработка, делённые на число разговоров. Консультация с коллегой — это "
            "удержание."
        ),
    },
    "reports.figure_aht_median": {
        "en": "Handling time, median",
        "ru": "Время обработки, медиана",
    },
    "reports.rule_aht_median": {
        "en": "Half of the talks took no longer with hold and wrap-up.",
        "ru": "Половина разговоров вместе с удержанием и постобработкой заняла не больше.",
    },
    "reports.figure_aht_p90": {
        "en": "Handling time, 9 of 10",
        "ru": "Время обработки, 9 из 10",
    },
    "reports.rule_aht_p90": {
        "en": "Nine in ten talks took no longer with hold and wrap-up.",
        "ru": "Девять из десяти разговоров вместе с удержанием и постобработкой заняли не больше.",
    },
    "reports.figure_talk": {
        "en": "Talk",
        "ru": "Разговор",
    },
    "reports.rule_talk": {
        "en": "The mean talk, without hold.",
        "ru": "Средний разговор без удержания.",
    },
    "reports.figure_hold": {
        "en": "Hold",
        "ru": "Удержание",
    },
    "reports.rule_hold": {
        "en": "The mean time on hold in a talk, talks without any included.",
        "ru": "Среднее время удержания на разговор, включая разговоры без него.",
    },
    "reports.figure_wrap_up": {
        "en": "Wrap-up",
        "ru": "Постобработка",
    },
    "reports.rule_wrap_up": {
        "en": "The mean time after a talk until the agent was given other calls, one hour at the most.",
        "ru": "Среднее время после разговора до следующих звонков, не больше часа.",
    },
    "reports.figure_transfers": {
        "en": "Transfers",
        "ru": "Переводы",
    },
    "reports.rule_transfers": {
        "en": "Of all talks, those that began by being passed on by a colleague.",
        "ru": "Доля разговоров, которые начались переводом от коллеги.",
    },
    "reports.figure_caller_hung_up": {
        "en": "Ended by the caller",
        "ru": "Завершил звонящий",
    },
    "reports.rule_caller_hung_up": {
        "en": "Of the calls of which it is known who hung up.",
        "ru": "Из звонков, о которых известно, кто положил трубку.",
    },
    "reports.figure_agent_hung_up": {
        "en": "Ended by the agent",
        "ru": "Завершил оператор",
    },
    "reports.rule_agent_hung_up": {
        "en": "Of the calls of which it is known who hung up.",
        "ru": "Из звонков, о которых известно, кто положил трубку.",
    },
    "reports.figure_logged_in": {
        "en": "Logged in",
        "ru": "На смене",
    },
    "reports.rule_logged_in": {
        "en": "The time of all agents together in which they were logged in with a phone that can be reached.",
        "ru": "Общее время всех операторов на смене с доступным телефоном.",
    },
    "reports.figure_occupancy": {
        "en": "Occupancy",
        "ru": "Загрузка",
    },
    "reports.rule_occupancy": {
        "en": "Talk, hold and wrap-up, of that and the time of being free or rung. Cut where intervals end.",
        "ru": (
            "Разговор, удержание и постобработка как доля от них вместе со свободным временем и вызовом. "
            "Разрезано по границам интервалов."
        ),
    },
    "reports.figure_utilisation": {
        "en": "Utilisation",
        "ru": "Использование смены",
    },
    "reports.rule_utilisation": {
        "en": "Talk, hold and wrap-up, of all the time logged in, pauses included.",
        "ru": "Разговор, удержание и постобработка как доля всего времени на смене, с перерывами.",
    },
    "reports.figure_breaks_kept": {
        "en": "Breaks kept",
        "ru": "Перерывы вовремя",
    },
    "reports.rule_breaks_kept": {
        "en": "Of pauses whose code has a limit in the settings, those that were no longer.",
        "ru": "Из перерывов, для которых в настройках есть предел: не длиннее него.",
    },
    "reports.figure_promises": {
        "en": "Calls promised",
        "ru": "Обещано звонков",
    },
    "reports.rule_promises": {
        "en": "Calls that were promised, by when they were asked for.",
        "ru": "Обещанные звонки по времени просьбы.",
    },
    "reports.figure_promises_kept": {
        "en": "Promises kept",
        "ru": "Обещания выполнены",
    },
    "reports.rule_promises_kept": {
        "en": "Of the promises that are over, those whose customer was reached. Cancelled ones do not count.",
        "ru": "Из закончившихся обещаний: те, по которым дозвонились. Отменённые не считаются.",
    },
    "reports.figure_promises_broken": {
        "en": "Promises broken",
        "ru": "Обещания нарушены",
    },
    "reports.rule_promises_broken": {
        "en": "Promises that ended without reaching the customer.",
        "ru": "Обещания, по которым так и не дозвонились.",
    },
    "reports.figure_promise_wait": {
        "en": "Wait for a promised call, median",
        "ru": "Ожидание обещанного звонка, медиана",
    },
    "reports.rule_promise_wait": {
        "en": "From the request to the talk, for half of the promises that were kept.",
        "ru": "От просьбы до разговора, для половины выполненных обещаний.",
    },
    "reports.figure_told_kept": {
        "en": "Announced waits kept",
        "ru": "Названное ожидание выдержано",
    },
    "reports.rule_told_kept": {
        "en": (
            "Of callers who were told how long at the most and of whom it can be known, those who waited no "
            "longer, counted from entering the queue."
        ),
        "ru": (
            "Из звонящих, которым назвали наибольшее ожидание и о которых это известно: ждали не дольше, считая "
            "от входа в очередь."
        ),
    },
    "reports.figure_first_contact": {
        "en": "First-contact resolution",
        "ru": "Решено с первого раза",
    },
    "reports.rule_first_contact": {
        "en": (
            "Served calls of known callers after which the same person did not call again for {hours} h, of "
            "those that are older than that. Younger ones are not known yet."
        ),
        "ru": (
            "Обслуженные звонки известных людей, после которых тот же человек не звонил {hours} ч, из звонков "
            "старше этого срока. Про более свежие ещё не известно."
        ),
    },
    "reports.figure_first_contact_number": {
        "en": "First contact, by number",
        "ru": "С первого раза, по номеру",
    },
    "reports.rule_first_contact_number": {
        "en": "The same, counting calls from the same number alone.",
        "ru": "То же, но повтором считается звонок с того же номера.",
    },
    "reports.figure_first_contact_ticket": {
        "en": "First contact, by ticket",
        "ru": "С первого раза, по обращению",
    },
    "reports.rule_first_contact_ticket": {
        "en": "The same, counting calls on the same ticket alone.",
        "ru": "То же, но повтором считается звонок по тому же обращению.",
    },
    "reports.figure_first_contact_topic": {
        "en": "First contact, by topic",
        "ru": "С первого раза, по теме",
    },
    "reports.rule_first_contact_topic": {
        "en": "The same, counting calls of the same person about the same topic alone.",
        "ru": "То же, но повтором считается звонок того же человека на ту же тему.",
    },
    "reports.figure_repeats": {
        "en": "Called again",
        "ru": "Звонили снова",
    },
    "reports.rule_repeats": {
        "en": "Served calls after which the same person called again within {hours} h, of those that are older.",
        "ru": (
            "Обслуженные звонки, после которых тот же человек позвонил снова в течение {hours} ч, из звонков "
            "старше этого срока."
        ),
    },
    "reports.figure_not_known_yet": {
        "en": "Not known yet",
        "ru": "Ещё не известно",
    },
    "reports.rule_not_known_yet": {
        "en": "Served calls of known callers of the last {hours} h: whether they call again is not known.",
        "ru": "Обслуженные звонки известных людей за последние {hours} ч: позвонят ли снова, ещё не известно.",
    },
    "reports.figure_anonymous": {
        "en": "Unknown callers",
        "ru": "Неизвестные звонящие",
    },
    "reports.rule_anonymous": {
        "en": "Served calls of callers who cannot be known again; they are in no figure of first contact.",
        "ru": "Обслуженные звонки тех, кого нельзя узнать снова; в показатель первого обращения они не входят.",
    },
    "reports.figure_csat": {
        "en": "Satisfied",
        "ru": "Довольны",
    },
    "reports.rule_csat": {
        "en": (
            "Answers that mean good, of all answers to questions that measure satisfaction. Fewer than 10: no "
            "percentage."
        ),
        "ru": "Хорошие ответы как доля всех ответов на вопросы об удовлетворённости. Меньше 10 ответов — без процента.",
    },
    "reports.figure_nps": {
        "en": "Net promoters",
        "ru": "Индекс лояльности",
    },
    "reports.rule_nps": {
        "en": "The share of good answers less that of poor ones, of questions that measure it, in hundredths.",
        "ru": "Доля хороших ответов минус доля плохих на вопросы о лояльности, в сотых.",
    },
    "reports.figure_survey_response": {
        "en": "Survey response",
        "ru": "Ответили на опрос",
    },
    "reports.rule_survey_response": {
        "en": "Callers who answered, of those who were asked.",
        "ru": "Доля ответивших среди тех, кого спросили.",
    },
    "reports.figure_recorded": {
        "en": "Recordings whole",
        "ru": "Записи целы",
    },
    "reports.rule_recorded": {
        "en": "Recordings that are whole and unchanged, of those that should be.",
        "ru": "Целые и неизменённые записи из тех, что должны быть.",
    },
    "reports.figure_transcribed": {
        "en": "Transcripts made",
        "ru": "Расшифровки готовы",
    },
    "reports.rule_transcribed": {
        "en": "Of recordings whose transcript is made or failed.",
        "ru": "Из записей, расшифровка которых готова или не удалась.",
    },
    "reports.figure_masked": {
        "en": "Masking proven",
        "ru": "Маскирование проверено",
    },
    "reports.rule_masked": {
        "en": "Of masked recordings, those in which no secret was heard again.",
        "ru": "Из замаскированных записей те, где секретов больше не слышно.",
    },
    "reports.figure_mos_caller": {
        "en": "Sound at callers",
        "ru": "Звук у звонящих",
    },
    "reports.rule_mos_caller": {
        "en": "Mean opinion score of callers' legs by their worse direction, 1 to 4.5 (ITU-T G.107).",
        "ru": "Средняя оценка звука по худшему направлению, от 1 до 4,5 (ITU-T G.107).",
    },
    "reports.figure_mos_agent": {
        "en": "Sound at agents",
        "ru": "Звук у операторов",
    },
    "reports.rule_mos_agent": {
        "en": "The same of agents' legs.",
        "ru": "То же для телефонов операторов.",
    },
    "reports.rule_service_level_a": {
        "en": "Answered within {seconds} s, of those who were answered.",
        "ru": "Отвечено за {seconds} с из отвеченных.",
    },
    "reports.rule_service_level_b": {
        "en": "Answered within {seconds} s, of all offered but flow-outs.",
        "ru": "Отвечено за {seconds} с из всех поступивших, кроме ушедших иначе.",
    },
    "reports.rule_service_level_c": {
        "en": "Answered within {seconds} s, of all offered but flow-outs and those who gave up within {seconds} s.",
        "ru": "Отвечено за {seconds} с из всех поступивших, кроме ушедших иначе и не дождавшихся за те же {seconds} с.",
    },
    "reports.rule_service_level_d": {
        "en": "Answered or given up within {seconds} s, of all who were answered or gave up.",
        "ru": "Отвечено или положили трубку за {seconds} с из всех отвеченных и не дождавшихся.",
    },
    "reports.rule_service_level_e": {
        "en": "Answered within {seconds} s, of those whom the switches of the settings let count.",
        "ru": "Отвечено за {seconds} с из тех, кого засчитывают переключатели в настройках.",
    },
    "reports.rule_service_level_f": {
        "en": "Answered within {seconds} s, of all offered but flow-outs and those who gave up within {short} s.",
        "ru": (
            "Отвечено за {seconds} с из всех поступивших, кроме ушедших иначе и положивших трубку в первые {short} с."
        ),
    },
    "reports.upside_down": {
        "en": "The report would end on {until}, before it begins on {since}.",
        "ru": "Отчёт кончается {until}, раньше, чем начинается {since}.",
    },
    "reports.too_long": {
        "en": "{days} days are too many, or too far away: ask for {most} at the most, between 1990 and 2199.",
        "ru": "{days} дн. — слишком много или слишком далеко: не больше {most}, между 1990 и 2199 годом.",
    },
    "reports.too_fine": {
        "en": "{count} rows are too many: ask for fewer days or longer intervals ({most} rows at the most).",
        "ru": "{count} строк — слишком много: возьмите меньше дней или интервалы крупнее (не больше {most} строк).",
    },
    "reports.agents_alone": {
        "en": "The figures of single agents cannot be told apart by “{by}”, too.",
        "ru": "Показатели отдельных операторов нельзя разделить ещё и по «{by}».",
    },
    "reports.hours_alone": {
        "en": "By the hours of the day figures can be told of queues, not by “{by}”.",
        "ru": "По часам дня показатели есть по очередям, но не по «{by}».",
    },
}
