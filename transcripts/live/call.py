"""One call that goes on: its growing file, its two speakers, their phrases and what of them may be written.

Owns which part of the file is heard and in which order phrases are numbered; recognising is the listener's, which also
writes the rows. It falls at most BEHIND seconds behind: what is older is left out, and the next phrase says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ringback.store.base import uuid7
from transcripts.engines.recogniser import RATE, Word
from transcripts.live.growing import GrowingFile
from transcripts.live.policy import HELD, LiveMasking, held_from
from transcripts.live.side import Phrase, Side
from transcripts.redaction.detect import Detection
from transcripts.redaction.masks import marker

BEHIND = 6.0
"""Seconds that may wait to be heard; with more, everything but the last second of them is left out."""
CONTEXT = 60.0
"""Seconds of a speaker's words that are masked together: as long as somebody takes to say a card number."""
COLUMNS = {"caller": 0, "agent": 1}


@dataclass
class Said:
    """A phrase with its words, and what the store has of it."""

    key: int
    seq: int
    phrase: Phrase
    words: list[Word] = field(default_factory=list)
    """At their times in the recording."""
    under_way: bool = False
    """The recogniser heard its beginning and not its end."""
    text: str = ""
    """What may be shown."""
    row: UUID = field(default_factory=uuid7)
    written: tuple[str, bool] | None = None
    """Text and `settled` as they were last written; None: there is no row."""

    @property
    def settled(self) -> bool:
        return self.phrase.ended and not self.text.endswith(HELD)

    @property
    def is_news(self) -> bool:
        """Whether the row is to be written, changed or (no text) removed."""
        return self.written != (self.text, self.settled) if self.text else self.written is not None


