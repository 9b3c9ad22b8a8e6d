"""Calls as the real Asterisk told them: the captures of tests/replay as events."""

from pathlib import Path

from controller.runner import Runner
from ivr.events import Event
from pbx import ami, codec
from ringback.config import Settings

CAPTURES = Path(__file__).parents[1] / "replay" / "captures"
LATER = 1_800_000_000.0
"""The time of what carries none."""


def _of_captures() -> Settings:
    raw = Settings().model_dump()
    for line in raw["lines"]:
        line["notice_can_be_skipped"] = True
    return Settings.model_validate(raw)


SETTINGS = _of_captures()
"""Those with which the captures were made: notice, greeting and menu were one prompt."""


def captured_events(name: str) -> list[Event]:
    """The events of a real call, those of the waiting line among them, in the order they happened."""
    runner = Runner(SETTINGS)
    messages = ami.parse((CAPTURES / name).read_bytes().removesuffix(b"\r\n\r\n"))
    events: list[Event] = []
    for message in messages:
        item = codec.decode(message, LATER)
        if item is not None:
            runner.feed([item], float(message["Timestamp"]))
            for write in runner.take_output().writes:
                events += [event for _, event in write.events]
    return events
