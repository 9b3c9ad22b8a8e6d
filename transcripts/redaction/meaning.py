"""What a row of digits is: a card, a code, a PIN, an account, a phone or nothing, by what was asked for and its length.

Pure. What was asked for weighs more than how a recogniser wrote the answer: "$742." after the question for the code is
a code, while "2019 2020 2021 and 2022" is no card, however many digits it has.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import phonenumbers

from transcripts.redaction import episodes, guesses
from transcripts.redaction.digit_runs import DigitRun, beside
from transcripts.redaction.labels import GUESSED, IMPLIED, MENTIONED, NAMED, ORDER, Label
from transcripts.redaction.numbers import passes_luhn
from transcripts.redaction.passwords import asks_for
from transcripts.redaction.rules import Kind, RedactionRules
from transcripts.redaction.speakers import SLOP, Talk

CARD_LENGTH = 13
"""A row of so many digits is masked whatever it is: phones are shorter, and nobody wants longer ones overheard."""
LABEL_SECONDS = 30.0
"""For so long after somebody said what comes, a number is taken for it."""
ASKED_SECONDS = 120.0
"""So long does who was asked look for the card, as long as no other number is said."""
SENTENCE_SECONDS = 4.0
"""What is harmless counts only beside what is asked for; what is secret, in the whole question."""
ASKED_LAST = 2
"""So many words may follow what is asked for: the order number please."""
LONGEST = {"code": 6, "expiry": 6, "pin": 8, "one_time_code": 10, "password": 12}
"""More digits than that are something else."""
FITS = {
    "code": (3, 4),
    "pin": (3, 8),
    "one_time_code": (4, 8),
    "expiry": (3, 6),
    "card": (4, 19),
    "bank_account": (6, 34),
}
"""So many digits are what was asked for, though written as a sum, a share or a count: $742. for seven four two."""
TOLD_WORDS = 3
"""So many words may stand between what the speaker says that he tells, and such digits."""
BOUNDS = 4
"""Two bounds of a time have no more digits than that."""
_LISTS = frozenset("and or и или до".split())
"""Who says that between numbers dictates none."""
ACCOUNT_LENGTH = 4
"""Fewer digits than that are no account's."""
SECRET = frozenset(("code", "pin", "one_time_code", "password", "expiry", "card", "bank_account"))
"""What nobody is to hear, so that who was asked for it is waited for."""
CODES: Mapping[str, Kind] = {"code": "code", "pin": "pin", "one_time_code": "one_time_code"}
"""What is short, so that only what is talked about tells it."""


def meant(talk: Talk, run: DigitRun, answers: Sequence[float], rules: RedactionRules) -> Label | None:
    """What the question before a row of digits asked for: of all it names, the most sensitive that the row can be.

    What is only mentioned ("to place the order") gives way to what is named ("the card number"), and what is not to be
    masked to what is.
    """
    asked = [label for label in talk.question(run.stream.speaker, run.first, answers) if _can_be_told(talk, run, label)]
    if not asked:
        return None
    age = run.start - asked[0].end
    if age > LABEL_SECONDS:
        asked = [label for label in asked if label.kind in SECRET and talk.asks(label)]
        waits = bisect_left(answers, run.end) - bisect_left(answers, asked[0].start) == 0 if asked else False
        if not waits or age > ASKED_SECONDS or (asked[0].speaker == run.stream.speaker):
            return None
    newest = asked[0]
    if _calls_it_harmless(run, newest):
        return newest
    asked = [
        label
        for label in asked
        if label.kind != "harmless" or (label.speaker == newest.speaker and newest.start - label.end < SENTENCE_SECONDS)
    ]
    if any(label.kind in SECRET and rules.wants(label.kind) for label in asked):
        asked = [label for label in asked if label.kind not in SECRET or rules.wants(label.kind)]
    secret = [label for label in asked if label.kind in SECRET]
    if run.length >= CARD_LENGTH and secret:
        return secret[0]  # more than one number in one go: none of it is to be heard
    fitting = [label for label in asked if run.length <= LONGEST.get(label.kind, run.length)]
    if not fitting:
        return newest
    return min(fitting, key=lambda label: (-_weight(label), ORDER.index(label.kind)))


def _weight(label: Label) -> int:
    """How much a label counts among others; a guess that digits fit counts as words that hardly mean else."""
    return IMPLIED if label.strength == GUESSED else label.strength


def _calls_it_harmless(run: DigitRun, label: Label) -> bool:
    """Whether the speaker himself names the number right before he says it: my order number is."""
    named = label.kind == "harmless" and label.strength == NAMED and label.speaker == run.stream.speaker
    return named and run.first - label.last <= TOLD_WORDS


def _can_be_told(talk: Talk, run: DigitRun, label: Label) -> bool:
    """Whether a label may mean a row: people speak of passwords without telling one, and of pens that are no PIN."""
    if label.strength == GUESSED and not _is_guessed(run, label):
        return False
    if label.kind != "password":
        return True
    return label.speaker != run.stream.speaker and asks_for(talk.streams[label.speaker], label)


def _is_guessed(run: DigitRun, label: Label) -> bool:
    """Whether digits are said as a code is, one by one or in pairs, right after a word that may have been its name."""
    least, most = guesses.LENGTH[label.kind]
    if not least <= run.length <= most or run.is_amount or run.dated or run.hundreds or run.listed:
        return False
    own = label.speaker == run.stream.speaker
    begin = label.last if own else bisect_left(run.stream.starts, label.end - SLOP)
    listed = not _LISTS.isdisjoint(run.stream.plain[run.first : run.last])
    return run.first - begin <= TOLD_WORDS and not listed


