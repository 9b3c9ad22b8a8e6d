"""Random flows and random callers, played alike on the fake switch and on Asterisk.

Owns how they are drawn and what a caller does; leaves the doing to a WalkStage. A walk needs no ear: whoever plays it
says when a question plays, as the controller's rows say it on both.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ivr.facts import CallRecord

QUEUES = ("support", "billing")
VIP, STRANGER = "+1202555019", "+1202555018"
"""How callers' numbers begin."""
CONDITIONS: tuple[dict[str, Any], ...] = (
    {"hours": "always"},
    {"hours": "never"},
    {"nobody": "support"},
    {"known": True},
    {"vip": True},
    {"vip": False},
    {},
)
KEY_SECONDS = 5
"""For a key: as much as a machine may be late that has other things to do."""
NOTICE = "ticket-press"
"""Any sentence that is long enough for a key to come in it."""
DURING, AFTER, SILENT, GONE = "during", "after", "silent", "gone"
"""When a caller answers: while the question plays, when it was heard, not at all; or hangs up in the middle of it."""


@dataclass(frozen=True)
class Step:
    """What a caller does about one question."""

    when: str
    key: str = ""


@dataclass(frozen=True)
class Walk:
    """One line with menus of its own, and a caller."""

    menus: dict[str, Any]
    line: dict[str, Any]
    ahead: str
    """A key that is pressed while the notice plays; empty: none."""
    steps: tuple[Step, ...]
    is_vip: bool

    def sections(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Menus and line as the settings have them, with names of their own."""
        menus = {f"m{number}-{name}": _renamed(menu, number) for name, menu in self.menus.items()}
        start = [_renamed(case, number) for case in self.line.get("start", [])]
        named = {"number": line_of(number), "name": f"Walk {number}", "menu": f"m{number}-a", "start": start}
        return menus, {**self.line, **named}

    def caller(self, number: int) -> str:
        return f"{VIP if self.is_vip else STRANGER}{number:03}"


def second_caller(caller: str) -> str:
    """The number of the same walk when it is walked once more."""
    return f"{caller[:-4]}7{caller[-3:]}"


def line_of(number: int) -> str:
    return str(2000 + number)


def _renamed(node: Any, number: int) -> Any:
    if isinstance(node, dict):
        return {key: f"m{number}-{each}" if key == "menu" else _renamed(each, number) for key, each in node.items()}
    return [_renamed(each, number) for each in node] if isinstance(node, list) else node


KEYS = st.sampled_from(["1", "1", "2", "2", "3", "4", "0", "9", "#", "*"])
SOUNDS = st.sampled_from([f"digit-{digit}" for digit in range(10)])
ENDS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(
        lambda queue, priority: {"queue": queue, "priority": priority}, st.sampled_from(QUEUES), st.integers(0, 5)
    ),
    st.builds(lambda queue: {"message": queue}, st.sampled_from(QUEUES)),
    st.builds(lambda sound: {"end": sound}, SOUNDS),
    st.builds(lambda sound: {"say": sound}, SOUNDS),
    st.builds(lambda language: {"language": language}, st.sampled_from(["en", "ru"])),
    st.builds(lambda queue: {"callback": queue}, st.sampled_from(QUEUES)),
)


def _destinations(below: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    plain = st.one_of(ENDS, st.builds(lambda name: {"menu": name}, st.sampled_from(below))) if below else ENDS
    case = st.builds(lambda when, end: {**end, "when": when}, st.sampled_from(CONDITIONS), plain)
    return st.one_of(plain, plain, st.builds(lambda cases: {"cases": cases}, st.lists(case, min_size=1, max_size=3)))


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """Up to three levels of menus with short prompts, and a caller who does something about each question."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    menus = {}
    for at, name in enumerate(names):
        # Any menu may lead to any: who goes in circles runs out of steps.
        keys = draw(st.lists(st.sampled_from("1234"), min_size=1, max_size=4, unique=True))
        below = names[at + 1 :] or names[:1]
        menus[name] = {
            "prompt": draw(SOUNDS),
            "operator_queue": draw(st.sampled_from(QUEUES)),
            "options": {key: {"label": f"{name}{key}", **draw(_destinations(below))} for key in keys},
            "first_key_seconds": KEY_SECONDS,
            "key_seconds": KEY_SECONDS,
            "tries": draw(st.integers(1, 2)),
        }
    line: dict[str, Any] = {
        "notice": draw(st.sampled_from([None, NOTICE])),
        "notice_can_be_skipped": draw(st.booleans()),
        "greeting": draw(SOUNDS),
        "languages": ["ru"],
    }
    if draw(st.integers(0, 3)) == 0:
        case = st.builds(lambda when, end: {**end, "when": when}, st.sampled_from(CONDITIONS), _destinations(names))
        line["start"] = draw(st.lists(case, min_size=1, max_size=2))
    step = st.one_of(
        st.builds(Step, st.just(DURING), KEYS),
        st.builds(Step, st.sampled_from([DURING, AFTER]), KEYS),
        st.builds(Step, st.sampled_from([DURING, DURING, SILENT, GONE]), KEYS),
    )
    has_notice = line["notice"] is not None and (not line["notice_can_be_skipped"] or "start" in line)
    ahead = draw(st.sampled_from(["", "1", "2", "9"])) if has_notice else ""
    return Walk(menus, line, ahead, tuple(draw(st.lists(step, min_size=2, max_size=6))), draw(st.booleans()))


def draw_walks(count: int) -> list[Walk]:
    """As many different ones, the same in every run, so that a walk that failed is found again."""
    found: dict[str, Walk] = {}

    @settings(
        max_examples=count + count // 2,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(walks())
    def collect(walk: Walk) -> None:
        found.setdefault(repr(walk), walk)

    collect()
    return list(found.values())[:count]


class WalkStage(Protocol):
    """One caller on a switch."""

    def dial(self) -> None: ...
    def wait_notice(self) -> None:
        """The notice plays."""

    def next_question(self) -> bool:
        """Waits until a question plays that did not play before; False: none will."""

    def into_it(self) -> None:
        """Waits until the question has begun to be heard."""

    def after_it(self) -> None:
        """Waits until all of the question was heard."""

    def press(self, key: str) -> None: ...
    def hang_up(self) -> None: ...


def question_of(snapshot: dict[str, Any] | None) -> str | None:
    """The id of the question that plays, by the snapshot of a call's row; None: none does."""
    pending = None if snapshot is None else snapshot["memory"]["pending"]
    return pending if pending is not None and pending.startswith("ask-") else None


def settings_of(walks: list[Walk]) -> dict[str, Any]:
    """Sections of the settings that have all these flows, each on a line of its own."""
    sections = [walk.sections(number) for number, walk in enumerate(walks)]
    vips = {walk.caller(number): 7 for number, walk in enumerate(walks) if walk.is_vip}
    vips |= {second_caller(caller): priority for caller, priority in vips.items()}
    menus = {name: menu for each, _ in sections for name, menu in each.items()}
    other_day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    hours = {"always": {"week": {"mon-sun": "00:00-24:00"}}, "never": {"week": {other_day: "00:00-24:00"}}}
    return {"menus": menus, "lines": [line for _, line in sections], "hours": hours, "vips": vips}


def told(facts: CallRecord) -> dict[str, Any]:
    """What became of a call."""
    names = ("line", "result", "queue", "language", "menu_path", "about_ticket")
    return {name: getattr(facts, name) for name in names}


def play(stage: WalkStage, walk: Walk) -> None:
    """The caller does what the walk says, and hangs up where it leads no further."""
    stage.dial()
    if walk.ahead:
        stage.wait_notice()
        stage.press(walk.ahead)
    for step in walk.steps:
        if not stage.next_question():
            break
        if step.when == SILENT:
            continue
        if step.when == AFTER:
            stage.after_it()
        else:
            stage.into_it()
        if step.when == GONE:
            break
        stage.press(step.key)
    else:
        stage.next_question()
    stage.hang_up()
