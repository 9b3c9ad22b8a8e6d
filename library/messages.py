"""The sentences of the library, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Letters.
    "library.subject_assigned": {"en": "To be heard: {title}", "ru": "Прослушать: {title}"},
    "library.subject_reminder": {"en": "Reminder: {title}", "ru": "Напоминание: {title}"},
    "library.subject_due": {"en": "The day is near: {title}", "ru": "Срок подходит: {title}"},
    "library.subject_overdue": {"en": "The day is over: {title}", "ru": "Срок прошёл: {title}"},
    "library.letter_assigned": {
        "en": "{by} gave you the playlist “{title}” to hear, by {day}.",
        "ru": "Вам назначена подборка «{title}» (от {by}). Прослушайте её не позже {day}.",
    },
    "library.letter_assigned_undated": {
        "en": "{by} gave you the playlist “{title}” to hear.",
        "ru": "Вам назначена подборка «{title}» (от {by}).",
    },
    "library.letter_reminder": {
        "en": "A reminder: the playlist “{title}” is to be heard by {day}.",
        "ru": "Напоминание: подборку «{title}» нужно прослушать не позже {day}.",
    },
    "library.letter_reminder_undated": {
        "en": "A reminder: the playlist “{title}” is still to be heard.",
        "ru": "Напоминание: подборка «{title}» ещё не прослушана.",
    },
    "library.letter_due": {
        "en": "The playlist “{title}” is to be heard by {day}. Some of it is still left.",
        "ru": "Подборку «{title}» нужно прослушать не позже {day}, а вы прослушали ещё не всё.",
    },
    "library.letter_overdue": {
        "en": "The playlist “{title}” was to be heard by {day}. Some of it is still left.",
        "ru": "Подборку «{title}» нужно было прослушать не позже {day}, а вы прослушали ещё не всё.",
    },
    "library.no_place": {
        "en": "Say from where to where in the recording, for example 1:05 to 1:20.",
        "ru": "Укажите, откуда и докуда в записи, например с 1:05 до 1:20.",
    },
    "library.long_clip": {
        "en": "A part may be {most} minutes long: choose a shorter one, or the whole call.",
        "ru": "Фрагмент может длиться не больше {most} мин: выберите короче или возьмите разговор целиком.",
    },
    "library.long_words": {"en": "Use at most {most} characters.", "ru": "Не больше {most} знаков."},
    "library.long_tag": {
        "en": "A tag has at most {most} characters.",
        "ru": "В метке не больше {most} знаков.",
    },
    "library.says_nothing": {
        "en": "Write a comment, give it a tag, or mention somebody.",
        "ru": "Напишите комментарий, поставьте метку или упомяните кого-нибудь.",
    },
    "library.no_words": {"en": "Write something.", "ru": "Напишите что-нибудь."},
    "library.not_yours": {
        "en": "This belongs to somebody else.",
        "ru": "Это чужое: изменить может только автор.",
    },
    "library.held": {
        "en": "This call is under a legal hold: nothing of it can be deleted now.",
        "ru": "Звонок под запретом на удаление: сейчас из него ничего нельзя убрать.",
    },
    "library.no_title": {
        "en": "Give it a name of 1 to {most} characters.",
        "ru": "Дайте название: от 1 до {most} знаков.",
    },
    "library.playlist_gone": {
        "en": "This playlist is not there any more.",
        "ru": "Этой подборки больше нет.",
    },
    "library.item_gone": {
        "en": "This entry is not in the playlist any more: load the page again.",
        "ru": "Этого пункта в подборке больше нет: обновите страницу.",
    },
    "library.full": {
        "en": "A playlist has at most {most} entries: begin another one.",
        "ru": "В подборке не больше {most} пунктов: начните другую.",
    },
    "library.nobody": {"en": "Choose at least one person.", "ru": "Выберите хотя бы одного человека."},
    "library.many": {
        "en": "Give it to at most {most} people at once.",
        "ru": "Не больше {most} человек за раз.",
    },
    "library.past": {"en": "This day is over: choose a later one.", "ru": "Этот день уже прошёл: выберите другой."},
    "library.empty": {
        "en": "There is nothing in this playlist yet: add calls first.",
        "ru": "Подборка пока пуста: сначала добавьте разговоры.",
    },
    "library.assignment_over": {
        "en": "This assignment is over already.",
        "ru": "Это задание уже закрыто.",
    },
    "library.no_question": {"en": "Nothing is asked here.", "ru": "Здесь вопроса нет."},
    "library.hear_first": {
        "en": "Listen to it first; the question is about what you hear.",
        "ru": "Сначала прослушайте: вопрос о том, что вы услышите.",
    },
    "library.why_good": {
        "en": "The caller said that it went well.",
        "ru": "Клиент остался доволен.",
    },
    "library.why_short": {"en": "Short, and it was dealt with.", "ru": "Короткий, и вопрос закрыт."},
    "library.why_topic": {
        "en": "Many call about this: {topic}.",
        "ru": "С этим звонят часто: {topic}.",
    },
    "library.why_menu": {
        "en": "How a call goes whose caller chose “{menu}”.",
        "ru": "Как идёт разговор, когда клиент выбрал «{menu}».",
    },
    "library.why_queue": {
        "en": "A usual call of the queue {queue}.",
        "ru": "Обычный звонок в очередь {queue}.",
    },
    "library.why_hold": {
        "en": "The caller is put on hold, and it ends well.",
        "ru": "Клиента ставят на удержание, и всё кончается хорошо.",
    },
    "library.why_transfer": {
        "en": "The call is passed on to a colleague, and it ends well.",
        "ru": "Звонок передают коллеге, и всё кончается хорошо.",
    },
    "library.not_seen_by": {
        "en": "{people} cannot see this call and would find nothing: do not mention them here.",
        "ru": "Этот разговор закрыт для {people}: не упоминайте их здесь.",
    },
    "library.no_calls": {
        "en": "Choose at least one call that you may see.",
        "ru": "Выберите хотя бы один разговор, который вам доступен.",
    },
    "library.no_sound": {
        "en": "Nothing can be heard of it now.",
        "ru": "Сейчас прослушать нельзя.",
    },
    "library.too_few": {
        "en": "There is no call yet from which a first day can be made: it takes answered calls with sound and text.",
        "ru": "Пока нет разговоров для первого дня: нужны отвеченные звонки с записью и текстом.",
    },
    "library.digest_problem": {"en": "What the caller wants.", "ru": "С чем звонит клиент."},
    "library.digest_turn": {
        "en": "Why it is so, or what can be done.",
        "ru": "В чём дело или что можно сделать.",
    },
    "library.digest_promised": {"en": "What is promised.", "ru": "Что обещали."},
    "library.digest_outcome": {"en": "What came of it.", "ru": "Чем кончилось."},
    "library.digest_uncertain": {
        "en": "The recogniser is not sure of these words: listen.",
        "ru": "В этих словах программа не уверена: послушайте сами.",
    },
    "library.digest_hold": {"en": "After the hold.", "ru": "После удержания."},
    "library.digest_silence": {"en": "After a silence.", "ru": "После молчания."},
    "library.digest_overlap": {"en": "Where both talk at once.", "ru": "Говорят одновременно."},
    "library.digest_transfer": {"en": "After the transfer.", "ru": "После перевода звонка."},
    "library.say_why": {"en": "Say why, in a few words.", "ru": "Напишите в нескольких словах почему."},
    "library.example_erased": {"en": "The call was erased.", "ru": "Звонок удалён."},
    "library.example_over": {
        "en": "The time to keep the recording is over.",
        "ru": "Срок хранения записи истёк.",
    },
    "library.example_silent": {"en": "Its sound is not there any more.", "ru": "Записи больше нет."},
    "library.example_again": {
        "en": "The same person called again.",
        "ru": "Тот же человек позвонил снова.",
    },
    "library.example_poor": {"en": "The caller gave a poor answer.", "ru": "Клиент поставил плохую оценку."},
    "library.example_reopened": {"en": "Its ticket was opened again.", "ru": "Обращение снова открыли."},
    "library.why_exemplar": {
        "en": "An exemplar: somebody listened and said so.",
        "ru": "Образцовый разговор: его прослушали и отобрали.",
    },
    "library.drill_place": {
        "en": "Choose an agent's turn and a beginning before it: at most {most} minutes of each, scene and answer.",
        "ru": "Выберите реплику оператора и начало перед ней: не больше {most} мин до неё и столько же ответа.",
    },
    "library.drill_points": {
        "en": "Write at least one point that must be said.",
        "ru": "Напишите хотя бы один пункт, который должен прозвучать.",
    },
    "library.drill_many": {
        "en": "At most {points} points with {wordings} wordings of {letters} characters each.",
        "ru": "Не больше {points} пунктов, в каждом до {wordings} формулировок по {letters} знаков.",
    },
    "library.drill_long": {
        "en": "Speak for at most {most} seconds, or type it.",
        "ru": "Говорите не дольше {most} секунд или наберите ответ.",
    },
    "library.drill_silence": {
        "en": "Nothing was understood: speak closer to the microphone, or type it.",
        "ru": "Ничего не удалось разобрать: говорите ближе к микрофону или наберите ответ.",
    },
    "library.drill_busy": {
        "en": "Somebody else is being heard just now: try again in a moment, or type it.",
        "ru": "Сейчас слушаем другого человека: попробуйте через минуту или наберите ответ.",
    },
    "library.drill_slow": {
        "en": "The recogniser took longer than {most} seconds and was ended: try again, or type it.",
        "ru": "Распознавание не уложилось в {most} секунд и остановлено: попробуйте ещё раз или наберите ответ.",
    },
    "library.drill_away": {
        "en": "Speech cannot be recognised now: type it.",
        "ru": "Сейчас распознать речь нельзя: наберите ответ.",
    },
    "library.drill_changed": {
        "en": "Somebody changed this drill while you wrote. What you wrote is still in the form: look at what stands "
        "now, put in what is to stay of it, and save again.",
        "ru": "Пока вы писали, тренировку изменили. Ваш текст остался в форме: посмотрите, что записано сейчас, "
        "перенесите нужное и сохраните ещё раз.",
    },
    "library.drill_gone": {
        "en": "This drill is not there any more.",
        "ru": "Этой тренировки больше нет.",
    },
    "library.drill_since": {
        "en": "The drill was changed since you opened it: load the page again.",
        "ru": "Тренировку изменили после того, как вы её открыли: обновите страницу.",
    },
    "library.drill_lost": {
        "en": "What you said was lost on its way: try again, or type it.",
        "ru": "Запись потерялась по дороге: попробуйте ещё раз или наберите ответ.",
    },
}
