"""Ninety seconds of a call: the stretches that say what it was about, how it turned, what came of it. Pure.

Every sentence has marks: words that tell what it does, whether the summary quotes it, how near it stands to what was
promised, what words it shares with that, whether somebody was on hold or silent just before. For each kind the marks
are weighed (`digest_weights.py`: a logistic regression on sixty conversations; docs/adr/0075 has how much it finds in
calls that it did not learn from), and whole sentences are taken, the weightiest first, until no more fits. What is
uncertain has no weights: the words that the recogniser was least sure of. The same text and facts always give the same
stretches.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal, get_args

import numpy as np

from library.digest_weights import WEIGHTS
from ringback.folding import fold
from ringback.messages import Message, message
from summary.cues import cues
from summary.extract import POINTS
from summary.sentences import SaidSentence
from topics.words import LITTLE
from transcripts.search.words import stem, words
from transcripts.text.moments import Moment

Kind = Literal["problem", "turn", "promised", "outcome", "uncertain"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WEIGHED: tuple[Kind, ...] = KINDS[:4]
Weights = Mapping[str, Mapping[str, float]]
"""By kind what each mark weighs, and what is always added."""
MOST = 90.0
"""Seconds of all stretches together."""
LEAST_SAVED = 30.0
"""Seconds that must be saved; a call that is hardly longer is heard whole."""
SHARES: dict[Kind, float] = {"problem": 30.0, "turn": 46.0, "promised": 18.0, "outcome": 26.0, "uncertain": 9.0}
"""Seconds of a kind at most, so that no kind takes the place of the others."""
AROUND = 0.15
"""Seconds of sound before and after a sentence: recognisers cut closely."""
JOINED = 1.5
"""Seconds between two stretches that are played, too, rather than jumped over."""
NO_ROOM = 0.5
"""Seconds that are left when nothing more is tried."""
LEAST_WEIGHT = -5.0
"""Log odds of a sentence that is not worth its seconds."""
SAYS_TOO = -1.0
"""Log odds from which on a sentence that is played for something else is of this kind, too."""
UNSURE = 0.5
"""A word of less confidence is uncertain, as pages mark it."""
LEAST_UNSURE = 2
"""Words of a sentence that must be."""
PAUSES = ("hold", "silence", "transfer")
AFTER_PAUSE = 3
"""Sentences after a hold or a silence in which what they say of a place fades to a third."""
NEAR = 6
"""The same, for sentences around what was promised."""
FEW_WORDS = 14
"""From here on more words make no sentence more telling."""
SAYS = 3
"""Words below which a sentence has no words that tell."""
STATES = 4
"""Words of a sentence that states a matter, at least."""
QUOTED = 3
"""Promises that others are near to."""
MARKS = (
    *("wants", "wrong", "will", "settled", "polite", "when"),
    *("finds", "offers", "objects"),
    *("caller", "length", "asks", "early", "late", "parting"),
    *("like_problem", "like_promised", "like_outcome", "first"),
    *("shares", "recurs", "before", "after", "pause"),
)
"""What is weighed, in order."""

_FINDS = {
    "en": r"\b(i (can )?see|looks like|turns? out|seems|because|reason|actually|in fact|found|forgot|faulty|mistake|"
    r"normal|already|was|were|has|have been|with)\b",
    "ru": r"\b(вижу|видно|оказ\w+|действительно|похоже|потому|причин\w+|дело в|выяснил\w*|по нашим|на самом деле|"
    r"забыл\w*|ошиб\w+|так как|поэтому|значит|уже|до сих пор)\b",
}
_OFFERS = {
    "en": r"\b(you (can|could|may)|we (can|could)|i (can|could)|if|instead|would (it|that)|offer|alternative|as you)\b",
    "ru": r"\b(можно|можем|можете|могу|могли|если|вместо|предлож\w+|вариант\w*|удобно|раз у вас)\b",
}
_OBJECTS = {
    "en": r"\b(but|why|how come|that's not|not my|unacceptable|disagree|really|no way|however)\b",
    "ru": r"\b(но|почему|как так|это не|не моя|не согласен|не согласна|недопустимо|безобразие|однако)\b",
}
_COMPILED = {
    name: {language: re.compile(pattern) for language, pattern in by.items()}
    for name, by in {"finds": _FINDS, "offers": _OFFERS, "objects": _OBJECTS}.items()
}
_NO_CUES = [0.0] * MARKS.index("caller")
_CUES = MARKS[: MARKS.index("finds")]


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """All that the choice is made from."""

    said: Sequence[SaidSentence]
    """In the order of the call."""
    unsure: Mapping[int, int]
    """By place in `said`: words of less confidence than UNSURE."""
    likely: Mapping[str, Mapping[int, float]]
    """By point of the summary (problem, promised, outcome) what the likeliest sentences weigh, by their places."""
    moments: Sequence[Moment]
    language: str
    begin: float
    end: float
    """What of the recording may be heard."""


@dataclass(frozen=True, slots=True)
class DigestRun:
    """What is played in one go."""

    begin: float
    end: float
    """Seconds of the recording."""
    kinds: tuple[Kind, ...]
    why: tuple[Message, ...]
    """One for each kind."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The stretches of a call, in its order."""

    stretches: tuple[DigestRun, ...]
    seconds: float
    """Of all of them."""
    of: float
    """Seconds of what they are taken from."""

    @property
    def saved(self) -> float:
        return self.of - self.seconds


