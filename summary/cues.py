"""Words that tell what a sentence does in a call, by language. Pure.

Regular expressions on folded text (small letters, no marks). What is said in other words is found by its meaning.
"""

import re

from ringback.folding import fold

_WEEKDAY = (
    "mondays? tuesdays? wednesdays? thursdays? fridays? saturdays? sundays? today tonight tomorrow noon "
    "morning afternoon evening week weeks month minutes? hours? days?"
)
_WHEN = {
    "en": rf"\b({'|'.join(_WEEKDAY.split())}|\d+|within|by (the|then|next))\b",
    "ru": r"\b(понедельник\w*|вторник\w*|сред[уыа]|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*|сегодня|завтра|"
    r"послезавтра|утр\w+|вечер\w*|недел\w+|месяц\w*|минут\w*|час\w*|дня|дней|\d+|в течение|не позже|как только)\b",
}
_CUES: dict[str, dict[str, str]] = {
    "wants": {
        "en": r"\b(i (want|need|would like|have a (problem|question))|i'd like|please (block|cancel|help)|"
        r"i('m| am) (calling|waiting)|could you tell me|the (problem|thing) is)\b",
        "ru": r"\b(хочу|хотел\w*|нужно|нужна|нужен|надо|срочно|помогите|звоню|жду|проблем\w*|вопрос|подскажите|"
        r"прошу)\b",
    },
    "wrong": {
        "en": r"\b(n't|not|never|no|nobody|nothing|without|broken|wrong|twice|lost|missing|error|damaged|stopped|since|"
        r"cannot|still|only|instead|too)\b|\w+n't\b",
        "ru": r"\b(не|нет|ни|никто|ничего|никак|нельзя|сломал\w*|ошиб\w*|дважды|потерял\w*|забыл\w*|оставил\w*|"
        r"пропал\w*|перестал\w*|поврежд\w*|до сих пор|"
        r"только|без|вместо)\b",
    },
    "will": {
        "en": r"\b(i'll|we'll|he'll|she'll|it'll|they'll|will|going to|i am sending|you'll (get|receive|find|have)|"
        r"i promise|let you know)\b",
        "ru": r"\b(я|мы)( \w+){0,3} \w+(лю|ну|жу|шу|щу|чу|ю|у|ем|им|ём)\b|\b\w*(пришл\w+|отправ\w+|вышл\w+|перезвон\w+|"
        r"позвон(ю|ит|им|ят)|верн(у|ем|ет|ется|утся)|привез\w+|придет|приедет|приедут|будет|будут|передам|передадим|"
        r"сделаем|сделаю|проверим|проверю|сообщ\w+|обещаю|напишу|дадим)\b",
    },
    "settled": {
        "en": r"\b(so (i|you|we|that|the|it|use)|then (i|you|we|they|let|the)|now|works?|working|done|solved|agreed|"
        r"i have (cancelled|booked|changed)|i've (got|done|changed)|instead|"
        r"you (only|don't|do not)|(is|are) (booked|cancelled|blocked|settled)|okay i('ll)?|"
        r"fine i|let's)\b",
        "ru": r"\b(значит|итак|тогда|теперь|договорились|готово|получилось|решен\w*|отменен\w*|записал\w*|"
        r"забронирова\w+|заблокирован\w*|всё|все|получается|ладно|вместо|"
        r"работает|пришло|давайте|попробую|жду)\b",
    },
    "polite": {
        "en": r"\b(thank|thanks|thank you|goodbye|bye|hello|hi|good (morning|afternoon|evening)|speaking|welcome|"
        r"my name is|how (can|may) i help|anything else|sorry|one moment|wait|hold)\b",
        "ru": r"\b(спасибо|до свидания|здравствуйте|добрый (день|вечер)|доброе утро|алло|слушаю|меня зовут|"
        r"чем (могу )?помочь|всего доброго|извините|простите|сочувствую|минут\w*|секунд\w*|подождите|до встречи|"
        r"пожалуйста)\b",
    },
}
_COMPILED = {
    name: {language: re.compile(pattern) for language, pattern in by.items()}
    for name, by in {**_CUES, "when": _WHEN}.items()
}


def cues(text: str, language: str) -> frozenset[str]:
    """Those that a sentence has: wants, wrong, will, settled, polite, when. None in a language without words here."""
    folded = " ".join(re.findall(r"[\w']+", fold(text)))
    return frozenset(
        name for name, by in _COMPILED.items() if language in by and by[language].search(folded) is not None
    )
