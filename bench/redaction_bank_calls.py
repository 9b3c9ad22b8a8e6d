"""Invented calls whose secrets are PINs, codes that were sent, passwords and accounts at banks: who says what.

The same number always makes the same call. Texts were written without the words of `transcripts/redaction` in view, but
for the names of the things themselves; giving them a voice is `redaction_speech.py`'s affair. No number in them
belongs to anybody.
"""

from collections.abc import Callable, Iterator

from bench.redaction_calls import VOICES, Piece, Script, Writer


def scripts(language: str, count: int, first: int = 0) -> Iterator[Script]:
    """`count` calls of a language, from number `first` on."""
    for number in range(first, first + count):
        yield _BankWriter(language, number).script()


class _BankWriter(Writer):
    """Two kinds of secrets a call, in turns, and two things that look like secrets."""

    def __init__(self, language: str, number: int) -> None:
        super().__init__(language, number, f"bank-{language}-{number}")
        self.own = _TEXTS[language]

    def script(self) -> Script:
        self._say("agent", self._one("hello"))
        self._say("caller", self.random.choice(self.own["problem"]))
        kinds = (self._pin, self._one_time_code, self._password, self._account)
        parts: list[Callable[[], None]] = [kinds[self.number % 4], kinds[(self.number + 1 + self.number // 4 % 3) % 4]]
        parts += [self._lookalike, self._harmless]
        self.random.shuffle(parts)
        for part in parts:
            part()
        self._say("agent", self._one("bye"))
        voices = VOICES[self.language]
        return Script(
            f"{self.language}-bank-{self.number:03}",
            self.language,
            voices[self.number % len(voices)],
            self.random.choice((0.9, 1.0, 1.0, 1.1, 1.2)),
            tuple(self.sayings),
            tuple(self.secrets),
            self.lookalikes,
        )

    def _harmless(self) -> None:
        """Something is said of a secret, and the secret is not."""
        self.lookalikes += 1
        self._say(self.random.choice(("caller", "agent")), self.random.choice(self.own["speaks"]))

    def _told(self, kind: str, value: str, spoken: list[str]) -> None:
        """Asked for and answered, or told by the caller himself; in one breath, with pauses or with a yes between."""
        at = self._plant(kind, value)
        if self.random.random() < 0.75:
            self._say("agent", self.random.choice(self.own[f"ask_{kind}"]))
            lead = self.random.choice(self.own["lead"])
        else:
            lead = self.random.choice(self.own[f"give_{kind}"])
        if len(spoken) > 1:
            self._spoken_in_groups([lead], at, spoken)
        else:
            self._say("caller", *([lead] if lead else []), Piece(spoken[0], at, 0.1))
        self._say("agent", self._one("thanks"))

    def _number(self, length: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(length))

    def _pin(self) -> None:
        pin = self._number(self.random.choice((4, 4, 4, 6)))
        self._told("pin", pin, [self._digits(pin)])

    def _one_time_code(self) -> None:
        code = self._number(self.random.choice((4, 5, 6, 6, 6, 8)))
        half = len(code) // 2
        whole = self.random.random() < 0.6
        self._told(
            "one_time_code", code, [self._digits(part) for part in ([code] if whole else [code[:half], code[half:]])]
        )

    def _password(self) -> None:
        password = self.random.choice(self.own["passwords"])
        if self.random.random() < 0.5:
            password += f" {self._digits(self._number(2), 'single')}"
        self._told("password", password, [password])

    def _account(self) -> None:
        if self.language == "en":
            account = self._number(8)
            self._told("bank_account", account, [self._digits(account[:4]), self._digits(account[4:])])
            return
        account = f"40817810{self._number(12)}"
        groups = [account[at : at + 4] for at in range(0, 20, 4)]
        self._told("bank_account", account, [self._digits(group) for group in groups])


_TEXTS: dict[str, dict[str, list[str]]] = {
    "en": {
        "problem": [
            "Hello, I can't get into my account online.",
            "Hi, I am waiting for a refund since two weeks.",
            "Good morning, I would like to move to another tariff.",
            "Hello, your app has signed me out.",
        ],
        "lead": ["", "It is", "Yes, that's", "Sure, it's", "Okay,"],
        "ask_pin": [
            "Please tell me your PIN.",
            "What is your four digit PIN?",
            "And your telephone PIN, please?",
            "Could I have the PIN code you chose?",
        ],
        "give_pin": ["My PIN is", "The PIN code is"],
        "ask_one_time_code": [
            "Please read me the code we have just sent you.",
            "What is the verification code?",
            "Can you tell me the code from the text message?",
            "I have sent a one time code to your phone, what is it?",
        ],
        "give_one_time_code": ["The code you sent me is", "I got the verification code, it is"],
        "ask_password": [
            "What is your password, please?",
            "Could you tell me the password on the account?",
            "And the code word that we agreed on?",
            "Please tell me your secret word.",
        ],
        "give_password": ["My password is", "The code word is"],
        "ask_bank_account": [
            "Your bank account number, please?",
            "What bank account shall we send the refund to?",
            "Could you read me the number of your bank account?",
        ],
        "give_bank_account": ["My bank account number is", "Please send it to my bank account,"],
        "passwords": ["sunshine", "purple elephant", "marigold", "blue river", "cappuccino", "tiger lily", "rainbow"],
        "speaks": [
            "I forgot my password and had to make a new one.",
            "The password was not accepted yesterday.",
            "We never ask for your PIN by email.",
            "Did you get the code that we sent you?",
            "Your bank account was not charged.",
            "You can change the password in the app at any time.",
            "The code came after twenty minutes.",
            "My account number here is on every bill.",
        ],
    },
    "ru": {
        "problem": [
            "Здравствуйте, я не могу войти в личный кабинет.",
            "Добрый день, я жду возврат уже две недели.",
            "Здравствуйте, хочу перейти на другой тариф.",
            "Алло, приложение выкинуло меня из аккаунта.",
        ],
        "lead": ["", "Да, это", "Вот", "Сейчас, да,", "Записывайте,"],
        "ask_pin": ["Назовите, пожалуйста, ваш пин-код.", "Какой у вас пин-код?", "Скажите пин-код из четырёх цифр."],
        "give_pin": ["Мой пин-код", "Пин-код такой"],
        "ask_one_time_code": [
            "Продиктуйте код подтверждения.",
            "Мы отправили вам код, назовите его, пожалуйста.",
            "Какой код пришёл в сообщении?",
            "Прочитайте, пожалуйста, код из СМС.",
        ],
        "give_one_time_code": ["Мне пришёл код", "Код из сообщения"],
        "ask_password": ["Назовите ваше кодовое слово.", "Скажите, пожалуйста, пароль.", "Какое у вас кодовое слово?"],
        "give_password": ["Моё кодовое слово", "Мой пароль"],
        "ask_bank_account": [
            "Назовите номер вашего банковского счёта.",
            "На какой счёт в банке перевести деньги?",
            "Продиктуйте номер расчётного счёта.",
        ],
        "give_bank_account": ["Мой расчётный счёт", "Номер банковского счёта"],
        "passwords": ["ромашка", "солнышко", "апельсин", "синий кит", "одуванчик", "каравелла", "зимний лес"],
        "speaks": [
            "Я забыл пароль и сделал новый.",
            "Пароль вчера не подошёл.",
            "Никому не сообщайте свой пин-код.",
            "Вам пришёл код в сообщении?",
            "С банковского счёта ничего не списали.",
            "Пароль можно поменять в приложении.",
            "Код пришёл только через двадцать минут.",
            "Номер моего лицевого счёта есть в каждой квитанции.",
        ],
    },
}
