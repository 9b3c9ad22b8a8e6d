"""Short talks and what is left of them: what was asked for, how it was answered, and what is no secret. Pure."""

import pytest

from transcripts.engines.recogniser import Word
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.masks import redact_turns
from transcripts.redaction.numbers import number_in
from transcripts.text.turns import Turn

USUAL = RedactionRules()
ALL = RedactionRules(phones=True, emails=True)
SECOND = 1.0


def talk(*lines: str) -> list[Turn]:
    """Lines like "A: what is it" (agent) and "C: this" (caller), a second apart; "C +40: this" begins 40 s later."""
    found, clock = [], 0.0
    for line in lines:
        who, _, text = line.partition(": ")
        name, _, pause = who.partition(" +")
        clock += float(pause or SECOND)
        words = [Word(clock + at * 0.4, clock + at * 0.4 + 0.35, 0.9, word) for at, word in enumerate(text.split())]
        clock = words[-1].end
        found.append(Turn({"A": "agent", "C": "caller"}[name], tuple(words)))
    return found


def left(*lines: str, rules: RedactionRules = USUAL) -> list[str]:
    masked, _ = redact_turns(talk(*lines), rules)
    return [turn.text for turn in masked]


CODE_QUESTIONS = [
    "what is the security code so I can place the order",
    "the CVV for the card on your account please",
    "give me the security code and I'll email you the receipt",
    "what is the cvv in case we need to call you back",
    "назовите код безопасности для оформления заказа",
    "назовите код безопасности чтобы оплатить счёт",
    "скажите код безопасности и ваш телефон",
    "what is the three digit code",
    "the three-digit number please can you read it",
    "can you read me the 3-digit number",
    "what is the verification number",
    "what is the C-V-V",
    "what is the CV V",
    "what's the CVV-code",
    "can I have the CV2",
    "what is the security-code",
    "what is the see vee see",
    "can you give me the c i d",
    "what are the security digits",
    "what is the number on the reverse",
    "what is the code on the rear",
    "read me the last three on the signature strip",
    "назовите си ви си",
    "назовите сиви си",
    "какой се ве се",
    "назовите CVC-код",
    "назовите код сзади",
    "какие цифры на задней стороне",
    "назовите проверочное число",
    "какой секретный код",
    "назовите код безопасности номер заказа у меня есть",
]


@pytest.mark.parametrize("question", CODE_QUESTIONS)
def test_the_code_is_masked_however_it_is_asked_for(question: str) -> None:
    digits = "семь три один" if question[-1] >= "а" else "seven three one"
    assert left(f"A: {question}", f"C: {digits}")[1] == "•code•"


@pytest.mark.parametrize(
    ("question", "answer", "masked"),
    [
        ("what is the expiry date so I can complete your order", "zero four twenty eight", "•expiry•"),
        (
            "what's the card number for this order",
            "four five three nine five seven eight seven six three six two",
            None,
        ),
        ("номер карты для оплаты заказа", "сорок пять тридцать девять пятьдесят семь восемьдесят семь", None),
        ("last four digits of the card on the account", "one four eight six", None),
        ("последние цифры карты", "тысяча двести тридцать четыре", None),
        ("на что карта заканчивается на", "тысяча двести тридцать четыре", None),
        ("назовите код безопасности", "тысяча двести тридцать четыре", "•code•"),
        ("what is the card number", "fourfivethreenine fiveseveneightseven", None),
        (
            "what is the card number",
            "for five three nine five seven eight seven six three six two one four eight six",
            None,
        ),
        ("what is the last four", "one four eight six", None),
        ("is it good thru", "zero four twenty eight", "•expiry•"),
        ("when is it good until", "zero four twenty eight", "•expiry•"),
        ("it is valid till when", "zero four twenty eight", "•expiry•"),
        ("до какого числа годна до", "ноль четыре двадцать восемь", "•expiry•"),
        ("какой срок действия", "девятый месяц двадцать седьмой год", "•expiry•"),
        ("какой срок действия", "сентябрь двадцать седьмого года", "•expiry•"),
        ("какой срок действия", "до сентября двадцать седьмого", "до •expiry•"),
        ("what is the expiry date", "March of twenty eight", "•expiry•"),
        ("what is the expiry date", "ninth of twenty seven", "•expiry•"),
        ("what is the security code", "731 days you said", "•code• days you said"),
        ("what is the security code", "seven three one and then what happens now", "•code• and then what happens now"),
    ],
)
def test_the_answer_is_masked_however_it_is_said(question: str, answer: str, masked: str | None) -> None:
    assert left(f"A: {question}", f"C: {answer}")[1] == (masked or "•card•")


