"""Which option is meant by what was heard: sure, unsure or none. Pure: texts and figures in, a verdict out.

A recogniser that hears nothing but a menu's words hears one of them in everything, so a text alone proves little. Four
things are weighed: how near texts are to an option's phrases, how well the recogniser likes them, how much of what it
thinks possible they are, and how much better than those of the next option. What was heard without a menu in mind
confirms or contradicts it. The thresholds were chosen on one set of menus, voices and noises and are reported on
another: bench/press_or_say.py.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import Levenshtein

from recogniser.courtesy import COURTESY, SMALL_TALK
from ringback.phrases import NUMBERS, Phrases, letters, sounds, stem, words

MISMATCH = 2.0
"""What it costs, in log probability of a token, that a text shares no letter with the phrase it is taken for."""
LEAST_NEAR = 0.55
"""A text that is no nearer to a phrase says nothing for it."""
CONTAINED = 0.7
"""How near a phrase is at most to a longer sentence that has it."""
SURE, UNSURE = -0.6, -1.2
"""An option is meant from this value on (log probability of a token less the mismatch, all its texts together) ..."""
NEAR_SURE, NEAR_UNSURE = 0.8, 0.6
"""... and where a text is as near as this."""
MARGIN = 0.5
"""How much better the best option is than the next, or it is asked."""
SHARE = 0.3
"""Of what the recogniser thinks possible, so much must be the option's."""
AGREEMENT = 1.6
"""What it counts for, at most half of it, that the same is heard without a menu in mind."""
SHORT = 4
"""A phrase of so few letters is heard in many noises: unless it is heard without a menu in mind, too, it is asked."""
PLAIN = -0.4
"""What is heard without a menu in mind is clear from here on."""
ELSEWHERE = 0.5
"""Clear words that are no nearer to the phrase than this are about something else."""

_DIGITS = {
    language: {key: numbers[0] for key, numbers in of_language.items()} for language, of_language in NUMBERS.items()
}
_TALK = {
    language: {tuple(words(said)) for said in talk if len(words(said)) > 1} for language, talk in SMALL_TALK.items()
}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text that may have been said."""

    text: str
    score: float
    """The mean log probability of its tokens: 0 is certain."""


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """What a recogniser made of one utterance."""

    within: tuple[Hypothesis, ...]
    """With the menu's words in mind, the best first; empty: nothing was said."""
    plain: Hypothesis | None = None
    """Without the menu in mind; None: this recogniser hears nothing else."""


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """Which option was meant."""

    kind: Literal["sure", "unsure", "unknown", "nothing"]
    """unknown: something was said that is no option; nothing: nothing was said."""
    key: str = ""
    """Of `sure` and `unsure`."""
    text: str = ""
    """What it was taken for."""
    value: float = 0.0


NOTHING = AnswerVerdict("nothing")


@dataclass(frozen=True, slots=True, order=True)
class _Evidence:
    """What speaks for one option."""

    value: float
    near: float
    share: float
    key: str
    phrase: str
    text: str


def decide(heard: HeardAnswer, options: Phrases, language: str) -> AnswerVerdict:
    """What was meant, of the options as `ringback.phrases.with_numbers` gives them."""
    if not heard.within:
        return NOTHING
    found = sorted((_evidence(heard.within, key, phrases, language) for key, phrases in options), reverse=True)
    if not found or _is_elsewhere(heard, found[0], language):
        return AnswerVerdict("unknown")
    best = found[0]
    margin = best.value - found[1].value if len(found) > 1 else math.inf
    agreement = best.near if heard.plain is None else nearness(heard.plain.text, best.phrase, language)
    value = best.value + AGREEMENT * max(0.0, agreement - 0.5)
    if len(letters(best.phrase)) <= SHORT and agreement <= ELSEWHERE:
        margin = 0.0
    if value >= SURE and best.near >= NEAR_SURE and margin >= MARGIN and best.share >= SHARE:
        return AnswerVerdict("sure", best.key, best.text, value)
    if value >= UNSURE and best.near >= NEAR_UNSURE:
        return AnswerVerdict("unsure", best.key, best.text, value)
    return AnswerVerdict("unknown", value=value)


def _evidence(within: Sequence[Hypothesis], key: str, phrases: Iterable[str], language: str) -> _Evidence:
    """All texts that are near one of the option's phrases, together."""
    whole = sum(math.exp(each.score) for each in within)
    together, nearest = 0.0, (0.0, "", "")
    for each in within:
        near, phrase = max(((nearness(each.text, phrase, language), phrase) for phrase in phrases), default=(0.0, ""))
        if near >= LEAST_NEAR:
            together += math.exp(each.score - MISMATCH * (1 - near))
        if near > nearest[0]:
            nearest = near, phrase, each.text
    value = math.log(together) if together else -math.inf
    return _Evidence(value, nearest[0], together / whole, key, nearest[1], nearest[2])


def _is_elsewhere(heard: HeardAnswer, best: _Evidence, language: str) -> bool:
    """Whether what was said is about something else: clear words, or the small talk of telephones."""
    talk = _TALK.get(language, set())
    said = [each.text for each in heard.within[:3]] + ([heard.plain.text] if heard.plain is not None else [])
    if best.near < 1 and any(tuple(words(text)) in talk for text in said):
        return True
    plain = heard.plain
    if plain is None or plain.score <= PLAIN or len(words(plain.text)) < 2:
        return False
    return nearness(plain.text, best.phrase, language) < ELSEWHERE


@lru_cache(maxsize=4096)
def nearness(text: str, phrase: str, language: str) -> float:
    """How near a text is to a phrase, 0 to 1: by letters, by sounds and by stems, whichever is nearest."""
    said, wanted = _plain(text, language), _plain(phrase, language)
    if not said or not wanted:
        return 0.0
    whole = max(_likeness(said, wanted, language), _likeness(words(text), words(phrase), language))
    if whole < CONTAINED and len(said) > len(wanted):
        width = len(wanted)
        parts = (said[at : at + width] for at in range(len(said) - width + 1))
        whole = max(whole, CONTAINED * max(_likeness(part, wanted, language) for part in parts))
    return whole


def _likeness(said: Sequence[str], wanted: Sequence[str], language: str) -> float:
    a, b = " ".join(said), " ".join(wanted)
    return float(
        max(
            Levenshtein.normalized_similarity(letters(a), letters(b)),
            Levenshtein.normalized_similarity(sounds(a, language), sounds(b, language)),
            Levenshtein.normalized_similarity(
                "".join(stem(word, language) for word in said), "".join(stem(word, language) for word in wanted)
            ),
        )
    )


@lru_cache(maxsize=4096)
def _plain(text: str, language: str) -> tuple[str, ...]:
    """The words of an answer without those of courtesy, digits as words, none twice in a row."""
    digits, courtesy = _DIGITS.get(language, {}), COURTESY.get(language, frozenset())
    found: list[str] = []
    for word in words(text):
        word = digits.get(word, word)
        if not found or found[-1] != word:
            found.append(word)
    kept = [word for word in found if word not in courtesy]
    return tuple(kept or found)
