"""What is to be said of a recording: notes, each a code with its facts, as rows keep them. Pure.

The sentences are those of `recording/messages.py`, with `recording.` before the code.
"""

from collections.abc import Iterable
from typing import Any

from ringback.messages import Message, message, ready, text

Note = list[Any]
"""[code, {fact: value}], as JSON keeps it."""


def note(code: str, **facts: Any) -> Note:
    return [code, ready(facts)]


def thing(kind: str) -> Message:
    """What lies in a file's place, one of `recording.files.KINDS`."""
    return message(f"recording.thing.{kind}")


def messages_of(notes: Iterable[Note] | None, reason: str | None = None) -> list[Message]:
    """The sentences of a row's notes; of a row from before there were codes its `reason`, as it is."""
    found = [Message(f"recording.{code}", _named(facts)) for code, facts in notes or ()]
    return found or ([text(reason)] if reason else [])


def say(notes: Iterable[Note]) -> str | None:
    """The English sentences, one after another; None: there is nothing to say."""
    return " ".join(str(each) for each in messages_of(notes)) or None


def _named(facts: dict[str, Any]) -> dict[str, Any]:
    """Rows name a thing by its kind alone."""
    return {**facts, "kind": thing(facts["kind"])} if isinstance(facts.get("kind"), str) else facts
