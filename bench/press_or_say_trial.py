"""One answer through everything but Asterisk: utterances, engine, verdict; for `bench/press_or_say.py`.

Sound comes as Asterisk sends it, 20 ms at a time, and an engine answers as soon as it is given something, in no time of
the sound's: how long it took is counted apart.
"""

import json
import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recogniser.aeap import AskedCaller
from recogniser.engines import UtteranceRecogniser
from recogniser.wire import packed
from ringback.phrases import Phrases

STEP = 160
"""Bytes of mu-law in 20 ms."""
WAITS = 3.0


@dataclass
class Outcome:
    """What became of one answer."""

    result: str | None
    at: float
    """Seconds of sound until the result."""
    heard: list[float] = field(default_factory=list)
    """How long each hearing took, the last of them before the result."""


def answer(engine: UtteranceRecogniser, language: str, options: Phrases, sound: NDArray[np.uint8]) -> Outcome:
    """What Asterisk would be told of a caller who says this after the prompt."""
    caller = AskedCaller()
    caller.receive_text(json.dumps({"request": "setup", "id": "1", "codecs": [{"name": "ulaw"}]}), 0.0)
    for piece in packed(language, options):
        caller.receive_text(json.dumps({"request": "set", "id": "1", "params": {"question": piece}}), 0.0)
    caller.receive_text(json.dumps({"request": "set", "id": "1", "params": {"waits": WAITS}}), 0.0)
    outcome = Outcome(None, 0.0)
    data = sound.tobytes()
    for begin in range(0, len(data), STEP):
        outcome.at += STEP / 8000
        caller.receive_sound(data[begin : begin + STEP], outcome.at)
        asked = caller.to_hear()
        if asked is not None:
            began = time.perf_counter()
            heard = engine.hear(asked.sound, asked.question)
            outcome.heard.append(time.perf_counter() - began)
            caller.receive_heard(asked, heard, outcome.at)
        caller.handle_timer(outcome.at)
        if caller.result is not None:
            break
    outcome.result = caller.result
    return outcome
