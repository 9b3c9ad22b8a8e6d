"""Text without what does not count when people look for it: case, marks over letters, forms of the same letter.

Pure functions on text, used for what is stored and for what is asked alike: by the search of what was said, and by the
list of calls for names.
"""

import re
import unicodedata
from functools import lru_cache

CYRILLIC = re.compile(r"[\u0400-\u052f]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ`´‘′", "'"))
_COMBINING = re.compile(r"[\u0300-\u036f]")


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
    if CYRILLIC.match(character):
        return "е" if character == "ё" else character
    return _COMBINING.sub("", unicodedata.normalize("NFD", character))
