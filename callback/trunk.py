"""How it is with the trunk, and whose trouble it is that a call out came to nothing. Pure: no I/O, time is an argument.

The rules:

- A call out that fails is the customer's affair (busy, off, no such number), which costs the promise an attempt, or the
  provider's, which costs nothing: `WHOSE` says which answer is whose and why.
- Most answers could be either. They are the provider's until it has carried a call to another number since; then they
  are this number's. The few that providers give for single numbers (`FOR_ONE_NUMBER`) are this number's at once where
  the last call to another one went through lately. What is wrong with the account is never the number's.
- "No such number" is the customer's, until a third number in a row is said not to exist.
- A phone that rang is a provider that works, whatever came after.
- The trunk is in trouble while calls are refused, while it does not answer (OPTIONS), while it refuses to register us.
  Then promises wait, and nobody's phone rings for them.
- Where it was known to answer, its next answer ends that. Everything else is tried out: one promise at a time, customer
  first so that no agent is rung in vain, after pauses that grow. A call that gets through ends the trouble for calls
  out, even if OPTIONS or the registration go on failing.
- When it is over promises go on one after the other, in the order of the line.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ringback.messages import Message, message

PROVIDER = "provider"
"""The outcome of an attempt that was none: the provider did not carry the call."""


class Whose(StrEnum):
    """Whose trouble an answer tells of."""

    CUSTOMER = "customer"
    ACCOUNT = "account"
    """The provider's, whichever number is called."""
    OPEN = "open"
    """The provider's, unless it carries calls to others."""


WHOSE: dict[int, tuple[Whose, str]] = {
    401: (Whose.ACCOUNT, "Unauthorized"),  # after the password was sent: it is wrong
    402: (Whose.ACCOUNT, "Payment Required"),
    407: (Whose.ACCOUNT, "Proxy Authentication Required"),  # as 401
    404: (Whose.CUSTOMER, "Not Found"),  # nobody has this number
    410: (Whose.CUSTOMER, "Gone"),  # had it
    480: (Whose.CUSTOMER, "Temporarily Unavailable"),  # the phone is off
    484: (Whose.CUSTOMER, "Address Incomplete"),
    485: (Whose.CUSTOMER, "Ambiguous"),
    486: (Whose.CUSTOMER, "Busy Here"),
    487: (Whose.CUSTOMER, "Request Terminated"),  # we gave up
    600: (Whose.CUSTOMER, "Busy Everywhere"),
    603: (Whose.CUSTOMER, "Decline"),
    604: (Whose.CUSTOMER, "Does Not Exist Anywhere"),
    607: (Whose.CUSTOMER, "Unwanted"),
    608: (Whose.CUSTOMER, "Rejected"),
    403: (Whose.OPEN, "Forbidden"),  # no credit, a blocked account, or a country that is not allowed
    408: (Whose.OPEN, "Request Timeout"),  # nothing was answered at all, or nothing behind the provider answered
    488: (Whose.OPEN, "Not Acceptable Here"),  # the codecs: of the trunk, or of this phone
    606: (Whose.OPEN, "Not Acceptable"),
    500: (Whose.OPEN, "Server Internal Error"),
    501: (Whose.OPEN, "Not Implemented"),
    502: (Whose.OPEN, "Bad Gateway"),
    503: (Whose.OPEN, "Service Unavailable"),  # overload, or no way to this number
    504: (Whose.OPEN, "Server Time-out"),
}
"""By the code of SIP: whose, and the words of the protocol. What is not here is open; 3xx is the customer's: moved."""
NO_SUCH_NUMBER = frozenset({404, 484, 485, 604})
SUSPICIOUS = 3
"""So many numbers in a row that do not exist: the provider wants them in another form, or has no contract with us."""
FOR_ONE_NUMBER = frozenset({403, 488, 606})
TRUSTED_SECONDS = 600.0
"""A call that went through proves the provider for so long."""
PAUSES = (15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 600.0)
"""Before the first try-out, the second, ..."""
ACCOUNT_PAUSES = PAUSES[2:]
"""Whoever sends a wrong password again and again is shut out by many providers."""
SETTLE_SECONDS = 10.0
"""From a start until OPTIONS and the registration must have been answered."""
SPACING_SECONDS = 3.0
"""Between promises that go on when a trouble is over."""
LOOK_SECONDS = 5.0
"""Until it is looked again for a promise that may try the trunk out."""
REMEMBERED = 50
"""Calls that are looked back at."""
ASK_PAUSES = (1.0, 2.0, 2.0, 4.0, 8.0, 10.0)
"""Between OPTIONS to a trunk that is awaited."""


def words_of(code: int) -> str:
    """An answer as the protocol words it: `403 Forbidden`."""
    return f"{code} {WHOSE[code][1]}" if code in WHOSE else str(code)


def whose(code: int) -> Whose:
    """Whose trouble the answer `code` (0: none) tells of."""
    if 300 <= code < 400:
        return Whose.CUSTOMER
    return WHOSE.get(code, (Whose.OPEN, ""))[0]