def test_the_letter_o_is_a_zero_after_a_digit() -> None:
    assert left("C: my card is four o o o") == ["my card is •card•"]
    assert left("C: the last one ending in 1486 is mine") == ["the last one ending in •card• is mine"]


def test_who_looks_for_the_card_is_waited_for() -> None:
    said = left("A: what is the security code", "C: I need my glasses", "C +45: seven three one")
    assert said[2] == "•code•"
    other = left("A: what is the security code", "C: it is 428", "C +45: we are at seven three one")
    assert other[2] == "we are at seven three one"


def test_a_card_is_found_group_by_group_with_every_group_read_back() -> None:
    said = left(
        "C: okay four five three nine",
        "A: four five three nine",
        "C: yes that's right and then five seven eight seven",
        "A: five seven eight seven",
        "C: correct and after that comes six three six two",
        "A: six three six two",
        "C: and at the end you have one four eight six",
    )
    assert not any(digit in " ".join(said) for digit in ("nine", "seven", "six", "four"))
    assert said[0] == "okay •card•" and said[1] == "•card•"


@pytest.mark.parametrize(
    "lines",
    [
        (
            "C: four five three nine", "A: let me just write that down for you here in the book",
            "C: five seven eight seven", "A: and now what would the next ones be if you please",
            "C: six three six two", "A: that is very good of you thank you so much", "C: one four eight six",
        ),
        ("C: four five three nine five seven eight seven six three six two",),
        (
            "C: four one one one hang on let me start over four one one one " + "one " * 12,
        ),
    ],
)  # fmt: skip
def test_a_card_of_which_nobody_said_that_it_is_one(lines: tuple[str, ...]) -> None:
    said = [text for line, text in zip(lines, left(*lines), strict=True) if line.startswith("C")]
    assert not {"one", "three", "five", "nine", "eight"} & set(" ".join(said).split())


@pytest.mark.parametrize(
    "line",
    [
        "never store your security code anywhere in our systems",
        "the security code protects you from fraud",
        "turn to the back office",
        "three cables for the back garden",
        "model four twelve and serial nine",
        "three cables for the back garden model four twelve and serial nine",
        "код безопасности никому сообщать нельзя",
        "три последние модели двести восемь и триста",
        "I paid with my card and my order number is four five one two five six seven eight",
        "the appointments are at ten fifteen eleven thirty or twelve forty five",
        "it was in 1998 and in 2004 and then in 2010",
        "the order number is 4512 5678 and thanks",
        "обратный звонок закажите и номер заказа пять два четыре два",
        "срок доставки заказа номер четыре пять один два",
    ],
)
@pytest.mark.parametrize("who", ["A", "C"])
def test_what_is_no_secret_stays(who: str, line: str) -> None:
    assert left(f"{who}: {line}") == [line]


