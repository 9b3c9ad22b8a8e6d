"""What is done for those who are on the phone while no controller is there, or when all is to end. Pure decisions.

The rules. A controller that has not been heard of for AWAY_SECONDS is away, and what happens is written down. After
MUSIC_SECONDS music is begun for each caller as soon as the channel has done what it was told before, be that a prompt
or a talk. After `truth_seconds` callers are told the
truth, by the fallback, which promises them a call; those who talk are left alone. When all is to end, those inside may
finish; whoever is left at the end of the set time, talking or not, gets the fallback's sentence, and at last Asterisk
ends. Callers never hear nothing.

Doing it is `app/watchdog.py`'s; the fallback's conversation is `asterisk-conf/agi-bin/fallback.py`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pbx.reports import LiveChannel

AWAY_SECONDS = 3.0
"""Since the last sign of life: a controller beats every second, and one that died is back within two."""
MUSIC_SECONDS = 5.0
"""As the dialplan has it: one that is only late, on a busy machine, is still given its callers."""
LAST_WORDS_SECONDS = 90.0
"""What a caller gets for the fallback's conversation before Asterisk ends all the same."""
EMPTY_SECONDS = 2.0
"""Nobody was inside for so long: the end of the last call has been heard of by whoever wants to know."""
CONTROLLER_SECONDS = 15.0
"""After the set time, until callers are moved even though a controller still beats."""
LAST_RESORT_SECONDS = CONTROLLER_SECONDS + LAST_WORDS_SECONDS + 5.0
"""After the set time, until Asterisk ends though it answers nothing."""


@dataclass(frozen=True, slots=True)
class StopOrder:
    """All is to end."""

    at: float
    """When that was ordered, seconds since the epoch."""
    seconds: float
    """What those inside get to finish."""
    at_once: bool = False
    """Nobody gets a second, or a word."""


@dataclass(frozen=True, slots=True)
class Music:
    """The channel hears music once it waits for commands, which do not come."""

    channel: str


@dataclass(frozen=True, slots=True)
class Move:
    """The caller goes to the fallback."""

    channel: str


@dataclass(frozen=True, slots=True)
class End:
    """Asterisk ends now."""


Step = Music | Move | End


@dataclass
class Absence:
    """Looks at what is the case, once a second, and says what to do."""

    truth_seconds: float
    """Since the last sign of life, until callers are told."""
    since: float
    """When this began to look: no controller can have been missed before."""
    _hear_music: set[str] = field(default_factory=set)
    _moved: set[str] = field(default_factory=set)
    _empty_since: float | None = None
    _moved_at: float | None = None

    def is_away(self, beat_at: float, now: float) -> bool:
        """Whether no controller was heard of lately."""
        return self._silent(beat_at, now) > AWAY_SECONDS

    def _silent(self, beat_at: float, now: float) -> float:
        return now - max(beat_at, self.since)

    def look(
        self,
        channels: Iterable[LiveChannel],
        beat_at: float,
        now: float,
        order: StopOrder | None = None,
        others: int = 0,
    ) -> list[Step]:
        """What to do now. `beat_at`: the last sign of life, 0 where there was none; `others`: further channels."""
        inside = list(channels)
        steps: list[Step] = []
        if self._silent(beat_at, now) > MUSIC_SECONDS:
            steps += self._music(inside)
            if self._silent(beat_at, now) > self.truth_seconds:
                steps += self._move(each for each in inside if not each.bridge)
        else:
            self._hear_music.clear()
        return steps if order is None else steps + self._end(inside, beat_at, now, order, others)

    def _music(self, inside: list[LiveChannel]) -> list[Step]:
        # Asterisk does not tell which of them is idle: the command waits its turn behind what goes on.
        new = [each.call_id for each in inside if not each.in_fallback and each.call_id not in self._hear_music]
        self._hear_music.update(new)
        return [Music(channel) for channel in new]

    def failed(self, step: Step) -> None:
        """It was not done: the next look tries again, where the channel is still there."""
        match step:
            case Music(channel):
                self._hear_music.discard(channel)
            case Move(channel):
                self._moved.discard(channel)

    def _move(self, callers: Iterable[LiveChannel]) -> list[Step]:
        to_move = [each.call_id for each in callers if _can_be_told(each) and each.call_id not in self._moved]
        self._moved.update(to_move)
        return [Move(channel) for channel in to_move]

    def _end(self, inside: list[LiveChannel], beat_at: float, now: float, order: StopOrder, others: int) -> list[Step]:
        if order.at_once:
            return [End()]
        if inside or others:
            self._empty_since = None
        elif self._empty_since is None:
            self._empty_since = now
        if self._empty_since is not None and now - self._empty_since >= EMPTY_SECONDS:
            return [End()]
        late = now - (order.at + order.seconds)
        # A controller that is still there would take a caller who is moved for one of its own.
        if late < 0 or not (self.is_away(beat_at, now) or late > CONTROLLER_SECONDS):
            return []
        if self._moved_at is None:
            self._moved_at = now
        elif now - self._moved_at > LAST_WORDS_SECONDS:
            return [End()]
        return self._move(inside)


def _can_be_told(channel: LiveChannel) -> bool:
    """Callers can; the agents and customers whom we call have a promise that stands."""
    return not channel.ours and not channel.in_fallback
