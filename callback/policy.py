"""Whom we may call, when, and what an attempt came to: pure decisions on text, numbers and `now`.

Used where a caller's number is first heard (asterisk-conf/agi-bin/fallback.py, which must start fast: nothing
but the standard library is imported at the top), where a promise is taken in (`service.py`), and before every
call out (the runner). Times are seconds since the epoch; numbers are E.164 with their plus, unless said
otherwise. The dialling rules are there against toll fraud: somebody who makes us call a costly number earns on
each call.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from callback.destinations import allowed_destinations
from callback.zones import zone_named, zone_of
from ringback.numbers import readings, written

if TYPE_CHECKING:
    from ringback.config import Callbacks, Settings, Trunk

SHORTEST_DIALLED = 5
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
DAYS_AHEAD = 3
"""How far `allowed_from` looks: the hours begin every day."""


# -- numbers -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a number is not called."""

    code: str
    """Of the sentence in `callback/messages.py`."""
    facts: dict[str, Any]


def number_to_call(text: str, country: str) -> str | None:
    """`text`, a caller's number or keys pressed, in E.164 ("+12025550123"); None: we do not call that.

    Read as somebody in `country` (ISO 3166 alpha-2) would dial it. Refused are texts that are more than a number,
    short codes (an emergency line must never be called back), numbers that cannot exist, and those that cost
    the one who calls: a made-up caller id must not make us dial a premium line.
    """
    number = read_number(text, country)
    return number if isinstance(number, str) else None


def read_number(text: str, country: str) -> str | Refusal:
    """`text` in E.164 as `number_to_call` reads it, or why it is not called."""
    found = known_number(text, country)
    return found if isinstance(found, Refusal) else _premium(found) or found


def known_number(text: str, country: str) -> str | Refusal:
    """`text` in E.164 whatever it costs to call it, as a caller is known by it; or why it is none.

    Digits that are valid in two ways are read as the likelier: see `readings` in `ringback/numbers.py`.
    """
    found = written(text)
    if found is None:
        return Refusal("callback.no_number", {})
    digits = found.digits
    if re.fullmatch(r"[0-9]{2,6}", digits) and _is_short(digits, country):
        return Refusal("callback.short_number", {"number": digits})
    if len(digits.removeprefix("+")) < SHORTEST_DIALLED:
        return Refusal("callback.no_number", {})
    if read := readings(digits, country):
        return read[0]
    return Refusal("callback.wrong_digits" if _is_country(country) else "callback.no_country", {"number": digits})


def other_readings(text: str, country: str, settings: "Settings") -> tuple[str, ...]:
    """What else `text` may mean than `known_number` says, as far as those numbers may be called at all."""
    found = written(text)
    others = readings(found.digits, country)[1:] if found is not None else ()
    return tuple(number for number in others if _premium(number) is None and is_allowed(number, settings))


def _is_country(country: str) -> bool:
    import phonenumbers

    return bool(phonenumbers.country_code_for_region(country))


def _is_short(digits: str, country: str) -> bool:
    from phonenumbers import shortnumberinfo

    return len(digits) < SHORTEST_DIALLED or bool(shortnumberinfo.connects_to_emergency_number(digits, country))


def _premium(number: str) -> Refusal | None:
    import phonenumbers
    from phonenumbers import PhoneNumberType

    costly = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PERSONAL_NUMBER}
    if phonenumbers.number_type(phonenumbers.parse(number)) not in costly:
        return None
    return Refusal("callback.premium", {"number": number})


def spoken_digits(number: str, country: str) -> str:
    """The digits of an E.164 `number` as one says them in `country`: without the code of that country."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    if parsed.country_code == phonenumbers.country_code_for_region(country):
        return str(phonenumbers.national_significant_number(parsed))
    return number.removeprefix("+")


# -- the dialling rules --------------------------------------------------------------------------------


def refusal(number: str, settings: "Settings", made_today_for_number: int, made_today: int) -> Refusal | None:
    """Why `number` must not be dialled now; None: it may. The counts are calls made since midnight."""
    import phonenumbers

    rules = settings.callbacks
    if not E164.fullmatch(number) or not phonenumbers.is_valid_number(phonenumbers.parse(number)):
        return Refusal("callback.wrong_digits", {"number": number[:30]})
    if costly := _premium(number):
        return costly
    if not is_allowed(number, settings):
        if rules.allowed_prefixes:
            return Refusal("callback.not_allowed", {"number": number, "allowed": list(rules.allowed_prefixes)})
        return Refusal("callback.not_our_country", {"number": number})
    if made_today_for_number >= rules.per_number_per_day:
        facts = {"number": number, "calls": made_today_for_number, "most": rules.per_number_per_day}
        return Refusal("callback.number_limit", facts)
    if made_today >= rules.per_day:
        return Refusal("callback.day_limit", {"calls": made_today, "most": rules.per_day})
    return None


def is_allowed(number: str, settings: "Settings") -> bool:
    """Whether the prefixes allow it: those of the settings; where there are none, the lines' own countries."""
    return allowed_destinations(settings).allows(number)


