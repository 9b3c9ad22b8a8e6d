"""Scripted callers as an owner writes them: `flow-tests.yaml`, with the line of each.

Owns the form of the file and what is said of mistakes in it, the way it is done for the settings. What the callers meet
is `trial.py`'s.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, model_validator

from ringback.config import TICKET, ConfigError, Diagnostic, Language, Settings
from ringback.config.base import Model, Name, Shown, form
from ringback.config.folder import read_document
from ringback.config.lookups import TICKETS
from ringback.config.remarks import Remark, SettingError, Way, nearest
from ringback.config.source import Source, UnreadableFile
from ringback.config.wording import remarks_of
from ringback.messages import message, words_of

FILE = "flow-tests.yaml"
"""Beside the settings file."""
SILENCE, HANG_UP = "silence", "hang up"
ANSWERED, AGENT_ENDS = "agent answers", "agent hangs up"
NO_ANSWERS = ("unknown", "failed")
"""How a lookup may end without an answer."""
WAIT = re.compile(r"wait ([0-9]{1,5})")
KEYS = re.compile(r"[0-9*#]{1,32}")
_AT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})")


def _moment(value: str) -> str:
    found = _AT.fullmatch(value.strip())
    try:
        if found is None:
            raise ValueError
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").isoformat(" ", "minutes")
    except ValueError:
        raise SettingError("app.flow_no_moment", given=value) from None


class ScriptedCaller(Model):
    """Who calls."""

    number: str = Field("+12025550123", max_length=40)
    """As the network shows it; empty: withheld."""
    known: bool = False
    """Has called before."""
    language: Language | None = None
    """That of the last call."""
    ticket: int | None = Field(None, ge=1)
    """The number of an open one."""
    ticket_queue: Name | None = None
    """Where its last call was."""

    @model_validator(mode="after")
    def is_known_by_something(self) -> "ScriptedCaller":
        """Who has a ticket or a language has called before."""
        known = self.known or self.ticket is not None or self.language is not None
        return self.model_copy(update={"known": known}) if known != self.known else self


class ExpectedOutcome(Model):
    """What is to have become of the caller when the script is over. What is not given is not looked at."""

    queue: Name | None = None
    """Waits in it, was served by it, or is promised something of it."""
    priority: int | None = None
    """Of that wait."""
    menu: Name | None = None
    """Is asked this menu."""
    hears: list[Shown] = []
    """Has heard these, in this order, whatever else between: names of prompts, or some of their words."""
    never_hears: list[Shown] = []
    language: Language | None = None
    """Is served in it."""
    ticket: int | None = None
    """Calls about it."""
    promise: bool | None = None
    """Is promised a call."""
    message: bool | None = None
    """Leaves a message."""
    transfer: Annotated[str, form(r"^\+[0-9]{6,15}$", "ringback.form_vip")] | None = None
    """Is connected with this number outside."""
    closed: bool | None = None
    """Was told that it is closed."""
    over: bool | None = None
    """The call has ended."""

    @model_validator(mode="after")
    def says_something(self) -> "ExpectedOutcome":
        """A test that expects nothing cannot fail."""
        if not self.model_fields_set:
            raise SettingError("app.flow_nothing_expected")
        return self


class FlowTest(Model):
    """One caller, and what is to become of the call."""

    name: Shown
    line: str = ""
    """The number that is dialled; empty: the first line's."""
    at: Annotated[str, AfterValidator(_moment)] | None = None
    """By the clock of the settings, `2027-03-01 10:30`; None: some Monday morning at which the line is open."""
    caller: ScriptedCaller = ScriptedCaller()
    staffed: list[Name] | None = None
    """The queues for which an agent is there; None: all."""
    problem: bool = False
    """Whether a known problem is told on the line."""
    lookups: dict[Name, str] = {}
    """What is answered to what the caller looks up: `{ticket: open, order: shipped}`, or `unknown`, or `failed`. What
    is not named is unknown of tickets, and failed of all else."""
    do: list[Annotated[str, Field(max_length=200)]] = []
    """In order: keys (2, 1042#), words that are said, `silence`, `wait 60` (seconds), `agent answers`,
    `agent hangs up`, `hang up`."""
    expect: ExpectedOutcome


