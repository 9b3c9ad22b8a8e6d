"""One question to one caller, as Asterisk asks it: AEAP's `speech_to_text` without a socket, a clock or an engine.

Asterisk connects for each question, says what sound it sends (`setup`), and waits up to a second for the answer to each
of its requests, so all are answered at once. Then sound comes, and our own request with the result ends the question.
Through `SPEECH_ENGINE(...)` the dialplan tells two things of ours: `question`, in pieces (`wire.py`), and `waits`, when
the prompt is over and for how many seconds an answer is waited for. A result cuts the prompt, so during the prompt only
an answer is one; afterwards silence, and words that are no option, are results too.

The protocol: https://docs.asterisk.org (Asterisk External Application Protocol); what its module in Asterisk does with
each message was read in res_speech_aeap.c. `HeardAnswer` comes from `engines.py`, what it means from `matching.py`.
"""

import io
import json
import math
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import soundfile

from recogniser.ear import CallerEar, Utterance
from recogniser.engines import SpokenQuestion
from recogniser.matching import NOTHING, AnswerVerdict, HeardAnswer, decide
from recogniser.wire import QuestionReader
from ringback.phrases import words
from transcripts.engines.recogniser import RATE, Sound

CODECS = ("ulaw", "alaw", "slin")
"""What sound we understand, as Asterisk names it."""
UNKNOWN = "?"
"""The result for words that are no option; before a key: perhaps this one."""
SILENCE = ""
SETTLING_SECONDS = 0.1
"""After Asterisk has said that the prompt is over, until it can be told a result: in between it would forget one."""
MOST_WAIT = 120.0
"""Seconds that a question may ask us to wait."""


@dataclass(frozen=True, slots=True)
class ToHear:
    """An utterance for an engine."""

    number: int
    voice: int
    sound: Sound
    question: SpokenQuestion