NOTHING = Digest((), 0.0, 0.0)


def digest(facts: DigestFacts, weights: Weights = WEIGHTS) -> Digest:
    """Nothing where there is no text, or nothing worth the name is saved. Other weights are for who measures them."""
    whole = facts.end - facts.begin
    if not facts.said or whole < LEAST_SAVED:
        return NOTHING
    chosen = _choose(facts, weights)
    stretches = _stretches(facts, chosen)
    seconds = sum(each.end - each.begin for each in stretches)
    found = Digest(tuple(stretches), round(seconds, 2), round(whole, 2))
    return found if found.saved >= LEAST_SAVED else NOTHING


def weighed(facts: DigestFacts, weights: Weights = WEIGHTS) -> dict[Kind, list[float]]:
    """By kind the log odds of each sentence."""
    rows = np.array(marks_of(facts))
    found: dict[Kind, list[float]] = {}
    for kind in WEIGHED:
        odds = rows @ np.array([weights[kind][mark] for mark in MARKS]) + weights[kind]["always"]
        found[kind] = [float(each) for each in odds]
    return found


def marks_of(facts: DigestFacts) -> list[list[float]]:
    """A row of MARKS for each sentence."""
    said = facts.said
    stems = [_telling(each.text) if _says_something(each) else frozenset() for each in said]
    sides: dict[str, Counter[str]] = {"caller": Counter(), "agent": Counter()}
    for each, of in zip(said, stems, strict=True):
        sides.setdefault(each.speaker, Counter()).update(of)
    common = {each for each in sides["caller"] if each in sides["agent"]}
    sure = facts.likely.get("promised", {})
    promised = sorted(sure, key=lambda at: (-sure[at], at))[:QUOTED]
    core = {each for at in promised for each in stems[at]}
    pauses = sorted(moment.at + (moment.seconds or 0.0) for moment in facts.moments if moment.kind in PAUSES)
    rows, of_caller, stated = [], 0, 0
    for at, each in enumerate(said):
        is_caller = each.speaker == "caller"
        told = _cue_marks(each.text, facts.language) if _says_something(each) else _NO_CUES
        of_caller += is_caller
        count = len(each.text.split())
        rows.append(
            [
                *told,
                float(is_caller),
                min(count, FEW_WORDS) / FEW_WORDS,
                float(each.text.rstrip().endswith("?")),
                exp(-of_caller / 3) if is_caller else 0.0,
                exp((at + 1 - len(said)) / NEAR),
                float(at + 2 >= len(said)),
                *(facts.likely.get(point, {}).get(at, 0.0) for point in POINTS),
                exp(-stated / 3) if is_caller else 0.0,
                min(3, len(stems[at] & core)) / 3,
                min(4, len(stems[at] & common)) / 4,
                max((sure[one] * exp((at - one) / NEAR) for one in promised if one > at), default=0.0),
                max((sure[one] * exp((one - at) / NEAR) for one in promised if one < at), default=0.0),
                _since(pauses, said, at),
            ]
        )
        stated += is_caller and count >= STATES and bool(told[0] or told[1])
    return rows


