"""Words as the search knows them: folded, so that spellings meet, and their stems.

Pure functions on text. The same ones are used for what was said and for what is asked, on either store: that is what
makes both find the same. A word is a run of letters or of digits (AB1234 is two, as AB 1234 and AB-1234 are); ё is е,
é is e, case and apostrophes do not count. The stem of a word with a Cyrillic letter is Russian, of any other English
(Snowball, https://snowballstem.org): whatever language the call was in, so a brand's name or an English word in a
Russian call is found alike. What else a word is known by is `forms.py`'s.
"""

import re
import threading
from functools import lru_cache

import snowballstemmer

from ringback.folding import CYRILLIC, fold

LONGEST = 40
"""Letters of a word that count."""
VERSION = 4
"""Of these rules and of the packages of stems and forms: another one has every call indexed anew (`index.stale`)."""

_WORD = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*")


def words(text: str) -> list[str]:
    """The words of a text in order, folded. Words of their own result are the same."""
    return [word.replace("'", "")[:LONGEST] for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word."""
    with _LOCK:  # a stemmer keeps the word that it works on
        return str((_RUSSIAN if CYRILLIC.search(word) else _ENGLISH).stemWord(word))


_LOCK = threading.Lock()
_RUSSIAN = snowballstemmer.stemmer("russian")
_ENGLISH = snowballstemmer.stemmer("english")
