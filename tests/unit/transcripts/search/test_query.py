"""What is typed into the search is understood as meant, and nothing that is typed is an error."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.search.answering import has, wanted
from transcripts.search.form import NAMES, asked_of, query_of
from transcripts.search.lookup import as_match, as_tsquery
from transcripts.search.query import LONGEST, MOST_TERMS, FactFilter, Notice, Query, Term, parse, seconds
from transcripts.search.words import stem, words

TODAY = date(2026, 11, 22)


def word(text: str, speaker: str | None = None) -> tuple[Term, ...]:
    return (Term("word", (text,), speaker),)  # type: ignore[arg-type]


def exact(*said: str) -> tuple[Term, ...]:
    return (Term("exact", said),)


def compound(*said: str) -> tuple[Term, ...]:
    return (Term("compound", said),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refund order", Query((word("refund"), word("order")))),
        ('"Where is my order"', Query((exact("where", "is", "my", "order"),))),
        ("«где мой заказ»", Query((exact("где", "мой", "заказ"),))),
        ("rout*", Query(((Term("prefix", ("rout",)),),))),
        ('refund OR "money back" order', Query(((*word("refund"), *exact("money", "back")), word("order")))),
        ("возврат ИЛИ деньги", Query(((*word("возврат"), *word("деньги")),))),
        ("refund -invoice", Query((word("refund"),), word("invoice"))),
        ('-"no way" yes', Query((word("yes"),), exact("no", "way"))),
        ("speaker:caller no speaker:agent sorry", Query((word("no", "caller"), word("sorry", "agent")))),
        ("говорит:клиент нет", Query((word("нет", "caller"),))),
        ("e-mail", Query((compound("e", "mail"),))),
        ("AB1234", Query((compound("ab", "1234"),))),
        ("$1,200", Query((compound("1", "200"),))),
        ("Ёлка’s DON'T café", Query((word("елкаs"), word("dont"), word("cafe")))),
        ("http://shop.example/a", Query((compound("http", "shop", "example", "a"),))),
        ('"unfinished quote', Query((exact("unfinished", "quote"),))),
        ("OR OR", Query(notices=(Notice("signs", "OR OR"),))),
        ("?!", Query(notices=(Notice("signs", "?!"),))),
        ("", Query()),
        ("a*", Query(notices=(Notice("prefix", "a*"),))),
        ("-agent:anna", Query(notices=(Notice("minus", "-agent:anna"),))),
        ("speaker:nobody", Query(notices=(Notice("speaker", "speaker:nobody"),))),
    ],
)
def test_words(text: str, expected: Query) -> None:
    assert parse(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("agent:Anna queue:support line:1000", FactFilter(agent="Anna", queue="support", line="1000")),
        ('оператор:"Anna B" очередь:support', FactFilter(agent="Anna B", queue="support")),
        ("ticket:#1042 number:+7(495)555", FactFilter(ticket=1042, number="7495555")),
        ("from:2026-11-01 to:22.11.2026", FactFilter(first=date(2026, 11, 1), last=TODAY)),
        ("с:2026-02 по:2026-02", FactFilter(first=date(2026, 2, 1), last=date(2026, 2, 28))),
        ("on:yesterday", FactFilter(first=date(2026, 11, 21), last=date(2026, 11, 21))),
        ("talk>5m talk<20:00 silence>=30", FactFilter(talk_min=300, talk_max=1200, silence_min=30)),
        ("разговор>2мин тишина>10с", FactFilter(talk_min=120, silence_min=10)),
        ("survey:no result:served language:ru", FactFilter(survey="no", result="served", language="ru")),
    ],
)
def test_facts(text: str, facts: FactFilter) -> None:
    assert parse(text, TODAY) == Query(facts=facts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("from:someday", "date"), ("to:2026-02-30", "date"), ("talk>long", "duration"), ("silence<5", "duration"),
        ("ticket:abc", "ticket"), ("number:12", "number"), ("x" * (LONGEST + 1), "long"),
        (" ".join(f"w{number}" for number in range(MOST_TERMS + 2)), "many"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told(text: str, code: str) -> None:
    assert [notice.code for notice in parse(text, TODAY).notices] == [code]


def test_the_words_win_over_the_form() -> None:
    asked = {"q": "refund agent:boris", "agent": "anna", "queue": "support", "speaker": "caller", "to": "never"}
    query = query_of(asked, TODAY)
    assert query.facts == FactFilter(agent="boris", queue="support")
    assert query.groups == (word("refund", "caller"),)
    assert [notice.code for notice in query.notices] == ["date"]


def test_durations() -> None:
    assert [seconds(text) for text in ("90", "1.5m", "1:30", "1:02:03", "2h", "m", "-5", "1:2")] == [
        90, 90, 90, 3723, 7200, None, None, None,
    ]  # fmt: skip


def test_forms_of_a_word_have_one_stem() -> None:
    assert {stem(each) for each in words("Счёт счета СЧЕТОВ счетами")} == {"счет"}
    assert {stem(each) for each in words("refund Refunds refunded refunding")} == {"refund"}


PIECES = st.sampled_from(
    ["refund", "заказ", "rout*", '"', "«", "-", "OR", "speaker:", "caller", "talk>", "5m", "from:", "2026-11", "'",
     "\\", "(", ")", "&", "|", "!", ":*", "<->", "NEAR(", "^", "{", "*", "\0", "%", "_", ";--", "ticket:", "№", "😀",]
)  # fmt: skip
HOSTILE = st.one_of(st.text(), st.lists(PIECES, max_size=30).map(" ".join), st.lists(PIECES, max_size=30).map("".join))


@given(HOSTILE)
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    query = parse(text, TODAY)
    assert query.notices or not query.asks_nothing or not text.strip()
    tree = wanted(query)
    for rendered in (as_match(tree), as_tsquery(tree)):
        assert not set(rendered) & set("\0\\;%<>")
        assert rendered.count("(") == rendered.count(")")
    assert not has(frozenset({"f", "fv_1"}), tree) or not query.groups


@given(st.dictionaries(st.sampled_from(NAMES), HOSTILE))
def test_no_field_of_the_form_is_an_error(asked: dict[str, str]) -> None:
    assert as_match(wanted(query_of(asked, TODAY)))


@given(HOSTILE)
def test_a_question_can_be_written_down_again(text: str) -> None:
    query = parse(text, TODAY)
    written = query_of(asked_of(query), TODAY)
    if len(asked_of(query).get("q", "")) <= LONGEST:
        assert (written.groups, written.without) == (query.groups, query.without)


@given(st.text())
def test_words_of_words_are_the_same(text: str) -> None:
    found = words(text)
    assert words(" ".join(found)) == found
    assert all(stem(each) and " " not in stem(each) for each in found)
