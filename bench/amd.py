"""Answering machine detection as callbacks use it: who is taken for whom, and how long it takes.

Calls of `bench/amd_cases.py` go through Ringback's own dialplan for customers (`ringback-callbacks`), out of Asterisk's
trunk and into the same Asterisk, where each number plays one case: SIP, voice packets and codec are real. The settings
were chosen on other voices than those that are measured; `--quick` measures fewer of them.
"""

import re
import time
from collections import Counter
from dataclasses import dataclass, replace
from socket import SOCK_DGRAM
from typing import Any

import soundfile

from app.trial.ports import LOOPBACK, free_port
from app.trial.trial import TrialError, until
from bench.amd_cases import HELD_OUT, RATE, TUNED_ON, Case, cases
from bench.report import Figure, percentile
from bench.switch import Switch, Texts, taken_from_anybody

AT_A_TIME = 16
A_SECOND = 6.0
RTP_FIRST, RTP_LAST = 32000, 32255
"""Two a leg, two legs a call: more than AT_A_TIME takes."""
WANTED_PEOPLE = 3.0
"""Per cent of people who may be taken for machines: hung up on, and called again later."""
WANTED = f"at most {WANTED_PEOPLE:g} %"
PEOPLE = "people taken for machines"
UNITS = {
    PEOPLE: "%",
    "machines taken for people": "%",
    "silence after a person's first words, median": "s",
    "silence after a person's first words, p95": "s",
    "answer to decision, people, median": "s",
    "answer to decision, people, p95": "s",
}
NOW = "${STRFTIME(,,%s.%3q)}"


@dataclass(frozen=True)
class Verdict:
    """What became of one case."""

    case: Case
    taken_for: str
    cause: str
    """Asterisk's: HUMAN, MAXWORDS, LONGGREETING, INITIALSILENCE, ..."""
    seconds: float
    """From the answer to the decision."""
    waited: float
    """From the end of the first words to the decision: silence for who said them."""


def run(quick: bool) -> dict[str, Any]:
    """`figures` on the held-out voices; every kind of mistake in `details`, for the other voices and the peer too."""
    people, machines = (20, 15) if quick else (100, 75)
    held_out = list(cases(HELD_OUT, people, machines))
    found, peer = measure(held_out), measure(held_out, defaults=True)
    tuned_on = measure(list(cases(TUNED_ON, people, machines)))
    details = {"held out": found, "held out, Asterisk's defaults": peer, "tuned on": tuned_on}
    return {"figures": _figures(found, peer), "details": {name: _details(one) for name, one in details.items()}}


def measure(calls: list[Case], *, defaults: bool = False) -> list[Verdict]:
    """Every case through Asterisk, some at a time; with `defaults` AMD is told nothing of how to decide."""
    port = free_port(SOCK_DGRAM)
    settings = {
        "sip": {"port": port, "rtp_first": RTP_FIRST, "rtp_last": RTP_LAST},
        "trunk": {"host": LOOPBACK, "port": port},
    }
    switch = Switch(settings, lambda texts: _change(texts, defaults))
    sounds = switch.folder / "cases"
    sounds.mkdir()
    for case in calls:
        soundfile.write(sounds / f"{case.number}.wav", case.sound, RATE, subtype="PCM_16")
    with switch:
        switch.place.cli(f"dialplan set global SOUNDS {sounds}")
        switch.place.cli("dialplan set global RINGBACK_DETECT yes")
        switch.place.cli("dialplan set global RINGBACK_LANGUAGE en")
        for count, case in enumerate(calls):
            _wait_for_room(switch)
            switch.place.cli(f"channel originate PJSIP/{case.number}@trunk extension {case.number}@bench-amd")
            time.sleep(1 / A_SECOND)
            if count % 100 == 99:
                print(f"  {count + 1} of {len(calls)}", flush=True)
        until("the last call to be over", 60, lambda: _channels(switch) == 0)
        decided, began = (_noted(switch, family) for family in ("amd", "played"))
    missing = [case.number for case in calls if case.number not in decided]
    if missing:
        raise TrialError(f"{len(missing)} of {len(calls)} calls came to no decision: {missing[:5]}.")
    return [_verdict(case, decided[case.number], float(began[case.number])) for case in calls]


