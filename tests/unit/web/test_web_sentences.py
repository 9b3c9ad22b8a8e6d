"""Sentences of rooms on pages: in the reader's language, marked where they stay English, and never markup."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.bootstrap import prepare
from ringback import secrets
from ringback.config import Settings
from ringback.messages import Message, message, text
from ringback.store.engine import open_store, sessions
from web.alarms import alarm_said, alarm_told
from web.app import create_app
from web.i18n import said, told


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


def is_russian(words: str) -> bool:
    return re.search("[а-яё]{3}", words) is not None


def alarm(code: str | None, **args: Any) -> dict[str, Any]:
    return {"kind": "any", "subject": "x", "code": code, "text": "The row's own.", "args": args}


@pytest.mark.parametrize(
    ("code", "args"),
    [
        ("controller.overstay", {"name": "Anna"}),
        ("transcripts.search_match", {"name": "Refunds", "owner": "eva", "count": 5, "call_id": "1.1"}),
        ("transcripts.still_heard", {"kinds": [{"code": "transcripts.secret.card", "facts": {}}]}),
        ("recording.damaged", {"count": 9, "names": {"code": "recording.names_and_more", "facts": {"names": ["1.1"]}}}),
        ("callback.broken.expired", {"number": "+12025550123", "ticket": 7}),
    ],
)
def test_an_alarm_is_told_in_the_readers_language(language: str, code: str, args: dict[str, Any]) -> None:
    words = alarm_told(alarm(code, **args))
    assert words != "The row's own." and "{" not in words
    assert is_russian(words) == (language == "ru")


@pytest.mark.parametrize(
    ("code", "args"),
    [(None, {"number": "+1"}), ("of.tomorrow", {}), ("callback.broken.expired", {}), ("recording.damaged", {"n": 1})],
)
def test_an_alarm_of_old_or_of_tomorrow_is_the_sentence_of_its_row(
    language: str, code: str | None, args: dict[str, Any]
) -> None:
    assert alarm_told(alarm(code, **args)) == "The row's own."
    assert ('lang="en"' in alarm_said(alarm(code, **args))) == (language == "ru")


def test_facts_are_never_markup(language: str) -> None:
    found = said(message("queueing.no_agent", agent="<b>{x.__class__}</b> 100% %(agent)s"))
    assert "&lt;b&gt;{x.__class__}&lt;/b&gt; 100% %(agent)s" in found
    assert is_russian(str(found)) == (language == "ru") and "lang=" not in found


def test_words_of_a_library_say_that_they_are_english(app: Flask) -> None:
    why = text('database is <locked> & "gone"')
    escaped = "database is &lt;locked&gt; &amp; &#34;gone&#34;"
    with app.test_request_context(), force_locale("ru"):
        assert told(why) == 'database is <locked> & "gone"'
        assert said(why) == f'<span lang="en">{escaped}</span>'
        whole = said(message("controller.store_away", why=why))
        assert is_russian(str(whole)) and whole.endswith(f'<span lang="en">{escaped}</span>')
        assert said(None) == "" and told(None) == ""
    with app.test_request_context(), force_locale("en"):
        assert said(why) == escaped


def test_a_code_with_its_facts_is_told_as_a_message_is(language: str) -> None:
    facts = {"agent": "anna"}
    assert told("queueing.no_agent", facts) == told(Message("queueing.no_agent", facts))
    assert said("of.tomorrow", facts) == ("of.tomorrow" if language == "en" else '<span lang="en">of.tomorrow</span>')
