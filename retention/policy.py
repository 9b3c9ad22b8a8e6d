"""How long things are kept, what stops their erasing, and for how long one reason to listen lasts. Pure.

`keep_until` is set when a recording is finished, from the queue's `keep_days` at that time: what callers were told.
One clock for all: sound, text, clips, survey voice and what tickets quote go together on that day. A change of
`keep_days` counts for calls from then on; `shortened` is what `ringback keep` writes for older ones, on purpose.
"""

from datetime import datetime, timedelta

from phonenumbers import NumberParseException, country_code_for_region, parse, region_code_for_number

DOT = "\N{BULLET}"


def worth_beginning(calls: int, batch: int, last_began: datetime | None, now: datetime) -> bool:
    """Whether to erase now what has run out: a full batch at once, fewer once an hour, under one certificate."""
    return calls >= batch or (calls > 0 and (last_began is None or now - last_began >= timedelta(hours=1)))


def shortened(ended_at: datetime, keep_days: int, keep_until: datetime | None) -> datetime | None:
    """The earlier day that today's settings give an older call; None: it stays.

    Nothing is ever kept for longer than its callers were told.
    """
    fresh = ended_at + timedelta(days=keep_days)
    return fresh if keep_until is None or fresh < keep_until else None


def masked(number: str) -> str:
    """A number by which its owner knows it and nobody else: +1•••••••23."""
    shown = 0
    if number.startswith("+"):
        try:
            shown = 1 + len(str(country_code_for_region(region_code_for_number(parse(number)) or "") or ""))
        except NumberParseException:
            shown = 1
    end = 2 if len(number) - shown > 4 else 0
    hidden = len(number) - shown - end
    return number[:shown] + DOT * hidden + (number[-end:] if end else "")


def listening_until(now: datetime, minutes: float, seconds: float | None) -> datetime:
    """Until when a reason that was given now opens a recording of `seconds`."""
    return now + timedelta(minutes=minutes, seconds=3 * (seconds or 0.0))


def plausible_played(told: float, at: datetime, now: datetime) -> float:
    """Seconds that a browser says it has played, as far as it can be true: at most at four times the speed."""
    return round(max(0.0, min(told, 4 * (now - at).total_seconds())), 1)