@pytest.mark.parametrize(
    "lines",
    [
        ("C: over the last four months I have called three hundred and fifty times and paid 350",),
        ("C: in the last four weeks the meter said four five one two",),
        ("A: what is the expiry date of your contract", "C: it is the ninth of May twenty twenty seven"),
        ("A: какой срок действия договора", "C: до двадцать седьмого мая две тысячи двадцать шестого года"),
        ("C: тариф заканчивается на следующей неделе а мне пришло четыреста пятьдесят один",),
        ("A: do you have your card with you", "C: no but my customer number is 4512"),
        ("C: the router model is 4520 and the serial is 7788 9921",),
        (
            "C: my meter reading is four five three nine seven", "A: and last month it was four five one two two right",
            "C: yes and before four four nine eight eight",
        ),
        ("C: I paid one hundred twenty then two hundred thirty then three hundred forty and four hundred fifty",),
        ("A: we will never ask for your security code", "C: okay good to know thanks"),
        ("A: is the security code needed", "C: I do not think so"),
        ("A: turn the router over and read the number on the back", "C: it says model four twelve"),
        ("A: переверните роутер и прочитайте номер на обратной стороне", "C: там модель двести восемь"),
        ("C: I live at 4512 Oak Street apartment 731 zip code 90210",),
        ("A: how can I help", "C: my date of birth is the ninth of May nineteen eighty four"),
        (
            "C: there were twenty boxes and one hundred cables", "A: what is the security code", "C: seven three one",
            "C: there were twenty two boxes and one hundred cables",
        ),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_and_is_none_stays(lines: tuple[str, ...]) -> None:
    said = [line.partition(": ")[2] for line in lines]
    assert [text for text in left(*lines) if text != "•code•"] == [text for text in said if text != "seven three one"]


@pytest.mark.parametrize(
    ("question", "answer", "masked"),
    [
        ("what is a good number for you", "five five five oh one two", "•phone•"),
        ("назовите контактный номер", "девятьсот шестнадцать сто двадцать три", "•phone•"),
        ("what phone number is on the order", "five five five oh one two", "•phone•"),
        ("what phone number is linked to your account", "five five five oh one two", "•phone•"),
        ("what phone number is there for the ticket", "five five five oh one two", "•phone•"),
        ("какой номер телефона указан в заказе", "девятьсот шестнадцать сто двадцать три", "•phone•"),
        ("what is your phone number", "eight hundred two two two four thousand", "•phone•"),
        ("anything else", "+44 20 7946 0958", "•phone•"),
        ("anything else", "наберите меня на девятьсот шестнадцать сто двадцать три", "наберите меня на •phone•"),
        ("what is your email", "j o h n dot s m i t h at gmail dot com", "•email•"),
        (
            "what is your email",
            "s as in sam a as in apple r as in robert a as in apple h as in harry at gmail dot com",
            "•email•",
        ),
        ("назовите почту", "и как игорь в как виктор а как анна н как николай собака яндекс точка ру", "•email•"),
        ("anything else", "sarah eighty four at gmail", "•email•"),
        ("что ещё", "иванов собака яндекс ру", "•email•"),
        ("anything else", "s as in sam a as in apple m as in mike at gmail dot com", "•email•"),
        ("anything else", "write to info at example dot i o thanks", "write to •email• thanks"),
    ],
)
def test_phones_and_addresses_in_the_ways_people_say_them(question: str, answer: str, masked: str) -> None:
    assert left(f"A: {question}", f"C: {answer}", rules=ALL)[1] == masked


@pytest.mark.parametrize(
    "lines",
    [
        (
            "C: сорок пять тридцать девять", "A: сорок пять тридцать девять",
            "C: да верно дальше пятьдесят семь восемьдесят семь", "A: так", "C: шестьдесят три шестьдесят два",
            "A: есть", "C: четырнадцать восемьдесят шесть",
        ),
        ("C: three seven eight two", "A: okay", "C: eight two two four six three", "A: okay", "C: one oh oh oh five"),
        ("A: what is the security code", "C: yeah", "A: on your account I see the order", "C: seven three one"),
        ("A: the cvc and your phone number please", "C: seven three one two one two five five five oh one four three"),
        ("C: the code is 731 for my card",),
        ("A: when does the card run out", "C: april twenty eight"),
        (
            "A: may I have the card number", "C: four one one one", "A: thank you", "C +25: one one one one", "A: yes",
            "C +25: one one one one", "A: yes", "C +25: one one one one",
        ),
        ("C: my card number is 4539 5787 6362 1486", "A: just wait the order is coming up", "C: and then 731"),
    ],
)  # fmt: skip
def test_no_digit_of_a_secret_is_left_in_a_talk(lines: tuple[str, ...]) -> None:
    said = " ".join(left(*lines)).split()
    assert not [word for word in said if number_in(word) is not None]


def test_groups_of_a_card_are_no_codes_where_codes_are_not_masked() -> None:
    lines = "A: the card number please", "C: four five three nine", "A: I have that", "C: five seven eight seven"
    assert left(*lines, rules=RedactionRules(codes=False))[1::2] == ["•card•", "•card•"]


def test_the_next_question_is_another_one() -> None:
    card = "four five three nine five seven eight seven six three six two one four eight six"
    said = left("A: the card number and the order number", f"C: {card}", "A: and the order", "C: four five one two")
    assert said[1::2] == ["•card•", "four five one two"]


def test_an_address_that_the_agent_reads_back_is_masked_to_its_end() -> None:
    assert left("A: so that is anna at example dot i o", rules=ALL) == ["so that is •email•"]
