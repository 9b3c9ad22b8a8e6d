"""Invented support calls in which people say secrets, and things that look like secrets: who says what.

Owns the texts and the numbers, in English and Russian; giving them a voice is `redaction_speech.py`'s affair. The
same number always makes the same call. No number in it belongs to anybody: cards carry the prefixes of test cards,
phones those set aside for invented people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

Speaker = Literal["caller", "agent"]


@dataclass(frozen=True)
class Piece:
    """A stretch of speech that is wholly secret or not at all."""

    text: str
    secret: int | None = None
    """Which of the call's secrets it is a part of."""
    pause: float = 0.0
    """Seconds of quiet before it."""


@dataclass(frozen=True)
class Saying:
    """What one person says in one go."""

    speaker: Speaker
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Planted:
    """A secret that is said in the call."""

    kind: str
    """card, code, expiry, phone, email, name; pin, one_time_code, password, bank_account"""
    value: str
    """Digits of a number; an address; a name as it is on the list; a password as it is spoken."""


@dataclass(frozen=True)
class Script:
    """One call."""

    name: str
    language: str
    voice: str
    """The caller's."""
    pace: float
    sayings: tuple[Saying, ...]
    secrets: tuple[Planted, ...]
    lookalikes: int
    """Harmless things said that look like secrets."""


NAMES = {
    "en": ("Margaret Wilkinson", "Jonathan Fairbanks", "Rebecca Thornton", "Gregory Mitchell"),
    "ru": ("Анна Кузнецова", "Сергей Морозов", "Екатерина Соколова", "Дмитрий Воробьёв"),
}
"""The list that the settings of the benchmark hold."""
_FORMS = {
    "en": {name: (name, name.split()[1]) for name in NAMES["en"]},
    "ru": {
        "Анна Кузнецова": ("Анна Кузнецова", "Анну Кузнецову", "Анне Кузнецовой"),
        "Сергей Морозов": ("Сергей Морозов", "Сергея Морозова", "Сергею Морозову"),
        "Екатерина Соколова": ("Екатерина Соколова", "Екатерину Соколову", "Екатериной Соколовой"),
        "Дмитрий Воробьёв": ("Дмитрий Воробьёв", "Дмитрия Воробьёва", "Дмитрию Воробьёву"),
    },
}
VOICES = {"en": ("joe", "joe-low", "joe-high"), "ru": ("elena", "anna", "irina", "aleksandr")}

