"""How many calls a second the whole of Ringback carries beside native dialplan, and what becomes of more than that.

Calls of five seconds with notice, greeting, key, music and recording, made by SIPp on the same two cores. First rate
steps, native and Ringback (controller, worker, recording, ticket) in turns on one Asterisk; then twice and four times
what Ringback carried, with a probe that listens how soon a key is answered to those inside; then as before. After each
load: answered by the generator = rows = tickets = recordings that are whole or explained.
"""

import os
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select

from app.trial.trial import TrialError, until
from bench.house import HELLO_SECONDS, MENU_SECONDS, Carried, House
from bench.probe import CallProbe, Sample
from bench.report import Figure, percentile
from calls.models import Call
from recording.models import Recording

MUSIC_SECONDS = 3.9
"""After the key, which comes 0.9 s after the answer: five seconds and a bit."""
ANSWER_SECONDS = 0.2
SHARE_WANTED = 0.9
KEY_MS = 150.0
REFUSAL_MS = 50.0
STEPS = (20, 30, 35, 40, 45, 50, 55, 60, 65, 70, 80)
QUICK_STEPS = (10, 20)
RTP_FIRST, RTP_LAST = 20000, 21999
"""For the callers of the highest step, who would be 410."""
FLOODS, QUICK_FLOODS = (2, 4), (4,)
"""Times what is carried."""
WRONG_KEY = 7
PROBES = 2.0
"""A second."""
CALM_SECONDS = 10.0
"""After a flood, until all has to be as before."""
SETTLE_SECONDS = 180.0
"""Until the worker has done what the last load left."""
MOST_SECONDS, QUICK_MOST_SECONDS = 900.0, 165.0
"""Of a whole run: a machine on which everything takes longer measures less, and says what it left out."""
LEAST_FLOOD_SECONDS, QUICK_FLOOD_SECONDS = 120.0, 70.0
"""What a flood takes with the calm and the worker after it; with less than half of that left none is begun."""
NATIVE, RINGBACK = "2000", "1000"


@dataclass(frozen=True)
class Step:
    """One load on one variant."""

    rate: float
    carried: Carried
    cpu: dict[str, float]
    """Seconds by process."""

    @property
    def p95(self) -> float:
        return percentile(self.carried.answers, 0.95) if self.carried.answers else float("inf")

    @property
    def is_good(self) -> bool:
        return self.carried.failed == 0 and self.carried.refused == 0 and self.p95 < ANSWER_SECONDS


@dataclass(frozen=True)
class Kept:
    """The rows that one load left, beside what the generator says."""

    answered: int
    rows: int
    tickets: int
    recordings: int
    """Stored whole, or with the reason why not."""

    @property
    def is_whole(self) -> bool:
        return self.answered == self.rows == self.tickets == self.recordings


def run(quick: bool) -> dict[str, Any]:
    """`figures` and `details`. Needs root: SIPp plays voice by raw sockets."""
    if os.geteuid() != 0:
        return {"left_out": "SIPp plays voice packets by raw sockets, which only root may open: run it as root"}
    began = time.monotonic()
    with House({"sip": {"rtp_first": RTP_FIRST, "rtp_last": RTP_LAST}}) as house:
        return Overload(house, quick, began).run()


