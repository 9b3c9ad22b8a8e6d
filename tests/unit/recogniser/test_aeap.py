"""One question to one caller, as Asterisk asks it: messages and sound in, messages out, and an engine that is told."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recogniser.aeap import CODECS, AskedCaller, ToHear
from recogniser.ear import END_PAUSE, FIRST_PAUSE, CallerEar
from recogniser.matching import HeardAnswer, Hypothesis
from recogniser.wire import packed
from ringback.phrases import Phrases, with_numbers
from transcripts.engines.recogniser import Sound
from transcripts.engines.speech import FRAME

OPTIONS: Phrases = with_numbers((("1", ("support",)), ("2", ("bill", "billing")), ("3", ("bill payment",))), "en")
T = 100.0
LOUD, QUIET = 0x0A, 0xFF
"""Bytes of mu-law."""


def by_level(sound: Sound) -> NDArray[np.float32]:
    """A detector that takes what is loud for a voice."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return (np.abs(frames.astype(np.int32)).max(axis=1) > 500).astype(np.float32)


class Asked:
    """A question that Asterisk has asked, up to the moment when the prompt begins."""

    def __init__(self, options: Phrases = OPTIONS, codec: str = "ulaw") -> None:
        self.caller = AskedCaller(CallerEar(by_level))
        self.now = T
        self.tell({"request": "setup", "id": "1", "version": "0.1.0", "codecs": [{"name": codec}]})
        for piece in packed("en", options):
            self.set("question", piece)
        self.answers()

    def tell(self, message: Any) -> None:
        self.caller.receive_text(message if isinstance(message, str) else json.dumps(message), self.now)

    def set(self, name: str, value: str) -> None:
        self.tell({"request": "set", "id": "x", "params": {name: value}})

    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.caller.to_send()]

    def result(self) -> str | None:
        """What Asterisk was told, once."""
        found = [each["params"]["results"] for each in self.answers() if each.get("request") == "set"]
        assert len(found) <= 1
        assert all(len(results) == 1 for results in found), "Asterisk turns several results round"
        return found[0][0]["text"] if found else None

    def sound(self, frames: int, byte: int) -> None:
        for _ in range(frames):
            self.now += 0.032
            self.caller.receive_sound(bytes([byte]) * FRAME, self.now)

    def say(self, frames: int = 10) -> None:
        self.sound(frames, LOUD)

    def pause(self, frames: int = FIRST_PAUSE + 1) -> None:
        self.sound(frames, QUIET)

    def hear(self, *texts: str, score: float = -0.2) -> ToHear:
        """The engine hears these in what it is given."""
        asked = self.caller.to_hear()
        assert asked is not None, "nothing is to be heard"
        self.caller.receive_heard(asked, heard(*texts, score=score), self.now)
        return asked


def heard(*texts: str, score: float = -0.2) -> HeardAnswer:
    said = tuple(Hypothesis(text, score - 0.1 * place) for place, text in enumerate(texts))
    return HeardAnswer(said, said[0] if said else None)


def test_setup_is_answered_with_the_first_codec() -> None:
    for codec in CODECS:
        caller = AskedCaller()
        offered = [{"name": codec}, {"name": "opus"}]
        caller.receive_text(json.dumps({"request": "setup", "id": "7", "codecs": offered}), T)
        assert [json.loads(text) for text in caller.to_send()] == [
            {"response": "setup", "id": "7", "codecs": [{"name": codec}]}
        ]


def test_every_request_is_answered_at_once() -> None:
    asked = Asked()
    for message in (
        {"request": "set", "id": "1", "params": {"dtmf": "5"}},
        {"request": "set", "id": "2", "params": {"results_type": "nbest"}},
        {"request": "get", "id": "3", "params": ["results"]},
        {"request": "dance", "id": "4"},
        {"request": "set", "id": "5", "params": {"waits": "never"}},
        {"request": "set", "id": "6", "params": {"question": "nonsense"}},
        {"request": "setup", "id": "7", "codecs": [{"name": "g729"}]},
        {"request": "setup", "id": "8", "codecs": "ulaw"},
    ):
        asked.tell(message)
        answer = asked.answers()
        assert [each["id"] for each in answer] == [message["id"]]
        assert answer[0]["response"] == message["request"]
        assert ("error_msg" in answer[0]) == (int(str(message["id"])) > 3)


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", '{"response": "set", "id": "1"}', '{"request": 5}'])
def test_what_is_no_request_changes_nothing(text: str) -> None:
    asked = Asked()
    asked.tell(text)
    assert asked.answers() == []
    asked.say()
    asked.pause()
    asked.hear("support")
    assert asked.result() == "1"


def test_an_answer_is_the_result_after_its_first_short_pause() -> None:
    asked = Asked()
    asked.pause(50)
    asked.say()
    asked.pause()
    asked.hear("Support.", "Supports")
    assert asked.result() == "1"
    asked.say(30)
    asked.pause(END_PAUSE + 2)
    assert asked.caller.to_hear() is None, "it is answered"