def is_open(talk: Talk, run: DigitRun, label: Label | None) -> bool:
    """Whether nobody said what a row of digits is (`label`: what was meant), so that it may be a part of a card's."""
    said = label is not None and (label.kind in ("phone", "bank_account") or is_harmless(talk, run, label))
    return not said and not run.is_amount and not run.dated and not run.listed


def is_harmless(talk: Talk, run: DigitRun, label: Label | None) -> bool:
    """Whether a row is called so. Who listens may only mention it, unless he ends with it: the order is on its way."""
    if label is None or label.kind != "harmless":
        return False
    if label.strength == NAMED or label.speaker == run.stream.speaker:
        return True
    other = talk.streams[label.speaker]
    return bisect_left(other.starts, run.start) - label.last <= ASKED_LAST


def kind_of(
    talk: Talk, run: DigitRun, label: Label | None, since: episodes.Since, rules: RedactionRules, *, first: bool
) -> Kind | None:
    """What a row of digits is. `label`: what was meant; `first`: no other number was said since."""
    named = label.kind if label is not None else None
    told = label is not None and first and _is_told(talk, run, label)
    if run.listed and not told and not (label is not None and named in SECRET and label.strength > MENTIONED):
        return None
    if run.length >= CARD_LENGTH and not (named == "phone" and run.length < 16 and not _luhn(run)):
        return "bank_account" if named == "bank_account" and rules.bank_accounts else "card"
    other = run.amount or _counts(run, label) or (run.dated and named != "expiry") or _is_between(run)
    if run.length < 2 or (other and not told):
        return None
    if (called := _called(talk, run)) is not None:
        return called
    if label is not None and named in SECRET:
        return _asked(run, label, since, rules)
    if named == "phone":
        return _phone(talk, run, rules) if run.length > 2 or since.is_near(run, "phone") else None
    if (since.is_near(run, "card") or since.goes_on(run)) and not is_harmless(talk, run, label):
        return "code" if run.length in (3, 4) and not since.goes_on(run) else "card"
    if since.is_echo(run):
        return "card"
    return _phone(talk, run, rules) if named is None and 10 <= run.length <= 12 else None


def _is_between(run: DigitRun) -> bool:
    """Whether a few digits are two bounds: between 8 and 12."""
    return run.length <= BOUNDS and beside(run.stream, run.first - 1, run.first) in ("between", "между")


def _asked(run: DigitRun, label: Label, since: episodes.Since, rules: RedactionRules) -> Kind | None:
    """The kind of a row that is called something secret, or that was asked for as that."""
    if label.kind in ("code", "expiry") and run.length > LONGEST[label.kind]:
        return "card"
    if label.kind == "code":
        return "one_time_code" if run.length > 4 and rules.one_time_codes else "code"
    if label.kind in ("pin", "one_time_code") and run.length < 3 and not since.is_near(run, label.kind):
        return None
    if label.kind == "one_time_code":  # a card's code is called a verification code as well
        return "code" if run.length == 3 and rules.codes else "one_time_code"
    if label.kind == "pin":
        return "pin"
    if label.kind == "password":
        return "password"
    if label.kind == "expiry":
        return "expiry"
    if label.kind == "bank_account":
        return "bank_account" if run.length >= ACCOUNT_LENGTH or since.is_near(run, "bank_account") else None
    return "card" if run.length > 2 or label.strength != IMPLIED else None


def _called(talk: Talk, run: DigitRun) -> Kind | None:
    """What the speaker calls the digits right after them: 123 is the security code."""
    after = talk.label_after(run.stream.speaker, run.last - 1, 4)
    if after is None or run.length < 3:
        return None
    if after.kind == "code" and run.length < 6:
        return "code"
    following = run.stream.plain[run.last] if run.last < len(run.stream.words) else ""
    if following not in ("is", "это"):
        return None
    if after.kind == "bank_account" and run.length >= ACCOUNT_LENGTH:
        return "bank_account"
    if after.kind == "pin" and run.length <= LONGEST["pin"]:
        return "pin"
    return "one_time_code" if after.kind == "one_time_code" and run.length <= LONGEST["one_time_code"] else None


def _is_told(talk: Talk, run: DigitRun, label: Label) -> bool:
    """Whether the digits are what was asked for, or what the speaker says that he tells, however they are written."""
    least, most = FITS.get(label.kind, (1, 0))
    if not least <= run.length <= most:
        return False
    if label.speaker != run.stream.speaker:
        return talk.asks(label) or ends_with_it(talk, label)
    return label.strength == NAMED and not run.counted and run.first - label.last <= TOLD_WORDS


def ends_with_it(talk: Talk, label: Label) -> bool:
    """Whether somebody names a secret at the end of what he says: your PIN, please."""
    return label.strength == NAMED and talk.streams[label.speaker].go_ends[label.last - 1] - label.last <= ASKED_LAST


def _counts(run: DigitRun, label: Label | None) -> bool:
    """Whether something is counted by a row."""
    if label is None or run.counted:
        return run.counted or run.thousands
    return run.thousands and (label.kind in ("email", "harmless") or (label.kind == "card" and not label.strength))


def _luhn(run: DigitRun) -> bool:
    return any(13 <= len(digits) <= 19 and passes_luhn(digits) for digits in (run.digits, run.corrected))


def _phone(talk: Talk, run: DigitRun, rules: RedactionRules) -> Kind | None:
    """After the word for it any row of digits; otherwise one that could be dialled."""
    if talk.label_before(run.stream.speaker, run.first, LABEL_SECONDS) is not None:
        return "phone"
    possible = any(_is_possible(run.digits, region) for region in rules.regions)
    return "phone" if possible or episodes.is_dialled(run.digits) else None


def _is_possible(digits: str, region: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False