class Registration(StrEnum):
    """What the provider says to our registration."""

    PENDING = "pending"
    REGISTERED = "registered"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class TrunkReport:
    """How it is, for people."""

    trouble: Message | None
    """None: all is well, or nothing is known yet."""
    since: float
    registration: Registration | None
    """None: the trunk does not register."""
    answers: bool | None
    """To OPTIONS; None: not asked, or not known yet."""
    waits: bool
    """Promises wait for it."""
    refused: int | None = None
    """What calls out are refused with, 0 for silence; None: they are not."""


@dataclass
class TrunkHealth:
    """What is known of the trunk. Tell it all that happens; ask `is_open`, `next_timer`, `report`."""

    facts: dict[str, object]
    """Names it in sentences: host, port, transport."""
    registers: bool
    asked: bool
    """It is asked with OPTIONS."""
    began: float = 0.0
    probing: str | None = None
    """The promise that tries it out just now."""
    _settling: bool = False
    """Just started: not everything has been answered yet."""
    _answers: bool | None = None
    _answers_since: float = 0.0
    _has_answered: bool = False
    _registration: Registration = Registration.PENDING
    _registration_words: str = ""
    _registration_since: float = 0.0
    _refused: int | None = None
    """What the last call was refused with; None: none is."""
    _refused_since: float = 0.0
    _through_at: float = -math.inf
    """When a call last went through."""
    _calls: deque[tuple[float, str, bool]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """The last calls: when, to which number, whether it went through."""
    _first_refused: dict[str, float] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)
    """Numbers that the provider says do not exist, since a phone last rang."""
    _step: int = 0
    _probe_at: float = math.inf
    _asked_at: float = -math.inf
    _asks: int = 0
    """OPTIONS that we sent since it fell silent, besides those that the switch sends."""
    _register: bool = False
    """It answers again, and has not heard of us since."""

    # -- what happens ------------------------------------------------------------------------------

    def restart(self, now: float) -> None:
        """The switch, or our way to it, is new: what it knows of the trunk is told anew."""
        self.began = now
        self._answers, self._registration, self.probing = None, Registration.PENDING, None
        self._settling = True

    @property
    def settling(self) -> bool:
        """Just started: nothing can be said yet."""
        return self._settling

    def remember(self, refused: int, since: float, now: float) -> None:
        """Calls were refused when the controller ended: it is tried out before anybody's phone rings."""
        self._refused, self._refused_since, self._probe_at = refused, since, now + PAUSES[0]

    def options(self, answered: bool, now: float) -> None:
        """Whether the trunk answers OPTIONS now."""
        if not self.asked or answered is self._answers:
            return
        self._answers, self._answers_since = answered, now
        self._has_answered |= answered
        self._changed(now)
        self._asks, self._asked_at = 0, now
        if answered:
            self._try_soon(now)
            self._register = self._registration in (Registration.REFUSED, Registration.SILENT)

    def registration(self, state: Registration, words: str, now: float) -> None:
        """What became of our registration; `words` is the provider's answer where it is known."""
        if not self.registers or (state, words) == (self._registration, self._registration_words):
            return
        if state is not self._registration:
            self._registration_since = now
        self._registration, self._registration_words = state, words
        self._has_answered |= state in (Registration.REGISTERED, Registration.REFUSED)
        self._changed(now)
        if state is Registration.REGISTERED:
            self._try_soon(now)

    def settle(self, now: float) -> None:
        """What has not been answered by now is not."""
        if not self._settling:
            return
        asked = self.asked and self._answers is None
        registers = self.registers and self._registration is Registration.PENDING
        if not (asked or registers):
            self._settling = False
        elif now >= self.began + SETTLE_SECONDS:
            self._settling = False
            if registers:
                self.registration(Registration.SILENT, "", now)

    def went_through(self, number: str, now: float) -> None:
        """A phone rings, or was answered, or its owner turned the call away."""
        self._unknown.clear()
        self._carries(number, now)

    def _carries(self, number: str, now: float) -> None:
        self._calls.append((now, number, True))
        self._first_refused.pop(number, None)
        self._through_at, self._refused, self._has_answered = now, None, True
        self._step, self._probe_at, self.probing = 0, math.inf, None

    def call_failed(self, number: str, code: int, rang: bool, now: float) -> bool:
        """Whether it was the provider's trouble. `code` is SIP's, 0 where nothing was answered."""
        kind = whose(code)
        if code in NO_SUCH_NUMBER and not rang:
            self._unknown.add(number)
            if len(self._unknown) < SUSPICIOUS:
                self._carries(number, now)
                return False
            kind = Whose.ACCOUNT
        if kind is Whose.CUSTOMER or (rang and kind is not Whose.ACCOUNT):
            self.went_through(number, now)
            return False
        if kind is Whose.OPEN and self._carries_others(number, code, now):
            return False
        self._calls.append((now, number, False))
        self._first_refused.setdefault(number, now)
        if self._refused is None:
            self._refused_since = now
        self._refused = code
        self._has_answered |= code not in (0, 408)
        pauses = ACCOUNT_PAUSES if kind is Whose.ACCOUNT else PAUSES
        self._probe_at = now + pauses[min(self._step, len(pauses) - 1)]
        self._step += 1
        self.probing = None
        return True

    def probe_ended(self, now: float) -> None:
        """The promise that was to try it out did not come to a call."""
        self.probing = None
        self._probe_at = now + PAUSES[0]

    def _carries_others(self, number: str, code: int, now: float) -> bool:
        """Whether the last call to another number went through, so recently that this answer is about this number."""
        last = next(((at, through) for at, other, through in reversed(self._calls) if other != number), None)
        if last is None or not last[1]:
            return False
        lately = code in FOR_ONE_NUMBER and last[0] > now - TRUSTED_SECONDS
        return lately or last[0] > self._first_refused.get(number, math.inf)

    def nobody_tries(self, now: float) -> None:
        """No promise could try it out just now."""
        self._probe_at = now + LOOK_SECONDS

    def to_ask(self, now: float) -> tuple[str, ...]:
        """What the switch should send the trunk now, by itself it would much later: options, register."""
        asked = []
        pause = ASK_PAUSES[min(self._asks, len(ASK_PAUSES) - 1)]
        if self.asked and not self._answers and now >= self._asked_at + pause:
            self._asks, self._asked_at = self._asks + 1, now
            asked.append("options")
        if self._register:
            self._register = False
            asked.append("register")
        return tuple(asked)

    # -- how it is ---------------------------------------------------------------------------------

    def is_open(self) -> bool:
        """Whether calls may go out as ever."""
        fails = self._refused is not None or self._is_silent() or self._is_unregistered()
        return not fails and not self._settling

    def next_timer(self) -> float | None:
        """When something is to be done: `settle`, or let a promise try it out."""
        if self._settling:
            return self.began + SETTLE_SECONDS
        return None if math.isinf(self.probe_at()) else self.probe_at()

    def probe_at(self) -> float:
        """When one promise may try it out; infinite: not while this lasts, or not needed."""
        if self.probing is not None or self._settling or self.is_open():
            return math.inf
        return math.inf if self._is_silent() and self._has_answered else self._probe_at

    def was_refused(self, number: str) -> bool:
        """Whether the provider did not carry the last call to this number: another one says more."""
        return number in self._first_refused

    def _is_silent(self) -> bool:
        return self._answers is False and self._through_at < self._answers_since

    def _is_unregistered(self) -> bool:
        bad = self.registers and self._registration in (Registration.REFUSED, Registration.SILENT)
        return bad and self._through_at < self._registration_since

    def _changed(self, now: float) -> None:
        """OPTIONS or the registration have a new state: a trouble that begins is tried out after a pause."""
        self.settle(now)
        if self._is_silent():
            self.probing = None
        if self.is_open():
            self._step, self._probe_at = 0, math.inf
        elif math.isinf(self._probe_at):
            # Where it never answered we do not know whether it ever will.
            self._step, self._probe_at = 1, now + PAUSES[0 if self._has_answered else 2]

    def _try_soon(self, now: float) -> None:
        """It is back: calls that nothing answered are forgiven, and what else it refused is tried out at once."""
        if self._refused in (0, 408):
            self._refused = None
        elif self._refused is not None:
            self._step, self._probe_at = 1, now

    def report(self) -> TrunkReport:
        """How it is, for people."""
        found: list[tuple[Message, float]] = []
        if self._is_silent():
            found.append((message("callback.trunk_silent", **self.facts), self._answers_since))
        elif self._refused is not None:
            found.append((self._refusal(self._refused), self._refused_since))
        if self.registers and self._registration is Registration.REFUSED:
            said = message("callback.trunk_unregistered", **self.facts, answer=self._answer(self._registration_words))
            found.append((said, self._registration_since))
        elif self.registers and self._registration is Registration.SILENT and not self._is_silent():
            found.append((message("callback.trunk_registers_in_vain", **self.facts), self._registration_since))
        trouble, since = found[0] if found else (None, max(self.began, self._answers_since, self._registration_since))
        registration = self._registration if self.registers else None
        return TrunkReport(trouble, since, registration, self._answers, not self.is_open(), self._refused)

    def _refusal(self, code: int) -> Message:
        if code in (0, 408):
            return message("callback.trunk_mute", **self.facts)
        account = "callback.trunk_no_account" if code in (401, 407) else "callback.trunk_refuses"
        return message(account, **self.facts, answer=words_of(code))

    @staticmethod
    def _answer(words: str) -> Message | str:
        return words or message("callback.trunk_unknown_answer")


def in_turn(keys: Iterable[str], now: float) -> list[tuple[str, float]]:
    """When each promise goes on after a trouble: the first at once, then one after the other."""
    return [(key, now + place * SPACING_SECONDS) for place, key in enumerate(keys)]
