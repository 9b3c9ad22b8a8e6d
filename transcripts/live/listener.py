"""The process that listens to calls while they go on: growing files in, rows of phrases out.

It yields to call control: low priority, one thread of an engine, at most `live.calls` calls, at most two short
transactions a second. Where it cannot keep up it leaves sound out and says so (on the phrase and in its sign of life)
instead of falling behind. It may be killed at any moment: the next one goes on where the rows end. What is left of a
call when its transcript is there is deleted by the worker (`service.py`).
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording.errors import NameRefused
from recording.facts import is_asked_for
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.messages import Message, message, together, words_of
from ringback.processes import LISTENER
from ringback.store.base import utcnow
from ringback.store.bus import beat
from transcripts.engines.recogniser import RATE, Word
from transcripts.engines.speech import judge
from transcripts.live import rows
from transcripts.live.call import FollowedCall, Said
from transcripts.live.growing import GrowingFile
from transcripts.live.policy import LiveMasking, alerts_in, chosen
from transcripts.live.streaming import PhraseSound, StreamingRecogniser
from transcripts.text.talks import talks_of

log = logging.getLogger("ringback.live")

TICK_SECONDS = 0.1
"""How often the files' lengths are looked at: Asterisk writes about once a second."""
LOOK_SECONDS = 1.0
"""How often the store is asked for the calls that go on."""
WRITE_SECONDS = 0.5
"""At most how often the store is written to, in one short transaction for everything."""
BEAT_SECONDS = 1.0
TOLD_SECONDS = 60.0
"""How long the sign of life tells that sound was left out."""
RELOAD_SECONDS = 30.0
"""How long an engine that could not be loaded is left alone."""

Recognisers = Callable[[str], StreamingRecogniser]
"""language -> its recogniser, loaded when it is first needed. Raises TranscriptError."""


