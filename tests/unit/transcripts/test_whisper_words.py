"""What becomes of the pieces of text that Whisper gives: words, and no words."""

from types import SimpleNamespace

import numpy as np

from transcripts.engines.recogniser import RATE
from transcripts.engines.whisper_engine import words_of
from transcripts.live.streaming import spread
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.proof import suspects


def segment(*pieces: str) -> SimpleNamespace:
    """A second each."""
    words = [SimpleNamespace(start=at, end=at + 1, probability=0.9, word=piece) for at, piece in enumerate(pieces)]
    return SimpleNamespace(words=words)


def texts(*pieces: str, language: str = "ru") -> list[str]:
    return [word.text.strip() for word in words_of(segment(*pieces), language)]


def test_a_piece_without_a_space_belongs_to_the_word_before() -> None:
    assert texts(" non", "-stop", " music", language="en") == ["non-stop", "music"]
    assert texts("你", "好", language="zh") == ["你", "好"]


def test_dashes_and_dots_alone_are_no_words() -> None:
    assert texts(" номер", " —", " 8", "-903", " ...", " —") == ["номер", "8-903"]
    assert texts(" five", " %", " off", " - -") == ["five", "%", "off"], "signs that are said stay"
    sound = np.zeros(RATE, np.int16)
    assert [word.text for word in spread("— номер — —", sound, 0.9, "ru")] == ["номер"]


def test_a_number_that_was_heard_as_dashes_is_silent() -> None:
    words = {"caller": words_of(segment(" Мой", " номер", " телефона", *[" —"] * 9), "ru"), "agent": []}
    spots = suspects(words, {"caller": [[0.0, 3.0], [4.0, 6.0], [7.0, 11.0]]}, RedactionRules(phones=True))
    assert [(spot.kind, spot.start, spot.end) for spot in spots] == [("phone", 4.0, 6.0), ("phone", 7.0, 11.0)]
