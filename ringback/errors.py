"""The base of every error a person may see.

A room defines its own base in its `errors.py` from this one. An error carries a code and facts; its sentence, which
says what happened and what to do, stands in the room's `messages.py` in every language (`ringback/messages.py`).
"""

from typing import Any

from ringback.messages import TEXT, Message, ready, say


class RingbackError(Exception):
    """Something Ringback can explain in one sentence: `RingbackError("room.what_happened", file=path)`.

    `str` of it is the English sentence. A class that has one sentence alone names its code itself.
    """

    code: str = TEXT
    """See `ringback.messages.Message`."""

    def __init__(self, code: str | None = None, /, **facts: Any) -> None:
        self.code = code or self.code
        self.facts = ready(facts)
        """What stands in the sentence, ready for JSON."""
        super().__init__(self.code)

    @property
    def message(self) -> Message:
        """What rows keep of it."""
        return Message(self.code, self.facts)

    def __str__(self) -> str:
        return say(self.code, self.facts, "en")
