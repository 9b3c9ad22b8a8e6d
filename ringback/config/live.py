"""Words on the floor while a call goes on."""

from typing import Annotated

from pydantic import Field, StringConstraints

from ringback.config.base import Language, Model

AlertWord = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
"""What raises a flag: a word, the beginning of one with a star (`refund*`), or several words in a row."""


class Live(Model):
    words: bool = True
    """Whether calls that go on are listened to. It costs one core at most, with the lowest of priorities, and about
    half a gigabyte of memory with Whisper."""
    calls: int = Field(2, ge=1, le=50)
    """Calls listened to at the same time: those with an agent first, then the oldest."""
    alerts: dict[Language, list[AlertWord]] = {}
    """Words that raise a flag and an alarm, by the language of the line, e.g. `{en: [lawyer, "refund*"]}`."""
