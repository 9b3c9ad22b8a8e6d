"""Where in a call somebody says a secret: a card with its code and date, a PIN, a code that was sent, a password, an
account at a bank, a phone, an email address, a name on the list.

Pure: words in, places out. When in doubt it finds: a number too many that cannot be heard costs less than one too
few that can. Recognisers mishear digits and lose whole groups, so length and what is talked about weigh more than
the check digit. The order of the steps, each of which knows what those above it found:

    words of both speakers, with their times
      |  speakers.Talk       by speaker: which words say digits (numbers), what is asked for or named (labels, guesses),
      |                      which words are markers already
      +- 1 emails.find       addresses, spelled or as the answer to a question for one
      +- 2 digit_runs        rows of digits, over breaths and corrections, of both speakers in the order of time
      |    |  meaning.meant  what was asked for before the row
      |    |  episodes.Since whether a card or phone was just said
      |    |  meaning.kind_of  card, code, PIN, account, phone ... or nothing, by length and by what is talked about
      |    +- episodes.cards rows of which nobody said what they are, and which together make a card
      +- 3 lettered.find     codes and accounts with letters in them (before the rows, of which they hold parts)
      +- 4 dates.find        expiry dates in words
      +- 5 passwords.find    what was asked for as a password or told as one, and where it is said again
      +- 6 misheard.find     short answers to a question for a code in which digits were heard as other words
      +- 7 names.find        names on the list
      |
      _apart                 what overlaps is one, of the kind of the earlier step

What then becomes of a place: `masks.py` puts the marker into the text, `intervals.py` says which sound is silenced,
`proof.py` silences it and listens again. Work grows as the words do (`bench/redaction_work.py`): a caller who says
nothing but digits for hours costs no more a digit than one who says ten.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transcripts.engines.recogniser import Word
from transcripts.redaction import dates, emails, episodes, lettered, misheard, names, passwords
from transcripts.redaction.digit_runs import UNITS, DigitRun, runs_of, with_misheard, with_month
from transcripts.redaction.labels import IMPLIED
from transcripts.redaction.meaning import is_open, kind_of, meant
from transcripts.redaction.rules import Kind, RedactionRules
from transcripts.redaction.speakers import Talk

__all__ = ["UNITS", "Detection", "Kind", "RedactionRules", "find"]


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
    found: dict[str, list[Detection]] = {speaker: [] for speaker in talk.streams}
    for step in (_emails, _numbers, _passwords, _misheard, _names):
        for each in step(talk, rules):
            found[each.speaker].append(each)
    return [
        each
        for speaker, own in found.items()
        for each in _apart(own)
        if not set(range(each.first, each.last)) <= talk.streams[speaker].markers.keys()
    ]


def _apart(found: Sequence[Detection]) -> list[Detection]:
    """Overlaps made one, which takes the kind of the one found first in the order given; in the order of the words."""
    taken: list[tuple[int, Detection]] = []
    for at, each in sorted(enumerate(found), key=lambda item: item[1].first):
        if taken and each.first < taken[-1][1].last:
            before, old = taken[-1]
            kind = old.kind if before < at else each.kind
            taken[-1] = min(before, at), Detection(kind, each.speaker, old.first, max(old.last, each.last))
        else:
            taken.append((at, each))
    return [each for _, each in taken]


def _emails(talk: Talk, rules: RedactionRules) -> Iterable[Detection]:
    for speaker in talk.streams if rules.emails else ():
        for first, last in emails.find(talk, speaker, answers=rules.answers):
            yield Detection("email", speaker, first, last)


def _numbers(talk: Talk, rules: RedactionRules) -> Iterable[Detection]:
    """Rows of digits, dates in words, and codes with letters."""
    runs = sorted((run for s in talk.streams.values() for run in runs_of(talk, s)), key=lambda run: run.start)
    answers = sorted([run.end for run in runs if run.length > 1 and not run.is_amount] + _masked_before(talk))
    labels = [meant(talk, run, answers, rules) for run in runs]
    kinds: list[Kind | None] = []
    since = episodes.Since(talk)
    for run, label in zip(runs, labels, strict=True):
        first = label is not None and bisect_right(answers, label.end) == bisect_right(answers, run.start)
        kind = kind_of(talk, run, label, since, rules, first=first)
        since.note(run, kind, in_part=label is not None and label.strength == IMPLIED)
        kinds.append(kind)
    open_runs = [at for at, kind in enumerate(kinds) if kind is None and is_open(talk, runs[at], labels[at])]
    unnamed = [at for at, kind in enumerate(kinds) if kind == "phone" and labels[at] is None]
    for at in episodes.cards(runs, kinds, open_runs, unnamed):
        kinds[at] = "card"
    for speaker, stream in talk.streams.items():
        for each in lettered.find(talk, stream, answers):
            if rules.wants(each.kind):
                yield Detection(each.kind, speaker, each.first, each.last)
    yield from (_found(run, kind) for run, kind in zip(runs, kinds, strict=True) if kind and rules.wants(kind))
    if rules.cards:
        yield from (Detection("expiry", *each) for each in dates.find(talk, answers))


def _masked_before(talk: Talk) -> list[float]:
    """When secrets ended that are markers already."""
    return [stream.words[at].end for stream in talk.streams.values() for at in stream.markers]


def _found(run: DigitRun, kind: Kind) -> Detection:
    first, last = run.first, run.last
    if kind == "expiry":
        first, last = with_month(run.stream, run)
    elif kind not in ("code", "pin") and run.length > 2:
        first, last = with_misheard(run.stream, run)
    return Detection(kind, run.stream.speaker, first, last)


def _passwords(talk: Talk, rules: RedactionRules) -> Iterable[Detection]:
    """Where the secret is silent already (`rules.answers` off), whatever is heard in its place is no password."""
    if not rules.passwords or not rules.answers:
        return
    known = [(speaker, *place) for speaker in talk.streams for place in passwords.find(talk, speaker)]
    for speaker, first, last in (*known, *passwords.again(talk, known)):
        yield Detection("password", speaker, first, last)


def _misheard(talk: Talk, rules: RedactionRules) -> Iterable[Detection]:
    for each in misheard.find(talk, rules):
        yield Detection(each.kind, each.speaker, each.first, each.last)


def _names(talk: Talk, rules: RedactionRules) -> Iterable[Detection]:
    for speaker, stream in talk.streams.items() if rules.names else ():
        for first, last in names.find(stream, rules.names):
            yield Detection("name", speaker, first, last)
