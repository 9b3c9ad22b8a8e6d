"""Words that tell what the next number is: "card", "security code", "номер заказа". Pure.

A label has a strength, because one question often holds several: in "the security code so that I can place the order"
the code is asked for, and the order is only mentioned.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.engines.recogniser import Word
from transcripts.redaction.guesses import guess
from transcripts.redaction.numbers import number_in

GUESSED, MENTIONED, IMPLIED, NAMED = -1, 0, 1, 2
"""Strengths: what may be the name misheard (`guesses.py`); the word alone; words that hardly mean anything else; the
number itself is named ("order number")."""
ORDER = (
    "code",
    "pin",
    "one_time_code",
    "password",
    "expiry",
    "card",
    "bank_account",
    "phone",
    "email",
    "harmless",
)
"""The kinds, the most sensitive first."""

_KINDS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("code", NAMED, (
        r"cvv2?|cvc2?|cvs|cbc|csc|cvb|cbb|cbv|cv2|cid|c[.-]?v[.-]?[vc]|(cvv|cvc|security)-?codes?|цифр-?код",
        r"[цсзтд][эеыи]?-?[вб][эеыи]?-?[вбцс][эе]?(-?к[оа][дт])?", r"(cvv|cvc|cvc2|cvv2)-?код\w*",
        r".*[вб]{2}-?к[оа][дт]|си-?ви-?(ви|си)|трехзначн\w*|трех-значн\w*", r"(three|four|3|4)-digits?",
    )),
    ("pin", NAMED, (
        r"pin|p\.i\.n|pin-?(codes?|number)|passcodes?",
        r"пин(а|у|ом)?|пинк[уо]т?|п[иеы][нм][гк]?-?к[оа][дт]\w*",
    )),
    ("one_time_code", NAMED, (
        r"otp|(one-?time|sms|login|text)-?(codes?|passwords?|passcodes?|pins?)|2fa",
        r"(sms|смс|эсэмэс|пуш)-?к[оа][дт]\w*",
    )),
    ("one_time_code", IMPLIED, (
        r"(five|six|seven|eight|5|6|7|8)-digits?",
        r"(четырех|пяти|шести|семи|восьми|4-?х?|5-?т?и?|6-?т?и?|8-?м?и?)-?значн\w*",
    )),
    ("password", IMPLIED, (r"pass-?(words?|phrases?)|code-?words?", r"п[ао]рол(ь|я|ю|ем|е|и|ей)")),
    ("bank_account", NAMED, (r"ibans?|ибан\w*|айбан\w*", r"корсчет\w*|расчетк\w*")),
    ("expiry", NAMED, (r"expir\w*|expiration|истекает",)),
    ("expiry", MENTIONED, (r"срок\w*|действ(ует|ительн\w*|ия)",)),
    ("card", MENTIONED, (
        r"cards?|карт(а|ы|е|у|ой|очк\w*|ам|ами)", r"visa|виза|визы|mastercard|мастеркард\w*|maestro|amex|лицевой",
    )),
    ("phone", MENTIONED, (
        r"phone|mobile|cell|telephone|телефон\w*|мобильн\w*|сотов\w*|перезвон\w*|звонить|whatsapp|ватсап\w*|позвон\w*",
        r"набер(и|ите)",
    )),
    ("email", MENTIONED, (r"e-?mails?|mail|почт[аыуе]?|имейл\w*|мейл\w*|мэйл\w*|емейл\w*|адрес\w*|e-мейл",)),
    ("harmless", NAMED, (
        r"invoice|reference|error|tracking|balance|ошибк\w*|трек\w*|накладн\w*|артикул\w*|баланс\w*|отслежив\w*",
    )),
    ("harmless", MENTIONED, (
        r"orders?|ordered|requests?|tickets?|account|parcel|заказ\w*|обращени\w*|заявк\w*|договор\w*",
        r"сч[её]т\w*|щ[её]т\w*|посылк\w*",
        r"customer|client|model|serial|meter|reading|rooms?|apartment|flat|street|zip|postcode|extension|version",
        r"клиент\w*|абонент\w*|модел\w*|серийн\w*|счетчик\w*|показани\w*|комнат\w*|квартир\w*|улиц\w*|индекс\w*",
    )),
)  # fmt: skip
_STEMS = tuple((kind, strength, re.compile("|".join(patterns))) for kind, strength, patterns in _KINDS)
_PHRASES: tuple[tuple[str, int, str], ...] = (
    ("code", NAMED, """security code|security number|security digits|see vee|three digits
        |3 digits|four digits|4 digits|three digit|3 digit|four digit|4 digit|digits on|v v|v c|cv v|cv c
        |c i d|signature strip|код безопасности|защитный код|проверочное число|секретный код|код сзади
        |кода безопасности|три цифры|3 цифры|вэ вэ|ви ви|си ви|сиви си|сиви ви|се ве|цэ ве"""),
    ("pin", NAMED, """pin code|pin number|pin numbers|pen number|pen code|bin code|pin coat|p i n|pass code
        |personal identification number|access pin|пин код|пин кода|пин коду|пин кодом|пинг код|пинг кода|пин кот
        |пен код|пин г код"""),
    ("one_time_code", NAMED, """one time code|one time codes|one time password|one time passcode|one time pin
        |one-time code|one-time password|one-time passcode|one-time pin|onetime code|onetime password|o t p
        |verification code|verification number|verification codes|confirmation code|authentication code
        |authorization code|authorisation code|activation code|access code|login code|log in code|log-in code
        |sign in code|sign-in code|sms code|text code|text message code|authenticator code|authenticator app
        |five digit code|six digit code|seven digit code|eight digit code|5 digit code|6 digit code|8 digit code
        |five-digit code|six-digit code|seven-digit code|eight-digit code|5-digit code|6-digit code|8-digit code
        |код подтверждения|кода подтверждения|кодом подтверждения|проверочный код|проверочного кода|код проверки
        |код авторизации|код активации|код доступа|код верификации|код входа|код для входа|одноразовый код
        |одноразового кода|одноразовый пароль|одноразовый пин|временный код|временный пароль|код из смс|код из sms
        |код из эсэмэс|код из сообщения|код из письма|код из приложения|код из пуша|код с телефона|смс код
        |эсэмэс код|sms код|пароль из смс|пароль из сообщения|код который|код что пришел|четыре цифры кода
        |шестизначный код|кот подтверждения|кота подтверждения"""),
    ("one_time_code", IMPLIED, """five digits|six digits|seven digits|eight digits|five digit|six digit|seven digit
        |eight digit|5 digits|6 digits|8 digits|5 digit|6 digit|8 digit|пять цифр|шесть цифр|семь цифр|восемь цифр
        |5 цифр|6 цифр|8 цифр|four digit code|4 digit code|four-digit code|4-digit code"""),
    ("password", IMPLIED, """pass word|pass phrase|code word|secret word|security word|memorable word|magic word
        |secret phrase|security answer|secret answer|security question|secret question|maiden name
        |кодовое слово|кодового слова|кодовые слова|кодовые слово|кодовая слово|кодовая слова|кодовое слова|кодово слово
        |кодового слово|кодовую слово|кодовой слово|кодовым словом|кодовому слову|кодовом слове|секретное слово
        |секретного слова|контрольное слово|контрольного слова|проверочное слово|кодовая фраза|кодовую фразу
        |кодовой фразы|секретный ответ|секретный вопрос|контрольный вопрос|контрольный ответ
        |девичья фамилия|девичью фамилию|девичьей фамилии|девичьей фамилией"""),
    ("bank_account", NAMED, """bank account number|bank account|bank accounts|account and routing|account and sort
        |sort code|sort codes|routing number|routing code|transit number|routing and account|sort code and account
        |checking account number|checking account|savings account number|savings account|current account number
        |deposit account|i ban|i b a n|банковский счет|банковского счета|банковскому счету|банковским счетом
        |банковском счете|номер банковского счета|расчетный счет|расчетного счета|расчетному счету|расчетном счете
        |сберегательный счет|депозитный счет|депозитного счета|карточный счет|корреспондентский счет
        |корреспондентского счета|счет в банке|счета в банке|счету в банке|счет получателя|счета получателя
        |банковские реквизиты|реквизиты счета|реквизиты банка"""),
    ("card", NAMED, "long number|длинный номер"),
    ("card", IMPLIED, "last four digits|last 4 digits|последние цифры|последние четыре цифры|последних цифр"),
    ("phone", MENTIONED, "call me|call you|reach you|reach me|call back|для связи|набирайте меня"),
    ("phone", IMPLIED, "good number|best number|номер для связи|контактный номер|контактного номера"),
    ("email", MENTIONED, "send the|send it"),
    ("expiry", NAMED, """valid until|valid thru|valid through|valid till|good thru|good through|good until|good till
        |до какого|годна до|действует до|срок действия|сроком действия|действительна до"""),
    ("harmless", NAMED, """error code|error codes|fault code|area code|zip code|postal code|post code|country code
        |promo code|promotion code|discount code|coupon code|voucher code|gift code|tracking code|product code
        |item code|order code|booking code|reference code|customer code|store code|shop code|model code|qr code
        |bar code|air code|air codes|era code|arrow code
        |ошибка код|код ошибки|код города|код страны|код региона|код товара|код заказа|код отслеживания
        |код бронирования|код клиента|код абонента|код модели|почтовый код|промо код|трек код|штрих код|кью ар код
        |лицевой счет|лицевого счета|лицевому счету"""),
)  # fmt: skip
_NEAR_CARD = re.compile(r"cards?|codes?|digits?|cvv|cvc|signature|security|карт\w*|код\w*|цифр\w*|числ\w*|лицев\w*")
_NEAR_NUMBER = re.compile(rf"{_NEAR_CARD.pattern}|numbers?|номер\w*")
_CARD = re.compile(r"cards?|карт\w*")
_SENT = re.compile(
    r"sent|send|sending|texted|text|sms|messages?|received?|receive|emailed|"
    r"\w{0,2}смс\w*|sms\w*|эсэмэс\w*|сообщени\w*|пришел|пришла|пришли|придет|прислал\w*|отправил\w*|выслал\w*|получил\w*|пуш\w*"
)
_BANK = re.compile(
    r"banks?|bank's|banking|ibans?|routing|sort|checking|savings|deposit\w*|debit\w*|payout\w*|wire\w*|transfer\w*|refund\w*|"
    r"банк\w*|перевод\w*|перевест\w*|перевед\w*|возврат\w*|вернуть|вернем|реквизит\w*|зачисл\w*|выплат\w*|сбер\w*"
)
_BESIDE: tuple[tuple[str, str, int, re.Pattern[str]], ...] = (
    ("code codes", "one_time_code", NAMED, _SENT),
    ("код кода коды кодом", "one_time_code", NAMED, _SENT),
    ("пароль", "one_time_code", IMPLIED, re.compile(r"смс\w*|sms\w*|эсэмэс\w*|сообщени\w*|одноразов\w*")),
    ("account", "bank_account", IMPLIED, _BANK),
    ("счет счета счету счетом", "bank_account", IMPLIED, _BANK),
)
"""Words that are one kind's where something else is said beside them: a code that was sent, an account at a bank."""
_BACK: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("the back", _NEAR_CARD), ("the reverse", _NEAR_NUMBER), ("the rear", _NEAR_NUMBER), ("last three", _NEAR_CARD),
    ("три последние", _NEAR_CARD), ("последние три", _NEAR_CARD), ("на задней", _NEAR_CARD),
    ("на обороте", _NEAR_CARD), ("с обратной", _NEAR_CARD), ("на обратной", _NEAR_CARD), ("с оборота", _NEAR_CARD),
    ("с оборотной", _NEAR_CARD), ("на оборотной", _NEAR_CARD), ("сзади карты", _NEAR_CARD), ("code", _CARD),
    ("код", _CARD), ("кода", _CARD), ("кодом", _CARD),
)  # fmt: skip
"""Said of much else too, which has backs and codes: only where a card, a code or digits are talked about beside it."""
_LAST_FOUR = ("last four", "last 4", "последние четыре", "последние 4")
_ENDING = ("ending in", "ends in", "ending with", "заканчивается на", "оканчивается на")
_GOES_ON = frozenset("digits of on is are numbers please that it's for and at цифры цифр на и это у карты".split())
"""What follows "the last four" where it is no count of something."""
_NO_CARD_EXPIRES = re.compile(
    r"contract|subscription|warranty|offer|passport|policy|licen[cs]e|plan|tariff|coupon|voucher|password|"
    r"договор\w*|контракт\w*|подписк\w*|тариф\w*|акци\w*|гаранти\w*|паспорт\w*|полис\w*|пароль|доставк\w*"
)
_NO_BACK_OF_A_CARD = frozenset("office garden door yard room end seat window wall entrance panel".split())
BESIDE = 5
"""So many words away is beside."""
_NUMBER = frozenset("number numbers номер номера номером номеру id #".split())
_BETWEEN = frozenset("of your my the this our моего вашего этого твоего вашей моей is".split())

