"""What callers may say instead of pressing a key: phrases as they are compared, and which of them sound too much alike.

Pure functions on text, in the ground because three rooms share them: the settings, which refuse options that nobody
could tell apart (`alike`), a call, which hands a menu's phrases on with the numbers of its keys (`with_numbers`), and
the recogniser, which compares what it heard with them. How sure it has to be is `recogniser/matching.py`'s.
"""

import re
import threading
from collections.abc import Mapping
from functools import lru_cache

import snowballstemmer
from rapidfuzz.distance import Levenshtein

from ringback.folding import fold

Phrases = tuple[tuple[str, tuple[str, ...]], ...]
"""((key, what may be said for it), ...) of one menu, in one language."""

NUMBERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    language: {str(key): tuple(said.split("/")) for key, said in enumerate(names.split(", "))}
    for language, names in {
        "en": "zero/operator/a person/agent, one, two, three, four, five, six, seven, eight, nine",
        "ru": "ноль/оператор/человек/сотрудник, один, два, три, четыре, пять, шесть, семь, восемь, девять",
    }.items()
}
"""How a key itself is said; 0 is always a person."""
YES_NO: Mapping[str, Phrases] = {
    "en": (("1", ("yes", "yes please", "correct", "right")), ("2", ("no", "wrong"))),
    "ru": (("1", ("да", "верно", "правильно")), ("2", ("нет", "неверно", "неправильно"))),
}
"""What may be said where something is to be confirmed with 1."""
NEAR = 1
"""Letters in which two words may differ and still be taken for each other on the phone."""

_HEARD_AS: Mapping[str, tuple[tuple[str, str], ...]] = {
    language: tuple((pair.split(">")[0], pair.split(">")[1]) for pair in pairs.split())
    for language, pairs in {
        "en": "ph>f ck>k c>k q>k z>s gh> wh>w oo>u ee>i ea>i ou>o ow>o ay>e ai>e y>i",
        "ru": "тся>са ться>са о>а е>и э>и ы>и ю>у я>а б>п д>т г>к з>с ж>ш в>ф ь> ъ> щ>ш ц>с й>и",
    }.items()
}
"""What is written one way and heard as the other, in this order: unstressed vowels, consonants at the end of a word."""
_TWICE = re.compile(r"(.)\1+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LOCK = threading.Lock()
_STEMMERS = {"en": snowballstemmer.stemmer("english"), "ru": snowballstemmer.stemmer("russian")}


def words(text: str) -> list[str]:
    """The words of a text, without case, marks over letters and punctuation."""
    return [word.replace("'", "") for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The part of one folded word that its forms share; the word itself in a language without a stemmer."""
    stemmer = _STEMMERS.get(language)
    if stemmer is None:
        return word
    with _LOCK:  # a stemmer keeps the word that it works on
        return str(stemmer.stemWord(word))


def stems(text: str, language: str) -> list[str]:
    """The stems of the words of a text."""
    return [stem(word, language) for word in words(text)]


def letters(text: str) -> str:
    """A text as it sounds between its pauses: its letters alone. "Account balance" and "a count balance" are near."""
    return "".join(words(text))


def sounds(text: str, language: str) -> str:
    """A text as it sounds roughly: letters that are heard as one another are the same letter, and none stands twice."""
    whole = letters(text)
    for written, heard in _HEARD_AS.get(language, ()):
        whole = whole.replace(written, heard)
    return _TWICE.sub(r"\1", whole)


def alike(a: str, b: str, language: str) -> bool:
    """Whether two phrases could be taken for each other on the phone: the same stems, or a letter between them."""
    if stems(a, language) == stems(b, language):
        return True
    return Levenshtein.distance(letters(a), letters(b), score_cutoff=NEAR) <= NEAR


def alike_among(options: Phrases, language: str) -> list[tuple[str, str, str, str]]:
    """(key, phrase, other key, its phrase) of all phrases of different options that are `alike`."""
    said = [(key, phrase) for key, phrases in options for phrase in phrases]
    return [
        (key, phrase, other, its)
        for at, (key, phrase) in enumerate(said)
        for other, its in said[at + 1 :]
        if key != other and alike(phrase, its, language)
    ]


def with_numbers(options: Phrases, language: str, *, person: bool = False) -> Phrases:
    """The options with their keys' numbers as further phrases; `person`: 0 reaches one, and can be said, too.

    A number that the owner gave to another option stays that option's.
    """
    known = NUMBERS.get(language, {})
    taken = {letters(phrase) for _, phrases in options for phrase in phrases}
    whole = (*options, ("0", ())) if person else options
    return tuple(
        (key, (*phrases, *(number for number in known.get(key, ()) if letters(number) not in taken)))
        for key, phrases in whole
    )
