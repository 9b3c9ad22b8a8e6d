"""Which option is meant by what was heard: sure, unsure or none. Pure: texts and figures in, a verdict out.

A recogniser that hears nothing but a menu's words hears one of them in everything, so a text alone proves little. Three
things are weighed: how near the text is to a phrase, how well the recogniser likes it, and how much better than the
nearest phrase of another option it is. What was heard without a menu in mind confirms or contradicts it. The thresholds
were chosen on one set of menus, voices and noises and are reported on another: bench/press_or_say.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import Levenshtein

from recogniser.courtesy import COURTESY
from ringback.phrases import NUMBERS, Phrases, letters, stem, words

MISMATCH = 2.0
"""What it costs, in log probability of a token, that a text shares no letter with the phrase it is taken for."""
CONTAINED = 0.75
"""How near a phrase is at most to a longer sentence that has it."""
SURE, UNSURE = -0.95, -1.45
"""An option is meant from this value on (log probability of a token less the mismatch) ..."""
NEAR_SURE, NEAR_UNSURE = 0.8, 0.6
"""... and from this nearness of the text."""
MARGIN = 0.25
"""How much better the best option is than the next, or it is asked."""
PLAIN = -0.5
"""What is heard without a menu in mind is clear from here on."""
ELSEWHERE = 0.5
"""Clear words that are no nearer to the phrase than this are about something else."""

_DIGITS = {
    language: {key: numbers[0] for key, numbers in of_language.items()} for language, of_language in NUMBERS.items()
}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text that may have been said."""

    text: str
    score: float
    """The mean log probability of its tokens: 0 is certain."""
    tokens: int = 1
    """How many there are."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of one utterance."""

    within: tuple[Hypothesis, ...]
    """With the menu's words in mind, the best first; empty: nothing was said."""
    plain: Hypothesis | None = None
    """Without the menu in mind; None: this recogniser hears nothing else."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which option was meant."""

    kind: Literal["sure", "unsure", "unknown", "nothing"]
    """unknown: something was said that is no option; nothing: nothing was said."""
    key: str = ""
    """Of `sure` and `unsure`."""
    phrase: str = ""
    """The phrase of the option that it was taken for."""
    value: float = 0.0


NOTHING = Verdict("nothing")


def decide(heard: Heard, options: Phrases, language: str) -> Verdict:
    """What was meant, of the options as `ringback.phrases.with_numbers` gives them."""
    if not heard.within:
        return NOTHING
    found = _best(heard.within, options, language)
    if not found:
        return Verdict("unknown")
    value, near, key, phrase = found[0]
    margin = value - found[1][0] if len(found) > 1 else 9.0
    agreement = nearness(heard.plain.text, phrase, language) if heard.plain is not None else near
    is_elsewhere = heard.plain is not None and heard.plain.score > PLAIN and agreement < ELSEWHERE
    if is_elsewhere and len(words(heard.plain.text if heard.plain else "")) > 1:
        return Verdict("unknown", value=value)
    if value >= SURE and near >= NEAR_SURE and margin >= MARGIN and not is_elsewhere:
        return Verdict("sure", key, phrase, value)
    if value >= UNSURE and near >= NEAR_UNSURE:
        return Verdict("unsure", key, phrase, value)
    return Verdict("unknown", value=value)


def _best(within: Iterable[Hypothesis], options: Phrases, language: str) -> list[tuple[float, float, str, str]]:
    """(value, nearness, key, phrase) of each option, the best first."""
    best: dict[str, tuple[float, float, str, str]] = {}
    for hypothesis in within:
        for key, phrases in options:
            for phrase in phrases:
                near = nearness(hypothesis.text, phrase, language)
                found = (hypothesis.score - MISMATCH * (1 - near), near, key, phrase)
                if key not in best or found > best[key]:
                    best[key] = found
    return sorted(best.values(), reverse=True)


@lru_cache(maxsize=4096)
def nearness(text: str, phrase: str, language: str) -> float:
    """How near a text is to a phrase, 0 to 1: by letters, for that is how misheard words are near, and by stems."""
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
    by_letters = Levenshtein.normalized_similarity(letters(" ".join(said)), letters(" ".join(wanted)))
    by_stems = Levenshtein.normalized_similarity(
        "".join(stem(word, language) for word in said), "".join(stem(word, language) for word in wanted)
    )
    return float(max(by_letters, by_stems))


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
