"""The sentences of scoring, by code and language (`ringback/messages.py`)."""

from ringback.messages import Sentences

SENTENCES: Sentences = {
    # Letters.
    "scoring.letter_scored": {
        "en": "Your call of {day} was scored.",
        "ru": "Ваш разговор от {day} оценён.",
    },
    "scoring.letter_disputed": {
        "en": "A score of a call of {day} is disputed and waits for an answer.",
        "ru": "Оценка разговора от {day} оспорена и ждёт ответа.",
    },
    "scoring.letter_answered": {
        "en": "The dispute about a call of {day} was answered.",
        "ru": "На спор об оценке разговора от {day} дан ответ.",
    },
    "scoring.no_title": {
        "en": "Give it a name of 1 to {most} characters.",
        "ru": "Дайте название: от 1 до {most} знаков.",
    },
    "scoring.long_words": {"en": "Use at most {most} characters.", "ru": "Не больше {most} знаков."},
    "scoring.card_gone": {
        "en": "This scorecard is not in use any more.",
        "ru": "Эта карта оценки больше не используется.",
    },
    "scoring.only_draft": {
        "en": "Nothing of this card was published yet: delete the card instead.",
        "ru": "Эта карта ещё не публиковалась: удалите её целиком.",
    },
    "scoring.no_draft": {
        "en": "A published version is never changed: begin a draft.",
        "ru": "Опубликованная версия не меняется: начните черновик.",
    },
    "scoring.published": {
        "en": "A card that was published cannot be deleted: take it out of use.",
        "ru": "Опубликованную карту удалить нельзя: выведите её из работы.",
    },
    "scoring.no_criteria": {
        "en": "Add at least one criterion first.",
        "ru": "Сначала добавьте хотя бы один критерий.",
    },
    "scoring.many_criteria": {
        "en": "A card has at most {most} criteria.",
        "ru": "В карте не больше {most} критериев.",
    },
    "scoring.criterion_gone": {
        "en": "This criterion is not on the card any more: load the page again.",
        "ru": "Этого критерия в карте больше нет: обновите страницу.",
    },
    "scoring.no_points": {
        "en": "Points are a number above 0 and up to {most}.",
        "ru": "Баллы: число больше 0 и не больше {most}.",
    },
    "scoring.no_weight": {
        "en": "The weight is a number above 0 and up to {most}.",
        "ru": "Вес: число больше 0 и не больше {most}.",
    },
    "scoring.many_choices": {
        "en": "Write at most {most} lines of {long} characters.",
        "ru": "Не больше {most} строк по {long} знаков.",
    },
    "scoring.no_agent": {
        "en": "Nobody talked with this caller: there is nothing to score.",
        "ru": "С этим клиентом никто не говорил: оценивать нечего.",
    },
    "scoring.own_call": {
        "en": "Nobody scores his or her own calls.",
        "ru": "Свои разговоры не оценивают.",
    },
    "scoring.scored": {
        "en": "You have scored this call by this card already.",
        "ru": "Вы уже оценили этот разговор по этой карте.",
    },
    "scoring.not_decided": {
        "en": {
            "one": "{count} criterion is not decided yet: give points, or say that it does not apply.",
            "other": "{count} criteria are not decided yet: give points, or say that they do not apply.",
        },
        "ru": {
            "one": "Не решён {count} критерий: поставьте баллы или отметьте, что он неприменим.",
            "few": "Не решены {count} критерия: поставьте баллы или отметьте, что они неприменимы.",
            "many": "Не решены {count} критериев: поставьте баллы или отметьте, что они неприменимы.",
            "other": "Не решены {count} критерия: поставьте баллы или отметьте, что они неприменимы.",
        },
    },
    "scoring.handed_in": {
        "en": "This evaluation was handed in: it is changed by a dispute alone.",
        "ru": "Оценка уже сдана: изменить её может только решение по спору.",
    },
    "scoring.held": {
        "en": "This call is under a legal hold: nothing of it can be deleted now.",
        "ru": "Звонок под запретом на удаление: сейчас из него ничего нельзя убрать.",
    },
    "scoring.evidence_stays": {
        "en": "This mark shows what a call was scored by: it stays with the evaluation.",
        "ru": "Эта пометка подтверждает оценку разговора, поэтому её нельзя ни удалить, ни скрыть.",
    },
    "scoring.evidence_gone": {
        "en": "This evidence is not there any more: load the page again.",
        "ru": "Этого фрагмента здесь больше нет: обновите страницу.",
    },
    "scoring.always_applies": {
        "en": "“{title}” always applies: give it points.",
        "ru": "«{title}» применим всегда: поставьте баллы.",
    },
    "scoring.other_points": {
        "en": "“{title}”: points from 0 to {most}.",
        "ru": "«{title}»: баллы от 0 до {most}.",
    },
    "scoring.no_words": {"en": "Write something.", "ru": "Напишите что-нибудь."},
    "scoring.not_done": {
        "en": "This evaluation was not handed in yet.",
        "ru": "Эта оценка ещё не сдана.",
    },
    "scoring.no_card": {
        "en": "No scorecard is for this call: publish one, or widen the queues of one.",
        "ru": "Для этого разговора нет карты оценки: опубликуйте карту или расширьте её очереди.",
    },
    "scoring.not_yours": {
        "en": "Only the agent whose call was scored can dispute.",
        "ru": "Оспорить может только оператор, чей разговор оценён.",
    },
    "scoring.too_late": {
        "en": "It is too late: the time for disputes was {days} days.",
        "ru": "Поздно: оспорить оценку можно было в течение {days} дн.",
    },
    "scoring.nothing_to_dispute": {
        "en": "No points were given for this criterion.",
        "ru": "По этому критерию баллы не ставили.",
    },
    "scoring.disputed": {
        "en": "This criterion was disputed already.",
        "ru": "Этот критерий уже оспорен.",
    },
    "scoring.not_graded": {
        "en": "Only a finished review of somebody else's can be scored beside.",
        "ru": "Сверить можно только сданную оценку, поставленную другим.",
    },
    "scoring.no_number": {
        "en": "Say how many points it gets instead.",
        "ru": "Укажите, сколько баллов ставите вместо прежних.",
    },
    "scoring.dispute_over": {
        "en": "This dispute was answered already.",
        "ru": "На этот спор уже ответили.",
    },
    "scoring.second_person": {
        "en": "A second person answers: not who scored, and not who disputes.",
        "ru": "Отвечает другой человек: не тот, кто оценивал, и не тот, кто оспорил.",
    },
    "scoring.no_goal": {"en": "A number from 0 to {most}.", "ru": "Число от 0 до {most}."},
    "scoring.why_lot": {"en": "Drawn by lot.", "ru": "Выбран случайно."},
    "scoring.why_unhappy": {
        "en": "The caller was not satisfied.",
        "ru": "Клиент остался недоволен.",
    },
    "scoring.why_silence": {"en": "A long silence.", "ru": "Долгая тишина."},
    "scoring.why_repeat": {
        "en": "The caller had called shortly before.",
        "ru": "Клиент звонит повторно.",
    },
    "scoring.why_transfer": {"en": "The call was passed on.", "ru": "Звонок передавали."},
    "scoring.why_hold": {"en": "A long hold.", "ru": "Долгое удержание."},
    "scoring.too_few_reviewers": {
        "en": "Choose two to {most} people who score.",
        "ru": "Выберите, кто оценивает: от двух до {most} человек.",
    },
    "scoring.calibration_calls": {
        "en": "Choose a playlist with 1 to {most} answered calls of others than those who score.",
        "ru": "Выберите подборку, где от 1 до {most} отвеченных звонков и их вели не те, кто оценивает.",
    },
    "scoring.calibration_over": {
        "en": "This calibration is over.",
        "ru": "Эта калибровка завершена.",
    },
    "scoring.not_of_it": {
        "en": "This call is not one of those that you are to score here.",
        "ru": "Этот разговор не из тех, что вам здесь оценивать.",
    },
}
