"""Sentences for people: worded from code and facts, in every language, whatever is missing or hostile."""

import pickle
from pathlib import Path

import pytest

from queueing.errors import UnknownAgent
from ringback import messages
from ringback.errors import RingbackError
from ringback.messages import Message, from_json, message, pieces, say, text, words_of


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some codes of the ground that the program does not have."""
    sentences = {
        "ringback.plain": {"en": "{file} is gone.", "ru": "Файла {file} нет."},
        "ringback.english": {"en": "Only English has {word}."},
        "ringback.more": {"en": "{file} is gone.", "ru": "Файла {file} нет: {why}."},
        "ringback.inside": {"en": "It waits: {why}", "ru": "Ожидание: {why}"},
        "ringback.calls": {
            "en": {"one": "{count} call", "other": "{count} calls"},
            "ru": {
                "one": "{count} звонок",
                "few": "{count} звонка",
                "many": "{count} звонков",
                "other": "{count} звонка",
            },
        },
    }
    monkeypatch.setattr(messages, "_of_room", lambda _room: sentences)


def test_a_sentence_is_worded_in_the_readers_language(known: None) -> None:
    assert say("ringback.plain", {"file": "a.raw"}, "en") == "a.raw is gone."
    assert say("ringback.plain", {"file": "a.raw"}, "ru") == "Файла a.raw нет."


@pytest.mark.parametrize(
    ("code", "facts", "found"),
    [
        ("ringback.english", {"word": "it"}, "Only English has it."),
        ("ringback.more", {"file": "a.raw"}, "a.raw is gone."),
        ("ringback.plain", {}, "ringback.plain"),
        ("ringback.of_tomorrow", {"file": "a.raw"}, "ringback.of_tomorrow"),
        ("os.path", {}, "os.path"),
        ("", {}, ""),
    ],
)
def test_what_is_missing_falls_to_english_and_then_to_the_code(
    known: None, code: str, facts: dict[str, str], found: str
) -> None:
    assert say(code, facts, "ru") == found
    assert say(code, facts, "tlh") == found


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (1, "1 call", "1 звонок"),
        (3, "3 calls", "3 звонка"),
        (11, "11 calls", "11 звонков"),
        (21, "21 calls", "21 звонок"),
    ],
)
def test_a_number_chooses_the_form_of_its_language(known: None, count: int, english: str, russian: str) -> None:
    assert say("ringback.calls", {"count": count}, "en") == english
    assert say("ringback.calls", {"count": count}, "ru") == russian
    assert say("ringback.calls", {"count": "many"}, "ru") == "many звонка"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_said_and_stored_all_the_same(known: None, number: float) -> None:
    assert say("ringback.calls", {"count": number}, "ru") == f"{number} звонка"
    assert message("ringback.calls", count=number).facts == {"count": str(number)}


def test_facts_are_what_stores_take_and_pages_send(known: None) -> None:
    odd = Path(b"\xff\x00a".decode("utf-8", "surrogateescape"))
    facts = message("ringback.inside", why=text(str(odd)), files=[odd, "й"]).facts
    assert facts == {"why": {"code": "text", "facts": {"text": r"\udcff\0a"}}, "files": [r"\udcff\0a", "й"]}


def test_numbers_and_lists_are_written_as_the_language_does(known: None) -> None:
    assert say("ringback.plain", {"file": 1.5}, "en") == "1.5 is gone."
    assert say("ringback.plain", {"file": 1.5}, "ru") == "Файла 1,5 нет."
    assert say("ringback.plain", {"file": ["a", 2, None]}, "ru") == "Файла a, 2, – нет."


def test_a_message_inside_another_is_worded_too(known: None) -> None:
    outer = message("ringback.inside", why=message("ringback.plain", file=Path("a.raw")))
    assert outer.facts == {"why": {"code": "ringback.plain", "facts": {"file": "a.raw"}}}
    assert say(outer.code, outer.facts, "ru") == "Ожидание: Файла a.raw нет."


def test_the_systems_own_words_stay_and_are_told_apart(known: None) -> None:
    why = words_of(OSError(28, "No space left on device"))
    assert why == text("No space left on device")
    assert words_of(ValueError()) == text("ValueError")
    found = list(pieces("ringback.inside", message("ringback.inside", why=why).facts, "ru"))
    assert found == [("Ожидание: ", "ru"), ("No space left on device", "en")]


@pytest.mark.parametrize(
    "hostile", ["{file.__class__}", "{0}", "{}", "%(file)s", "{file!r:>9999999}", "<b>&amp;</b>", "\x1b[2J", "{file}"]
)
def test_facts_are_data(known: None, hostile: str) -> None:
    assert say("ringback.plain", {"file": hostile}, "ru") == f"Файла {hostile} нет."
    assert hostile in say("ringback.inside", message("ringback.inside", why=text(hostile)).facts, "ru")


def test_an_error_carries_its_code_and_facts() -> None:
    error = UnknownAgent("anna")
    assert error.message == Message("queueing.no_agent", {"agent": "anna"})
    assert str(error) == "There is no agent named anna in the settings."
    assert words_of(error) == error.message
    again = pickle.loads(pickle.dumps(RingbackError("queueing.no_agent", agent=Path("anna"))))
    assert (again.code, again.facts, str(again)) == ("queueing.no_agent", {"agent": "anna"}, str(error))


@pytest.mark.parametrize("found", [None, "text", [], {}, {"code": 1, "facts": {}}, {"code": "text", "facts": None}])
def test_what_is_no_message_is_none(found: object) -> None:
    assert from_json(found) is None
