"""Menus whose options can be said, and what callers say to them: the words of `bench/press_or_say.py`.

Two sets that share no menu: on `calibration` the thresholds of `recogniser/matching.py` were chosen, on `measured` they
are reported. What is said is a phrase of the menu, alone or in a few words of courtesy, or the number of its key; what
belongs to no option is said too, as callers do who did not listen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Options = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class SpokenMenu:
    """A menu whose options have words."""

    language: str
    part: str
    """calibration or measured"""
    options: Options


@dataclass(frozen=True)
class Answer:
    """What one caller says to a menu."""

    menu: SpokenMenu
    text: str
    key: str | None
    """The option that is meant; None: none of them."""


_WORDS = {
    ("en", "calibration"): """
        account balance, balance | lost card, my card was stolen | loans, a loan | transfer money
        reservation, book a room | cancel my booking | restaurant | reception
        baggage, lost luggage | change my flight | refund | check in
        excellent, very good | average | bad, very bad""",
    ("en", "measured"): """
        support, technical support, something does not work | billing, a question about my bill | sales, new order |
          delivery, where is my order
        appointment, make an appointment | test results | prescription, repeat prescription | insurance
        internet, no connection | television | moving house, new address | cancel my contract
        yes | partly | no""",
    ("ru", "calibration"): """
        баланс, остаток на счёте | потерял карту, украли карту | кредит | перевод, перевести деньги
        забронировать номер, бронирование | отменить бронь | ресторан | администратор
        багаж, потерялся багаж | поменять билет | возврат, вернуть деньги | регистрация
        отлично, очень хорошо | нормально | плохо""",
    ("ru", "measured"): """
        поддержка, техническая поддержка, что-то не работает | оплата, вопрос по счёту | продажи, новый заказ |
          доставка, где мой заказ
        запись, записаться к врачу | результаты анализов, анализы | рецепт | страховка
        интернет, нет связи | телевидение | переезд, новый адрес | расторгнуть договор
        да | частично | нет""",
}
"""A menu a line: its options between bars, their phrases between commas."""


def _menus() -> Iterator[SpokenMenu]:
    for (language, part), text in _WORDS.items():
        for line in re.sub(r"\|\s*\n", "|", text).strip().splitlines():
            options = enumerate(line.split("|"), 1)
            said = {str(key): tuple(map(str.strip, phrases.split(","))) for key, phrases in options}
            yield SpokenMenu(language, part, said)


MENUS = tuple(_menus())
COURTESY = {
    "en": ("{}", "{} please", "I would like {}"),
    "ru": ("{}", "{} пожалуйста", "мне нужно {}"),
}
"""How a phrase of several letters is said; yes, no and the like are said alone."""
NUMBERS = {
    "en": {"1": ("one", "press one"), "2": ("two", "number two"), "3": ("three",), "4": ("four",)},
    "ru": {"1": ("один",), "2": ("два", "цифра два"), "3": ("три",), "4": ("четыре",)},
}
ELSEWHERE = {
    language: tuple(map(str.strip, said.split("|")))
    for language, said in {
        "en": """hello | what did you say | I do not understand | just a moment | good morning | can you hear me |
        the weather is nice today | my name is Robert""",
        "ru": """алло | что вы сказали | я не понимаю | одну минуту | доброе утро | вы меня слышите |
        сегодня хорошая погода | меня зовут Роберт""",
    }.items()
}
"""What belongs to no menu."""
ALONE = frozenset("yes no partly да нет частично average bad нормально плохо отлично excellent".split())


def answers(language: str, part: str) -> list[Answer]:
    """Everything that is said to the menus of one set: each is said by every voice."""
    found: list[Answer] = []
    for menu in (each for each in MENUS if each.language == language and each.part == part):
        for key, phrases in menu.options.items():
            for phrase in phrases:
                manners = ("{}",) if phrase in ALONE else COURTESY[language]
                found += [Answer(menu, manner.format(phrase), key) for manner in manners]
            found += [Answer(menu, text, key) for text in NUMBERS[language][key]]
        found += [Answer(menu, text, None) for text in ELSEWHERE[language]]
    return found