_Known = tuple[tuple[str, ...], str, int, re.Pattern[str] | None]


def _by_first() -> dict[str, list[_Known]]:
    """The phrases by their first word, the longest first: (words, kind, strength, what must be near)."""
    known: list[_Known] = [
        (tuple(text.split()), kind, strength, None) for kind, strength, texts in _PHRASES for text in texts.split("|")
    ]
    known += [(tuple(text.split()), "code", NAMED, near) for text, near in _BACK]
    known += [((word,), kind, strength, near) for texts, kind, strength, near in _BESIDE for word in texts.split()]
    known += [(("account", "number"), "bank_account", NAMED, _BANK), (("номер", "счета"), "bank_account", NAMED, _BANK)]
    known += [(tuple(text.split()), "card", IMPLIED, None) for text in _LAST_FOUR + _ENDING]
    known += [(tuple(text.split()), "expiry", NAMED, _CARD) for text in ("run out", "runs out")]
    found: dict[str, list[_Known]] = {}
    for each in sorted(known, key=lambda each: -len(each[0])):
        found.setdefault(each[0][0], []).append(each)
    return found


_BY_FIRST = _by_first()


@dataclass(frozen=True, slots=True)
class Label:
    """Somebody says what the number that follows is."""

    kind: str
    """One of ORDER."""
    speaker: str
    index: int
    """Of its first word in the speaker's words."""
    last: int
    """One past its last word."""
    start: float
    end: float
    strength: int = MENTIONED