def dial_string(number: str, trunk: "Trunk") -> str:
    """What is dialled on the trunk for an E.164 `number`: digits only. Raises ValueError for anything else."""
    if not E164.fullmatch(number):
        raise ValueError(f"{number[:30]!r} is no number in E.164")
    longest = max((prefix for prefix in trunk.dial if number.startswith(prefix)), key=len, default="+")
    return trunk.dial.get(longest, "") + number.removeprefix(longest)


# -- strangers -----------------------------------------------------------------------------------------

STRANGERS_SECONDS = 3600.0
"""Promises to numbers that nobody vouches for are counted over so long."""
STRANGERS_OF_ONE = 3
"""From one network address, or from one caller who gives numbers of others."""
STRANGERS_ALIKE = 4
"""To numbers that differ in their last two digits alone, as invented ones do."""
STRANGERS_IN_ALL = 20


def refusal_of_stranger(number: str, origin: str, recent: Iterable[tuple[str, str]]) -> Refusal | None:
    """Why a number that nobody vouches for is not called without a person's look at it; None: it is called. `recent`
    are number and origin of such promises of the last hour. Who makes us ring numbers of others gets few rings."""
    others = list(recent)
    if sum(1 for _, from_there in others if from_there == origin) >= STRANGERS_OF_ONE:
        return Refusal("callback.stranger_source", {"number": number, "most": STRANGERS_OF_ONE})
    if sum(1 for other, _ in others if other[:-2] == number[:-2]) >= STRANGERS_ALIKE:
        return Refusal("callback.stranger_alike", {"number": number, "most": STRANGERS_ALIKE})
    if len(others) >= STRANGERS_IN_ALL:
        return Refusal("callback.stranger_all", {"number": number, "most": STRANGERS_IN_ALL})
    return None


# -- time ----------------------------------------------------------------------------------------------


def allowed_from(number: str, now: float, settings: "Settings", *, asked_at: float | None = None) -> float:
    """The earliest moment >= `now` at which the customer may be called.

    Inside `callbacks.hours` by the clock of `zone_of`. `asked_at` is when the customer asked on the phone: for
    `callbacks.awake_minutes` from then the hours do not count, because who asks is awake.
    """
    rules = settings.callbacks
    if asked_at is not None and asked_at <= now < asked_at + rules.awake_minutes * 60:
        return now
    zone = zone_of(number, settings)
    return now if _in_hours(zone, now, rules) else _opening(zone, now, rules)


