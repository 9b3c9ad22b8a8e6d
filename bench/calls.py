"""The same menu in native dialplan and in Ringback: CPU a call, and the delay between key and prompt.

SIPp's calls press 1 in the prompt, get music, and hang up; beside them probe calls press a wrong key and
measure the time until "that key has no meaning" begins. The variants take turns on the same Asterisk. The
native ones have no controller running. CPU is user and system time of Asterisk and, for Ringback, of the
controller with everything it does: events, decisions, rows, heartbeat. Divided by all calls, probes too.
"""

import os
import time
from dataclasses import dataclass
from typing import Any

from app.trial.trial import TrialError, until
from bench.house import HELLO_SECONDS, MENU_SECONDS, House
from bench.probe import CallProbe, Sample
from bench.report import Figure, median, percentile

LOAD, PROBES = 16.0, 4.0
"""Calls a second: SIPp's and the probe's, 20 together."""
WANTED_CPU = 2.0
WANTED_DELAY_MS = 30.0
IN_PROMPT = (HELLO_SECONDS + MENU_SECONDS) / 2
BEHIND_PROMPT = HELLO_SECONDS + MENU_SECONDS + 0.5
WRONG_KEY = 7


@dataclass(frozen=True)
class Variant:
    """One way to serve the menu."""

    name: str
    number: str
    ringback: bool
    recorded: bool


VARIANTS = (
    Variant("native", "2000", ringback=False, recorded=True),
    Variant("ringback", "1000", ringback=True, recorded=True),
    Variant("native, not recorded", "2001", ringback=False, recorded=False),
    Variant("ringback, not recorded", "1001", ringback=True, recorded=False),
)


@dataclass(frozen=True)
class Turn:
    """What one variant did in its time."""

    calls: int
    cpu: dict[str, float]
    """CPU seconds by process."""
    samples: list[Sample]
    failed: int

    @property
    def a_call(self) -> float:
        return sum(self.cpu.values()) / self.calls


def run(quick: bool) -> dict[str, Any]:
    """`figures`, and every turn in `details`. Needs root: SIPp plays voice by raw sockets."""
    if os.geteuid() != 0:
        return {"left_out": "SIPp plays voice packets by raw sockets, which only root may open: run it as root"}
    seconds, rounds = (5, 1) if quick else (20, 4)
    turns: dict[str, list[Turn]] = {variant.name: [] for variant in VARIANTS}
    with House() as house:
        for number in range(rounds):
            # Native first in one round, last in the next: what drifts meets both.
            for variant in VARIANTS if number % 2 == 0 else VARIANTS[::-1]:
                turns[variant.name].append(_turn(house, variant, seconds))
        version = house.program.version
    return {"figures": _figures(turns), "details": _details(turns) | {"asterisk": version, "seconds_a_turn": seconds}}


def _turn(house: House, variant: Variant, seconds: int) -> Turn:
    if variant.ringback:
        house.start_controller()
    try:
        before, stored = house.cpu(), sum(house.ended_calls().values())
        load = house.sipp(variant.number, LOAD, round(LOAD * seconds))
        probe = CallProbe(house.settings.sip.port)
        samples = probe.run(variant.number, WRONG_KEY, [IN_PROMPT, BEHIND_PROMPT], PROBES, round(PROBES * seconds))
        probe.close()
        good, bad = load.wait()
        until("the last channel to be gone", 10, lambda: house.channels() == 0)
        time.sleep(1.5)  # what follows a hangup belongs to the call
        calls = good + bad + len(samples)
        if variant.ringback:
            until("every call to be in the store", 10, lambda: sum(house.ended_calls().values()) - stored >= calls)
        after = house.cpu()
        wrong = [sample.trouble for sample in samples if sample.delay is None]
    finally:
        house.stop_controller()
    if (house.clear_recordings() > 0) != variant.recorded:
        raise TrialError(f"{variant.name}: what was recorded is not what this variant says")
    if bad + len(wrong) > calls // 50:
        raise TrialError(f"{variant.name}: {bad} of SIPp's calls and {len(wrong)} probes failed: {set(wrong)}")
    return Turn(calls, {name: after[name] - before[name] for name in before}, samples, bad + len(wrong))


def _figures(turns: dict[str, list[Turn]]) -> list[Figure]:
    return [
        figure
        for note, ours, native in (
            ("recorded", "ringback", "native"),
            ("not recorded", "ringback, not recorded", "native, not recorded"),
        )
        for figure in (
            _cpu_figure(note, turns[ours], turns[native]),
            _delay_figure(f"{note}, median", turns[ours], turns[native], 0.5),
            _delay_figure(f"{note}, p95", turns[ours], turns[native], 0.95),
        )
    ]


def _cpu_figure(note: str, ours: list[Turn], native: list[Turn]) -> Figure:
    mine, theirs = (median([turn.a_call for turn in turns]) for turns in (ours, native))
    ratio, wanted = mine / theirs, f"at most {WANTED_CPU} x"
    return Figure(
        f"CPU a call, {note}", mine * 1000, "ms", "native", theirs * 1000, ratio, "x", wanted, ratio <= WANTED_CPU
    )


def _delay_figure(note: str, ours: list[Turn], native: list[Turn], share: float) -> Figure:
    """Only the 95th percentile has a wish."""
    mine, theirs = (percentile(_delays(turns), share) * 1000 for turns in (ours, native))
    more = mine - theirs
    wanted, met = ("", None) if share < 0.9 else (f"at most {WANTED_DELAY_MS:g} ms more", more <= WANTED_DELAY_MS)
    return Figure(f"key to prompt, {note}", mine, "ms", "native", theirs, more, "ms more", wanted, met)


def _delays(turns: list[Turn], press_after: float | None = None) -> list[float]:
    return [
        sample.delay
        for turn in turns
        for sample in turn.samples
        if sample.delay is not None and press_after in (None, sample.press_after)
    ]


def _details(turns: dict[str, list[Turn]]) -> dict[str, Any]:
    return {name: _detail(of_name) for name, of_name in turns.items()}


def _detail(turns: list[Turn]) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "calls": sum(turn.calls for turn in turns),
        "failed": sum(turn.failed for turn in turns),
        "cpu_ms_a_call": [round(turn.a_call * 1000, 3) for turn in turns],
    }
    for process in turns[0].cpu:
        spent = [turn.cpu[process] / turn.calls * 1000 for turn in turns]
        detail[f"{process}_ms_a_call"] = [round(value, 3) for value in spent]
    for name, press_after in (("all", None), ("key in the prompt", IN_PROMPT), ("key behind it", BEHIND_PROMPT)):
        delays = _delays(turns, press_after)
        places = {f"p{round(share * 100)}": percentile(delays, share) for share in (0.05, 0.5, 0.95, 0.99)}
        detail[f"key_to_prompt_ms, {name}"] = {"samples": len(delays)} | {
            place: round(delay * 1000, 1) for place, delay in places.items()
        }
    return detail
