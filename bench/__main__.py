"""`python -m bench`: runs the benchmarks one after another, prints tables, writes bench/results/<name>.json.

    python -m bench [--quick] [--only NAME]... [--json FILE]

A benchmark is a module with `run(quick) -> dict`. It tells `figures` (bench.report.Figure) and `details`, or
`left_out` with the reason; one that tells something else prints it by itself. Wishes that are not met are
shown, and are no error.
"""

import argparse
import importlib
import json
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import report

BENCHMARKS = {
    "ami": "AMI client",
    "runner": "Decisions and rows, without Asterisk",
    "line": "The waiting line: a simulated day, the next caller of 300",
    "replay": "50,000 stored calls through changed settings, beside a plain loop",
    "forecast": "Calls of held-out weeks forecast by half hours, beside the week before and statsmodels",
    "plans": "A month of 50,000 calls simulated with every rule of the line; the simulator beside Erlang C and A",
    "expected_wait": "Expected waits told, against the waits that followed",
    "amd": "Who answers a callback: people and machines, on recorded voices",
    "floor": "A busy floor with a controller killed in the middle; an agent free with 300 waiting",
    "calls": "The same menu in native dialplan and in Ringback, 20 calls a second",
    "overload": "Calls a second beside native dialplan, and twice and four times as many as are carried",
    "transcription": "Transcription of stereo calls, beside the bare engine and its program on both channels",
    "long_calls": "Transcription of calls of ten minutes to three hours, and what is made of their words",
    "long_page": "The page of a call of 90 minutes: what the server takes to make it",
    "live_words": "Words of two calls that go on, until somebody can read them",
    "press_or_say": "Answers that are said to a menu, clean and in noise, and how soon the next prompt is heard",
    "now": "200 viewers of Now, told what happens, on a floor that changes each second",
    "redaction": "Secrets still audible after redaction, in 300 invented calls with planted ones",
    "redaction_work": "Redaction of calls of nothing but secrets, few words and many",
    "summary": "Summaries of 30 marked conversations that nothing was chosen on",
    "digest": "Ninety seconds of 60 long marked calls: what of the marked moments is inside",
    "contacts": "The list of contacts over a million persons, on SQLite and on PostgreSQL",
    "imports": "A million visits of another system imported, on SQLite and on PostgreSQL",
    "reports": "Reports over a year of five million calls, and what counting them costs, on both stores",
    "tickets": "The work list over a million tickets, on SQLite and on PostgreSQL",
    "library": "Pages of the library with 1,000 playlists and 100,000 marks",
    "scoring": "Pages of scoring with 100,000 evaluations",
    "outbox": "Deliveries prepared a second, and what dead receivers cost the others",
    "topics": "Topics of 600 labelled calls in two languages, beside BERTopic",
    "search": "Searching a million turns, on SQLite and on PostgreSQL",
}
RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when all that was asked for has run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Ringback beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a minute instead of a quarter of an hour; noisy figures")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all results into one file too")
    options = parser.parse_args(arguments)
    # Whoever stops it, `timeout` too, wants nothing left: what runs is ended and the folders go, as by Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    results = {name: _run(name, options.quick) for name in options.only or BENCHMARKS}
    if options.json is not None:
        _write(options.json, results)
    return 0


def _run(name: str, quick: bool) -> dict[str, Any]:
    print(f"{BENCHMARKS[name]} ...", file=sys.stderr, flush=True)
    facts = report.machine()
    found = importlib.import_module(f"bench.{name}").run(quick)
    result = {"bench": name, "at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": quick, "machine": facts}
    if "left_out" in found:
        print(f"{BENCHMARKS[name]}: left out: {found['left_out']}.")
        result["left_out"] = found["left_out"]
    else:
        figures = found.get("figures") or _speech_figures(found)
        if figures:
            report.table(BENCHMARKS[name], figures)
        result |= {"figures": report.as_json(figures), "details": found.get("details", found)}
    _write(RESULTS / f"{name}.json", result)
    return result


def _speech_figures(found: dict[str, Any]) -> list[report.Figure]:
    """What bench/transcription.py tells, engine by engine, as figures."""
    figures = []
    for name, engine in found.items():
        if not isinstance(engine, dict) or "ratio" not in engine:
            continue
        ratio, least, share = engine["ratio"], found["wanted_ratio"], engine["share_of_speech"]
        what = f"{name}: transcribed, {share:.0%} speech"
        wanted = f"at least {least} x as fast"
        seconds = engine["ours_seconds"], engine["bare_seconds"]
        figures.append(report.Figure(what, seconds[0], "s", "bare", seconds[1], ratio, "x", wanted, ratio >= least))
        if "tool" in engine:
            ratio, took = engine["tool_ratio"], engine["tool_seconds"]
            met = ratio >= least
            figures.append(report.Figure(what, seconds[0], "s", engine["tool"], took, ratio, "x", wanted, met))
        figures += _speech_means(name, engine)
        if "ours_wer" in engine:
            ours, bare = 100 * engine["ours_wer"], 100 * engine["bare_wer"]
            more, no_worse = ours - bare, ours <= bare
            what = f"{name}: wrong words"
            figures.append(report.Figure(what, ours, "%", "bare", bare, more, "points", "no more", no_worse))
    return figures


def _speech_means(name: str, engine: dict[str, Any]) -> list[report.Figure]:
    """What one engine does in an hour, and the memory that it needs, beside the bare engine and its program."""
    figures = []
    for beside in ("bare", "tool"):
        peer = engine.get("tool", "") if beside == "tool" else beside
        if f"{beside}_hours" in engine:
            ours, other = engine["ours_hours"], engine[f"{beside}_hours"]
            figures.append(report.Figure(f"{name}: calls done in an hour", ours, "h", peer, other))
        if f"{beside}_peak_mb" in engine and "ours_peak_mb" in engine:
            ours, other = engine["ours_peak_mb"], engine[f"{beside}_peak_mb"]
            what = f"{name}: most memory"
            figures.append(report.Figure(what, ours, "MB", peer, other, ours - other, "MB more"))
    return figures


def _write(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