def _opening(zone: ZoneInfo, now: float, rules: "Callbacks") -> float:
    """The first moment after `now` at which the hours begin in the zone."""
    first, _ = rules.hours_seconds
    opens = time(first // 3600, first // 60 % 60)
    today = datetime.fromtimestamp(int(now), zone).date()
    begins = (
        datetime.combine(today + timedelta(days), opens.replace(fold=fold), zone).timestamp()
        for days in range(DAYS_AHEAD)
        for fold in (0, 1)  # an hour that comes twice begins the hours twice
    )
    return min(begin for begin in begins if begin > now)


def _in_hours(zone: ZoneInfo, moment: float, rules: "Callbacks") -> bool:
    clock = datetime.fromtimestamp(int(moment), zone).time()  # a fraction may be rounded into the next hour
    first, last = rules.hours_seconds
    return first <= clock.hour * 3600 + clock.minute * 60 + clock.second < last


def expires_at(requested_at: float, settings: "Settings") -> float:
    """When a promise that was not kept has expired. Of one for a chosen time, `requested_at` is that time."""
    return requested_at + settings.callbacks.expiry_hours * 3600


def next_attempt(
    attempts_made: int,
    now: float,
    settings: "Settings",
    *,
    number: str | None = None,
    expires_at: float | None = None,
    asked_at: float | None = None,
) -> float | None:
    """When to try again after the attempt that ended `now`; None: no more, the promise is broken.

    With `number` the time lies in its allowed hours; with `expires_at` a time that is not before it is none.
    """
    rules = settings.callbacks
    if attempts_made >= rules.attempts:
        return None
    waits = rules.retry_minutes
    moment = now + waits[min(max(attempts_made, 1), len(waits)) - 1] * 60
    if number is not None:
        moment = allowed_from(number, moment, settings, asked_at=asked_at)
    return None if expires_at is not None and moment >= expires_at else moment


def midnight(now: float, settings: "Settings") -> float:
    """When the day of the installation began: the dialling limits and the board count from here."""
    zone = zone_named(settings.timezone) or ZoneInfo("UTC")
    return datetime.combine(datetime.fromtimestamp(int(now), zone).date(), time(), zone).astimezone(UTC).timestamp()


# -- what an attempt came to ---------------------------------------------------------------------------


class Outcome(StrEnum):
    """What an attempt to reach the customer came to."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    MACHINE = "machine"
    REFUSED = "refused"
    """The customer, or the provider, turned the call away."""
    UNREACHABLE = "unreachable"
    """A phone that is off, or a fault of the network: ours or theirs."""
    PROVIDER = "provider"
    """The provider did not carry the call, which was no attempt: `callback/trunk.py`."""
    WRONG_NUMBER = "wrong_number"
    """Nobody has this number."""


WRONG_NUMBER_CAUSES = frozenset({1, 22, 28})
"""Q.850: unallocated number, number changed, invalid number format."""
BUSY_CAUSES = frozenset({17})
NO_ANSWER_CAUSES = frozenset({18, 19})
REFUSED_CAUSES = frozenset({21, 55, 57})
"""Q.850: call rejected, incoming calls barred, bearer capability not authorised."""


def outcome_of(cause: int, status: str) -> Outcome:
    """What happened, from the Q.850 hangup `cause` (0: unknown) and the `status` of the dial.

    `status` is Asterisk's DIALSTATUS (ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL, ...) or MACHINE,
    in any case; what neither tells is a fault of the network. Where they disagree the cause is nearer to the
    truth, except that an answer is an answer: its cause says how the talk ended.
    """
    status = status.upper()
    if status == "MACHINE":
        return Outcome.MACHINE
    if status in ("ANSWER", "ANSWERED"):
        return Outcome.ANSWERED
    by_cause = {
        Outcome.WRONG_NUMBER: WRONG_NUMBER_CAUSES,
        Outcome.BUSY: BUSY_CAUSES,
        Outcome.NO_ANSWER: NO_ANSWER_CAUSES,
        Outcome.REFUSED: REFUSED_CAUSES,
    }
    for outcome, causes in by_cause.items():
        if cause in causes:
            return outcome
    by_status = {"BUSY": Outcome.BUSY, "NOANSWER": Outcome.NO_ANSWER, "CANCEL": Outcome.NO_ANSWER}
    return by_status.get(status, Outcome.UNREACHABLE)


# -- the rules as the runner asks them -----------------------------------------------------------------


class OpenHours(Protocol):
    """Our own hours, as `callback.rules.Rules` asks for them."""

    def opens_from(self, line: str, queue: str, now: float) -> float: ...
    def closes_at(self, line: str, queue: str, now: float) -> float: ...


@dataclass
class DiallingRules:
    """The policy with today's calls counted in memory; fits `callback.rules.Rules`. No I/O.

    Fill it at start with `record` from the attempts of the store (`service.calls_today`).
    """

    settings: "Settings"
    open_hours: OpenHours | None = None
    """When queues of lines are open; None: always."""
    _since: float = 0.0
    """The midnight that the counts belong to."""
    _made: Counter[str] = field(default_factory=Counter)
    _closed: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By number, what was worked out last: when asked, and the later moment that was the answer."""

    def take_settings(self, settings: "Settings", open_hours: OpenHours) -> None:
        """Others hold from now on; what was called today still counts."""
        self.settings, self.open_hours = settings, open_hours
        self._closed.clear()

    def allowed_from(self, number: str, now: float, asked_at: float | None = None) -> float:
        if self.settings.trunk is None:
            return math.inf  # nobody outside can be called: no agent is rung, and a person sees to it
        if asked_at is None:
            asked, opens = self._closed.get(number, (0.0, 0.0))
            if asked <= now < opens:
                return opens
        found = allowed_from(number, now, self.settings, asked_at=asked_at)
        if found > now and asked_at is None:
            self._closed[number] = (now, found)
        return found

    def opens_from(self, line: str, queue: str, now: float) -> float:
        return now if self.open_hours is None else self.open_hours.opens_from(line, queue, now)

    def closes_at(self, line: str, queue: str, now: float) -> float:
        return math.inf if self.open_hours is None else self.open_hours.closes_at(line, queue, now)

    def next_attempt(self, attempts: int, now: float) -> float | None:
        return next_attempt(attempts, now, self.settings)

    def refusal(self, number: str, now: float) -> Refusal | None:
        """Why `number` (E.164) must not be dialled now; None: it may."""
        self._turn_day(now)
        return refusal(number, self.settings, self._made[number], self._made.total())

    def used_up(self, now: float) -> bool:
        """Whether all calls of the day were made."""
        self._turn_day(now)
        return self._made.total() >= self.settings.callbacks.per_day

    def record(self, number: str, at: float) -> None:
        """A call to `number` was made at `at`; earlier days are forgotten, calls of earlier days not counted."""
        self._turn_day(at)
        if at >= self._since:
            self._made[number] += 1

    def forget(self, number: str, at: float) -> None:
        """The call recorded at `at` was none: the provider did not carry it."""
        if at >= self._since and self._made[number] > 0:
            self._made[number] -= 1

    def _turn_day(self, now: float) -> None:
        began = midnight(now, self.settings)
        if began > self._since:
            self._since = began
            self._made.clear()
            self._closed.clear()
