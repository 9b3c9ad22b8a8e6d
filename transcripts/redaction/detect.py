"""Where in a call somebody says a card number, its code and date, a phone, an email address, a name on the list.

Pure: words in, places out. When in doubt it finds: a number too many that cannot be heard costs less than one too
few that can. Recognisers mishear digits and lose whole groups, so length and what is talked about weigh more than
the check digit. The order of the steps, each of which knows what those above it found:

    words of both speakers, with their times
      |  speakers.Talk       by speaker: which words say digits (numbers), what is asked for or named (labels),
      |                      which words are markers already
      +- 1 emails.find       addresses, spelled or as the answer to a question for one
      +- 2 digit_runs        rows of digits, over breaths and corrections, of both speakers in the order of time
      |    |  _meant         what was asked for before the row
      |    |  episodes.Since whether a card or phone was just said
      |    |  _kind          card, code, expiry, phone or nothing, by length and by what is talked about
      |    +- episodes.cards rows of which nobody said what they are, and which together make a card
      +- 3 dates.find        expiry dates in words
      +- 4 _misheard_codes   short answers to a question for the code in which no digit was understood
      +- 5 names.find        names on the list
      |
      _apart                 what overlaps is one, of the kind of the earlier step

What then becomes of a place: `masks.py` puts the marker into the text, `intervals.py` says which sound is silenced,
`proof.py` silences it and listens again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from transcripts.engines.recogniser import Word
from transcripts.redaction import dates, emails, episodes, names
from transcripts.redaction.digit_runs import BREATH, UNITS, USUAL, DigitRun, runs_of, with_misheard, with_month
from transcripts.redaction.labels import IMPLIED, NAMED, ORDER, Label
from transcripts.redaction.numbers import SOUND_LIKE, passes_luhn
from transcripts.redaction.speakers import SpeakerStream, Talk

__all__ = ["UNITS", "Detection", "Kind", "RedactionRules", "find"]

Kind = Literal["card", "code", "expiry", "phone", "email", "name"]

CARD_LENGTH = 13
"""A row of so many digits is masked whatever it is: phones are shorter, and nobody wants longer ones overheard."""
LABEL_SECONDS = 30.0
"""For so long after somebody said what comes, a number is taken for it."""
ASKED_SECONDS = 120.0
"""So long does who was asked look for the card, as long as no other number is said."""
CODE_SECONDS, CODE_WORDS = 6.0, 7
"""An answer to a question for the code begins so soon, and has no more words."""
SENTENCE_SECONDS = 4.0
"""What is harmless counts only beside what is asked for; what is secret, in the whole question."""
ASKED_LAST = 2
"""So many words may follow what is asked for: the order number please."""
LONGEST = {"code": 6, "expiry": 6}
"""More digits than that are something else."""
UNCOMMON = frozenset(SOUND_LIKE) - frozenset("o to too for want".split())
"""Words for a digit that are seldom said for anything else."""


@dataclass(frozen=True, slots=True)
class RedactionRules:
    """What is looked for."""

    cards: bool = True
    codes: bool = True
    phones: bool = False
    emails: bool = False
    names: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("US", "RU")
    """Countries in which a phone number without its country code is read."""
    answers: bool = True
    """Whether all that is said after a question for an address is taken for it."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A secret: words `first` up to and without `last` of one speaker."""

    kind: Kind
    speaker: str
    first: int
    last: int


def find(words: Mapping[str, Sequence[Word]], rules: RedactionRules) -> list[Detection]:
    """Every secret in the words of the speakers (each in the order they were said), apart from each other."""
    talk = Talk.of(words)
    numbers = _numbers(talk, rules)
    found: list[Detection] = []
    for speaker, stream in talk.streams.items():
        own: list[Detection] = []
        if rules.emails:
            own += [
                Detection("email", speaker, first, last)
                for first, last in emails.find(talk, speaker, answers=rules.answers)
            ]
        own += [each for each in numbers if each.speaker == speaker]
        own += _misheard_codes(talk, stream) if rules.codes else []
        if rules.names:
            own += [Detection("name", speaker, first, last) for first, last in names.find(stream, rules.names)]
        found += _apart(each for each in own if not set(range(each.first, each.last)) <= stream.markers.keys())
    return found


