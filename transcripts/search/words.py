"""Words as the search knows them: folded, so that spellings meet, and their stems.

Pure functions on text. The same ones are used for what was said and for what is asked, on either store: that is what
makes both find the same. A word is a run of letters and digits; ё is е, é is e, case and apostrophes do not count.
The stem of a word with a Cyrillic letter is Russian, of any other English (Snowball, https://snowballstem.org):
whatever language the call was in, so a brand's name or an English word in a Russian call is found alike.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

LONGEST = 40
"""Letters of a word that count."""
VERSION = 2
"""Of these rules and of the stems' package: another one has every call indexed anew (`index.stale`)."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ`´‘′", "'"))
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_COMBINING = re.compile(r"[\u0300-\u036f]")


def words(text: str) -> list[str]:
    """The words of a text in order, folded. Words of their own result are the same."""
    return [word.replace("'", "")[:LONGEST] for word in _WORD.findall(fold(text))]


def fold(text: str) -> str:
    """The text without what does not count: case, forms of the same letter, marks over letters (й stays й)."""
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
    folded = unicodedata.normalize("NFKC", text.casefold())
    if folded.isascii():
        return folded
    return _COMBINING.sub("", "".join(map(_plain, folded)))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """A letter without its marks; Cyrillic letters are letters of their own, but for ё."""
    if _CYRILLIC.match(character):
        return "е" if character == "ё" else character
    return _COMBINING.sub("", unicodedata.normalize("NFD", character))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word."""
    with _LOCK:  # a stemmer keeps the word that it works on
        return str((_RUSSIAN if _CYRILLIC.search(word) else _ENGLISH).stemWord(word))


_LOCK = threading.Lock()
_RUSSIAN = snowballstemmer.stemmer("russian")
_ENGLISH = snowballstemmer.stemmer("english")
