"""Menus whose options can be said, and what callers say to them: the words of `bench/press_or_say.py`.

Two sets that share no menu: on `calibration` the thresholds of `recogniser/matching.py` were chosen, on `measured` they
are reported. What is said is a phrase of the menu, alone or in a few words of courtesy, or the number of its key; what
belongs to no option is said too, as callers do who did not listen.
"""

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


MENUS = (
    SpokenMenu("en", "calibration", {
        "1": ("account balance", "balance"), "2": ("lost card", "my card was stolen"), "3": ("loans", "a loan"),
        "4": ("transfer money",),
    }),
    SpokenMenu("en", "calibration", {
        "1": ("reservation", "book a room"), "2": ("cancel my booking",), "3": ("restaurant",), "4": ("reception",),
    }),
    SpokenMenu("en", "calibration", {
        "1": ("baggage", "lost luggage"), "2": ("change my flight",), "3": ("refund",), "4": ("check in",),
    }),
    SpokenMenu("en", "calibration", {"1": ("excellent", "very good"), "2": ("average",), "3": ("bad", "very bad")}),
    SpokenMenu("en", "measured", {
        "1": ("support", "technical support", "something does not work"), "2": ("billing", "a question about my bill"),
        "3": ("sales", "new order"), "4": ("delivery", "where is my order"),
    }),
    SpokenMenu("en", "measured", {
        "1": ("appointment", "make an appointment"), "2": ("test results",),
        "3": ("prescription", "repeat prescription"), "4": ("insurance",),
    }),
    SpokenMenu("en", "measured", {
        "1": ("internet", "no connection"), "2": ("television",), "3": ("moving house", "new address"),
        "4": ("cancel my contract",),
    }),
    SpokenMenu("en", "measured", {"1": ("yes",), "2": ("partly",), "3": ("no",)}),
    SpokenMenu("ru", "calibration", {
        "1": ("баланс", "остаток на счёте"), "2": ("потерял карту", "украли карту"), "3": ("кредит",),
        "4": ("перевод", "перевести деньги"),
    }),
    SpokenMenu("ru", "calibration", {
        "1": ("забронировать номер", "бронирование"), "2": ("отменить бронь",), "3": ("ресторан",),
        "4": ("администратор",),
    }),
    SpokenMenu("ru", "calibration", {
        "1": ("багаж", "потерялся багаж"), "2": ("поменять билет",), "3": ("возврат", "вернуть деньги"),
        "4": ("регистрация",),
    }),
    SpokenMenu("ru", "calibration", {"1": ("отлично", "очень хорошо"), "2": ("нормально",), "3": ("плохо",)}),
    SpokenMenu("ru", "measured", {
        "1": ("поддержка", "техническая поддержка", "что-то не работает"), "2": ("оплата", "вопрос по счёту"),
        "3": ("продажи", "новый заказ"), "4": ("доставка", "где мой заказ"),
    }),
    SpokenMenu("ru", "measured", {
        "1": ("запись", "записаться к врачу"), "2": ("результаты анализов", "анализы"), "3": ("рецепт",),
        "4": ("страховка",),
    }),
    SpokenMenu("ru", "measured", {
        "1": ("интернет", "нет связи"), "2": ("телевидение",), "3": ("переезд", "новый адрес"),
        "4": ("расторгнуть договор",),
    }),
    SpokenMenu("ru", "measured", {"1": ("да",), "2": ("частично",), "3": ("нет",)}),
)  # fmt: skip
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
    "en": ("hello", "what did you say", "I do not understand", "just a moment", "good morning", "can you hear me",
           "the weather is nice today", "my name is Robert"),
    "ru": ("алло", "что вы сказали", "я не понимаю", "одну минуту", "доброе утро", "вы меня слышите",
           "сегодня хорошая погода", "меня зовут Роберт"),
}  # fmt: skip
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
