"""What an answer of a system beside means: told only where it is plainly what the settings say."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookups.answers import UNKNOWN, SystemAnswer, read_answer
from lookups.errors import LookupFailed
from ringback.config import Lookup
from ringback.messages import say

VALUES = {"count": "number", "code": "digits", "day": "date", "hour": "time", "due": "money"}
ANSWERS = {"sent": "order-sent", "3": "order-three", "true": "order-true"}
LOOKUP = Lookup.model_validate(
    {"url": "https://shop.example/orders/{value}", "ask": "ask-order", "answers": ANSWERS, "values": VALUES}
)


def told(**answer: Any) -> SystemAnswer:
    return read_answer(LOOKUP, 200, json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("field", "value", "spoken"),
    [
        ("count", 12, "12"),
        ("count", "-7", "-7"),
        ("count", "-0", "0"),
        ("count", 3.0, "3"),
        ("count", "0012", "12"),
        ("count", 1.5, "1.5"),
        ("code", "0042", "0042"),
        ("code", 42, "42"),
        ("code", "12-34 56", "123456"),
        ("day", "2026-05-03", "2026-05-03"),
        ("day", "2026-05-03T14:30:00.123Z", "2026-05-03"),
        ("hour", "14:30", "14:30"),
        ("hour", "14:30:15", "14:30"),
        ("hour", "2026-05-03T09:05:00+02:00", "09:05"),
        ("due", {"amount": "12.5", "currency": "EUR"}, "12.50 EUR"),
        ("due", {"amount": -3, "currency": "RUB"}, "-3.00 RUB"),
        ("due", "199.99 USD", "199.99 USD"),
    ],
)
def test_values_are_brought_into_the_form_that_is_spoken(field: str, value: Any, spoken: str) -> None:
    assert told(status="sent", **{field: value}) == SystemAnswer("found", "sent", ((VALUES[field], spoken),))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "twelve"),
        ("count", 1.555),
        ("count", True),
        ("count", 1_000_000),
        ("count", 10**400),
        ("count", float("nan")),
        ("count", float("inf")),
        ("count", "١٢"),
        ("count", "12; rm"),
        ("code", ""),
        ("code", "1" * 21),
        ("code", "12a"),
        ("code", [1, 2]),
        ("day", "2026-02-30"),
        ("day", "03.05.2026"),
        ("day", "2026-05-03 and more"),
        ("day", 20260503),
        ("hour", "25:00"),
        ("hour", "9 o'clock"),
        ("hour", "yesterdayT14:30"),
        ("due", 12.5),
        ("due", "12.505 EUR"),
        ("due", "12.50 euros"),
        ("due", "12.50 XYZ"),
        ("due", "1000000 USD"),
        ("due", "1e5 EUR"),
        ("due", {"amount": "12.5"}),
        ("due", {"amount": {"amount": 1}, "currency": "EUR"}),
    ],
)
def test_whatever_is_not_plainly_of_its_kind_is_not_spoken(field: str, value: Any) -> None:
    with pytest.raises(LookupFailed) as caught:
        told(status="sent", **{field: value})
    assert (caught.value.code, caught.value.facts) == ("lookups.odd_value", {"field": field, "kind": VALUES[field]})


def test_values_come_in_the_order_of_the_settings_and_may_be_left_out() -> None:
    answer = told(due="1 EUR", day=None, count=2, status="sent", more="<script>")
    assert answer.values == (("number", "2"), ("money", "1.00 EUR"))


@pytest.mark.parametrize(("field", "said"), [("sent", "sent"), (3, "3"), (True, "true")])
def test_the_field_chooses_what_is_said(field: Any, said: str) -> None:
    assert told(status=field) == SystemAnswer("found", said)


@pytest.mark.parametrize("field", ["lost", "", 4, "Sent", "../../etc/passwd"])
def test_what_the_settings_have_no_words_for_is_unknown(field: Any) -> None:
    assert told(status=field) == UNKNOWN


@pytest.mark.parametrize("status", [404, 410])
def test_a_number_that_is_not_there_is_unknown(status: int) -> None:
    assert read_answer(LOOKUP, status, b"<html>") == UNKNOWN


@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 401, 403, 429, 500, 503, 999])
def test_every_other_status_is_a_failure(status: int) -> None:
    with pytest.raises(LookupFailed, match=f"HTTP status {status}"):
        read_answer(LOOKUP, status, b'{"status": "sent"}')


ODD_BODIES = [b"", b"null", b"[]", b'"sent"', b"<html>", b"\xff\xfe\x00", b'{"status": ', b"[" * 60_000, b"9" * 5000]


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
def test_what_is_no_json_object_is_a_failure(body: bytes) -> None:
    with pytest.raises(LookupFailed, match="no JSON object"):
        read_answer(LOOKUP, 200, body)


@pytest.mark.parametrize("answer", [{}, {"status": None}, {"status": ["sent"]}, {"status": {"a": 1}}, {"status": 1.5}])
def test_an_answer_without_the_field_is_a_failure(answer: dict[str, Any]) -> None:
    with pytest.raises(LookupFailed, match="the field status"):
        told(**answer)


NAMES = st.sampled_from(["status", *VALUES, "amount", "currency"])
ANYTHING = st.recursive(
    st.none() | st.text() | st.floats() | st.integers() | st.booleans() | st.sampled_from(["sent", "1 EUR"]),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.dictionaries(NAMES, ANYTHING).map(lambda value: json.dumps(value).encode()))
def test_no_answer_whatever_breaks_anything(body: bytes) -> None:
    why = ""
    try:
        said = read_answer(LOOKUP, 200, body).answer
    except LookupFailed as error:
        said, why = "", say(error.code, error.facts, "ru")
    assert said in ("", *LOOKUP.answers)
    assert "{" not in why