class Overload:
    """The whole story on one house."""

    def __init__(self, house: House, quick: bool, began: float) -> None:
        self._house = house
        self._quick = quick
        self._floods = QUICK_FLOODS if quick else FLOODS
        self._flood_takes = QUICK_FLOOD_SECONDS if quick else LEAST_FLOOD_SECONDS
        self._ends_at = began + (QUICK_MOST_SECONDS if quick else MOST_SECONDS)
        self._details: dict[str, Any] = {"asterisk": house.program.version}
        self._figures: list[Figure] = []

    def run(self) -> dict[str, Any]:
        native = self._steps("native", NATIVE)
        self._house.start_controller()
        self._house.start_worker()
        ours = self._steps("ringback", RINGBACK)
        ratio = ours / native if native else 0.0
        wanted = f"at least {SHARE_WANTED} x"
        what = "calls a second, all answered within 200 ms at p95"
        self._figures.append(Figure(what, ours, "/s", "native", native, ratio, "x", wanted, ratio >= SHARE_WANTED))
        for later, times in zip(reversed(range(len(self._floods))), self._floods, strict=True):
            if self._left < self._flood_takes / 2:
                self._details[f"{times} x"] = "left out: no time was left"
                continue
            self._flood(times, max(ours, STEPS[0]), kept_back=later * self._flood_takes)
        return {"figures": self._figures, "details": self._details}

    @property
    def _left(self) -> float:
        return self._ends_at - time.monotonic()

    # -- what it carries -----------------------------------------------------------------------------

    def _steps(self, name: str, number: str) -> float:
        """The highest rate with no failure and prompt answers; a step that fails is tried once more."""
        carried, answered = 0.0, 0
        told = self._details.setdefault(name, {"steps": []})
        before = self._rows()
        native = number == NATIVE
        for rate in QUICK_STEPS if self._quick else STEPS:
            if self._left < (QUICK_MOST_SECONDS if self._quick else MOST_SECONDS) * (0.7 if native else 0.5):
                told["ended early"] = "no time was left"
                break
            good = False
            for _ in range(1 if self._quick else 2):
                step = self._step(number, rate, 2.0 if self._quick else 8.0)
                told["steps"].append(_told(step))
                answered += step.carried.answered
                good = good or step.is_good
                if good:
                    break
            if not good:
                break
            carried = float(rate)
        if not native:
            self._keep(told, before, answered, "steps", self._flood_takes * len(self._floods))
        return carried

    def _step(self, number: str, rate: float, seconds: float) -> Step:
        before = self._house.cpu()
        found = self._house.sipp(
            number, rate, round(rate * seconds), music_seconds=MUSIC_SECONDS, at_most=2000
        ).carried()
        self._wait_until_empty({})
        after = self._house.cpu()
        if number == NATIVE:
            self._house.clear_recordings()
        return Step(rate, found, {name: after[name] - before.get(name, 0.0) for name in after})

    # -- floods --------------------------------------------------------------------------------------

    def _flood(self, times: int, carried: float, kept_back: float) -> None:
        rate, seconds = times * carried, 5.0 if self._quick else 60.0
        before = self._rows()
        load = self._house.sipp(RINGBACK, rate, round(rate * seconds), music_seconds=MUSIC_SECONDS, at_most=5000)
        samples = self._probe(seconds - 2.0)
        found = load.carried()
        ended = time.monotonic()
        told: dict[str, Any] = {"rate": rate, **_counts(found), "calm": {}}
        self._details[f"{times} x"] = told
        heard = [sample for sample in samples if "503" not in sample.trouble]
        delays = [sample.delay * 1000 for sample in heard if sample.delay is not None]
        lost = sum(sample.delay is None for sample in heard)
        told["probes"] = {"served": len(delays), "refused": len(samples) - len(heard), "lost": lost}
        self._say(f"{times} x: key to prompt, p95", delays, 0.95, KEY_MS)
        self._say(f"{times} x: refused within, p95", [each * 1000 for each in found.refusals], 0.95, REFUSAL_MS)
        word = found.with_word / found.refused if found.refused else 1.0
        self._figures.append(Figure(f"{times} x: refused with Retry-After", 100 * word, "%"))
        bad = found.failed + lost
        self._figures.append(Figure(f"{times} x: calls inside that failed", bad, "", "", 0, bad, "", "none", bad == 0))
        self._wait_until_empty(told)
        time.sleep(max(0.0, ended + CALM_SECONDS - time.monotonic()))
        calm_load = self._house.sipp(RINGBACK, carried / 2, round(carried / 2 * 6), music_seconds=MUSIC_SECONDS)
        after_calm = self._probe(4.0)
        calm = calm_load.carried()
        told["calm"] = _counts(calm)
        calm_delays = [sample.delay * 1000 for sample in after_calm if sample.delay is not None]
        self._say(f"{times} x, ten seconds later: answer, p95", [each * 1000 for each in calm.answers], 0.95, 200.0)
        self._say(f"{times} x, ten seconds later: key to prompt, p95", calm_delays, 0.95, KEY_MS)
        answered = (
            found.answered
            + calm.answered
            + sum("503" not in sample.trouble and sample.trouble != "no answer" for sample in samples + after_calm)
        )
        self._keep(told, before, answered, f"{times} x", kept_back)

    def _wait_until_empty(self, told: dict[str, Any]) -> None:
        """A channel that stays is a ghost, and told."""
        try:
            until("the last channel to be gone", CALM_SECONDS, lambda: self._house.channels() == 0)
        except TrialError:
            told["channels that stayed"] = self._house.place.cli("core show channels concise").splitlines()

    def _probe(self, seconds: float) -> list[Sample]:
        probe = CallProbe(self._house.settings.sip.port)
        try:
            in_prompt = (HELLO_SECONDS + MENU_SECONDS) / 2
            return probe.run(RINGBACK, WRONG_KEY, [in_prompt], PROBES, round(PROBES * seconds))
        finally:
            probe.close()

    def _say(self, what: str, milliseconds: list[float], share: float, most: float) -> None:
        if not milliseconds:
            self._figures.append(Figure(what, 0.0, "ms", "nobody was", None, None, "", f"at most {most:g} ms", None))
            return
        found = percentile(milliseconds, share)
        self._figures.append(
            Figure(what, found, "ms", "limit", most, found, "ms", f"at most {most:g} ms", found <= most)
        )

    # -- what is kept --------------------------------------------------------------------------------

    def _rows(self) -> tuple[int, int, int]:
        with self._house.sessions()() as session:
            rows = session.scalar(select(func.count()).select_from(Call).where(Call.snapshot.is_(None)))
            tickets = session.scalar(select(func.count()).select_from(Call).where(Call.ticket_number.is_not(None)))
            done = Recording.state.in_(("stored", "not_recorded")) | Recording.reason.is_not(None)
            recordings = session.scalar(select(func.count()).select_from(Recording).where(done))
            return rows or 0, tickets or 0, recordings or 0

    def _keep(
        self, told: dict[str, Any], before: tuple[int, int, int], answered: int, name: str, kept_back: float
    ) -> None:
        """Waits until everything since `before` is written, or no time is left but for what is `kept_back`."""
        began = time.monotonic()

        def since() -> tuple[int, ...]:
            return tuple(now - then for now, then in zip(self._rows(), before, strict=True))

        try:
            until(
                "rows, tickets and recordings",
                max(10.0, min(SETTLE_SECONDS, self._left - kept_back)),
                lambda: min(since()) >= answered,
            )
        except TrialError as error:
            told["late"] = str(error)
        kept = Kept(answered, *since())
        told["kept"] = asdict(kept) | {"seconds": round(time.monotonic() - began, 1)}
        missing = sum(abs(answered - each) for each in (kept.rows, kept.tickets, kept.recordings))
        what = f"{name}: answered calls without row, ticket or recording"
        self._figures.append(Figure(what, missing, "", "", 0, missing, "", "none", kept.is_whole))


def _counts(found: Carried) -> dict[str, Any]:
    told: dict[str, Any] = {"good": found.good, "refused": found.refused, "failed": found.failed}
    for name, times in (("answer_ms", found.answers), ("refusal_ms", found.refusals)):
        if times:
            told[name] = {f"p{share}": round(float(np.percentile(times, share)) * 1000, 1) for share in (50, 95, 99)}
    return told


def _told(step: Step) -> dict[str, Any]:
    calls = max(1, step.carried.good)
    spent = {f"{name}_ms_a_call": round(1000 * used / calls, 2) for name, used in step.cpu.items()}
    return {"rate": step.rate, **_counts(step.carried), **spent}
