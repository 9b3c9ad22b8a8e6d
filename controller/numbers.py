"""How calls read and say telephone numbers, by the dialling rules: `callback.policy` as `ivr.flow.Numbers`."""

from collections.abc import Callable
from functools import lru_cache

from callback.policy import DiallingRules, known_number, spoken_digits
from ivr.flow import Numbers

LIMITS = ("callback.number_limit", "callback.day_limit")
KNOWN = 1024
"""Numbers that are read once: that of one caller is asked for several times in a call."""


def numbers(rules: DiallingRules, now: Callable[[], float]) -> Numbers:
    """Nobody is promised a call that `rules` forbid at that moment."""

    @lru_cache(KNOWN)
    def read(text: str, country: str) -> str | None:
        number = known_number(text, country)
        return number if isinstance(number, str) else None

    def refused(number: str) -> str | None:
        found = rules.refusal(number, now())
        if found is None:
            return None
        return "limit" if found.code in LIMITS else "forbidden"

    return Numbers(read, refused, spoken_digits, lambda: not rules.used_up(now()))
