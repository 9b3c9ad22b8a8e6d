"""Guessing the passwords of phones: how many tries of whom within a minute, and from when on people are told.

Owns the counting and what is said; the lines that are counted are `pbx/security_log.py`'s, alarms the room `alarms`'.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from alarms.condition import Condition
from pbx.security_log import Attempt, LogTail, attempts
from ringback.config import Settings
from ringback.messages import Message, message
from ringback.store.alarms import Level

MINUTE = 60.0
URGENT_TIMES = 10
"""Times the tries that are an alarm, for names of agents: whoever does that knows them, and means it."""
NAMED = 3
"""Addresses and names that the alarm tells; of more it says how many."""
MOST_COUNTED = 5000
"""Pairs of address and name that are kept of one look: addresses of mere requests can be forged."""


@dataclass(frozen=True)
class Guessing:
    """The last minute, where somebody tries more than phones do."""

    tries: int
    """Refused."""
    for_agents: int
    """Of these, wrong passwords for names of agents."""
    sources: list[tuple[str, int]]
    """Address, tries; most first."""
    names: list[str]
    """Agents whose names were used, most first."""
    for_nobody: bool
    """Names of nobody were among them."""


@dataclass
class Guesses:
    """The last minute, by address and name. Times are seconds of one clock."""

    most: int
    """Tries in a minute that are still taken for phones with a wrong password and strangers who ask once: of one
    address, or, where passwords were given, of all together."""
    _looks: deque[tuple[float, Counter[Attempt]]] = field(default_factory=deque)

    def take(self, came: Iterable[Attempt], now: float) -> None:
        """What came since the last time."""
        counted = Counter(each for each in came if each.what != "accepted")
        if counted:
            self._looks.append((now, Counter(dict(counted.most_common(MOST_COUNTED)))))
        while self._looks and self._looks[0][0] <= now - MINUTE:
            self._looks.popleft()

    def guessing(self) -> Guessing | None:
        """None: nothing out of the ordinary."""
        sources: Counter[str] = Counter()
        names: Counter[str] = Counter()
        refused = 0
        for _, counted in self._looks:
            for each, count in counted.items():
                sources[each.source] += count
                refused += count if each.what == "refused" else 0
                if each.name is not None:
                    names[each.name] += count
        if max(refused, *sources.values(), 0) <= self.most:
            return None
        tries, for_agents = sources.total(), names.total()
        return Guessing(
            tries, for_agents, sources.most_common(), [name for name, _ in names.most_common()], for_agents < tries
        )


class GuessWatch:
    """Looks into the log of the Asterisk that Ringback runs."""

    def __init__(self, settings: Settings) -> None:
        most = None if settings.ami.external else settings.alarms.guesses
        self._guesses = None if most is None else Guesses(most)
        self._log = LogTail(log_file(settings))
        self._level: Level = "yellow"

    def look(self, now: float) -> Iterator[Condition]:
        """What is wrong now."""
        if self._guesses is None:
            return
        self._guesses.take(attempts(self._log.read()), now)
        found = self._guesses.guessing()
        if found is None:
            self._level = "yellow"
            return
        if found.for_agents > URGENT_TIMES * self._guesses.most:
            self._level = "red"  # and so it stays until it is over: figures that go up and down are one alarm
        yield Condition("phones.guessed", "phones", _said(found), self._level, {"sources": found.sources[:20]})


def log_file(settings: Settings) -> Path:
    """Where the embedded Asterisk writes who asked to be let in."""
    return settings.data.resolve() / "log" / "security.log"


def _said(found: Guessing) -> Message:
    names = _some(found.names)
    if not found.names:
        about = message("pbx.guessed_for_nobody")
    elif found.for_nobody:
        about = message("pbx.guessed_for_both", names=names)
    else:
        about = message("pbx.guessed_for_agents", names=names)
    sources = _some([f"{source} ({count})" for source, count in found.sources])
    return message("pbx.guessed", count=found.tries, sources=sources, about=about)


def _some(found: list[str]) -> list[str | Message]:
    more = len(found) - NAMED
    return [*found[:NAMED], *([message("pbx.guessed_more", count=more)] if more > 0 else [])]
