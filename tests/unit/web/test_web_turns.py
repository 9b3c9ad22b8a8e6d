"""A call's text on its page: as many words as there are times, whatever is said in them."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.bootstrap import prepare
from ringback import secrets
from ringback.config import Settings
from ringback.store.engine import open_store, sessions
from web.app import create_app
from web.calls.turns import TurnPart, turn_parts

ODD = ["<b>", "&amp;", "•card•", "two words", " ", "", "\u00a0", "\t", "a\nb", "—", "\u202e", '"', "0"]


class CutText(HTMLParser):
    """Cuts a turn as the browser does: what stands between two spaces is a word, and so is an element."""

    def __init__(self, html: Markup) -> None:
        super().__init__()
        self._texts, self._elements, self._is_inside = [""], 0, False
        self.feed(str(html))
        self.close()

    @property
    def count(self) -> int:
        return self._elements + sum(len([word for word in text.split(" ") if word]) for text in self._texts)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag == "span"
        self._is_inside = True
        self._elements += 1
        self._texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        if not self._is_inside:
            self._texts[-1] += data


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    prepare(settings)
    secret, _ = secrets.load_or_create(settings)
    return create_app(settings, secret, sessions(open_store(settings.store_url)))


def turn_of(pages: Flask, *words: tuple[str, float]) -> TurnPart:
    """A turn that begins after 10 s, with a word in each second: what was said, and how sure that is."""
    said = [
        {"word": text, "start": 10.0 + at, "end": 10.33 + at, "confidence": sure}
        for at, (text, sure) in enumerate(words)
    ]
    turn: dict[str, Any] = {"seq": 0, "speaker": "caller", "agent": None, "start": 10.0, "text": "<all>", "words": said}
    with pages.test_request_context():
        (part,) = turn_parts({"transcript": {"turns": [turn]}})
    return part


@given(st.lists(st.tuples(st.sampled_from(ODD) | st.text(max_size=6), st.sampled_from([0.2, 0.9])), max_size=8))
def test_each_word_has_its_time(pages: Flask, said: list[tuple[str, float]]) -> None:
    part = turn_of(pages, *said)
    kept = [at for at, (text, _) in enumerate(said) if text.strip()]
    assert part.times.split() == [f"{100 * at},{100 * at + 33}" for at in kept]
    assert CutText(part.said).count == (len(kept) or 1)


def test_a_word_is_an_element_where_it_says_more(pages: Flask) -> None:
    part = turn_of(pages, ("My", 0.9), ("kard", 0.414), ("•card•", 0.9), ("<b>", 0.9))
    assert part.said == (
        'My <span class="unsure" title="uncertain: 41%">kard</span> <span>•••• card number</span> &lt;b&gt;'
    )
    assert (part.time, part.side, part.speaker) == ("0:10", "caller", "Caller")


def test_without_words_the_text_stands_by_itself(pages: Flask) -> None:
    part = turn_of(pages)
    assert (part.said, part.times) == ("&lt;all&gt;", "")
