"""Runs scripted callers: `run_flow_tests` for whoever wants to know whether a flow does what its owner means."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.flow_tests.scripts import FlowTest, ScriptedTest, begins_at, read_tests
from app.flow_tests.trial import ScriptedCall, SpokenTexts, TrialOutcome
from callback.policy import DiallingRules
from controller.numbers import numbers
from ivr.flow import EntryPointHours, Flow, flows
from ringback.config import Settings
from ringback.messages import Message, message

MONDAY = (2027, 1, 11, 10)
"""Where a test begins that gives no moment, or when its line opens next: a plain Monday morning, no holiday anywhere
big."""


@dataclass(frozen=True)
class FlowTestResult:
    """One test, and whether all was as expected."""

    script: ScriptedTest
    outcome: TrialOutcome

    @property
    def passed(self) -> bool:
        return not self.outcome.wrong

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.script.test.name,
            "file": str(self.script.file),
            "line": self.script.line,
            "passed": self.passed,
            "wrong": [
                {
                    "line": self.script.line_of(*each.way),
                    "message": str(each.what),
                    "code": each.what.code,
                    "facts": each.what.facts,
                }
                for each in self.outcome.wrong
            ],
            "happened": [{"seconds": each.seconds, "message": str(each.what)} for each in self.outcome.happened],
        }


@dataclass(frozen=True)
class FlowTestResults:
    """All tests of some files."""

    results: list[FlowTestResult]
    seconds: float

    @property
    def failed(self) -> list[FlowTestResult]:
        return [each for each in self.results if not each.passed]

    @property
    def why(self) -> Message | None:
        """The first failure in a sentence; None: all passed."""
        if not self.failed:
            return None
        first = self.failed[0]
        facts = {"name": first.script.test.name, "file": first.script.file.name, "line": first.script.line}
        return message("app.flow_test_failed", **facts, why=first.outcome.wrong[0].what)


def run_flow_tests(settings: Settings, paths: Path | Iterable[Path]) -> FlowTestResults:
    """Runs the tests of one or several files by these settings. Raises ConfigError for a file that cannot be used."""
    began = time.perf_counter()
    scripts = [each for path in ([paths] if isinstance(paths, Path) else paths) for each in read_tests(path, settings)]
    rules = DiallingRules(settings, EntryPointHours(flows(settings)))
    lines = flows(settings, numbers(rules, lambda: 0.0))
    texts = SpokenTexts.of(settings)
    found = []
    for script in scripts:
        flow = lines[script.test.line or settings.lines[0].number]
        start = _start(script.test, settings, flow)
        found.append(FlowTestResult(script, ScriptedCall(script.test, settings, flow, start, texts).run()))
    return FlowTestResults(found, time.perf_counter() - began)


def _start(test: FlowTest, settings: Settings, flow: Flow) -> float:
    given = begins_at(test, settings)
    if given is not None:
        return given
    plain = datetime(*MONDAY, tzinfo=ZoneInfo(settings.timezone)).timestamp()
    opens = flow.opens_from(None, plain)
    return opens if opens != float("inf") else plain
