"""Points of a drill: what is said in whatever order and form is found, what is denied or another number is not."""

import sys
from pathlib import Path

import pytest

from library.drill import hearing
from library.drill.hearing import hear
from library.drill.points import HeardWord, check
from library.drill.service import MOST_POINTS, read_points, typed
from library.errors import LibraryError
from ringback.config import Settings
from transcripts.engines.models_store import Choice
from web.library.voices import MOST_BYTES, OLD, VoicesOnTheirWay

SECOND = bytes(16_000)


def verdict(text: str, *wordings: str, language: str = "en") -> str:
    (found,) = check(typed(text), [wordings], language)
    return found.verdict


@pytest.mark.parametrize(
    ("text", "wordings", "language", "found"),
    [
        ("I am so sorry about that, really.", ("I am sorry", "I apologise"), "en", "said"),
        ("My apologies, I do apologize for this.", ("I am sorry", "I apologise"), "en", "said"),
        ("On Friday you'll get your parcel.", ("you will get the parcel on Friday",), "en", "said"),
        ("You will not get the parcel on Friday.", ("you will get the parcel on Friday",), "en", "unsure"),
        ("Please restart it.", ("do not restart the router",), "en", "missing"),
        ("We deliver within 5 days.", ("within 5 days",), "en", "said"),
        ("We deliver within 15 days.", ("within 5 days",), "en", "unsure"),
        ("Anything else?", ("is there anything else I can do",), "en", "said"),
        ("Good morning.", ("I will call you back today",), "en", "missing"),
        ("", ("I am sorry",), "en", "missing"),
        ("Приношу вам свои извинения за задержку.", ("извините за задержку", "приношу извинения"), "ru", "said"),
        ("Курьер приедет завтра до обеда", ("завтра приедет курьер",), "ru", "said"),
        ("Курьер завтра не приедет", ("завтра приедет курьер",), "ru", "unsure"),
        ("Всего доброго", ("перезвоню вам завтра",), "ru", "missing"),
    ],
)
def test_a_point_is_found_by_its_nearest_wording(
    text: str, wordings: tuple[str, ...], language: str, found: str
) -> None:
    assert verdict(text, *wordings, language=language) == found


def test_a_word_that_nobody_is_sure_of_makes_a_point_unsure_and_says_where() -> None:
    said = [HeardWord("I", 0.9), HeardWord("will", 0.9), HeardWord("refund", 0.3), HeardWord("you", 0.9)]
    (found,) = check(said, [("refund you",)], "en")
    assert (found.verdict, found.heard) == ("unsure", "refund")


def test_points_are_read_line_by_line() -> None:
    assert read_points(" I am sorry / I  apologise \n\n is there anything else /\n") == [
        ("I am sorry", "I apologise"),
        ("is there anything else",),
    ]
    for wrong in ("", " / \n", "\n".join("abc" for _ in range(MOST_POINTS + 1)), "x" * 300):
        with pytest.raises(LibraryError):
            read_points(wrong)


# -- hearing ---------------------------------------------------------------------------------------------


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """Stands in for the process that hears: runs what it is given."""

    def say(code: str) -> None:
        monkeypatch.setattr(hearing, "COMMAND", (sys.executable, "-c", f"import sys\n{code}"))

    monkeypatch.setattr(hearing, "choose", lambda *_: Choice("vosk", tmp_path))
    return say


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("print('[]')", "library.drill_silence"),
        ("import time; time.sleep(9)", "library.drill_slow"),
        ("import os; os.kill(os.getpid(), 9)", "library.drill_away"),
        ("print('nonsense')", "library.drill_away"),
    ],
)
def test_a_recogniser_that_is_silent_slow_killed_or_mad_has_a_sentence(recogniser: object, code: str, why: str) -> None:
    recogniser(code)  # type: ignore[operator]
    with pytest.raises(LibraryError) as refused:
        hear(Settings(), "en", SECOND, patience=0.3)
    assert refused.value.code == why


def test_what_is_heard_comes_by_a_pipe_with_its_confidence(recogniser: object) -> None:
    recogniser("print([['sorry', len(sys.stdin.buffer.read()) / 16000]].__repr__().replace(chr(39), chr(34)))")  # type: ignore[operator]
    assert hear(Settings(), "en", SECOND, patience=9).words == [HeardWord("sorry", 1.0)]


@pytest.mark.parametrize(("seconds", "why"), [(0.2, "library.drill_silence"), (60, "library.drill_long")])
def test_too_little_and_too_much_is_not_heard(seconds: float, why: str) -> None:
    with pytest.raises(LibraryError) as refused:
        hear(Settings(), "en", bytes(round(seconds * 8000) * 2))
    assert refused.value.code == why


def test_a_voice_on_its_way_is_one_persons_whole_and_forgotten() -> None:
    now = [0.0]
    voices = VoicesOnTheirWay(clock=lambda: now[0])
    assert [voices.add("anna", at, b"ab") for at in (0, 2, 2)] == [2, 4, 4]
    voices.add("boris", 0, b"x")
    assert voices.take("anna") == b"abab"
    for call in (lambda: voices.take("anna"), lambda: voices.add("anna", 7, b"gap")):
        with pytest.raises(LibraryError):
            call()
    with pytest.raises(LibraryError) as refused:
        voices.add("boris", 1, bytes(MOST_BYTES))
    assert refused.value.code == "library.drill_long"
    voices.add("clara", 0, b"old")
    now[0] = OLD + 1
    with pytest.raises(LibraryError):
        voices.take("clara")
