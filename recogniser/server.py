"""The process that Asterisk asks: a WebSocket for each question on loopback, one engine for all of them.

Owns sockets, threads and the clock; what is said in which order is `aeap.py`'s. The loop answers Asterisk at once,
which holds a caller up until then; engines work in one thread beside it, the newest utterance of each caller in turn,
so that many who speak at once wait for one another and nothing piles up. Whatever goes wrong ends one question: its
caller presses a key.
"""

import asyncio
import faulthandler
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import numpy as np
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from websockets.asyncio.server import Request, Response, Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from recogniser.aeap import AskedCaller, ToHear
from recogniser.engines import SpokenQuestion, UtteranceRecogniser
from recogniser.matching import HeardAnswer
from ringback.config import Settings
from ringback.messages import Message, together, words_of
from ringback.phrases import with_numbers
from ringback.processes import RECOGNISER
from ringback.store.base import utcnow
from ringback.store.bus import beat
from transcripts.engines.recogniser import RATE
from transcripts.engines.speech import judge

log = logging.getLogger("ringback.recogniser")
logging.getLogger("websockets").setLevel(logging.WARNING)  # it tells of every connection

PROTOCOL = Subprotocol("speech_to_text")
LOOPBACK = "127.0.0.1"
MOST_QUESTIONS = 100
"""At the same time; whoever comes then presses keys."""
MOST_BYTES = 64 * 1024
"""Of one message."""
BEAT_SECONDS = 1.0
LIFE_SECONDS = 0.5
"""Between two touches of the file of life; the dialplan believes one for three seconds."""
HUNG_SECONDS = 10.0
RELOAD_SECONDS = 30.0
"""How long an engine that could not be loaded is left alone."""

Recognisers = Callable[[SpokenQuestion], UtteranceRecogniser]
"""The engine for a question. Raises TranscriptError, OSError."""


class _Visit:
    """One connection: a question to a caller."""

    def __init__(self, socket: ServerConnection, desk: "RecogniserDesk") -> None:
        self.caller = AskedCaller()
        self.is_queued = False
        self._socket = socket
        self._desk = desk

    async def serve(self) -> None:
        """Until Asterisk has what it wanted, or has gone."""
        with suppress(ConnectionClosed):
            while True:
                message = await self._next()
                now = time.monotonic()
                if isinstance(message, str):
                    self.caller.receive_text(message, now)
                elif message is not None:
                    self.caller.receive_sound(message, now)
                self.caller.handle_timer(now)
                if self.caller.has_to_hear and not self.is_queued:
                    self.is_queued = True
                    self._desk.line.put_nowait(self)
                await self.flush()

    async def heard(self, asked: ToHear, heard: HeardAnswer) -> None:
        """What the engine made of it."""
        self.caller.receive_heard(asked, heard, time.monotonic())
        with suppress(ConnectionClosed):
            await self.flush()

    async def flush(self) -> None:
        """Sends what there is to send."""
        for text in self.caller.to_send():
            await self._socket.send(text)

    async def _next(self) -> str | bytes | None:
        """What Asterisk sends next; None: the time for an answer is over."""
        timer = self.caller.next_timer()
        if timer is None:
            return await self._socket.recv()
        try:
            return await asyncio.wait_for(self._socket.recv(), max(0.01, timer - time.monotonic()))
        except TimeoutError:
            return None


