"""Channels of our own that ring: for how long each is waited for, and all those of one agent's phones.

Owns which of an agent's phones still ring for a promise (all that are registered do, and whichever answers has the
call) and what the others said, by the same rule as for a caller's call (`ivr/states/offer.py`): busy is who had nothing
but busy phones, lost whose phones could none of them be reached. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ringback.config import Settings

ANSWER_SECONDS = 8.0
"""A channel that neither rings nor fails is given up so long after it should have done one or the other."""
DETECTING_SECONDS = 70.0
"""How long it may take to find out whether a machine has answered, with the sentence that says who calls and what
follows it: `ringback-callbacks` in extensions.conf.j2."""
WHISPER_SECONDS = 120.0
"""Longer than any whisper, with the customer's own words in it."""
NO_PHONE = (18, 20)
"""Q.850: no answer from the phone at all, and none registered."""
BUSY = 17


@dataclass
class AgentPhones:
    """Channels by the promise they ring for."""

    _ringing: dict[str, dict[str, None]] = field(default_factory=dict)
    _said: dict[str, set[str]] = field(default_factory=dict)

    def ring(self, key: str, legs: Iterable[str]) -> None:
        """These ring, and no others."""
        self._ringing[key] = dict.fromkeys(legs)
        self._said[key] = set()

    def ringing(self, key: str) -> tuple[str, ...]:
        """Those that neither answered nor refused; () also where nobody is rung."""
        return tuple(self._ringing.get(key, ()))

    def end(self, key: str) -> tuple[str, ...]:
        """Nobody is rung any more: those that rang until now."""
        return tuple(self._ringing.pop(key, ()))

    def refused(self, key: str, leg: str, code: int) -> bool:
        """One that rang has ended unanswered. Whether it was the last."""
        del self._ringing[key][leg]
        self._said[key].add("busy" if code == BUSY else "lost" if code in NO_PHONE else "missed")
        return not self._ringing[key]

    def why(self, key: str) -> str:
        """Why an agent was not reached whose phones all ended: busy, lost; empty: nobody took it up."""
        said = self._said.pop(key, set())
        return said.pop() if len(said) == 1 and said != {"missed"} else ""


def patience(leg: str, whispering: bool, settings: Settings) -> float:
    """Seconds after which a channel that said nothing more is given up."""
    if whispering:
        return WHISPER_SECONDS
    if leg.endswith("a"):
        return settings.callbacks.agent_seconds + ANSWER_SECONDS
    return settings.callbacks.ring_seconds + DETECTING_SECONDS + ANSWER_SECONDS
