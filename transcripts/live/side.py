"""One speaker of a call that goes on: sound in, phrases out.

Knows no file, no recogniser and no clock: samples are counted from the start of the recording. A phrase begins where
the speech detector hears a voice and ends at a pause; somebody who speaks on and on is cut where speech is least
likely. Memory is bounded by the longest phrase.
"""

from dataclasses import dataclass, field

import numpy as np

from transcripts.engines.recogniser import RATE, Sound
from transcripts.engines.speech import ENTER, FRAME, LEAVE, PAD, PAUSE, WARM_UP, judge
from transcripts.live.streaming import PHRASE_SECONDS

MOST = round(PHRASE_SECONDS * RATE)
LEAST_VOICE = round(0.2 * RATE)
"""Samples of voice that make a phrase worth hearing: anything shorter is a click."""
NEWS = round(0.3 * RATE)
"""Samples of voice after which a phrase that goes on is heard anew."""
_PAD, _PAUSE = round(PAD * RATE), round(PAUSE * RATE)


@dataclass
class Phrase:
    """What one speaker says without a pause, as it grows."""

    speaker: str
    start: int
    """Samples from the start of the recording."""
    end: int
    sound: Sound
    voice: int = 0
    """Samples that the detector took for a voice."""
    ended: bool = False
    skipped: float = 0.0
    """Seconds before it that nobody listened to."""
    heard: int = -1
    """`voice` when it was last given to a recogniser; -1: never."""

    @property
    def has_news(self) -> bool:
        """Whether hearing it (again) would tell more."""
        if self.voice < LEAST_VOICE:
            return False
        return self.heard < 0 or (self.voice > self.heard if self.ended else self.voice >= self.heard + NEWS)


@dataclass
class Side:
    """One channel. `begin` is the first sample that counts."""

    speaker: str
    begin: int
    skipped: float = 0.0
    """Seconds that were not listened to and are told of with the next phrase."""
    _base: int = field(init=False)
    """The sample at which `_sound` begins."""
    _sound: Sound = field(init=False)
    _judged: int = field(init=False)
    """Up to where the detector has decided."""
    _floor: int = field(init=False)
    """Where the last phrase ended: the next does not begin before it."""
    _phrase: Phrase | None = field(init=False, default=None)
    _voice_end: int = field(init=False, default=0)
    _likely: list[float] = field(init=False, default_factory=list)
    """The probability of each frame of the phrase, from its first sample on."""

    def __post_init__(self) -> None:
        self._base = self._judged = self._floor = self.begin
        self._sound = np.zeros(0, np.int16)

    @property
    def position(self) -> int:
        """The sample that comes next."""
        return self._base + len(self._sound)

    def feed(self, sound: Sound) -> list[Phrase]:
        """Takes the next samples; the phrases that ended within them, and at last the one that goes on."""
        self._sound = np.concatenate([self._sound, sound])
        ready = (self.position - self._judged) // FRAME
        found: list[Phrase] = []
        if ready:
            early = max(self._base, self._judged - WARM_UP)
            early += (self._judged - early) % FRAME
            until = self._judged + ready * FRAME
            likely = judge(self._sound[early - self._base : until - self._base])[-ready:]
            for value in likely.tolist():
                found += self._decide(value)
        if self._phrase is not None:
            self._grow(self._phrase, self._judged)
            found.append(self._phrase)
        self._let_go()
        return found

    def skip_to(self, sample: int) -> list[Phrase]:
        """Leaves out what is before `sample`; the phrase that was under way ends with what was heard of it."""
        found = self.finish()
        self.skipped += max(0, sample - self.position) / RATE
        self._base = self._judged = self._floor = sample
        self._sound = np.zeros(0, np.int16)
        return found

    def finish(self) -> list[Phrase]:
        """The phrase under way, ended here."""
        if self._phrase is None:
            return []
        return [self._end(self._phrase, min(self._judged, self._voice_end + _PAD))]

    def _decide(self, likely: float) -> list[Phrase]:
        at, self._judged = self._judged, self._judged + FRAME
        if self._phrase is None:
            if likely >= ENTER:
                start = max(self._floor, self._base, at - _PAD)
                self._phrase = Phrase(self.speaker, start, at, self._sound[:0], skipped=self.skipped)
                self._phrase.voice, self._voice_end, self.skipped = FRAME, self._judged, 0.0
                self._likely = [0.0] * ((at - start) // FRAME) + [likely]
            return []
        phrase = self._phrase
        self._likely.append(likely)
        if likely >= LEAVE:
            phrase.voice += FRAME
            self._voice_end = self._judged
        elif self._judged - self._voice_end >= _PAUSE:
            return [self._end(phrase, self._voice_end + _PAD)]
        return self._cut(phrase) if self._judged - phrase.start >= MOST - FRAME else []

    def _cut(self, phrase: Phrase) -> list[Phrase]:
        """Ends a phrase that is too long where speech is least likely; the rest is the beginning of the next."""
        first = len(self._likely) * 2 // 3
        place = first + int(np.argmin(self._likely[first:]))
        at, rest = phrase.start + place * FRAME, self._likely[place:]
        ended = self._end(phrase, at)
        voice = sum(value >= LEAVE for value in rest) * FRAME
        ended.voice = max(FRAME, ended.voice - voice)
        ended.heard = -1  # what was heard of it went beyond the cut
        self._phrase = Phrase(self.speaker, at, at, self._sound[:0], voice=voice)
        self._likely = rest
        return [ended]

    def _end(self, phrase: Phrase, at: int) -> Phrase:
        self._grow(phrase, at)
        phrase.ended = True
        self._phrase, self._likely, self._floor = None, [], phrase.end
        return phrase

    def _grow(self, phrase: Phrase, end: int) -> None:
        phrase.end = min(end, self.position)
        phrase.sound = self._sound[phrase.start - self._base : phrase.end - self._base].copy()

    def _let_go(self) -> None:
        """Forgets sound that neither the phrase nor the detector's warming up needs."""
        keep = (
            self._judged - WARM_UP - _PAD if self._phrase is None else min(self._phrase.start, self._judged - WARM_UP)
        )
        # Whole frames only, so that the detector's frames stay where they are.
        drop = max(0, keep - self._base) // FRAME * FRAME
        if drop:
            self._sound = self._sound[drop:].copy()
            self._base += drop
