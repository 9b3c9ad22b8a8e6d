"""PINs, codes that were sent, passwords, accounts at banks: found as people say them, each with a switch. Pure."""

import pytest

from tests.unit.transcripts.test_redaction_talks import left
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.numbers import number_in

SIX = "four eight two nine one three"
SIX_RU = "сорок восемь двадцать девять тринадцать"
EIGHT = "two zero four one seven seven one three"


@pytest.mark.parametrize(
    ("asked", "said", "masked"),
    [
        ("please tell me your pin", "one two three four", "•pin•"),
        ("what is the PIN code of the card?", "It's 1742.", "It's •pin•"),
        ("your passcode please", "seventeen forty two", "•pin•"),
        ("назовите пин-код", "семнадцать сорок два", "•pin•"),
        ("какой у вас пин код", "один семь четыре два", "•pin•"),
        ("read me the six digit code we sent you", SIX, "•one_time_code•"),
        ("can you confirm the code we sent to your phone?", "Yes, 482-913.", "Yes, •one_time_code•"),
        ("what is the verification code", SIX, "•one_time_code•"),
        ("what is the one time passcode", SIX, "•one_time_code•"),
        ("what is the code we texted you", "A B 4 9 2 K", "•one_time_code•"),
        ("what does the text message say which code", "G-482913", "•one_time_code•"),
        ("продиктуйте код подтверждения", SIX_RU, "•one_time_code•"),
        ("какой код из смс", SIX_RU, "•one_time_code•"),
        ("вам пришел код прочитайте его", SIX_RU, "•one_time_code•"),
        ("продиктуйте шестизначный код", SIX_RU, "•one_time_code•"),
        ("your bank account number please", EIGHT, "•bank_account•"),
        ("what account should the refund go to", EIGHT, "•bank_account•"),
        ("what is the sort code", "twenty forty one sixty three", "•bank_account•"),
        ("and the routing number", "zero two one zero zero zero zero two one", "•bank_account•"),
        ("what is the IBAN", "G B 2 9 N W B K 6 0 1 6 1 3 3 1", "•bank_account•"),
        ("anything else", "GB29NWBK60161331926819", "•bank_account•"),
        ("назовите номер счета в банке", "40817 810 0 9991 0004312", "•bank_account•"),
        ("назовите расчетный счет", "сорок восемь семнадцать восемьсот десять девяносто девять", "•bank_account•"),
        ("what is your password", "it's sunshine forty two", "it's •password•"),
        ("can you tell me the password", "blue tiger seven", "•password•"),
        ("and your password?", "Sunshine42.", "•password•"),
        ("what is your password", "s u n s h i n e four two", "•password•"),
        ("what is your password", "one two three four", "•password•"),
        ("what is your mother's maiden name", "thompson", "•password•"),
        ("назовите кодовое слово", "ромашка", "•password•"),
        ("скажите пароль", "солнышко сорок два", "•password•"),
        ("назовите девичью фамилию матери", "кузнецова", "•password•"),
    ],
)
def test_what_was_asked_for_is_masked(asked: str, said: str, masked: str) -> None:
    assert left(f"A: {asked}", f"C: {said}") == [asked, masked]


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("мой пин код семнадцать сорок два", "мой пин код •pin•"),
        ("my pin is one seven four two okay", "my pin is •pin• okay"),
        ("1742 is my pin", "•pin• is my pin"),
        ("the code you sent me is four eight two nine one three", "the code you sent me is •one_time_code•"),
        ("my bank account is two zero four one seven seven one three", "my bank account is •bank_account•"),
        ("my iban is GB29NWBK60161331926819 thanks", "my iban is •bank_account• thanks"),
        (
            "my password is blue tiger seven and I cannot log in",
            "my password is •password• and I cannot log in",
        ),
        ("the password for the wifi is green apple nine", "the password for the wifi is •password•"),
        ("your new password is K 7 M 4 P 9", "your new password is •password•"),
        ("мой пароль солнышко сорок два", "мой пароль •password•"),
        ("мой пароль это ромашка", "мой пароль это •password•"),
    ],
)
def test_what_somebody_tells_by_himself_is_masked(said: str, masked: str) -> None:
    assert left(f"C: {said}") == [masked]


@pytest.mark.parametrize(
    "lines",
    [
        ("C: I forgot my password",),
        ("C: my password is not accepted",),
        ("C: my password is always wrong on the page",),
        ("C: the password doesn't work since yesterday",),
        ("C: мой пароль не подходит",),
        ("C: мой пароль больше не работает в приложении",),
        ("C: я забыл пароль от личного кабинета",),
        ("A: is your password working now", "C: yes it works fine thank you"),
        ("A: we sent you a new password by email", "C: thank you I will try that"),
        ("A: what is your password", "C: I don't remember it"),
        ("A: what is the code word", "C: why do you need that"),
        ("A: назовите кодовое слово", "C: я его не помню"),
        ("A: your pin please", "C: I don't remember it"),
        ("A: enter your PIN on the phone now", "C: okay done"),
        ("A: did you get the code", "C: I called you 2000 times"),
        ("C: I reset my password 3 times on the 15th of March 2025",),
        ("A: your account number please", "C: 4 5 1 2 5 6 7 8"),
        ("A: назовите номер лицевого счета", "C: 4 5 1 2 5 6 7 8"),
        ("C: мой лицевой счет 4512 5678",),
        ("A: what error code do you see", "C: 4 0 4"),
        ("A: can you read the code on the display", "C: it says E 24"),
        ("A: назовите код ошибки", "C: четыреста четыре"),
        ("C: my bank account balance is 244 dollars",),
        ("C: на счету в банке осталось двести сорок четыре рубля",),
        ("A: the tracking code we sent you please", "C: 4 5 1 2 5 6 7 8"),
        ("C: connect pin 4 to pin 5 and pin 12",),
    ],
)
def test_what_only_speaks_of_a_secret_stays(lines: tuple[str, ...]) -> None:
    assert left(*lines) == [line.partition(": ")[2] for line in lines]


