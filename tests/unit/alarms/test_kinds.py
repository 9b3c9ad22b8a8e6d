"""The list of kinds is what rooms raise, the docs name each, and patterns of the settings mean what they say."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ringback.alarm_kinds import ALARM_KINDS, is_wanted
from ringback.config import Recipient, Settings
from tests.unit.test_house import ROOMS, ROOT, sources, tree

KIND = re.compile(r"^[a-z]+\.[a-z_]+$")
RAISERS = ("raise_alarm", "keep_alarm", "Condition")
HOLDERS = {
    "ALARM",
    "APART_ALARM",
    "INBOX_ALARM",
    "KIND",
    "UNSENT",
    "LOOKUP_AWAY",
    "RECEIVER_AWAY",
    "RECEIVER_UNSENT",
    "SETTINGS_REFUSED",
    "ORPHANS",
    "STRANGERS",
    "GARBLED",
    "DAMAGED",
    "STUCK",
    "STORAGE",
    "SPACE_YELLOW",
    "SPACE_RED",
}


def raised() -> set[str]:
    """Kinds that stand in calls which raise alarms, and in the constants that such calls are given."""
    found = set()
    for path in sources(*ROOMS):
        for node in ast.walk(tree(path)):
            texts: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISERS:
                texts = node.args[:2]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in HOLDERS:
                texts = [node.value, *getattr(node.value, "elts", [])[:1]]
            found |= {t.value for t in texts if isinstance(t, ast.Constant) and KIND.match(str(t.value))}
    return found


def test_every_kind_that_is_raised_is_on_the_list() -> None:
    assert raised() == set(ALARM_KINDS)


def test_the_docs_name_every_kind() -> None:
    text = (ROOT / "docs/alarms.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+\.[a-z_*]+)`", text))
    assert [kind for kind in ALARM_KINDS if not any(is_wanted(kind, [name]) for name in named)] == []


@pytest.mark.parametrize(
    ("kind", "patterns", "wanted"),
    [
        ("trunk.trouble", ["*"], True),
        ("trunk.trouble", ["recording.*"], False),
        ("recording.space_low", ["recording.*"], True),
        ("live.word", ["*"], False),
        ("live.word", ["live.word"], True),
        ("live.word", ["live.*"], True),
        ("of.a_newer_version", ["*"], True),
    ],
)
def test_what_a_pattern_means(kind: str, patterns: list[str], wanted: bool) -> None:
    assert is_wanted(kind, patterns) is wanted


@pytest.mark.parametrize(
    ("alarms", "words"),
    [
        ({"recipients": {"ops": {"email": "ops@example.com"}}}, "Mail needs a server"),
        ({"recipients": {"ops": {}}}, "no way to tell these people"),
        (
            {"recipients": {"ops": {"urls": "ntfy://x", "kinds": "trunk.truble"}}},
            "No alarm is of the kind trunk.truble",
        ),
        ({"recipients": {"ops": {"urls": "ntfy://x", "hours": "office"}}}, "office is not in hours"),
        ({"mail": {"host": "mail.example.com", "sender": "a@b.c", "user": "x", "security": "none"}}, "in the clear"),
        ({"recipients": {"ops": {"urls": "ntfy"}}}, "pattern"),
        ({"recipients": {"ops": {"email": "a@b.c\nBcc: d@e.f"}}}, "pattern"),
        ({"mail": {"host": "mail.example.com", "sender": "Ann <a@b.c>"}}, "pattern"),
    ],
)
def test_settings_that_would_tell_nobody_are_refused(alarms: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings.model_validate({"alarms": alarms})


def test_one_address_needs_no_list() -> None:
    assert Recipient.model_validate({"email": "a@b.c", "kinds": "trunk.*"}).kinds == ["trunk.*"]


def test_urls_that_apprise_does_not_know_are_told_before_anything_is_sent() -> None:
    from ringback.handover.services import fault_of

    assert fault_of("json://localhost/") is None
    assert str(fault_of("nonsense://x")) == "apprise does not know this URL of nonsense."
    assert "means 2 places" in str(fault_of("tgram://123456789:abcdefg_hijklmnop/12315544/123555/"))


def test_a_secret_stands_in_no_row(tmp_path: Path) -> None:
    from alarms.addresses import all_addresses

    settings = Settings.model_validate(
        {"data": tmp_path, "alarms": {"recipients": {"x": {"urls": "ntfys://token123"}}}}
    )
    ((_, name),) = all_addresses(settings)
    assert name.startswith("ntfys:") and "token" not in name