def _apart(found: Iterable[Detection]) -> list[Detection]:
    """Overlaps made one, which takes the kind of the one found first in the order given."""
    taken: list[Detection] = []
    for each in found:
        over = [old for old in taken if each.first < old.last and old.first < each.last]
        if over:
            first, last = min(each.first, *(o.first for o in over)), max(each.last, *(o.last for o in over))
            taken = [old for old in taken if old not in over]
            each = Detection(over[0].kind, each.speaker, first, last)
        taken.append(each)
    return sorted(taken, key=lambda each: each.first)


def _numbers(talk: Talk, rules: RedactionRules) -> list[Detection]:
    runs = sorted((run for s in talk.streams.values() for run in runs_of(talk, s)), key=lambda run: run.start)
    answers = sorted([run.end for run in runs if run.length > 1 and not run.is_amount] + _masked_before(talk))
    kinds: list[Kind | None] = []
    since = episodes.Since(talk)
    for run in runs:
        label = _meant(talk, run, answers)
        first = label is not None and bisect_right(answers, label.end) == bisect_right(answers, run.start)
        near = (since.is_near(run, "card") or since.goes_on(run)) and not _is_harmless(talk, run, label)
        counts = _counts(talk, run, label, first=first)
        kind = _kind(run, label, since, after=_after(talk, run), counts=counts, is_near=near)
        if kind == "phone" and not _is_phone(talk, run, rules):
            kind = None
        since.note(run, kind, in_part=label is not None and label.strength == IMPLIED)
        kinds.append(kind)
    open_runs = [at for at, kind in enumerate(kinds) if kind is None and _is_open(talk, runs[at], answers)]
    for at in episodes.cards(runs, kinds, open_runs):
        kinds[at] = "card"
    found = [_found(run, kind) for run, kind in zip(runs, kinds, strict=True) if kind and _wanted(kind, rules)]
    if rules.cards:
        found += [Detection("expiry", *each) for each in dates.find(talk, answers)]
    return found


def _masked_before(talk: Talk) -> list[float]:
    """When secrets ended that are markers already."""
    return [stream.words[at].end for stream in talk.streams.values() for at in stream.markers]


def _found(run: DigitRun, kind: Kind) -> Detection:
    first, last = run.first, run.last
    if kind == "expiry":
        first, last = with_month(run.stream, run)
    elif kind != "code" and run.length > 2:
        first, last = with_misheard(run.stream, run)
    return Detection(kind, run.stream.speaker, first, last)


def _meant(talk: Talk, run: DigitRun, answers: Sequence[float]) -> Label | None:
    """What the question before a row of digits asked for: of all it names, the most sensitive that the row can be.

    What is only mentioned ("to place the order") gives way to what is named ("the card number").
    """
    asked = talk.question(run.stream.speaker, run.first, answers)
    if not asked:
        return None
    age = run.start - asked[0].end
    if age > LABEL_SECONDS:
        asked = [label for label in asked if label.kind in ("code", "expiry", "card") and talk.asks(label)]
        waits = bisect_left(answers, run.end) - bisect_left(answers, asked[0].start) == 0 if asked else False
        if not waits or age > ASKED_SECONDS or (asked[0].speaker == run.stream.speaker):
            return None
    newest = asked[0]
    asked = [
        label
        for label in asked
        if label.kind != "harmless" or (label.speaker == newest.speaker and newest.start - label.end < SENTENCE_SECONDS)
    ]
    secret = [label for label in asked if label.kind in ("code", "expiry", "card")]
    if run.length >= CARD_LENGTH and secret:
        return secret[0]  # more than one number in one go: none of it is to be heard
    fitting = [label for label in asked if run.length <= LONGEST.get(label.kind, run.length)]
    if not fitting:
        return newest
    return min(fitting, key=lambda label: (-label.strength, ORDER.index(label.kind)))


def _is_open(talk: Talk, run: DigitRun, answers: Sequence[float]) -> bool:
    """Whether nobody said what a row of digits is, so that it may be a part of a card's."""
    label = _meant(talk, run, answers)
    said = label is not None and (label.kind == "phone" or _is_harmless(talk, run, label))
    return not said and not run.is_amount and not run.dated


def _is_harmless(talk: Talk, run: DigitRun, label: Label | None) -> bool:
    """Whether a row is called so. Who listens may only mention it, unless he ends with it: the order is on its way."""
    if label is None or label.kind != "harmless":
        return False
    if label.strength == NAMED or label.speaker == run.stream.speaker:
        return True
    other = talk.streams[label.speaker]
    return bisect_left(other.starts, run.start) - label.last <= ASKED_LAST