@dataclass
class AskedCaller:
    """One question: `receive_*` and `handle_timer` take what comes, `to_send` and `to_hear` give what is to be done."""

    ear: CallerEar = field(default_factory=CallerEar)
    result: str | None = None
    """What Asterisk was told; None: nothing yet."""
    _out: list[str] = field(default_factory=list)
    _hear: ToHear | None = None
    """Only the newest: an older one has been overtaken."""
    _codec: str = ""
    _reader: QuestionReader = field(default_factory=QuestionReader)
    _question: SpokenQuestion | None = None
    _deadline: float | None = None
    """Until when an answer is waited for; None: the prompt still plays."""
    _not_before: float = 0.0
    """Until then a result is held."""
    _held: dict[str, Any] | None = None
    _under_way: tuple[int, int] | None = None
    """Number and voice of the utterance that an engine hears now or soon."""
    _verdict: tuple[int, AnswerVerdict] = (0, NOTHING)
    """The last one, with the number of its utterance."""
    _ended: int = 0
    """The last utterance that is over."""
    _told: int = 0
    """The last utterance whose end led to something."""

    def receive_text(self, text: str, now: float) -> None:
        """A message of Asterisk's. What is none is answered as far as it can be, and changes nothing."""
        try:
            message = json.loads(text)
        except ValueError:
            return
        if not isinstance(message, dict) or not isinstance(message.get("request"), str):
            return  # the answer to our result, or nothing of the protocol
        name, answer = message["request"], {"response": message["request"], "id": message.get("id")}
        try:
            answer |= self._do(name, message, now)
        except ValueError as error:
            answer |= {"error_msg": str(error)}
        self._send(answer)

    def receive_sound(self, data: bytes, now: float) -> None:
        """What the caller says."""
        if self._question is None or not self._codec or self.result is not None:
            return
        for utterance in self.ear.feed(_samples(data, self._codec)):
            self._take(utterance, now)

    def receive_heard(self, asked: ToHear, heard: HeardAnswer, now: float) -> None:
        """What an engine made of an utterance."""
        if self.result is not None or self._question is None:
            return
        verdict = decide(heard, self._question.options, self._question.language)
        number, before = self._verdict
        again = number == asked.number and before.key == verdict.key and before.kind == "sure"
        self._verdict = (asked.number, verdict)
        newest = self._under_way == (asked.number, asked.voice)
        if newest:
            self._under_way = None
        if verdict.kind == "sure" and (again or (newest and not self._may_go_on(verdict))):
            self._answer(verdict.key, verdict, now)
        elif self._ended >= asked.number and self._under_way is None:
            self._conclude(now)

    def next_timer(self) -> float | None:
        """When `handle_timer` wants to be called; None: not before something else happens."""
        if self.result is None:
            return self._deadline
        return None if self._held is None else self._not_before

    def handle_timer(self, now: float) -> None:
        """Nobody has said anything for as long as was waited; or Asterisk can be told now."""
        if self._held is not None and now >= self._not_before:
            self._send(self._held)
            self._held = None
        is_over = self._deadline is not None and now >= self._deadline and self.result is None
        if is_over and not self.ear.is_spoken_to and self._under_way is None:
            self._answer(SILENCE, NOTHING, now)

    def to_send(self) -> list[str]:
        """Messages for Asterisk, in order, each given once."""
        out, self._out = self._out, []
        return out

    @property
    def has_to_hear(self) -> bool:
        """Whether there is an utterance for an engine."""
        return self._hear is not None

    def to_hear(self) -> ToHear | None:
        """An utterance for an engine, given once."""
        hear, self._hear = self._hear, None
        return hear

    def _do(self, name: str, message: dict[str, Any], now: float) -> dict[str, Any]:
        """What is answered besides. Raises ValueError with what is wrong."""
        if name == "setup":
            self._codec = _first_codec(message.get("codecs"))
            return {"codecs": [{"name": self._codec}]}
        params = message.get("params")
        if name == "set" and isinstance(params, dict):
            for param, value in params.items():
                self._set(str(param), str(value), now)
            return {}
        if name == "get" and isinstance(params, list):
            return {"params": {str(param): [] if param == "results" else "" for param in params[:1]}}
        raise ValueError("nothing that is understood here")

    def _set(self, param: str, value: str, now: float) -> None:
        if param == "question":
            found = self._reader.take(value)
            if found is not None:
                self._question = SpokenQuestion(*found)
        elif param == "waits":
            seconds = float(value)
            if not math.isfinite(seconds) or not 0 <= seconds <= MOST_WAIT:
                raise ValueError("no time to wait")
            self._deadline, self._not_before = now + seconds, now + SETTLING_SECONDS
        # Anything else, as `dtmf`, says what Asterisk does by itself.

    def _take(self, utterance: Utterance, now: float) -> None:
        if utterance.sound is not None and self._question is not None:
            self._hear = ToHear(utterance.number, utterance.voice, utterance.sound, self._question)
            self._under_way = (utterance.number, utterance.voice)
        if utterance.ended:
            self._ended = utterance.number
            if self._under_way is None:
                self._conclude(now)

    def _conclude(self, now: float) -> None:
        """An utterance is over and was heard to its end."""
        number, verdict = self._verdict
        if number != self._ended or self._told == number:
            return
        self._told = number
        if verdict.kind == "sure":
            self._answer(verdict.key, verdict, now)
        elif verdict.kind == "unsure":
            self._answer(UNKNOWN + verdict.key, verdict, now)
        elif verdict.kind == "unknown" and self._deadline is not None:
            self._answer(UNKNOWN, verdict, now)
        else:
            self.handle_timer(now)

    def _may_go_on(self, verdict: AnswerVerdict) -> bool:
        """Whether another option begins with what was heard, so that more may come."""
        assert self._question is not None
        said = words(verdict.text)
        return self._ended < self._verdict[0] and any(
            key != verdict.key and words(phrase)[: len(said)] == said
            for key, phrases in self._question.options
            for phrase in phrases
        )

    def _answer(self, result: str, verdict: AnswerVerdict, now: float) -> None:
        self.result = result
        score = round(100 * math.exp(min(0.0, verdict.value)))
        found = {"text": result, "score": score, "grammar": "ringback", "best": 0}
        self._held = {"request": "set", "id": str(uuid.uuid4()), "params": {"results": [found]}}
        self.handle_timer(now)

    def _send(self, message: dict[str, Any]) -> None:
        self._out.append(json.dumps(message, ensure_ascii=False))


def _first_codec(codecs: Any) -> str:
    """The name of the first codec that Asterisk offers: it insists on that one."""
    offered = codecs if isinstance(codecs, list) else []
    first = next((each.get("name") for each in offered if isinstance(each, dict)), None)
    if first not in CODECS:
        raise ValueError(f"none of {', '.join(CODECS)}")
    return str(first)


def _samples(data: bytes, codec: str) -> Sound:
    if codec == "slin":
        return np.frombuffer(data[: len(data) // 2 * 2], np.int16)
    return _law(codec)[np.frombuffer(data, np.uint8)]


@lru_cache(maxsize=2)
def _law(codec: str) -> Sound:
    """The sample that each byte of mu-law or A-law stands for."""
    sound: Sound = soundfile.read(
        io.BytesIO(bytes(range(256))), dtype="int16", format="RAW", subtype=codec.upper(), samplerate=RATE, channels=1
    )[0]
    return sound
