"""What is indexed is found, on SQLite and PostgreSQL alike, and by nothing but what the calls say."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment
from ringback.config import Settings
from ringback.store.alarms import standing_alarms
from ringback.store.engine import open_store, sessions
from survey.models import SurveyAnswer
from survey.service import choices_of
from tests.support.search import BEGAN, BERLIN, NOW, REFUND, RUSSIAN, Sessions, add, ask, found, keep, say
from tickets.models import Ticket
from transcripts import stages
from transcripts.models import Transcript
from transcripts.search import index, saved
from transcripts.search.document import CURRENT
from transcripts.search.models import SearchMatch, SearchPart
from transcripts.search.query import parse
from transcripts.search.service import search, wider


def test_words_forms_phrases_and_speakers(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.en", REFUND)
    add(store, "2.ru", RUSSIAN, language="ru", at=BEGAN + timedelta(minutes=5))
    assert sorted(work()) == ["1.en", "2.ru"]
    assert work() == []
    for text in (
        "refunds", "RED lights", '"where is my glass"', "rout*", "speaker:caller refund", "speaker:agent sorry",
        '"is my glass" OR nothing', "refund -invoice", '"order the refund"', "anna", "sorry -speaker",
    ):  # fmt: skip
        assert found(store, text) == ["1.en"], text
    for text in ("заказ", "счет", "счёт", "заказами", '"мне пришел счет"', "роут*", "speaker:agent заказ", "ДЕНЬГИ"):
        assert found(store, text) == ["2.ru"], text
    for text in (
        "speaker:agent refund", '"my where is"', '"refunds"', "invoice", "refund -router", '"light i"x', "glass*x",
        '"anna what happened the"',
    ):  # fmt: skip
        assert found(store, text) == [], text


def test_a_hit_leads_to_the_word_and_is_marked(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.en", [*REFUND, ("caller", "<b>refund</b> & so")])
    work()
    (hit,) = ask(store, "refund glass").hits
    assert hit.turns_found == 3
    assert [turn.speaker for turn in hit.turns] == ["caller", "agent", "caller"]
    first = hit.turns[0]
    assert [piece.text.strip() for piece in first.pieces if piece.marked] == ["refund", "refund"]
    assert "".join(piece.text for piece in first.pieces).strip() == REFUND[1][1]
    place = REFUND[1][1].split().index("refund")
    assert first.at == pytest.approx(first.start + 0.5 * place)
    assert [piece.text for piece in hit.turns[2].pieces] == ["<b>refund</b>", " & so"]


def test_what_is_masked_is_not_found(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", [("caller", "my number •card• thanks a lot")])
    work()
    assert found(store, "card") == []
    assert found(store, '"number thanks"') == []
    assert found(store, '"thanks a lot"') == ["1.a"]


def test_every_fact_of_a_call(store: Sessions, work: Callable[[], list[str]]) -> None:
    with store() as session, session.begin():
        ticket = Ticket(subject="x", contact_id=None)
        ticket.number = 1042
        session.add(ticket)
    add(store, "1.a", REFUND, ticket_number=1042, survey_outcome="answered")
    add(
        store, "2.b", REFUND, gap=40, agent="boris b", queue="billing", line="1001", result="abandoned",
        at=BEGAN + timedelta(days=1), caller_number="+74955550110", connected_at=None, released_at=None,
    )  # fmt: skip
    with store() as session, session.begin():
        session.add(SurveyAnswer(call_id="1.a", survey="s", question="q", key="3", label="Not at all", at=BEGAN))
        talk: dict[str, Any] = {"started_at": BEGAN, "ended_at": BEGAN, "why": "attended"}
        session.add(CallSegment(call_id="1.a", seq=0, kind="talk", agent="clara", **talk))
    work()
    one: list[dict[str, str]] = [
        {"agent": "Anna"}, {"agent": "clara"}, {"queue": "support"}, {"line": "1000"}, {"result": "served"},
        {"ticket": "1042"}, {"survey": "3"}, {"survey": "not at all"}, {"survey": "answered"}, {"number": "5550123"},
        {"talk_min": "80"}, {"talk_max": "95"}, {"to": "2026-11-20"}, {"language": "en", "talk_min": "90"},
    ]  # fmt: skip
    for fields in one:
        assert found(store, "refund", **fields) == ["1.a"], fields
        assert found(store, **fields) == ["1.a"], fields
    for fields in (
        {"agent": "boris b"}, {"queue": "billing"}, {"number": "+7 495 555 01 10"}, {"silence": "39.5s"},
        {"from": "2026-11-21"}, {"result": "abandoned"},
    ):  # fmt: skip
        assert found(store, "refund", **fields) == ["2.b"], fields
    for fields in ({"talk_min": "91"}, {"talk_max": "89"}, {"silence": "41"}, {"survey": "silent"}, {"number": "999"}):
        assert found(store, "refund", **fields) == [], fields
    assert sorted(found(store, "refund", talk_max="1h", silence="0")) == ["1.a"]


def test_an_agent_finds_no_call_of_a_colleague(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    add(store, "2.b", REFUND, agent="boris")
    add(store, "3.c", REFUND, agent=None)
    work()
    assert found(store, "refund", only_agent="anna") == ["1.a"]
    assert found(store, "refund OR sorry agent:boris", only_agent="anna") == []
    assert found(store, "-nothing", only_agent="boris") == ["2.b"]


def test_everybody_who_talked_finds_the_call(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    with store() as session, session.begin():
        talk: dict[str, Any] = {"started_at": BEGAN, "ended_at": BEGAN}
        for seq, (kind, agent) in enumerate([("talk", "clara"), ("consult", "boris"), ("talk", "anna")]):
            session.add(CallSegment(call_id="1.a", seq=seq, kind=kind, agent=agent, **talk))
    keep(store, "Own", "refund", only_agent="clara")
    keep(store, "Foreign", "refund", only_agent="boris")
    work()
    assert [found(store, "refund", only_agent=who) for who in ("anna", "clara", "boris")] == [["1.a"], ["1.a"], []]
    with store() as session:
        assert [kept.matches for kept in saved.kept_by(session, "susan")] == [0, 1]


def test_days_are_those_of_our_own_time_zone(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.late", REFUND, at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))  # half past midnight in Berlin
    work()
    assert found(store, "on:2026-11-21") == ["1.late"]
    assert found(store, "on:2026-11-20") == []


def test_only_the_changed_call_is_indexed_again(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    add(store, "2.b", RUSSIAN)
    work()
    with store() as session, session.begin():
        before = dict(session.execute(select(SearchPart.call_id, SearchPart.id)).tuples().all())
        transcript = session.scalars(select(Transcript).where(Transcript.call_id == "1.a")).one()
        say(session, transcript, [("caller", "A complaint about the modem.")])
    assert found(store, "refund") == ["1.a"]
    assert work() == ["1.a"]
    assert found(store, "refund") == []
    assert found(store, "complaints") == ["1.a"]
    with store() as session:
        assert dict(session.execute(select(SearchPart.call_id, SearchPart.id)).tuples().all()) == before


def test_a_ticket_that_comes_later_is_found(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND, at=datetime.now(UTC) - timedelta(minutes=5), ended_at=datetime.now(UTC))
    work()
    refresh = index.Refresh(store)
    refresh()
    assert work() == []
    with store() as session, session.begin():
        session.add(ticket := Ticket(subject="x", contact_id=None))
        session.flush()
        session.execute(update(Call).values(ticket_number=ticket.number))
        number = ticket.number
    refresh()
    assert work() == ["1.a"]
    assert found(store, f"ticket:{number}") == ["1.a"]


def test_calls_that_older_rules_indexed_are_made_anew(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    work()
    with store() as session, session.begin():
        row = session.scalars(select(SearchPart)).one()
        row.tokens = row.tokens.replace(CURRENT, "fv_0")
    index.Refresh(store)()
    assert work() == ["1.a"]
    index.Refresh(store)()
    assert work() == []


def test_who_deletes_the_row_deletes_its_words(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    work()
    with store() as session, session.begin():
        session.execute(delete(SearchPart))
    assert found(store, "refund") == []
    assert found(store, "agent:anna") == []


@pytest.mark.parametrize("moment", ["before the write", "before the commit", "after the commit"])
def test_a_worker_killed_at_any_moment_loses_and_doubles_nothing(
    store: Sessions, settings_here: Settings, work: Callable[[], list[str]], moment: str
) -> None:
    add(store, "1.a", REFUND)
    keep(store, "Refunds", "refund")
    url = store.kw["bind"].url.render_as_string(hide_password=False)
    child = os.fork()
    if child == 0:
        die = partial(os.kill, os.getpid(), signal.SIGKILL)

        def make(job: stages.Work) -> None:
            if moment == "before the commit":
                event.listen(Session, "before_commit", lambda _session: die())
            if moment == "before the write":
                event.listen(SearchPart, "init", lambda *_: die())
            index.make(job, choices_of)
            die()

        stages.run(stages.Step("index", make), sessions(open_store(url)), settings_here, "1.a")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert work() == ([] if moment == "after the commit" else ["1.a"])
    assert found(store, "refund") == ["1.a"]
    with store() as session:
        for row in (SearchPart, SearchMatch):
            assert session.scalar(select(func.count()).select_from(row)) == 1
        assert len(standing_alarms(session)) == 1


def test_long_calls_are_searched_in_parts_and_shown_as_one(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcripts.search.document.PART_WORDS", 5)
    add(store, "1.a", [("caller", "one two three four five six seven refund nine"), ("agent", "ten refund")])
    work()
    (hit,) = ask(store, "refund").hits
    assert [turn.speaker for turn in hit.turns] == ["caller", "agent"]
    assert found(store, "seven refund") == ["1.a"]
    with store() as session:
        assert session.scalar(select(func.count()).select_from(SearchPart)) == 3


def test_what_is_said_in_any_part_of_a_call_is_not_unsaid(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcripts.search.document.PART_WORDS", 5)
    add(store, "1.a", [("caller", "one two three four five six refund"), ("agent", "you never get any money back")])
    add(store, "2.b", [("caller", "one two three four five six refund"), ("agent", "money back you get never any")])
    keep(store, "Unsaid", "refund -never")
    keep(store, "Phrase unsaid", 'refund -"any money back"')
    work()
    for text in ("refund -one", "one -never", "-back one", "refund speaker:agent -never", 'refund -"you get" -money'):
        assert found(store, text) == [], text
    assert found(store, 'refund -"any money back"') == ["2.b"]
    assert sorted(found(store, "refund speaker:caller -never")) == ["1.a", "2.b"]
    assert ask(store, "refund -never").total == 0
    assert ask(store, "refund -nothing").total == 2
    with store() as session:
        assert {kept.row.name: kept.matches for kept in saved.kept_by(session, "susan")} == {
            "Unsaid": 0, "Phrase unsaid": 1,
        }  # fmt: skip


def test_the_best_comes_first_and_pages_follow(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "1.much", [("caller", "refund refund refund"), ("agent", "yes")])
    add(store, "2.little", [("caller", "refund"), ("agent", " ".join(["something"] * 60))])
    add(store, "3.apart", [("caller", "red"), ("agent", "light")])
    add(store, "4.together", [("caller", "red light"), ("agent", "yes")])
    work()
    assert found(store, "refund") == ["1.much", "2.little"]
    assert found(store, "red light") == ["4.together", "3.apart"]
    monkeypatch.setattr("transcripts.search.service.PAGE", 1)
    assert found(store, "refund", page=2) == ["2.little"]
    assert ask(store, "refund").pages == 2
    monkeypatch.setattr("transcripts.search.service.CANDIDATES", 1)
    newest = ask(store, "refund")
    assert (newest.total, newest.pages) == (2, 1)
    assert newest.older is not None
    with store() as session:
        rest = search(session, parse("refund", NOW.date()), NOW, BERLIN, before=newest.older)
    assert {hit.call_id for hit in newest.hits + rest.hits} == {"1.much", "2.little"}
    assert rest.older is None


def test_who_finds_nothing_is_told_what_finds_more(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    work()
    with store() as session:
        facts = list(wider(session, parse("refund queue:billing", NOW.date())))
        form = list(wider(session, parse('"refunds"', NOW.date())))
        any_word = list(wider(session, parse("refund invoice", NOW.date())))
    assert [(each.kind, each.total) for each in facts] == [("without_facts", 1)]
    assert [(each.kind, each.total) for each in form] == [("any_form", 1)]
    assert [(each.kind, each.total) for each in any_word] == [("any_word", 1)]