@dataclass
class FollowedCall:
    """One call. `heard_until`: how far each speaker was heard before this process began, in seconds."""

    call_id: str
    language: str
    file: GrowingFile
    next_seq: int = 0
    heard_until: dict[str, float] = field(default_factory=dict)
    talks: list[tuple[float, float]] = field(default_factory=list)
    """Intervals of the recording, in seconds, in which the right channel is the agent's."""
    pauses: list[tuple[float, float]] = field(default_factory=list)
    """Intervals in which the recording is paused; the file is silent there, and nobody is heard even if it is not."""
    earlier: dict[str, list[Word]] = field(default_factory=dict)
    """By speaker: words of the last CONTEXT seconds that an earlier process wrote. They tell what numbers are."""
    said: dict[str, list[Said]] = field(default_factory=lambda: {"caller": [], "agent": []})
    """By speaker: phrases that may still change, oldest first."""
    stale: list[UUID] = field(default_factory=list)
    """Rows of an earlier process that are to go: phrases that it had not heard to their end."""
    alerted: set[str] = field(default_factory=set)
    left_out: float = 0.0
    """Seconds that were left out since somebody asked."""
    over: bool = False
    """The call has ended, or gave way to another: what is left in the file is heard, and no more."""
    closed: bool = False
    """That was done."""
    _sides: dict[str, Side] = field(default_factory=dict)

    def feed(self, keys: Iterable[int]) -> bool:
        """Reads what is new in the file; whether anything was. `keys` gives each new phrase a name of its own."""
        end = self.file.frames()
        changed = self.over
        for speaker in COLUMNS:
            side = self._side(speaker, end)
            if side is None:
                continue
            found: list[Phrase] = []
            waiting = end - side.position
            if waiting < 0 or waiting > BEHIND * RATE:
                before = side.skipped
                found += side.skip_to(end if waiting < 0 else end - RATE)
                self.left_out += side.skipped - before
            sound = self.file.read(side.position, end)
            if len(sound):
                changed = True
                found += side.feed(self._own(speaker, side.position, sound))
            if self.over:
                found += side.finish()
            self._take(speaker, found, keys)
        self.closed = self.over
        return changed

    def pending(self) -> list[Said]:
        """Phrases that are worth giving to the recogniser now."""
        return [said for group in self.said.values() for said in group if said.phrase.has_news]

    def unfinished(self) -> list[Said]:
        """Phrases that are over without more words, of which the recogniser does not know."""
        return [
            said
            for group in self.said.values()
            for said in group
            if said.under_way and said.phrase.ended and not said.phrase.has_news
        ]

    def show(self, masking: LiveMasking | None) -> None:
        """Settles what may be shown of each phrase, and lets go of those that will not change again."""
        words = {speaker: [word for each in group for word in each.words] for speaker, group in self.said.items()}
        secrets = self._secrets(words, masking) if masking is not None else []
        for speaker, group in self.said.items():
            side = self._sides.get(speaker)
            now = side.position / RATE if side is not None else 0.0
            texts: list[str | None] = [word.text for word in words[speaker]]
            shown = len(texts)
            if masking is not None and group:
                goes_on = masking.newest and not group[-1].phrase.ended
                shown = held_from(words[speaker], now, newest=goes_on)
            self._fill(group, texts, shown, [secret for secret in secrets if secret.speaker == speaker])
            kept = []
            for each in group:
                if not each.settled or each.is_news or (masking and now - each.phrase.end / RATE < CONTEXT):
                    kept.append(each)
                elif side is not None and not each.text:
                    side.skipped += each.phrase.skipped  # told with the next phrase that has words
            self.said[speaker] = kept

    def _secrets(self, words: dict[str, list[Word]], masking: LiveMasking) -> list[Detection]:
        """The secrets in the phrases' `words`; what was written before is read along and does not change."""
        now = max((side.position / RATE for side in self._sides.values()), default=0.0)
        for speaker, known in self.earlier.items():
            self.earlier[speaker] = [word for word in known if now - word.end < CONTEXT]
        found = masking.find({speaker: [*self.earlier.get(speaker, ()), *own] for speaker, own in words.items()})
        kept = []
        for each in found:
            before = len(self.earlier.get(each.speaker, ()))
            if each.last > before:
                kept.append(replace(each, first=max(0, each.first - before), last=each.last - before))
        return kept

    def _fill(self, group: list[Said], texts: list[str | None], shown: int, secrets: list[Detection]) -> None:
        """Each phrase's text of the speaker's words: a marker for a secret, and nothing from `shown` on."""
        place = 0
        for each in group:
            end = place + len(each.words)
            for secret in secrets:
                first, last = max(secret.first, place), min(secret.last, end)
                if first < last:
                    texts[first:last] = [marker(secret.kind), *[None] * (last - first - 1)]
            kept = [text for text in texts[place : max(place, min(shown, end))] if text]
            each.text = " ".join([*kept, HELD] if shown < end else kept)
            place = end

    def _side(self, speaker: str, end: int) -> Side | None:
        """The speaker's channel; made when there is something of it in the file."""
        if speaker not in self._sides and end:
            first = self.talks[0][0] if speaker == "agent" and self.talks else 0.0
            if speaker == "agent" and (not self.talks or first * RATE > end):
                return None
            begin = min(round(max(first, self.heard_until.get(speaker, 0.0)) * RATE), end)
            late = end - begin > BEHIND * RATE  # this process has only just begun
            self._sides[speaker] = Side(
                speaker, end - RATE if late else begin, (end - RATE - begin) / RATE if late else 0
            )
        return self._sides.get(speaker)

    def _own(self, speaker: str, begin: int, sound: NDArray[np.int16]) -> NDArray[np.int16]:
        """The speaker's channel; silent in pauses, and where the caller hears prompts and music instead of a person."""

        def place(at: float) -> int:
            return round(min(max(at * RATE - begin, 0), len(sound)))

        channel = sound[:, COLUMNS[speaker]]
        own = channel.copy() if speaker == "caller" else np.zeros_like(channel)
        for start, end in self.talks if speaker == "agent" else ():
            own[place(start) : place(end)] = channel[place(start) : place(end)]
        for start, end in self.pauses:
            own[place(start) : place(end)] = 0
        return own

    def _take(self, speaker: str, found: list[Phrase], keys: Iterable[int]) -> None:
        known = {id(each.phrase) for each in self.said[speaker]}
        for phrase in found:
            if id(phrase) not in known:
                known.add(id(phrase))
                self.said[speaker].append(Said(next(iter(keys)), self.next_seq, phrase))
                self.next_seq += 1