def _misheard_codes(talk: Talk, stream: SpeakerStream) -> list[Detection]:
    """Short answers to a question for the code in which no digit was understood: free, sex, bar."""
    found = []
    for label in (each for each in talk.labels if each.kind == "code"):
        own = label.speaker == stream.speaker
        if own == talk.asks(label):  # who asks does not answer, and who tells is not answered
            continue
        first = label.last if own else bisect_left(stream.starts, label.end + 1e-6)
        if first >= len(stream.words) or stream.words[first].start - label.end > CODE_SECONDS:
            continue
        last = first + 1
        while last < len(stream.words) and stream.words[last].start - stream.words[last - 1].end < BREATH:
            last += 1
        said = [at for at in range(first, last) if at not in stream.in_labels and at not in stream.markers]
        strange = [at for at in said if stream.plain[at] not in USUAL or stream.plain[at] in SOUND_LIKE]
        digits = any(stream.numbers[at] is not None for at in range(first, last))
        like = [stream.plain[at] for at in strange if stream.plain[at] in SOUND_LIKE]
        if own and (len(like) < 2 or UNCOMMON.isdisjoint(like)):
            continue  # who speaks of a code does not always tell it: protects you from fraud
        if strange and not digits and last - first <= CODE_WORDS and strange[-1] - strange[0] < 4:
            found.append(Detection("code", stream.speaker, strange[0], strange[-1] + 1))
    return found


def _wanted(kind: Kind, rules: RedactionRules) -> bool:
    return {"card": rules.cards, "expiry": rules.cards, "code": rules.codes, "phone": rules.phones}[kind]


def _after(talk: Talk, run: DigitRun) -> Label | None:
    return talk.label_after(run.stream.speaker, run.last - 1, 4)


def _kind(
    run: DigitRun, label: Label | None, since: episodes.Since, *, after: Label | None, counts: bool, is_near: bool
) -> Kind | None:
    """What a row of digits is, by its length and by what is talked about; phones are checked again.

    `label`: what was asked for; `after`: what the speaker himself calls it; `counts`: something is counted by it;
    `is_near`: it follows a card's digits, and nobody calls it something else.
    """
    named = label.kind if label is not None else None
    if run.length >= CARD_LENGTH and not (named == "phone" and run.length < 16 and not _luhn(run)):
        return "card"
    if run.length < 2 or run.amount or counts or (run.dated and named != "expiry"):
        return None
    if after is not None and after.kind == "code" and 2 < run.length < 6:
        return "code"
    if named in ("code", "expiry"):
        return ("code" if named == "code" else "expiry") if run.length <= LONGEST[named] else "card"
    if label is not None and named == "card":
        return "card" if run.length > 2 or label.strength != IMPLIED else None
    if named == "phone":
        return "phone" if run.length > 2 or since.is_near(run, "phone") else None
    if is_near:
        return "code" if run.length in (3, 4) and not since.goes_on(run) else "card"
    if since.is_echo(run):
        return "card"
    return "phone" if named is None and 10 <= run.length <= 12 else None


def _counts(talk: Talk, run: DigitRun, label: Label | None, *, first: bool) -> bool:
    """Whether something is counted, and it is not the `first` number after a question for a code."""
    if label is None:
        return run.counted or run.thousands
    if run.counted:
        asked = label.kind == "code" and label.speaker != run.stream.speaker and talk.asks(label)
        return not (asked and first and run.length in (3, 4))
    return run.thousands and (label.kind in ("email", "harmless") or (label.kind == "card" and not label.strength))


def _luhn(run: DigitRun) -> bool:
    return any(13 <= len(digits) <= 19 and passes_luhn(digits) for digits in (run.digits, run.corrected))


def _is_phone(talk: Talk, run: DigitRun, rules: RedactionRules) -> bool:
    """After the word for it any row of digits; otherwise one that could be dialled."""
    if talk.label_before(run.stream.speaker, run.first, LABEL_SECONDS) is not None:
        return True
    return episodes.is_dialled(run.digits) or any(_is_possible(run.digits, region) for region in rules.regions)


def _is_possible(digits: str, region: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False
