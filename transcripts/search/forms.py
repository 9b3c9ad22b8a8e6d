"""The forms of a word: by which keys the index knows it, and how else people write it.

A Russian word is known by its lemmas: the dictionary of OpenCorpora has every form (pymorphy3, docs/adr/0037). A word
that it does not have, as names of products, is known by its stem and by the stems of the lemmas that its ending
suggests. Any other word is known by its English stem, a number by itself. Pure, but that the dictionary is read from
its package once.

    said              known by                asked for
    отмену            отмена                  отмена -> отмена
    стали             стать, сталь            сталь -> сталь
    день              день                    (that it is a form of деть as well is left out: RARE)
    вайфаем           вайфа                   вайфай -> вайфа, or вай + фай in any form
    logged            log                     login -> login, or log + in
"""

import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import pymorphy3

from ringback.folding import CYRILLIC, fold
from transcripts.search.words import stem

RARE = 0.01
"""A lemma that fewer of a form's uses than this mean is left out: who says the word does not mean it."""
MEANT = 0.5
"""A word that is its own lemma in so many of its uses is asked for as that alone: Ростов, and not a form of рост."""
LIKELY = 0.25
"""So likely a lemma must be of a word that the dictionary does not have."""
APART_MOST = 20
"""Letters of a word that may be written as two."""
LITTLE = frozenset("a an the i to be is it or of at as so no not for and we he me my am if".split())
"""English words that begin no word written as two: "a way" is not "away"."""
LITTLE_KINDS = ("PREP", "CONJ", "PRCL")
"""Of Russian words the same, where the whole is a word of the dictionary."""

Pair = tuple[str, str]


@lru_cache(maxsize=200_000)
def keys(word: str) -> tuple[str, ...]:
    """What one folded word that was said is known by; never nothing."""
    if not CYRILLIC.search(word):
        return (stem(word),)
    uses = _uses(word)
    if _dictionary().word_is_known(word):
        return tuple(lemma for lemma, share in uses.items() if share >= RARE) or (word,)
    likely = [lemma for lemma, share in uses.items() if share >= LIKELY]
    return tuple(dict.fromkeys(stem(each) for each in (word, *likely)))


@lru_cache(maxsize=20_000)
def asked_keys(word: str) -> tuple[str, ...]:
    """Which keys a folded word asks for, any of them: `keys`, or the word alone where it is a lemma."""
    known, lemma = keys(word), _plain_lemma(word)
    return (lemma,) if len(known) > 1 and _uses(word).get(lemma, 0.0) >= MEANT else known


@lru_cache(maxsize=20_000)
def apart(word: str) -> tuple[Pair, ...]:
    """The pairs of words as which a folded word may be written: login as log in, вайфай as вай фай, вай фаем, ..."""
    if len(word) > APART_MOST or not word.isalpha():
        return ()
    splits = [(word[:at], word[at:]) for at in range(1, len(word))]
    if not CYRILLIC.search(word):
        return tuple(pair for pair in splits if pair[0] not in LITTLE)
    return tuple(dict.fromkeys(_apart_russian(word, splits)))


def _apart_russian(word: str, splits: list[Pair]) -> Iterator[Pair]:
    known = _dictionary().word_is_known(word)
    for first, second in splits:
        if known and (len(first) == 1 or _parses(first)[0].tag.POS in LITTLE_KINDS):
            continue
        yield first, second
        if not known and len(second) > 1 and all(map(_dictionary().word_is_known, (first, second))):
            noun = next((parse for parse in _parses(second) if parse.tag.POS == "NOUN"), None)
            yield from ((first, fold(each.word)) for each in (noun.lexeme if noun else ()))


def _uses(word: str) -> dict[str, float]:
    """How likely a form is one of each lemma, the likeliest first."""
    found: dict[str, float] = {}
    for parse in _parses(word):
        lemma = _plain_lemma(fold(parse.normal_form))
        found[lemma] = found.get(lemma, 0.0) + parse.score
    return dict(sorted(found.items(), key=lambda use: -use[1]))


def _plain_lemma(lemma: str) -> str:
    """Without what makes a verb reflexive: who cannot connect is found by "connect" as well."""
    return lemma[:-2] if lemma.endswith(("ться", "тись", "чься")) else lemma


def _parses(word: str) -> list[Any]:
    with _LOCK:
        return list(_dictionary().parse(word))


@cache
def _dictionary() -> Any:
    """A fifth of a second and some 15 MB, once in a process."""
    return pymorphy3.MorphAnalyzer(lang="ru")


_LOCK = threading.Lock()
