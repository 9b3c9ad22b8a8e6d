"""A replay as a document for programs, and as a page of a terminal with 80 columns."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from app.replay.plans import CallOutcome
from app.replay.report import KINDS, ChangedCall, ReplayReport
from app.replay.run import ReplayDone
from app.terminal import cell

SHOWN = 10
"""Calls that are named in a terminal, of each kind."""
WIDTH = 80
NAMES = {"real": "really", "before": "replayed", "after": "changed"}
"""Of the rows of a queue."""
LEFT_OUT = {
    "goes_on": "still went on",
    "called_back": "were promised calls, which are made when they were",
    "left_at_once": "hung up before anything was said",
    "fallback": "were answered by the fallback",
}
RULES = {
    "label": "the same option",
    "destination": "an option that leads to the same place",
    "further": "a menu below which it is",
    "key": "the same key, without another hint",
    "person": "0, because nothing in the menu was what they wanted",
}
"""How callers found their way in the changed menus, by the rules of `app.replay.matching`."""
LIMITS = (
    "Callers who were answered would have waited longer; how long is drawn from those who gave up.",
    "Agents do as they did: they log in, pause and talk as long, whoever calls.",
    "A caller who really talked with nobody talks as long as the caller before in that queue.",
    "A caller who was passed on to a colleague is one talk of the first agent's.",
    "Promised calls are made when they were, by the agents who made them, whatever the settings say.",
    "Whether a caller is known, has an open ticket, or what a lookup said is not replayed.",
    "Prompts take no time of their own: keys are pressed when they were.",
)
"""What a replay does not know: printed with every one."""


def document(done: ReplayDone, facts: dict[str, Any]) -> dict[str, Any]:
    """All of it. `facts` say which time and which settings are meant."""
    report = done.report
    return {
        "summary": summary(report),
        **facts,
        "calls": report.calls,
        "same_queue_as_really": report.same_place,
        "left_out": dict(done.left_out),
        "impossible_times": done.odd_times,
        "endless": done.endless,
        "agents_without_a_past": done.strangers,
        "keys_found_by": dict(done.how),
        "queues": [
            {"line": line, "queue": queue} | {kind: figures[kind].as_dict() for kind in KINDS}
            for (line, queue), figures in sorted(report.queues.items())
        ],
        "ends": {kind: dict(ends) for kind, ends in report.ends.items()},
        "elsewhere": {
            "calls": sum(report.elsewhere.values()),
            "ways": [
                {"from": before, "to": after, "calls": calls}
                for (before, after), calls in report.elsewhere.most_common()
            ],
            "named": [_call(each) for each in report.elsewhere_calls],
        },
        "waited_longer": {
            "by_more_than": report.longer,
            "calls": report.waited_longer,
            "named": [_call(each) for each in report.longer_calls],
        },
        "waited_shorter": {"by_more_than": report.longer, "calls": report.waited_shorter},
        "hung_up": {"calls": report.hung_up, "named": [_call(each) for each in report.hung_up_calls]},
        "stayed": {"calls": report.stayed},
        "limits": list(LIMITS),
    }


def summary(report: ReplayReport) -> str:
    """The whole of it in a sentence."""
    elsewhere = sum(report.elsewhere.values())
    if not report.calls:
        return "No calls in this time."
    if not (elsewhere or report.waited_longer or report.hung_up or report.waited_shorter or report.stayed):
        return f"Nothing would have changed for any of {report.calls:,} calls."
    return (
        f"Of {report.calls:,} calls {elsewhere:,} would have gone elsewhere; {report.waited_longer:,} would have "
        f"waited more than {report.longer:g} s longer, {report.waited_shorter:,} as much shorter; {report.hung_up:,} "
        f"would have hung up that stayed, {report.stayed:,} stayed that hung up."
    )


def _call(call: ChangedCall) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "page": f"/calls/{call.call_id}",
        "before": _outcome(call.before),
        "after": _outcome(call.after),
    }


def _outcome(outcome: CallOutcome) -> dict[str, Any]:
    return {"queue": outcome.queue, "place": outcome.place, "end": outcome.end, "wait": round(outcome.wait, 1)}


def show(found: dict[str, Any]) -> None:
    """The sentence first, then figures, then whom it concerns, then what has to be known to read it."""
    console = Console(width=WIDTH, highlight=False)
    console.print(found["summary"])
    console.print(f"From {found['since']} to {found['until']}; before: {cell(found['before'])}.\n")
    if found["queues"]:
        console.print(_table(found["queues"]))
    _calls(console, "Gone elsewhere", found["elsewhere"]["ways"], found["elsewhere"]["named"], _ways)
    _calls(console, "Waited longer", [], found["waited_longer"]["named"], _waits)
    _calls(console, "Hung up", [], found["hung_up"]["named"], _waits)
    _notes(console, found)


def _table(queues: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("line, queue", overflow="fold")
    for name in ("calls", "answered", "hung up", "mean", "median", "90 %"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in queues:
        table.add_row(f"[bold]{cell(row['line'])} {cell(row['queue'])}[/bold]")
        for kind in KINDS:
            one = row[kind]
            waits = (f"{one[name]:.0f} s" for name in ("wait_mean", "wait_median", "wait_p90"))
            table.add_row(f"  {NAMES[kind]}", *(f"{one[n]:,}" for n in ("calls", "answered", "abandoned")), *waits)
    return table


def _ways(call: dict[str, Any]) -> str:
    return f"{_place(call['before'])} -> {_place(call['after'])}"


def _waits(call: dict[str, Any]) -> str:
    return f"{call['before']['wait']:.0f} s -> {call['after']['wait']:.0f} s, {_place(call['after'])}"


def _place(outcome: dict[str, Any]) -> str:
    return str(outcome["place"])


def _calls(console: Console, title: str, ways: list[dict[str, Any]], named: list[dict[str, Any]], say: Any) -> None:
    if not named:
        return
    console.print(f"[bold]{title}[/bold]")
    for way in ways[:SHOWN]:
        console.print(f"  {way['calls']:,} calls: {cell(way['from'])} -> {cell(way['to'])}")
    for call in named[:SHOWN]:
        console.print(f"  {cell(call['page'])}  {cell(say(call))}", soft_wrap=True)
    if len(named) > SHOWN:
        console.print("  ... more with --json")
    console.print()


def _notes(console: Console, found: dict[str, Any]) -> None:
    for why, calls in found["left_out"].items():
        console.print(f"{calls:,} calls {LEFT_OUT.get(why, why)}.")
    if found["impossible_times"]:
        console.print(f"{found['impossible_times']:,} times were not possible (a clock was set?), and were bent.")
    if found["endless"]:
        console.print(f"{found['endless']:,} calls would not have ended: they hung up hours after the last one came.")
    if found["changed_meanwhile"]:
        console.print(
            f"The settings changed {found['changed_meanwhile']} times meanwhile: those of the beginning count."
        )
    if found["agents_without_a_past"]:
        names = ", ".join(found["agents_without_a_past"])
        console.print(f"Nothing is known of these agents, so they take no call: {cell(names)}.")
    for rule, keys in found["keys_found_by"].items():
        console.print(f"{keys:,} keys were {RULES.get(rule, rule)}.")
    if found["calls"]:
        share = found["same_queue_as_really"] / found["calls"]
        console.print(f"Under the settings of then {share:.1%} of the calls come where they really came.")
    for limit in LIMITS:
        console.print(f"[dim]{limit}[/dim]")
