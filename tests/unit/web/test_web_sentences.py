"""Alarms and the sentences that processes write into rows, told in the reader's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.bootstrap import prepare
from queueing.errors import UnknownAgent
from recording import alarms as of_recordings
from ringback import secrets
from ringback.config import Settings
from ringback.store import dead_letters
from ringback.store.engine import open_store, sessions
from transcripts.errors import ModelError
from web.alarms import KINDS, text_of
from web.app import create_app
from web.sentences import KNOWN, said, told

ROOT = Path(__file__).parents[3]
ROOMS = (
    "ringback",
    "calls",
    "prompts",
    "queueing",
    "ivr",
    "callback",
    "survey",
    "recording",
    "retention",
    "transcripts",
    "tickets",
    "pbx",
    "controller",
    "web",
    "app",
)

ALARMS: list[tuple[str, str, dict[str, Any]]] = [
    ("agent.overstay", "anna", {"reason": "lunch"}),
    ("agent.overstay", "anna", {}),
    ("callback.broken", "x", {"number": "+12025550123", "state": "expired"}),
    ("callback.broken", "x", {"number": "+12025550123", "state": "failed"}),
    ("live.word", "1.1", {"word": "lawyer", "speaker": "caller", "call_id": "1.1"}),
    ("live.word", "1.1", {"word": "lawyer", "speaker": "agent", "call_id": "1.1"}),
    ("search.match", "x", {"name": "Refunds", "owner": "eva", "count": 1, "call_id": "1.1"}),
    ("search.match", "x", {"name": "Refunds", "owner": "eva", "count": 5, "call_id": "1.1"}),
    ("redaction.failed", "1.1", {"kinds": ["card", "phone"]}),
    ("rows.refused", "controller", {"why": "UNIQUE constraint failed"}),
    ("work.set_aside", "worker", {}),
    ("erasure.failed", "01a20136-286f-751f-be0b-8a4918553894", {"why": "out of luck"}),
    (of_recordings.SPACE_YELLOW, "spool", {"free_gb": 1.5, "folder": "/data", "minutes": 90}),
    (of_recordings.SPACE_RED, "spool", {"free_gb": 0.1, "folder": "/data", "minutes": 1}),
    (of_recordings.ORPHANS, "spool", {"count": 2, "names": ["a.raw", "b.raw"], "folder": "/data/spool"}),
    (of_recordings.ORPHANS, "library", {"count": 9, "names": ["a.flac"], "folder": "/data/recordings"}),
    (of_recordings.STRANGERS, "spool", {"count": 1, "names": ["virus.exe"], "folder": "/data/spool"}),
    (of_recordings.DAMAGED, "library", {"count": 1, "names": ["1.1"]}),
    (of_recordings.STUCK, "spool", {"count": 3, "spent": 1, "names": ["1.1"], "error": ""}),
    (of_recordings.STORAGE, "storage", {"count": 3, "error": "The bucket is gone.", "url": "s3://x"}),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    prepare(settings)
    secret, _ = secrets.load_or_create(settings)
    return create_app(settings, secret, sessions(open_store(settings.store_url)))


@pytest.fixture(params=["en", "ru"])
def language(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    with app.test_request_context(), force_locale(request.param):
        yield request.param


def is_russian(text: str) -> bool:
    return re.search("[а-яё]{3}", text) is not None


@pytest.mark.parametrize(("kind", "subject", "args"), ALARMS)
def test_every_alarm_has_its_sentence(language: str, kind: str, subject: str, args: dict[str, Any]) -> None:
    text = text_of({"kind": kind, "subject": subject, "text": "The row's own.", "args": args})
    assert text != "The row's own." and "%(" not in text
    assert is_russian(text) == (language == "ru")


def test_every_kind_is_tried_here_and_every_kind_that_is_raised_is_known() -> None:
    assert {kind for kind, _, _ in ALARMS} == KINDS
    raised = {kind for path in _sources() for kind in _kinds_raised(path)}
    assert "agent.overstay" in raised and dead_letters.ALARM in raised
    assert raised <= KINDS


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def _kinds_raised(path: Path) -> Iterator[str]:
    """Kinds written out in a call of raise_alarm, and those of the constants named ALARM or KIND."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("raise_alarm", "keep_alarm"):
            yield from (str(arg.value) for arg in node.args[1:2] if isinstance(arg, ast.Constant))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("ALARM", "KIND"):
            assert isinstance(node.value, ast.Constant)
            yield str(node.value.value)


@pytest.mark.parametrize(
    ("kind", "args"),
    [("of.tomorrow", {}), ("callback.broken", {}), ("search.match", {"name": "x"}), ("recording.damaged", {"n": 1})],
)
def test_what_is_not_known_is_the_sentence_of_the_row(language: str, kind: str, args: dict[str, Any]) -> None:
    assert text_of({"kind": kind, "subject": "x", "text": "The row's own.", "args": args}) == "The row's own."


@pytest.mark.parametrize("form", KNOWN)
def test_a_sentence_is_told_with_its_facts(language: str, form: str) -> None:
    names = re.findall(r"%\((\w+)\)s", form)
    facts = {name: f"=<b>{name}</b> 100%" for name in names}
    text = form % facts if names else form
    found = told(text)
    assert (found == text) == (language == "en")
    assert all(fact in found for fact in facts.values())
    assert "<b>" not in said(text) and "lang=" not in said(text)


def test_what_the_rooms_really_say_is_recognised(app: Flask) -> None:
    with app.test_request_context(), force_locale("ru"):
        for error in (UnknownAgent("nobody"), ModelError("/models is a damaged Vosk model: fetch it again.")):
            assert is_russian(told(str(error)))


def test_the_forms_are_those_of_the_code() -> None:
    """Every stretch of letters between facts stands in the code, so that no form outlives its sentence."""
    code = "".join(path.read_text(encoding="utf-8") for path in _sources() if path != ROOT / "web" / "sentences.py")
    code = re.sub(r'"\s*\n\s*f?"', "", code)
    for form in KNOWN:
        for part in re.split(r"%\(\w+\)s", form):
            assert part.strip(" .:,") in code, form


def test_other_words_stay_and_say_that_they_are_english(app: Flask) -> None:
    words = 'database is <locked> & "gone"'
    with app.test_request_context(), force_locale("ru"):
        assert told(words) == words
        assert said(words) == '<span lang="en">database is &lt;locked&gt; &amp; &#34;gone&#34;</span>'
        assert said(None) == "" and told(None) == ""
    with app.test_request_context(), force_locale("en"):
        assert said(words) == "database is &lt;locked&gt; &amp; &#34;gone&#34;"
