"""Is a recording whole? Pure: lengths in, a state and a sentence out."""

from dataclasses import dataclass

TOLERANCE_SECONDS = 1.0
TOLERANCE_SHARE = 0.005
"""A recording may be shorter than the call by a second (Asterisk begins after the answer and ends before the
news of the hangup arrives) and by half a percent (a caller's clock is not ours)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: str
    """stored, truncated or missing"""
    reason: str | None


def tolerance(answered: float) -> float:
    """Seconds that may be missing from a call of `answered` seconds."""
    return TOLERANCE_SECONDS + TOLERANCE_SHARE * answered


def judge(seconds: float, answered: float, odd_bytes: int) -> Verdict:
    """What to call a recording of `seconds` of a call that was answered for `answered` seconds."""
    broken = f" Its last {odd_bytes} byte(s) were half a sample and were left out." if odd_bytes else ""
    if seconds <= 0:
        return Verdict("missing", "Asterisk wrote a recording file without any sound." + broken)
    lost = answered - seconds
    if lost > tolerance(answered):
        return Verdict(
            "truncated",
            f"The recording has {seconds:.1f} s, but the call was answered for {answered:.1f} s: "
            f"{lost:.1f} s are not in it (the disk may have been full, or Asterisk was killed)." + broken,
        )
    return Verdict("stored", broken.strip() or None)