@dataclass
class Listener:
    """Listens until `stop` is set (tests) or the process ends."""

    sessions: sessionmaker[Session]
    settings: Settings
    recognisers: Recognisers
    masking: LiveMasking | None = None
    renew: Callable[["Listener"], None] = lambda _listener: None
    """Asked each second: has it take other settings where there are any."""
    stop: threading.Event = field(default_factory=threading.Event)
    started_at: datetime = field(default_factory=utcnow)
    calls: dict[str, FollowedCall] = field(default_factory=dict)
    _keys: "itertools.count[int]" = field(default_factory=itertools.count)
    _alarms: list[tuple[FollowedCall, str, str, Word]] = field(default_factory=list)
    """(call, alert, speaker, what was said) that are to be raised"""
    _left_out: list[tuple[float, float]] = field(default_factory=list)
    """(when, seconds)"""
    _fault: tuple[float, Message] | None = None
    _not_loaded: dict[str, tuple[float, Message]] = field(default_factory=dict)
    """By language: when its engine is tried again, and what was wrong."""

    def run(self) -> None:
        """Blocks. Nothing that goes wrong with one call, one engine or the store ends it."""
        try:
            self.warm_up()
        except Exception as error:
            log.exception("live words, warming up")
            self._fault = time.monotonic(), words_of(error)
        looked = written = time.monotonic() - LOOK_SECONDS
        while not self.stop.wait(TICK_SECONDS):
            try:
                if time.monotonic() - looked >= LOOK_SECONDS:
                    looked = time.monotonic()
                    self.renew(self)
                    self.look()
                self.listen()
                if time.monotonic() - written >= (WRITE_SECONDS if self.has_news else BEAT_SECONDS):
                    written = time.monotonic()
                    self.write()
            except SQLAlchemyError as error:
                log.warning("the store does not answer, words wait: %s", str(error).splitlines()[0])
            except Exception as error:
                log.exception("live words are begun anew")
                self._fault = time.monotonic(), words_of(error)
                self._begin_anew()

    def take_settings(self, settings: Settings, masking: LiveMasking | None, recognisers: Recognisers | None) -> None:
        """Others hold from now on. `recognisers`: where what listens is another, too; calls are then begun anew."""
        self.settings, self.masking = settings, masking
        if recognisers is not None:
            self._begin_anew()
            self.recognisers = recognisers
            self._not_loaded.clear()

    def _begin_anew(self) -> None:
        """Forgets all calls: those that go on are taken up again from their rows."""
        for call in self.calls.values():
            recogniser = self._recogniser_of(call.language)
            for said in [said for group in call.said.values() for said in group if said.under_way]:
                if recogniser is not None:
                    recogniser.forget(said.key)
        self.calls.clear()
        self._alarms.clear()

    def warm_up(self) -> None:
        """Loads the engines of the lines' languages, and the speech detector, before the first call wants them."""
        noise = np.random.default_rng(1).integers(-999, 999, RATE // 2, np.int16)
        judge(noise)
        for language in self.settings.served_languages:
            recogniser = self._recogniser_of(language)
            if recogniser is not None:
                recogniser.accept([PhraseSound(next(self._keys), language, noise, ended=True)])

    @property
    def has_news(self) -> bool:
        """Whether there is more to write than the sign of life."""
        return bool(self._alarms) or any(
            call.closed or any(said.is_news for group in call.said.values() for said in group)
            for call in self.calls.values()
        )

    # -- which calls -------------------------------------------------------------------------------

    def look(self) -> None:
        """Takes up calls that go on and lets go of those that ended or gave way to others."""
        with self.sessions() as session:
            # Single columns: a call that goes on carries its snapshot, which nobody needs here.
            facts = select(
                Call.call_id,
                Call.language,
                Call.queue,
                Call.arrived_at,
                Call.connected_at,
                Call.released_at,
                Call.ended_at,
            )
            open_calls = session.execute(facts.where(Call.ended_at.is_(None))).all()
            there: dict[str, Any] = {
                row.call_id: row
                for row in open_calls
                if self._file_of(row.call_id) is not None and self._may_listen(session, row)
            }
            wanted = chosen(list(there.values()), self.settings.live.calls)
            for call_id in wanted:
                row = there[call_id]
                if call_id not in self.calls:
                    file = GrowingFile(self.settings.spool, call_id)
                    self.calls[call_id] = rows.take_up(session, row, file)
                self.calls[call_id].language = row.language
                self.calls[call_id].talks = talks_of(session, row)
                self.calls[call_id].pauses = rows.pauses_of(session, row)
        for call_id in self.calls.keys() - set(wanted):
            self.calls[call_id].over = True

    def _may_listen(self, session: Session, row: Any) -> bool:
        """What a queue does not record is not written down either."""
        queue = self.settings.queues.get(row.queue or "")
        if queue is None or queue.recording == "always":
            return True
        return queue.recording == "on_demand" and is_asked_for(session, row.call_id)

    def _file_of(self, call_id: str) -> GrowingFile | None:
        try:
            file = GrowingFile(self.settings.spool, call_id)
        except NameRefused:
            return None
        return file if file.frames() else None

    # -- hearing -----------------------------------------------------------------------------------

    def listen(self) -> None:
        """Reads what the files have grown by and hears the phrases in it."""
        fed = [call for call in self.calls.values() if call.feed(self._keys)]
        for call in fed:
            if call.left_out:
                self._left_out.append((time.monotonic(), call.left_out))
                call.left_out = 0.0
        news = [(call, said) for call in fed for said in call.pending()]
        for call in fed:
            recogniser = self._recogniser_of(call.language) if call.unfinished() else None
            if recogniser is not None and recogniser.wants_end:
                news += [(call, said) for said in call.unfinished()]
        for language in {call.language for call, _ in news}:
            self._recognise(language, [(call, said) for call, said in news if call.language == language])
        for call in fed:
            call.show(self.masking)

    def _recognise(self, language: str, news: Sequence[tuple[FollowedCall, Said]]) -> None:
        for _, said in news:
            said.phrase.heard = said.phrase.voice
        recogniser = self._recogniser_of(language)
        if recogniser is None:
            return
        answers = recogniser.accept(
            [PhraseSound(said.key, language, said.phrase.sound, said.phrase.ended) for _, said in news]
        )
        alerts = {str(key): words for key, words in self.settings.live.alerts.items()}.get(language, [])
        for (call, said), words in zip(news, answers, strict=True):
            said.under_way = not said.phrase.ended
            said.words = [word.shifted(said.phrase.start / RATE) for word in words]
            # The last word of a phrase that goes on may be half a word.
            sure = said.words if said.phrase.ended else said.words[:-1]
            for alert, word in alerts_in(sure, alerts):
                if alert not in call.alerted:
                    call.alerted.add(alert)
                    self._alarms.append((call, alert, said.phrase.speaker, word))

    def _recogniser_of(self, language: str) -> StreamingRecogniser | None:
        if language in self._not_loaded and time.monotonic() < self._not_loaded[language][0]:
            return None
        try:
            found = self.recognisers(language)
        except (RingbackError, OSError) as error:
            self._not_loaded[language] = time.monotonic() + RELOAD_SECONDS, words_of(error)
            log.warning("no live words in %s: %s", language, error)
            return None
        self._not_loaded.pop(language, None)
        return found

    # -- writing -----------------------------------------------------------------------------------

    def write(self) -> None:
        """One transaction: changed phrases, alarms, the sign of life."""
        try:
            with self.sessions() as session, session.begin():
                written = [(call, rows.write_call(session, call)) for call in self.calls.values()]
                for alarm in self._alarms:
                    rows.raise_alert(session, *alarm)
                beat(session, LISTENER.name, self.started_at, self._told())
        except IntegrityError as error:
            # A call was erased meanwhile, or another process writes the same.
            log.warning("live words are begun anew: %s", str(error).splitlines()[0])
            self._begin_anew()
            return
        self._alarms.clear()
        for call, changed in written:
            rows.mark_written(call, changed)
            if call.closed:
                del self.calls[call.call_id]

    def _told(self) -> Message | None:
        """What is wrong just now, for people."""
        now = time.monotonic()
        missing = self._not_loaded.items()
        told = [message("transcripts.live_none", language=language, why=why) for language, (_, why) in missing]
        if self._fault is not None and now - self._fault[0] < TOLD_SECONDS:
            told.append(message("transcripts.live_anew", why=self._fault[1]))
        self._left_out = [(at, seconds) for at, seconds in self._left_out if now - at < TOLD_SECONDS]
        if seconds := sum(seconds for _, seconds in self._left_out):
            told.append(message("transcripts.live_slow", seconds=round(seconds)))
        return together(told)