def _says_something(sentence: SaidSentence) -> bool:
    """Whether it is worth a closer look: "yes", "one moment" and "go ahead" are a third of a call."""
    return sentence.last - sentence.first >= SAYS


def _cue_marks(text: str, language: str) -> list[float]:
    told = cues(text, language)
    folded = fold(text)
    own = [float(language in by and by[language].search(folded) is not None) for by in _COMPILED.values()]
    return [*(float(name in told) for name in _CUES), *own]


def _telling(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if len(word) > 3 and word not in LITTLE)


def _since(pauses: Sequence[float], said: Sequence[SaidSentence], at: int) -> float:
    """How near behind the end of a hold, a silence or a transfer a sentence is."""
    before = [pause for pause in pauses if pause <= said[at].start + 0.5]
    if not before:
        return 0.0
    between = sum(before[-1] <= each.start + 0.5 for each in said[max(0, at - 10) : at])
    return exp(-between / AFTER_PAUSE)


# -- the choice ------------------------------------------------------------------------------------------


def _choose(facts: DigestFacts, weights: Weights) -> dict[int, list[Kind]]:
    """Places of the sentences that are played, each with its kinds: first the best of each kind, then whatever weighs
    most, as long as it fits."""
    values = weighed(facts, weights)
    ranked: list[tuple[int, float, int, Kind]] = []
    for kind in WEIGHED:
        order = sorted(range(len(facts.said)), key=lambda at: (-values[kind][at], at))
        ranked += [(place > 0, -values[kind][at], at, kind) for place, at in enumerate(order)]
    doubted = sorted(
        (at for at, count in facts.unsure.items() if count >= LEAST_UNSURE), key=lambda at: -facts.unsure[at]
    )
    ranked += [(1, -99.0 if not place else 0.0, at, "uncertain") for place, at in enumerate(doubted)]
    chosen: dict[int, list[Kind]] = {}
    played = 0.0
    spent = dict.fromkeys(KINDS, 0.0)
    for place, value, at, kind in sorted(ranked, key=lambda each: (each[0], each[1], each[2], KINDS.index(each[3]))):
        sentence = facts.said[at]
        seconds = sentence.end - sentence.start
        if at in chosen and place and value > -SAYS_TOO:
            continue
        if value > -LEAST_WEIGHT or spent[kind] + seconds > SHARES[kind]:
            continue
        if at not in chosen:
            # What cannot fit is not tried: of a long call these are thousands.
            longer = _length(facts, [*chosen, at]) if played + NO_ROOM <= MOST else MOST + 1
            if longer > MOST:
                continue
            played = longer
        chosen.setdefault(at, []).append(kind)
        spent[kind] += seconds
    return chosen


def _length(facts: DigestFacts, places: Sequence[int]) -> float:
    return sum(end - begin for begin, end in _joined(facts, places))


def _joined(facts: DigestFacts, places: Sequence[int]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for at in sorted(places, key=lambda place: facts.said[place].start):
        begin = max(facts.begin, facts.said[at].start - AROUND)
        end = min(facts.end, facts.said[at].end + AROUND)
        if found and begin <= found[-1][1] + JOINED:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > begin:
            found.append((begin, end))
    return found


def _stretches(facts: DigestFacts, chosen: Mapping[int, Sequence[Kind]]) -> list[DigestRun]:
    found = []
    for begin, end in _joined(facts, list(chosen)):
        inside = {kind for at, kinds in chosen.items() if begin <= facts.said[at].start <= end for kind in kinds}
        kinds = tuple(kind for kind in KINDS if kind in inside)
        found.append(
            DigestRun(round(begin, 2), round(end, 2), kinds, tuple(_why(facts, begin, kind) for kind in kinds))
        )
    return found


def _why(facts: DigestFacts, begin: float, kind: Kind) -> Message:
    """Of a turn what came before it: a hold, a silence, a transfer, both at once."""
    if kind == "turn":
        for moment in reversed(facts.moments):
            if -15.0 <= moment.at + (moment.seconds or 0.0) - begin <= 3.0:
                return message(f"library.digest_{moment.kind}")
    return message(f"library.digest_{kind}")