def _noted(switch: Switch, family: str) -> dict[str, str]:
    """What the dialplan wrote down, by the number of the case."""
    shown = switch.place.cli(f"database show {family}")
    return dict(re.findall(rf"/{family}/(\d+)\s*: (.*?)\s*$", shown, re.MULTILINE))


def _wait_for_room(switch: Switch) -> None:
    until("room for a call", 60, lambda: _channels(switch) < 2 * AT_A_TIME)


def _channels(switch: Switch) -> int:
    return int(switch.place.cli("core show channels count").split()[0])


def _verdict(case: Case, told: str, played_at: float) -> Verdict:
    taken_for, cause, answered_at, decided_at = told.split("^")
    seconds = float(decided_at) - float(answered_at)
    return Verdict(case, taken_for, cause.partition("-")[0], seconds, float(decided_at) - played_at - case.spoken_at)


def _change(texts: Texts, defaults: bool) -> Texts:
    """The dialplan for customers, whose two ends write down what was decided; and numbers that play the cases."""
    plan = texts["extensions.conf"]

    def note(taken_for: str) -> str:
        return f"Set(DB(amd/${{CASE}})={taken_for}^${{AMDCAUSE}}^${{BEGAN}}^{NOW})\n same => n,Hangup()\n same => n,"

    for old, new in (
        ("exten => customer,1,", f"exten => customer,1,Set(BEGAN={NOW})\n same => n,"),
        (" same => n(person),", f" same => n(person),{note('person')}"),
        ("exten => machine,1,", f"exten => machine,1,{note('machine')}"),
    ):
        if plan.count(old) != 1:
            raise TrialError(
                "text", text=f"The dialplan has {old!r} {plan.count(old)} times: bench/amd.py must follow it."
            )
        plan = plan.replace(old, new)
    if defaults:
        plan = re.sub(r"AMD\([0-9,]+\)", "AMD()", plan)
    plan += "\n[bench-amd]\nexten => _9XXXXX,1,Set(CASE=${EXTEN})\n same => n,Goto(ringback-callbacks,customer,1)\n"
    plan += f"\n[ringback-lines](+)\nexten => _9XXXXX,1,Answer(1)\n same => n,Set(DB(played/${{EXTEN}})={NOW})\n"
    plan += " same => n,Playback(${SOUNDS}/${EXTEN})\n same => n,Wait(60)\n"
    return {
        "extensions.conf": plan,
        "modules.conf": texts["modules.conf"] + "load = res_clioriginate.so\n",
        "pjsip.conf": taken_from_anybody(texts, "9[0-9]{5}"),
    }


def _figures(found: list[Verdict], peer: list[Verdict]) -> list[Figure]:
    ours, theirs = _measures(found), _measures(peer)
    figures = []
    for what, unit in UNITS.items():
        figure = Figure(what, ours[what], unit, "defaults", theirs[what])
        if what == PEOPLE:
            met = ours[what] <= WANTED_PEOPLE
            figure = replace(figure, comparison=ours[what], comparison_unit="%", wanted=WANTED, met=met)
        figures.append(figure)
    return figures


def _measures(found: list[Verdict]) -> dict[str, float]:
    """The values of UNITS."""
    people = [one for one in found if one.case.who == "person"]
    waited = [one.waited for one in people if one.case.spoken_at and one.taken_for == "person"]
    decided = [one.seconds for one in people]
    values = (
        _wrong(people),
        _wrong([one for one in found if one.case.who == "machine"]),
        *(percentile(waited, share) for share in (0.5, 0.95)),
        *(percentile(decided, share) for share in (0.5, 0.95)),
    )
    return dict(zip(UNITS, values, strict=True))


def _wrong(found: list[Verdict]) -> float:
    """Per cent that were taken for the other."""
    return 100 * sum(one.taken_for != one.case.who for one in found) / len(found)


def _details(found: list[Verdict]) -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for who in ("person", "machine"):
        mine = [one for one in found if one.case.who == who]
        for name in ("sort", "noise", "voice"):
            for value in sorted({getattr(one.case, name) for one in mine}):
                some = [one for one in mine if getattr(one.case, name) == value]
                kinds[f"{who}, {name} {value}"] = {"calls": len(some), "wrong_percent": round(_wrong(some), 1)}
    causes = Counter(f"{one.case.who} taken for {one.taken_for}: {one.cause}" for one in found)
    measures = {what: round(value, 2) for what, value in _measures(found).items()}
    return {"figures": measures, "kinds": kinds, "causes": dict(causes.most_common())}
