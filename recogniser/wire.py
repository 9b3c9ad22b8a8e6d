"""A question on its way from a call to the recogniser: plain letters, which no part of Asterisk takes for more.

The words are the owner's, with whatever characters; on their way they stand in commands of AMI (lines of at most 1,024
bytes), in variables of the dialplan and in its arguments. So they travel as base64 of JSON, in pieces that say how many
more there are. Pure.
"""

import base64
import binascii
import json

from ringback.phrases import Phrases

PIECE = 700
"""Letters of a piece, so that a command with it stays within a line of AMI."""
MOST_LETTERS = 16_000
"""Of a whole question: more is not taken in."""


def packed(language: str, options: Phrases) -> tuple[str, ...]:
    """The pieces, each with the number of those that follow it."""
    document = json.dumps([language, options], ensure_ascii=False, separators=(",", ":"))
    whole = base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")
    pieces = [whole[at : at + PIECE] for at in range(0, len(whole), PIECE)]
    return tuple(f"{len(pieces) - 1 - place}.{piece}" for place, piece in enumerate(pieces))


class QuestionReader:
    """Puts the pieces of one question together."""

    def __init__(self) -> None:
        self._letters = ""
        self._left: int | None = None

    def take(self, piece: str) -> tuple[str, Phrases] | None:
        """Language and options when the last piece is there. Raises ValueError for what nobody here has packed."""
        left, dot, letters = piece.partition(".")
        if not dot or not left.isascii() or not left.isdecimal() or self._left not in (None, int(left) + 1):
            raise ValueError("no piece of a question, or not the next one")
        self._left, self._letters = int(left), self._letters + letters
        if len(self._letters) > MOST_LETTERS:
            raise ValueError("a question of too many letters")
        return _unpacked(self._letters) if self._left == 0 else None


def _unpacked(letters: str) -> tuple[str, Phrases]:
    try:
        document = json.loads(base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))
        language, options = document
        whole = tuple((key, tuple(phrases)) for key, phrases in options)
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise ValueError("no question") from error
    texts = [language, *(key for key, _ in whole), *(phrase for _, phrases in whole for phrase in phrases)]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("no question")
    return language, whole
