"""Live words and what must not be read: held back until it is known, left out while a recording is paused."""

import numpy as np
import pytest

from calls.models import CallSegment
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.live_words import CALL_ID, Line, Script, Sessions, listener, rows, silence, spoken, step
from transcripts.engines.recogniser import RATE


def test_no_digit_of_a_card_number_is_ever_written(store: Sessions, settings: Settings) -> None:
    """The number comes in three phrases with pauses; every state of the rows that anybody could read is looked at."""
    script = Script(
        "my card is four one one one", "one one one one yes one one one one", "one one one one", "thank you very much"
    )
    running = listener(store, settings, script)
    line = Line(store, settings)
    seen: list[str] = []
    for _ in range(4):
        for piece in (spoken("please-wait")[: RATE * 2], silence(1)):
            line.grow(piece)
            step(running)
            seen += [text for _, text, _ in rows(store)]
    assert not any("one" in text.split() or "four" in text.split() for text in seen), seen
    assert any(text.startswith("my card is") for text in seen)
    line.grow(silence(4))
    step(running)
    final = [text for _, text, _ in rows(store)]
    assert final[0] == "my card is •card•"
    assert final[-1] == "thank you very much"


@pytest.mark.parametrize("anew", [False, True])
def test_what_was_asked_before_a_restart_tells_what_the_answer_is(
    store: Sessions, settings: Settings, *, anew: bool
) -> None:
    running = listener(store, settings, Script("security code please"))
    line = Line(store, settings)
    start = utcnow()
    line.set(arrived_at=start, connected_at=start)
    asked = np.concatenate([spoken("please-wait")[: RATE * 2], silence(1)])
    line.grow(silence(3), asked)
    step(running)
    assert rows(store) == [("agent", "security code please", True)]
    answers = Script("seven three one and then what happens now")
    if anew:
        running.recognisers = lambda _language: answers
        running._begin_anew()
    else:
        running = listener(store, settings, answers)  # the first was killed
    step(running)
    line.grow(np.concatenate([spoken("please-wait")[: RATE * 2], silence(2)]))
    step(running)
    step(running)
    assert rows(store)[1:] == [("caller", "•code• and then what happens now", True)]


def test_nothing_is_written_of_what_is_said_while_the_recording_is_paused(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("here it comes now"))
    line = Line(store, settings)
    with store() as session, session.begin():
        session.add(CallSegment(call_id=CALL_ID, seq=1, kind="unrecorded", agent="anna", started_at=line.arrived_at))
    line.grow(np.concatenate([spoken("please-wait")[: RATE * 2], silence(1)]))  # the switch did not mute it
    step(running)
    step(running)
    assert rows(store) == []


def test_numbers_that_are_no_secret_appear_when_their_run_is_over(store: Sessions, settings: Settings) -> None:
    running = listener(store, settings, Script("it has cost 20 dollars"))
    line = Line(store, settings)
    line.grow(np.concatenate([spoken("please-wait")[: RATE * 2], silence(1)]))
    step(running)
    assert rows(store) == [("caller", "it has cost …", False)]
    for _ in range(3):
        line.grow(silence(4))
        step(running)
    assert rows(store) == [("caller", "it has cost 20 dollars", True)]


def test_without_masking_nothing_is_held_back(store: Sessions, settings: Settings) -> None:
    off = settings.redaction.model_copy(update=dict.fromkeys(settings.redaction.kinds, False))
    running = listener(store, settings.model_copy(update={"redaction": off}), Script("it is 4111"))
    Line(store, settings).grow(np.concatenate([spoken("notice"), silence(1)]))
    step(running)
    assert rows(store) == [("caller", "it is 4111", True)]