_EN = "zero one two three four five six seven eight nine".split()
_RU = "ноль один два три четыре пять шесть семь восемь девять".split()
_EN_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_EN_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_RU_TEENS = (
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_RU_TENS = "- - двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_RU_HUNDREDS = "- сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` a card number (ISO/IEC 7812-1, annex B)."""
    doubled = [int(d) * (2 if at % 2 == 0 else 1) for at, d in enumerate(reversed(digits))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def scripts(language: str, count: int, first: int = 0) -> Iterator[Script]:
    """`count` calls of a language, from number `first` on."""
    for number in range(first, first + count):
        yield Writer(language, number).script()


class Writer:
    """Writes one call, scene by scene; `seed` decides which words and numbers."""

    def __init__(self, language: str, number: int, seed: str | None = None) -> None:
        self.random = Random(seed or f"{language}-{number}")
        self.language = language
        self.number = number
        self.sayings: list[Saying] = []
        self.secrets: list[Planted] = []
        self.lookalikes = 0
        self.words = _TEXTS[language]

    def script(self) -> Script:
        self._say("agent", self._one("hello"))
        self._say("caller", self._one("problem"))
        parts = [*self._chosen(), self._lookalike, self._lookalike]
        self.random.shuffle(parts)
        for part in parts:
            part()
        self._say("agent", self._one("bye"))
        voices = VOICES[self.language]
        return Script(
            f"{self.language}-{self.number:03}",
            self.language,
            voices[self.number % len(voices)],
            self.random.choice((0.9, 1.0, 1.0, 1.1, 1.2)),
            tuple(self.sayings),
            tuple(self.secrets),
            self.lookalikes,
        )

    def _chosen(self) -> list:  # type: ignore[type-arg]
        """Two of the secrets' scenes: every second call has a card."""
        others = [self._phone, self._email, self._name]
        if self.number % 2 == 0:
            return [self._card, others[self.number // 2 % 3]]
        first = self.number // 2 % 3
        return [others[first], others[(first + 1) % 3]]

    def _one(self, kind: str) -> str:
        return self.random.choice(self.words[kind])

    def _say(self, speaker: Speaker, *pieces: Piece | str) -> None:
        self.sayings.append(Saying(speaker, tuple(Piece(p) if isinstance(p, str) else p for p in pieces)))

    def _plant(self, kind: str, value: str) -> int:
        self.secrets.append(Planted(kind, value))
        return len(self.secrets) - 1

    def _card(self) -> None:
        prefix, length, groups = self.random.choice(
            (("4", 16, (4, 4, 4, 4)), ("5", 16, (4, 4, 4, 4)), ("2200", 16, (4, 4, 4, 4)), ("37", 15, (4, 6, 5)))
        )
        body = prefix + "".join(self.random.choice("0123456789") for _ in range(length - 1 - len(prefix)))
        digits = body + luhn_digit(body)
        at = self._plant("card", digits)
        self._say("agent", self._one("ask_card"))
        cut = [digits[sum(groups[:i]) : sum(groups[: i + 1])] for i in range(len(groups))]
        spoken = [self._digits(group) for group in cut]
        if self.random.random() < 0.2:
            spoken[1] = self._corrected(cut[1])
        self._in_groups("card", at, spoken)
        if self.random.random() < 0.7:
            month, year = self.random.randint(1, 12), self.random.randint(27, 31)
            at = self._plant("expiry", f"{month:02}{year}")
            self._say("agent", self._one("ask_expiry"))
            self._say("caller", Piece(self._expiry(month, year), at))
        if self.random.random() < 0.8:
            code = "".join(self.random.choice("0123456789") for _ in range(4 if length == 15 else 3))
            at = self._plant("code", code)
            word = self._one("code_word")
            if self.random.random() < 0.5:
                self._say("agent", self._one("ask_code").format(word))
                self._say("caller", Piece(self._digits(code, "single"), at))
            else:
                self._say("caller", self._one("give_code").format(word), Piece(self._digits(code, "single"), at))
        self._say("agent", self._one("thanks"))

    def _in_groups(self, kind: str, at: int, spoken: list[str]) -> None:
        """A number group by group: in one breath, with pauses, or with the agent's yes between."""
        self._spoken_in_groups(self.words[f"give_{kind}"], at, spoken)

    def _spoken_in_groups(self, leads: list[str], at: int, spoken: list[str]) -> None:
        manner = self.random.choice(("breath", "pauses", "pauses", "answered"))
        lead = self.random.choice(leads)
        pieces: list[Piece | str] = [lead] if lead else []
        for number, group in enumerate(spoken):
            pause = 0.12 if manner == "breath" else self.random.uniform(0.3, 1.4)
            pieces.append(Piece(group, at, pause))
            if manner == "answered" and number < len(spoken) - 1:
                self._say("caller", *pieces)
                self._say("agent", self._one("yes"))
                pieces = []
        self._say("caller", *pieces)

    def _phone(self) -> None:
        at_random = "".join(self.random.choice("0123456789") for _ in range(7))
        if self.language == "en":
            digits = f"{self.random.choice((212, 415, 617, 303))}555{at_random[:4]}"
            cut = (digits[:3], digits[3:6], digits[6:])
            groups = [self._digits(group, self.random.choice(("single", "double"))) for group in cut]
        else:
            digits = f"8{self.random.choice((916, 903, 921, 800))}{at_random}"
            code, rest = digits[1:4], (digits[4:7], digits[7:9], digits[9:])
            if self.random.random() < 0.6:
                groups = [f"восемь {self._hundreds(code)}", *(self._hundreds(part) for part in rest)]
            else:
                groups = [self._digits(part, "single") for part in ("8" + code, *rest)]
        at = self._plant("phone", digits)
        self._say("agent", self._one("ask_phone"))
        self._in_groups("phone", at, groups)
        self._say("agent", self._one("thanks"))

    def _email(self) -> None:
        user = self.random.choice(self.words["mail_users"])
        host = self.random.choice(self.words["mail_hosts"])
        spoken, written = f"{user[0]} {self.words['at'][0]} {host[0]}", f"{user[1]}@{host[1]}"
        at = self._plant("email", written)
        self._say("agent", self._one("ask_email"))
        self._say("caller", self._one("give_email"), Piece(spoken, at, 0.1))
        self._say("agent", self._one("thanks"))

    def _name(self) -> None:
        name = self.random.choice(NAMES[self.language])
        form = self.random.choice(_FORMS[self.language][name])
        at = self._plant("name", name)
        before, after = self.random.choice(self.words["names"]).split("|")
        pieces: list[Piece | str] = [Piece(form, at, 0.05)]
        self._say("caller", *([before] if before else []), *pieces, *([after] if len(after) > 1 else []))
        self._say("agent", self._one("thanks"))

    def _lookalike(self) -> None:
        self.lookalikes += 1
        text = self._one("lookalikes")
        number = self.random.randint(10**5, 10**8 - 1)
        self._say(
            self.random.choice(("caller", "agent")),
            text.format(
                order=self._digits(str(number), "single"),
                price=self._price(self.random.randint(12, 989)),
                year=self.random.choice(self.words["years"]),
                day=self.random.choice(self.words["days"]),
                hour=self._price(self.random.randint(2, 11)),
            ),
        )

    def _digits(self, digits: str, manner: str | None = None) -> str:
        manner = manner or self.random.choice(("single", "single", "single", "double", "pairs"))
        units = _EN if self.language == "en" else _RU
        if manner == "pairs" and len(digits) % 2 == 0:
            return ", ".join(self._pair(digits[i : i + 2]) for i in range(0, len(digits), 2))
        spoken: list[str] = []
        place = 0
        while place < len(digits):
            digit = digits[place]
            if manner == "double" and self.language == "en" and digits[place : place + 2] == digit * 2:
                spoken.append(f"double {units[int(digit)]}")
                place += 2
                continue
            oh = digit == "0" and self.language == "en" and manner == "double"
            spoken.append("oh" if oh else units[int(digit)])
            place += 1
        return ", ".join(spoken) if self.random.random() < 0.5 else " ".join(spoken)

    def _pair(self, pair: str) -> str:
        units, teens, tens = (
            (_EN, _EN_TEENS, _EN_TENS) if self.language == "en" else (_RU, _RU_TEENS, _RU_TENS)
        )  # fmt: skip
        first, second = int(pair[0]), int(pair[1])
        if first == 0:
            return f"{units[0]} {units[second]}"
        if first == 1:
            return teens[second]
        return tens[first] if second == 0 else f"{tens[first]} {units[second]}"

    def _hundreds(self, group: str) -> str:
        """Two or three digits as Russians say them in a phone number."""
        if len(group) == 2:
            return self._pair(group)
        hundreds = _RU[0] if group[0] == "0" else _RU_HUNDREDS[int(group[0])]
        if group[1:] == "00":
            return hundreds
        if group[1] == "0":
            return f"{hundreds} {_RU[int(group[2])]}" if group[0] != "0" else " ".join(_RU[int(d)] for d in group)
        return f"{hundreds} {self._pair(group[1:])}"

    def _price(self, value: int) -> str:
        hundreds, rest = divmod(value, 100)
        words = []
        if hundreds:
            words.append(f"{_EN[hundreds]} hundred" if self.language == "en" else _RU_HUNDREDS[hundreds])
        if rest >= 10:
            words.append(self._pair(f"{rest:02}"))
        elif rest:
            words.append((_EN if self.language == "en" else _RU)[rest])
        return " ".join(words)

    def _corrected(self, group: str) -> str:
        """A group in which the speaker slips and mends it."""
        units = _EN if self.language == "en" else _RU
        wrong = units[(int(group[1]) + 3) % 10]
        sorry = self._one("sorry")
        rest = " ".join(units[int(d)] for d in group[2:])
        return f"{units[int(group[0])]} {wrong}, {sorry}, {units[int(group[1])]} {rest}"

    def _expiry(self, month: int, year: int) -> str:
        if self.random.random() < 0.5:
            return f"{self._digits(f'{month:02}', 'single')}, {self._pair(str(year))}"
        if self.language == "en":
            return f"{self.words['months'][month - 1]} {self.random.choice(('', 'twenty '))}{self._pair(str(year))}"
        return f"{self._pair(f'{month:02}')}, {self._pair(str(year))}"


_TEXTS: dict[str, dict[str, list]] = {  # type: ignore[type-arg]
    "en": {
        "hello": ["Good morning, how can I help you?", "Support, this is Boris. What can I do for you?"],
        "problem": [
            "Hello, I would like to pay my bill, please.",
            "Hi, my parcel has not arrived and I am quite worried about it.",
            "Good afternoon, I want to change my subscription.",
            "Hello, the heating in my flat does not work since yesterday.",
        ],
        "ask_card": ["Could you read me the card number, please?", "I need the long number on the front of your card.",
                     "Which card would you like to pay with? Please read the number."],
        "give_card": ["Yes, it is", "Sure, my card number is", "The number is", ""],
        "ask_expiry": ["And the expiry date?", "When does the card expire?", "What is the expiration date?"],
        "ask_code": ["And the {}, please?", "Now I need the {}.", "What is the {}?"],
        "give_code": ["And the {} is", "The {} is", "My {} is"],
        "code_word": ["security code", "C V V", "C V C code", "three digits on the back", "verification code"],
        "thanks": ["Thank you very much.", "Thank you, I have written it down.", "Perfect, one moment please."],
        "yes": ["Yes.", "Mm-hmm.", "Okay, go on.", "Right."],
        "ask_phone": ["What number can we reach you at?", "Could you give me your phone number?",
                      "And your telephone number, please?"],
        "give_phone": ["My phone number is", "You can call me at", "It is", "Sure, that is"],
        "ask_email": ["What is your email address?", "Where shall I send the confirmation?",
                      "Could you give me your email, please?"],
        "give_email": ["My email is", "It is", "Please send it to"],
        "mail_users": [("john dot miller", "john.miller"), ("kate underscore brown", "kate_brown"),
                       ("peter nineteen eighty four", "peter1984"), ("mary", "mary"), ("sales", "sales")],
        "mail_hosts": [("example dot com", "example.com"), ("gmail dot com", "gmail.com"),
                       ("test mail dot org", "testmail.org")],
        "at": ["at"],
        "names": ["The contract is in the name of|.", "My name is|, and I have a question.", "I spoke with|last week.",
                  "|is my neighbour, she has the same problem."],
        "lookalikes": ["My order number is {order}.", "The invoice says {price} dollars and {hour} cents.",
                       "I ordered it on the {day} of March {year}.", "It is error code four oh four on the screen.",
                       "The technician should come between {hour} and twelve o'clock.",
                       "I have been waiting for {price} minutes already.",
                       "The reference of my request is {order}.", "There were twenty two boxes and one hundred cables.",
                       "The account balance is {price} dollars as of {year}."],
        "years": ["two thousand twenty five", "twenty twenty six", "nineteen ninety eight"],
        "days": ["first", "second", "fifteenth", "twenty third"],
        "bye": ["Is there anything else I can do? Have a nice day.", "Thank you for calling, goodbye."],
        "sorry": ["no, sorry", "sorry, I mean", "no wait"],
        "months": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                   "November", "December"],
    },
    "ru": {
        "hello": ["Добрый день, чем я могу вам помочь?", "Служба поддержки, слушаю вас."],
        "problem": [
            "Здравствуйте, я хочу оплатить счёт за прошлый месяц.",
            "Добрый день, моя посылка так и не пришла, я очень беспокоюсь.",
            "Здравствуйте, я хотел бы поменять тариф.",
            "Алло, у нас со вчерашнего дня не работает отопление.",
        ],
        "ask_card": ["Продиктуйте, пожалуйста, номер карты.", "Назовите длинный номер на лицевой стороне карты.",
                     "Какой картой вы будете платить? Прочитайте номер."],
        "give_card": ["Да, записывайте", "Номер моей карты", "Номер такой", ""],
        "ask_expiry": ["Какой у карты срок действия?", "До какого месяца и года действует карта?"],
        "ask_code": ["Теперь {}, пожалуйста.", "И ещё {}.", "Какой {}?"],
        "give_code": ["А {} такой", "Мой {}", "{} на обороте"],
        "code_word": ["код безопасности", "цэ вэ вэ код", "трёхзначный код", "защитный код", "си ви ви"],
        "thanks": ["Большое спасибо.", "Спасибо, я записала.", "Отлично, одну минуту, пожалуйста."],
        "yes": ["Да.", "Ага.", "Так, дальше.", "Хорошо."],
        "ask_phone": ["По какому номеру вам перезвонить?", "Назовите, пожалуйста, ваш номер телефона.",
                      "Какой у вас телефон для связи?"],
        "give_phone": ["Мой номер телефона", "Можно звонить по номеру", "Записывайте", "Телефон"],
        "ask_email": ["Назовите вашу электронную почту.", "На какой адрес отправить подтверждение?",
                      "Какой у вас адрес электронной почты?"],
        "give_email": ["Моя почта", "Отправьте на", "Адрес такой"],
        "mail_users": [("анна точка смирнова", "anna.smirnova"), ("иван нижнее подчёркивание петров", "ivan_petrov"),
                       ("мария", "maria"), ("олег восемьдесят пять", "oleg85"), ("заказ", "zakaz")],
        "mail_hosts": [("яндекс точка ру", "yandex.ru"), ("мэйл точка ру", "mail.ru"),
                       ("пример точка ком", "primer.com")],
        "at": ["собака"],
        "names": ["Договор оформлен на имя|.", "Меня зовут|, у меня такой вопрос.",
                  "Раньше я говорил про|с оператором.", "|уже обращалась к вам по этому поводу."],
        "lookalikes": ["Номер моего заказа {order}.", "В счёте написано {price} рублей.",
                       "Я заказал это {day} марта {year} года.", "На экране ошибка четыреста четыре.",
                       "Мастер должен был прийти между {hour} и двенадцатью часами.",
                       "Я жду уже {price} минут.", "Номер моего обращения {order}.",
                       "Там было двадцать две коробки и сто кабелей.", "На счету осталось {price} рублей."],
        "years": ["две тысячи двадцать пятого", "две тысячи двадцать шестого", "тысяча девятьсот девяносто восьмого"],
        "days": ["первого", "второго", "пятнадцатого", "двадцать третьего"],
        "bye": ["Могу ли я ещё чем-нибудь помочь? Всего доброго.", "Спасибо за звонок, до свидания."],
        "sorry": ["нет, извините", "ой, простите", "нет, вернее"],
        "months": [],
    },
}  # fmt: skip