class FlowTestFile(Model):
    """All of a file, as if it stood under a name."""

    tests: list[FlowTest] = Field(min_length=1, max_length=5000)


@dataclass(frozen=True)
class ScriptedTest:
    """A test with its place."""

    test: FlowTest
    file: Path
    line: int
    source: Source
    at: int
    """Which of the file's tests it is, from 0."""

    def line_of(self, *way: str | int) -> int:
        """Where a part of it stands."""
        return self.source.spot((self.at, *way)).line


def read_tests(file: Path, settings: Settings) -> list[ScriptedTest]:
    """The tests of a file. Raises ConfigError with everything that is wrong in it."""
    try:
        source = read_document(file.read_bytes())
    except UnreadableFile as error:
        raise _refused(file, [Remark((), error.message, spot=error.spot)], Source()) from error
    except OSError as error:
        raise ConfigError("app.flow_unreadable", file=file, why=words_of(error)) from error
    if source.document is None:
        raise _refused(file, [Remark((), message("app.flow_no_tests"))], source)
    remarks = [each for each in source.remarks if each.level == "error"]
    try:
        found = FlowTestFile.model_validate({"tests": source.document})
    except ValidationError as error:
        wrong = remarks_of(error.errors(include_url=False), FlowTestFile)
        raise _refused(file, [*remarks, *(_in_file(each) for each in wrong)], source) from error
    for at, test in enumerate(found.tests):
        remarks += _of_settings(test, at, settings)
    if remarks:
        raise _refused(file, remarks, source)
    return [ScriptedTest(test, file, source.spot((at,)).line, source, at) for at, test in enumerate(found.tests)]


def begins_at(test: FlowTest, settings: Settings) -> float | None:
    """Seconds since the epoch; None: no moment was given."""
    if test.at is None:
        return None
    return datetime.fromisoformat(test.at).replace(tzinfo=ZoneInfo(settings.timezone)).timestamp()


def _in_file(remark: Remark) -> Remark:
    return Remark(remark.way[1:], remark.what, remark.suggestion)


Section = Literal["queues", "menus"]


def _of_settings(test: FlowTest, at: int, settings: Settings) -> list[Remark]:
    """Names that the settings have not: such a test could only fail."""
    found = []
    lines = [line.number for line in settings.lines]
    if test.line and test.line not in lines:
        what = message("app.flow_no_line", line=test.line, known=lines)
        found.append(Remark((at, "line"), what, nearest(test.line, lines)))
    found += _of_lookups(test, at, settings)
    asked: list[tuple[Way, Section, str | None]] = [
        ((at, "expect", "queue"), "queues", test.expect.queue),
        ((at, "expect", "menu"), "menus", test.expect.menu),
        ((at, "caller", "ticket_queue"), "queues", test.caller.ticket_queue),
        *(((at, "staffed", place), "queues", name) for place, name in enumerate(test.staffed or [])),
    ]
    for way, section, name in asked:
        known = sorted(getattr(settings, section))
        if name is not None and name not in known:
            code = "ringback.no_queue" if section == "queues" else "ringback.no_menu"
            found.append(Remark(way, message(code, name=name, known=known), nearest(name, known)))
    return found


def _of_lookups(test: FlowTest, at: int, settings: Settings) -> list[Remark]:
    """Answers that nothing could have looked up."""
    found = []
    for name, answer in test.lookups.items():
        question = TICKETS if name == TICKET else settings.lookups.get(name)
        names, answers = [TICKET, *settings.lookups], [*(question.answers if question else ()), *NO_ANSWERS]
        if question is None:
            what = message("ringback.no_lookup", name=name, known=names)
            found.append(Remark((at, "lookups", name), what, nearest(name, names)))
        elif answer not in answers:
            what = message("app.flow_no_answer", answer=answer, known=answers)
            found.append(Remark((at, "lookups", name), what, nearest(answer, answers)))
    return found


def _refused(file: Path, remarks: list[Remark], source: Source) -> ConfigError:
    found = []
    for each in remarks:
        spot = each.spot or source.spot(each.way)
        found.append(Diagnostic(file, spot.line, spot.column, each.setting, each.what, each.suggestion, "error"))
    error = ConfigError("app.flow_tests_refused", file=file, count=len(found))
    error.diagnostics = tuple(sorted(found, key=lambda each: (each.line, each.column)))
    return error