def test_an_option_that_another_one_begins_with_waits_for_the_rest() -> None:
    asked = Asked()
    asked.say()
    asked.pause()
    asked.hear("bill")
    assert asked.result() is None
    asked.say()
    asked.pause()
    asked.hear("bill payment")
    assert asked.result() == "3"

    alone = Asked()
    alone.say()
    alone.pause()
    alone.hear("bill")
    alone.pause(END_PAUSE)
    assert alone.result() == "2"


def test_words_that_are_not_understood_do_not_cut_the_prompt() -> None:
    asked = Asked()
    for _ in range(3):
        asked.say()
        asked.pause(END_PAUSE + 2)
        asked.hear("wait a moment, dear")
        assert asked.result() is None
    asked.say()
    asked.pause()
    asked.hear("support")
    assert asked.result() == "1"


def test_after_the_prompt_they_are_a_result_when_they_are_over() -> None:
    asked = Asked()
    asked.set("waits", "5")
    asked.say()
    asked.pause()
    asked.hear("wait a moment, dear")
    assert asked.result() is None
    asked.pause(END_PAUSE)
    assert asked.result() == "?"


def test_an_uncertain_answer_names_its_key() -> None:
    asked = Asked()
    asked.say()
    asked.pause(END_PAUSE + 2)
    asked.hear("sapport", score=-1.3)
    assert asked.result() == "?1"


def test_silence_is_a_result_when_the_seconds_are_over_and_nobody_is_speaking() -> None:
    asked = Asked()
    assert asked.caller.next_timer() is None, "during the prompt nobody waits"
    asked.set("waits", "5")
    timer = asked.caller.next_timer()
    assert timer == T + 5
    asked.caller.handle_timer(timer - 0.1)
    assert asked.result() is None
    asked.caller.handle_timer(timer)
    assert asked.result() == ""
    assert asked.caller.next_timer() is None


def test_a_result_that_asterisk_would_forget_as_the_prompt_ends_is_held_for_a_moment() -> None:
    asked = Asked()
    asked.say()
    asked.pause()
    asked.set("waits", "5")
    asked.hear("support")
    assert asked.result() is None
    timer = asked.caller.next_timer()
    assert timer is not None
    assert 0 < timer - asked.now <= 0.1
    asked.caller.handle_timer(timer)
    assert asked.result() == "1"


def test_whoever_speaks_when_the_seconds_are_over_is_heard_to_the_end() -> None:
    asked = Asked()
    asked.set("waits", "0.1")
    asked.say()
    asked.caller.handle_timer(asked.now)
    assert asked.result() is None
    asked.pause()
    asked.caller.handle_timer(asked.now)
    assert asked.result() is None, "an engine hears it"
    asked.hear("billing")
    assert asked.result() == "2"


def test_what_an_engine_does_not_hear_is_silence() -> None:
    asked = Asked()
    asked.set("waits", "1")
    asked.say()
    asked.pause(END_PAUSE + 40)
    asked.hear()
    assert asked.result() == ""


def test_only_the_newest_of_what_was_said_is_heard() -> None:
    asked = Asked()
    asked.say()
    asked.pause()
    asked.say()
    asked.pause()
    newest = asked.hear("support")
    assert newest.voice > 10
    assert asked.result() == "1"


def test_an_answer_overtaken_by_more_words_is_believed_when_it_comes_twice() -> None:
    asked = Asked()
    asked.say()
    asked.pause()
    first = asked.caller.to_hear()
    assert first is not None
    asked.say(14)
    asked.caller.receive_heard(first, heard("support"), asked.now)
    assert asked.result() is None, "more has been said since"
    asked.hear("support")
    assert asked.result() == "1"


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff" * 9999])
@pytest.mark.parametrize("codec", CODECS)
def test_sound_of_any_length_is_taken(codec: str, data: bytes) -> None:
    asked = Asked(codec=codec)
    asked.caller.receive_sound(data, T)
    assert asked.answers() == []


def test_sound_before_the_question_is_left_alone() -> None:
    caller = AskedCaller(CallerEar(by_level))
    caller.receive_sound(bytes([LOUD]) * 8000, T)
    assert caller.to_hear() is None
    assert caller.to_send() == []


def test_a_very_short_word_of_which_the_detector_is_never_sure_is_heard() -> None:
    asked = Asked()
    asked.caller.ear.judged_by = lambda sound: 0.4 * by_level(sound)
    asked.pause(20)
    asked.say(4)
    asked.pause()
    asked.hear("two")
    assert asked.result() == "2"


def test_a_thousand_questions_take_a_second() -> None:
    results: Sequence[str | None] = []
    for _ in range(200):
        asked = Asked()
        asked.say()
        asked.pause()
        asked.hear("billing please")
        results = [*results, asked.result()]
    assert set(results) == {"2"}