def labels_in(speaker: str, words: Sequence[Word], plain: Sequence[str], numbers: Sequence[object]) -> list[Label]:
    """The labels in one speaker's words (`plain`: without marks; `numbers`: None where a word is none), in order."""
    found: list[Label] = []
    at = 0
    while at < len(plain):
        kind, strength, length = _label_at(plain, at, is_number=numbers[at] is not None)
        if kind is None and numbers[at] is None and (guessed := guess(words, plain, numbers, at)) is not None:
            kind, strength, length = guessed[0], GUESSED, guessed[1]
        if kind is not None:
            end = max(word.end for word in words[at : at + length])
            found.append(Label(kind, speaker, at, at + length, words[at].start, end, strength))
        at += length
    return found


def _label_at(plain: Sequence[str], at: int, *, is_number: bool) -> tuple[str | None, int, int]:
    """(kind, strength, words) of the label that begins there; (None, 0, 1): none does."""
    for phrase, kind, strength, near in _BY_FIRST.get(plain[at], ()):
        length = len(phrase)
        if tuple(plain[at : at + length]) != phrase:
            continue
        if (near is None or _is_near(plain, at, length, near)) and _fits(plain, at, length, kind):
            return kind, strength, length
    if is_number:
        return None, 0, 1
    for kind, strength, pattern in _STEMS:
        if pattern.fullmatch(plain[at]) and _fits(plain, at, 1, kind):
            named = kind in ("card", "phone", "harmless") and _is_named(plain, at)
            return kind, NAMED if named else strength, 1
    return None, 0, 1