def test_a_password_that_somebody_first_looks_for_is_masked_when_it_comes_and_when_it_is_read_back() -> None:
    said = left(
        "A: what is your password",
        "C: one moment let me find it",
        "C +5: okay it is blue tiger seven",
        "A: blue tiger seven thank you",
        "A: is there anything else",
    )
    assert said[1:] == [
        "one moment let me find it",
        "okay it is •password•",
        "•password• thank you",
        "is there anything else",
    ]


@pytest.mark.parametrize(
    "written", ["$742.", "$7.42.", "£742.", "742nd.", "742%.", "742°", "€742", "7:42.", "742 dollars"]
)
@pytest.mark.parametrize(
    "asked", ["the three-digit security code on the back?", "What is the C V V?", "And the security code."]
)
def test_a_code_that_is_written_as_an_amount_is_masked(asked: str, written: str) -> None:
    assert not [word for word in left(f"A: {asked}", f"C: {written}")[1].split() if number_in(word) is not None]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("What is your PIN?", "$17.42."),
        ("Can you read me the code we sent you?", "$482,913."),
        ("What are the last four digits of your card?", "$1486."),
        ("When does the card expire?", "$428."),
        ("And your bank account number?", "$20,417,713."),
        ("Какой код безопасности?", "742 ₽."),
    ],
)
def test_so_is_every_other_secret_that_was_asked_for(asked: str, said: str) -> None:
    assert "7" not in (masked := left(f"A: {asked}", f"C: {said}")[1]) and "4" not in masked


@pytest.mark.parametrize(
    "line",
    [
        "I have been here in 2019 2020 2021 and 2022",
        "the years 2019, 2020, 2021 and 2022 were good",
        "twenty nineteen twenty twenty twenty twenty one and twenty twenty two",
        "it was in two thousand nineteen two thousand twenty two thousand twenty one and two thousand twenty two",
        "prices were $1,200, $1,300, $1,400 and $1,500 last year",
        "trains go at 10:15, 11:30, 12:45 and 14:00",
        "it was on 01.02.2023 and 05.06.2024",
    ],
)
def test_years_times_dates_and_sums_in_a_row_are_no_card(line: str) -> None:
    assert left(f"C: {line}") == [line]
    assert left("C: I paid with my card", f"C: {line}")[1] == line


def test_a_card_that_is_written_like_years_is_masked_where_it_was_asked_for() -> None:
    assert left("A: the card number please", "C: 2019 2020 2021 2022")[1] == "•card•"


@pytest.mark.parametrize(
    "lines",
    [
        ("C: four quadruple one quadruple one quadruple one triple one",),
        ("C: four double double one double double one double double one triple one",),
        ("C: 4539 5787", "C +20: 6362 1486"),
        ("C: 4539 5787", "C +20.5: 6362 1486"),
        ("C: 4539 5787", "C +35: 6362 1486"),
        ("C: 4539 5787 6362", "A: hold on my system is slow today I am sorry", "C +20: 1486"),
    ],
)
def test_a_card_is_found_in_parts_and_in_repeated_digits(lines: tuple[str, ...]) -> None:
    said = " ".join(text for line, text in zip(lines, left(*lines), strict=True) if line.startswith("C"))
    assert not [word for word in said.split() if number_in(word) is not None]


def test_two_numbers_far_apart_that_are_no_card_stay() -> None:
    assert left("C: 4512 5679", "C +25: 7720 114") == ["4512 5679", "7720 114"]


@pytest.mark.parametrize(
    ("switch", "asked", "said"),
    [
        ("pins", "tell me your pin", "one two three four"),
        ("one_time_codes", "read me the six digit code we sent you", SIX),
        ("passwords", "what is your password", "blue tiger seven"),
        ("bank_accounts", "your bank account number please", EIGHT),
    ],
)
def test_each_rule_has_a_switch_of_its_own(switch: str, asked: str, said: str) -> None:
    lines = f"A: {asked}", f"C: {said}"
    assert left(*lines, rules=RedactionRules(**{switch: False}))[1] == said  # type: ignore[arg-type]
    only = RedactionRules(False, False, False, False, False, False)
    assert left(*lines, rules=only)[1] == said
    on: dict[str, bool] = {each: each == switch for each in RULES}
    assert left(*lines, rules=RedactionRules(**on))[1].startswith("•")  # type: ignore[arg-type]


RULES = ("cards", "codes", "pins", "one_time_codes", "passwords", "bank_accounts")


def test_a_kind_that_is_not_masked_does_not_take_the_place_of_one_that_is() -> None:
    lines = "A: your security code and your pin please", "C: seven three one"
    for off in ("pins", "codes"):
        assert left(*lines, rules=RedactionRules(**{off: False}))[1].startswith("•")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["4111²1111³", "٤١١١ ١١١١ ١١١١ ١١١١", "4111①1111", "½ ¾ 4539578763621486½"])
def test_strange_figures_break_nothing(text: str) -> None:
    assert isinstance(left(f"C: {text}")[0], str)


def test_figures_of_other_scripts_are_digits() -> None:
    assert left("C: ٤١١١ ١١١١ ١١١١ ١١١١") == ["•card•"]