@dataclass
class RecogniserDesk:
    """Takes questions, and has the engine hear one utterance after the other."""

    recognisers: Recognisers
    line: "asyncio.Queue[_Visit]" = field(default_factory=asyncio.Queue)
    """Those who have something to hear, each once."""
    most: int = MOST_QUESTIONS
    faults: dict[str, tuple[float, Message]] = field(default_factory=dict)
    """By language that cannot be heard: when its engine is tried again, and why."""
    _there: int = 0

    @property
    def fault(self) -> Message | None:
        """Why something cannot be heard."""
        return together(why for _, why in self.faults.values())

    async def listen(self, port: int) -> Server:
        """Waits for Asterisk; a browser, which says where its page comes from, is refused."""
        return await serve(
            self._come,
            LOOPBACK,
            port,
            origins=[None],
            subprotocols=[PROTOCOL],
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            max_size=MOST_BYTES,
            server_header=None,
        )

    async def work(self) -> None:
        """Hears what callers said, for good."""
        while True:
            visit = await self.line.get()
            visit.is_queued = False
            asked = visit.caller.to_hear()
            if asked is not None:
                await visit.heard(asked, await asyncio.to_thread(self._hear, asked))

    async def _come(self, socket: ServerConnection) -> None:
        self._there += 1
        try:
            await _Visit(socket, self).serve()
        finally:
            self._there -= 1

    def _admit(self, socket: ServerConnection, _request: Request) -> Response | None:
        if self._there < self.most:
            return None
        return socket.respond(HTTPStatus.SERVICE_UNAVAILABLE, "too many callers\n")

    def _hear(self, asked: ToHear) -> HeardAnswer:
        language = asked.question.language
        again_at, _ = self.faults.get(language, (0.0, None))
        if time.monotonic() < again_at:
            return HeardAnswer(())
        try:
            heard = self.recognisers(asked.question).hear(asked.sound, asked.question)
        except Exception as error:  # an engine's fault is that nobody was heard: callers press keys
            log.exception("an utterance could not be heard")
            self.faults[language] = time.monotonic() + RELOAD_SECONDS, words_of(error)
            return HeardAnswer(())
        self.faults.pop(language, None)
        return heard

    def warm_up(self, languages: Iterable[str]) -> None:
        """Loads all that the first caller would wait for, and tries again what could not be loaded."""
        noise = np.random.default_rng(1).integers(-999, 999, RATE // 2, np.int16)
        judge(noise)
        for language in languages:
            question = SpokenQuestion(language, with_numbers((), language, person=True))
            self._hear(ToHear(0, 0, noise, question))


async def run(settings: Settings, store: sessionmaker[Session], recognisers: Recognisers) -> None:
    """The whole life of the process."""
    started_at = utcnow()
    desk, languages = RecogniserDesk(recognisers), settings.spoken_languages
    await asyncio.to_thread(desk.warm_up, languages)
    server = await desk.listen(settings.speech.answers_port)
    async with server:
        tasks = [asyncio.create_task(desk.work()), asyncio.create_task(_live(settings, desk))]
        try:
            while not any(task.done() for task in tasks):
                await asyncio.to_thread(_beat, store, started_at, desk.fault)
                if desk.faults and not set(languages) - set(desk.faults):  # nobody asks, so nobody else tries again
                    await asyncio.to_thread(desk.warm_up, languages)
                await asyncio.sleep(BEAT_SECONDS)
            await asyncio.gather(*tasks)
        finally:
            faulthandler.cancel_dump_traceback_later()
            for task in tasks:
                task.cancel()


async def _live(settings: Settings, desk: RecogniserDesk) -> None:
    """Touches the file by which Asterisk knows that we can answer, as long as the loop turns and an engine hears."""
    life, languages = settings.recogniser_life, set(settings.spoken_languages)
    life.parent.mkdir(parents=True, exist_ok=True)
    while True:
        # A loop that turns no longer would hold callers up for good: then the process ends, and the next one begins.
        faulthandler.dump_traceback_later(HUNG_SECONDS, exit=True)
        if languages - set(desk.faults):
            with suppress(OSError):  # a full disk: callers press keys
                life.touch()
        await asyncio.sleep(LIFE_SECONDS)


def _beat(store: sessionmaker[Session], started_at: datetime, fault: Message | None) -> None:
    try:
        with store() as session, session.begin():
            beat(session, RECOGNISER.name, started_at, fault)
    except SQLAlchemyError as error:
        log.warning("the store does not answer: %s", str(error).splitlines()[0])