def _fits(plain: Sequence[str], at: int, length: int, kind: str) -> bool:
    """Whether the words around a phrase leave it what it is: the last four months are no card's digits."""
    phrase = " ".join(plain[at : at + length])
    following = plain[at + length] if at + length < len(plain) else ""
    said = number_in(following) is not None
    if phrase in _LAST_FOUR:
        return said or not following or following in _GOES_ON
    if phrase in _ENDING:
        return said or _is_near(plain, at, length, _NEAR_CARD)
    if kind == "expiry" and _is_near(plain, at, length, _NO_CARD_EXPIRES):
        return _is_near(plain, at, length, _NEAR_CARD)
    return True


def _is_near(plain: Sequence[str], at: int, length: int, near: re.Pattern[str]) -> bool:
    if plain[at : at + 2] == ["the", "back"] and at + 2 < len(plain) and plain[at + 2] in _NO_BACK_OF_A_CARD:
        return False
    around = [*plain[max(0, at - BESIDE) : at], *plain[at + length : at + length + BESIDE]]
    return any(near.fullmatch(word) for word in around)


def _is_named(plain: Sequence[str], at: int) -> bool:
    """Whether the word stands beside "number": order number, number of your order, my order is."""
    following = [*plain[at + 1 : at + 3], "", ""]
    if following[0] in _NUMBER or (following[0] == "is" and number_in(following[1]) is not None):
        return True
    before = at - 1
    while before > max(-1, at - 3) and plain[before] in _BETWEEN:
        before -= 1
    return before >= 0 and plain[before] in _NUMBER
