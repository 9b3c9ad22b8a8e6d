"""Text that strangers write, made into text that every store keeps and every page can show: once, where it enters.

Owns which characters are none of a name's or a number's. What is left is still hostile: whoever shows it escapes it,
and nothing of it becomes part of a command. Pure, and quick to load: the fallback of Asterisk uses it, too.
"""

import re
import unicodedata

DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Characters that change in which direction their neighbours are shown (Unicode, UAX 9)."""
UNSEEN = "\u00ad\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
"""Characters that nobody sees and that have no place in a name: two names that look alike would differ."""
NEVER = re.compile(f"[{DIRECTION}{UNSEEN}\ud800-\udfff\ufffe\uffff]")
"""Halves of characters besides, which nothing can encode, and what is no character."""
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")
"""NUL, which PostgreSQL keeps in no text, line breaks, and the like."""


def cleaned(text: str, most: int) -> str:
    """`text` on one line, at most `most` characters of it, without those that are not a name's. A line break stays a
    gap, so that what was on two lines does not become one word."""
    return CONTROL.sub(" ", NEVER.sub("", text[: 4 * most]))[:most].strip()


def one_line(words: str, longest: int) -> str:
    """Without line ends, control characters and marks of direction: safe in a header; cut where it is too long."""
    plain = " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in words).split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
