"""Spoken numbers in figures: what people say and would write, and every number that is written out read back."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from tests.unit.transcripts.test_readable import read

ENGLISH = {
    "words that stay": [
        ("one moment please", "one moment please"),
        ("first of all I have two or three of them", "first of all I have two or three of them"),
        ("no one gave me a second", "no one gave me a second"),
        ("a thousand thanks to a hundred people", "a thousand thanks to a hundred people"),
        ("a few hundred dollars or half a million dollars", "a few hundred dollars or half a million dollars"),
        ("two three four days", "two three four days"),
        ("two and a half hours", "two and a half hours"),
        ("two to three million people", "two to three million people"),
    ],
    "amounts": [
        ("two hundred three hundred dollars", "$200, $300"),
        ("Two hundred, three hundred dollars.", "$200, $300."),
        ("a hundred and fifty dollars", "$150"),
        ("a thousand two hundred dollars", "$1,200"),
        ("twenty five hundred dollars", "$2,500"),
        ("the total is twelve ninety nine dollars", "the total is $12.99"),
        ("twelve oh five dollars", "$12.05"),
        ("twenty thirty dollars", "$20, $30"),
        ("one hundred and twenty three dollars and fifty cents", "$123.50"),
        ("five dollars twenty for a dollar fifty", "$5.20 for $1.50"),
        ("five dollars twenty people", "$5 20 people"),
        ("ten pounds fifty pence for ten pounds", "£10.50 for 10 pounds"),
        ("two million dollars", "$2 million"),
        ("one point five million dollars", "$1.5 million"),
        ("two and a half thousand euros", "€2,500"),
        ("a five-dollar bill for a twenty-five-year-old", "a $5 bill for a 25-year-old"),
        ("seven hundred fifty thousand", "750,000"),
        ("three point five percent", "3.5%"),
        ("point five per cent of twenty percentage points", "0.5% of 20 percentage points"),
        ("minus twenty degrees", "-20 degrees"),
        ("one thousand five hundred and twenty three point five zero", "1,523.50"),
        ("hundred and ten dollars in two twenty dollar bills", "$110 in two $20 bills"),
        ("twenty something dollars", "twenty something dollars"),
        ("ten second breaks", "10 second breaks"),
    ],
    "ranges": [
        ("between two thousand and three thousand", "between 2,000 and 3,000"),
        ("Between two thousand and three thousand, I think.", "Between 2,000 and 3,000, I think."),
        ("one hundred and two hundred", "100 and 200"),
        ("between one hundred and two thousand", "between 100 and 2,000"),
        ("between one hundred and two thousand dollars and more", "between $100 and $2,000 and more"),
        ("between a hundred and a hundred and fifty dollars", "between $100 and $150"),
        ("two or three hundred dollars", "$200 or $300"),
        ("two to three thousand people", "2,000 to 3,000 people"),
        ("five or ten minutes", "5 or 10 minutes"),
        ("ten to fifteen percent", "10% to 15%"),
        ("two hundred dollars to three hundred dollars", "$200 to $300"),
    ],
    "times": [
        ("call me at ten thirty", "call me at 10:30"),
        ("at twelve oh five", "at 12:05"),
        ("by six oh five pm", "by 6:05 pm"),
        ("at six thirty p m or six p m", "at 6:30 pm or 6 pm"),
        ("from nine to five thirty", "from 9 to 5:30"),
        ("half past ten", "half past ten"),
        ("ten past five and twenty to six", "ten past five and twenty to six"),
        ("from ten to twelve", "from 10 to 12"),
        ("eighteen hundred hours", "1800 hours"),
        ("we are here twenty four seven", "we are here 24/7"),
    ],
    "dates": [
        ("in nineteen eighty four", "in 1984"),
        ("since nineteen oh five in the nineteen eighties", "since 1905 in the 1980s"),
        ("in two thousand and five", "in 2005"),
        ("the twenty third of may", "the 23rd of may"),
        ("on may fifth nineteen eighty four", "on may 5th 1984"),
        ("may five twenty twenty six", "may 5 2026"),
        ("the twenty first century", "the 21st century"),
    ],
    "numbers to go by": [
        ("it is four one five | five five five | oh one two three", "it is 415 555 0123"),
        ("plus one four one five | five five five oh one two three", "+1415 5550123"),
        ("zip oh two one three nine", "zip 02139"),
        ("double five oh seven seven", "55077"),
        ("eight hundred five five five three five three five", "800 5553535"),
        ("dial nine one one", "dial 911"),
        ("order number two thousand five", "order number 2005"),
        ("room twelve oh five", "room 1205"),
        ("at one twenty three main street", "at 123 main street"),
        ("version three point two point one", "version 3.2.1"),
        ("one nine two dot one six eight dot one dot one", "192.168.1.1"),
        ("Twenty-three, maybe well-known.", "23, maybe well-known."),
        ("room twelve. Three people", "room 12. Three people"),
    ],
}
RUSSIAN = {
    "words that stay": [
        ("один момент", "один момент"),
        ("два три дня", "два три дня"),
        ("первый раз тысячи людей", "первый раз тысячи людей"),
        ("несколько тысяч рублей", "несколько тысяч рублей"),
        ("полтора часа два с половиной часа", "полтора часа два с половиной часа"),
        ("в половине одиннадцатого пол-одиннадцатого", "в половине одиннадцатого пол-одиннадцатого"),
        ("без пяти десять без четверти десять", "без пяти десять без четверти десять"),
        ("без двадцати шесть", "без двадцати шесть"),
    ],
    "amounts": [
        ("двадцати трёх рублей", "23 рублей"),
        ("тысяча двести рублей", "1200 рублей"),
        ("тысячу рублей", "1000 рублей"),
        ("сто пятьдесят тысяч", "150 тысяч"),
        ("двадцать пять тысяч триста рублей", "25 300 рублей"),
        ("двадцать пять тысяч три рубля", "25 003 рубля"),
        ("миллион двести пятьдесят тысяч рублей", "миллион 250 тысяч рублей"),
        ("полторы тысячи рублей", "1500 рублей"),
        ("полтора миллиона рублей", "1,5 миллиона рублей"),
        ("две с половиной тысячи рублей", "2500 рублей"),
        ("сто рублей пятьдесят копеек", "100 рублей 50 копеек"),
        ("ноль пять процента", "0,5 %"),
        ("полтора процента или три и пять процента", "1,5 % или 3,5 %"),
        ("три целых пять десятых процента", "3,5 %"),
        ("Ноль целых пять десятых процента.", "0,5 %."),
        ("девяносто девять целых пятьдесят пять сотых", "99,55"),
        ("минус двадцать градусов", "-20 градусов"),
        ("первый двадцать рублей второй тридцать", "первый 20 рублей второй 30"),
        ("три пятьсот рублей или двенадцать восемьсот рублей", "3500 рублей или 12 800 рублей"),
    ],
    "ranges": [
        ("от двух до трёх тысяч рублей", "от 2000 до 3000 рублей"),
        ("от десяти до двадцати тысяч рублей", "от 10 до 20 тысяч рублей"),
        ("между двумя и тремя тысячами", "между 2000 и 3000"),
        ("двести триста рублей", "200–300 рублей"),
        ("двадцать тридцать тысяч рублей", "20–30 тысяч рублей"),
        ("от ста до двухсот рублей", "от 100 до 200 рублей"),
        ("с девяти до восемнадцати", "с 9 до 18"),
        ("пять или десять процентов", "5 или 10 %"),
        ("пять десять процентов", "5–10 %"),
    ],
    "times": [
        ("в восемнадцать ноль ноль", "в 18:00"),
        ("с девяти ноль ноль до восемнадцати ноль ноль", "с 9:00 до 18:00"),
        ("встречаемся двадцать ноль ноль", "встречаемся 20:00"),
        ("в десять ноль пять", "в 10:05"),
        ("в шесть утра", "в 6 утра"),
        ("работаем двадцать четыре на семь", "работаем 24/7"),
    ],
    "dates": [
        ("двадцать третье мая в две тысячи двадцать шестом году", "23 мая в 2026 году"),
        ("пятого мая в десять тридцать", "5 мая в 10:30"),
        ("в девяносто пятом году до двадцать пятого числа", "в 95-м году до 25-го числа"),
    ],
    "numbers to go by": [
        (
            "восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять",
            "8 912 345 67 89",
        ),
        (
            "плюс семь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять",
            "+7 912 345 67 89",
        ),
        ("восемь девятьсот двенадцать три четыре пять", "8 912 345"),
        ("номер заказа двадцать пять тысяч триста", "номер заказа 25300"),
        ("версия три точка два", "версия 3.2"),
    ],
}


@pytest.mark.parametrize("kind", ENGLISH)
def test_english_numbers(kind: str) -> None:
    assert [(said, read(said)) for said, _ in ENGLISH[kind]] == ENGLISH[kind]


@pytest.mark.parametrize("kind", RUSSIAN)
def test_russian_numbers(kind: str) -> None:
    assert [(said, read(said, "ru")) for said, _ in RUSSIAN[kind]] == RUSSIAN[kind]


amounts = st.one_of(st.integers(10, 9999), st.integers(10, 2 * 10**9))
"""Small ones often, large ones too."""
CASES = ("n", "g", "d", "i", "p")
"""Russian cases; of the accusative num2words knows only the one for living beings."""


def english(number: int, style: int = 0) -> str:
    """Written out; `style`: with hyphens and "and" or without, or with an article for one."""
    words = str(num2words(number)).replace(",", "")
    if style:
        words = words.replace("-", " ")
    if style == 2:
        words = words.replace(" and ", " ")
    return re.sub("^one (hundred|thousand)", r"a \1", words) if style == 3 else words


def russian(number: int, case: str = "n") -> str:
    return str(num2words(number, lang="ru", case=case))


def value_of(text: str) -> int:
    """The number that a text with figures says, also with its millions in words."""
    total = 0
    found = 0
    for word in text.replace(",", "").split():
        digits = re.sub(r"\D", "", word)
        times = next((n for stem, n in SCALES.items() if word.startswith(stem)), 0)
        if digits:
            found = found * 1000 + int(digits)
        elif times:
            total, found = total + (found or 1) * times, 0
    return total + found


SCALES = {"million": 10**6, "billion": 10**9, "тысяч": 1000, "миллион": 10**6, "миллиард": 10**9}


@given(amounts, st.integers(0, 3), st.sampled_from(["", ",", "."]))
def test_every_english_amount_is_read_back(number: int, style: int, mark: str) -> None:
    said = english(number, style)
    assert value_of(read(f"{said} dollars")) == number
    assert read(f"{said} dollars{mark}").startswith("$")
    assert read(f"That is {said} dollars{mark}").endswith(mark)
    assert value_of(read(f"{said.capitalize()}{mark}")) == number or number % 100 == 0


@given(amounts, st.sampled_from(CASES), st.sampled_from(["", ",", "."]))
def test_every_russian_amount_is_read_back(number: int, case: str, mark: str) -> None:
    written = read(f"Это {russian(number, case)} рублей{mark}", "ru")
    assert value_of(written) == number
    assert written.endswith(f"рублей{mark}")


@given(amounts, amounts, st.integers(0, 3), st.sampled_from(["between", "from", "or"]))
def test_english_ranges_are_read_back(one: int, other: int, style: int, kind: str) -> None:
    low, high = sorted((one, other + 1))
    link = {"between": " and ", "from": " to ", "or": " or "}[kind]
    said = f"{kind} {english(low, style)} dollars{link}{english(high, style)} dollars"
    first, second = read(said).split(link)
    assert (value_of(first), value_of(second)) == (low, high)


@given(st.integers(1, 999), st.integers(1, 999), st.booleans())
def test_a_thousand_said_once_is_that_of_both_ends(one: int, other: int, in_russian: bool) -> None:
    low, high = sorted((one, other + 1000))
    high = low + high % 1000 + 1 if low + high % 1000 + 1 < 1000 else 999
    if low >= high:
        return
    if in_russian:
        said = f"от {russian(low, 'g')} до {russian(high, 'g')} тысяч рублей"
        first, second = read(said, "ru").removeprefix("от ").split(" до ")
        low_times = 1 if "тысяч" not in second else 1000
    else:
        said = f"from {english(low, 2)} to {english(high, 2)} thousand dollars"
        first, second = read(said).split(" to ")
        low_times = 1
    assert (value_of(first) * low_times, value_of(second)) == (low * 1000, high * 1000)


@given(st.integers(1, 12), st.integers(0, 59), st.sampled_from(["at", "by", "until"]), st.sampled_from(["", ".", "?"]))
def test_english_times_are_read_back(hour: int, minutes: int, before: str, mark: str) -> None:
    if not minutes:
        return
    spoken = f"oh {english(minutes)}" if minutes < 10 else english(minutes)
    assert read(f"{before} {english(hour)} {spoken}{mark}") == f"{before} {hour}:{minutes:02}{mark}"


@given(st.integers(1, 23), st.integers(0, 59), st.sampled_from([("в", "n"), ("до", "g"), ("к", "d")]))
def test_russian_times_are_read_back(hour: int, minutes: int, before: tuple[str, str]) -> None:
    preposition, case = before
    spoken = "ноль ноль" if not minutes else f"ноль {russian(minutes)}" if minutes < 10 else russian(minutes)
    assert read(f"{preposition} {russian(hour, case)} {spoken}", "ru") == f"{preposition} {hour}:{minutes:02}"


@given(st.integers(1900, 2099))
def test_years_are_read_back(year: int) -> None:
    first, second = divmod(year, 100)
    pair = f"{english(first)} hundred" if not second else f"{english(first)} oh {english(second)}"
    spoken = pair if second < 10 else f"{english(first)} {english(second, 1)}"
    if year not in range(2000, 2010):
        assert read(f"it was in {spoken}") == f"it was in {year}"
    assert read(f"it was in {english(year, 1)}") == f"it was in {year}"
    nominative = num2words(year, lang="ru", to="ordinal")
    assert read(f"{nominative} год", "ru") == f"{year} год"


@given(st.integers(0, 999), st.integers(1, 99))
def test_decimals_are_read_back(whole: int, hundredths: int) -> None:
    digits = f"{hundredths:02}"
    spoken = " ".join(english(int(digit)) for digit in digits)
    assert read(f"{english(whole, 1)} point {spoken} percent") == f"{whole}.{digits}%"
    exact = Decimal(f"{whole}.{digits}").normalize()
    said = num2words(exact, lang="ru")
    assert read(f"{said} процента", "ru") == f"{exact} %".replace(".", ",")


digit_rows = st.text("0123456789", min_size=4, max_size=12)


@given(digit_rows, st.booleans(), st.sampled_from(["", "."]))
def test_dictated_digits_are_what_was_said(digits: str, by_letter: bool, mark: str) -> None:
    said = " ".join("oh" if each == "0" and by_letter else english(int(each)) for each in digits)
    assert read(f"it is {said}{mark}") == f"it is {digits}{mark}"
    said = " ".join(russian(int(each)) for each in digits)
    assert read(f"Код {said}{mark}", "ru") == f"Код {digits}{mark}"


@given(st.lists(st.integers(10, 999_999), min_size=2, max_size=4))
def test_no_number_goes_on_over_a_mark(numbers: list[int]) -> None:
    said = ", ".join(english(number) for number in numbers)
    assert [value_of(each) for each in read(said).split(", ")] == numbers
    said = ", ".join(russian(number) for number in numbers)
    assert [value_of(each) for each in read(said, "ru").split(", ")] == numbers
