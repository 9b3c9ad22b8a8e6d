"""Searches that people keep, and what they are told of."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from tests.support.search import BEGAN, BERLIN, NOW, REFUND, RUSSIAN, Sessions, add, keep, say
from transcripts.models import Transcript
from transcripts.search import saved
from transcripts.search.models import SearchMatch
from transcripts.search.query import parse
from transcripts.search.service import search


def test_a_saved_search_tells_of_new_calls_once(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "0.old", REFUND, at=BEGAN - timedelta(hours=1))
    work()
    everything = keep(store, "Refunds", "refund -invoice")
    quiet = keep(store, "Quiet", "refund", alert=False)
    own = keep(store, "Own", "refund", only_agent="boris", alarms=False)
    phrase = keep(store, "Phrase", '"refund of everything" from:2026-11-20 silence<1')
    add(store, "1.a", REFUND)
    add(store, "2.b", RUSSIAN)
    add(store, "3.c", REFUND, agent="boris", at=BEGAN + timedelta(minutes=1))
    add(store, "4.older", REFUND, at=BEGAN - timedelta(minutes=30))
    work()
    with store() as session, session.begin():
        counts = {kept.row.id: (kept.matches, kept.fresh) for kept in saved.kept_by(session, "susan")}
        assert counts == {everything: (2, 2), quiet: (0, 0), own: (1, 1), phrase: (2, 2)}
        alarms = {alarm.subject: alarm.args for alarm in standing_alarms(session)}
        assert set(alarms) == {str(everything), str(phrase)}
        assert (alarms[str(everything)]["count"], alarms[str(everything)]["name"]) == (2, "Refunds")
        # The same call again, changed: it is not new.
        say(session, session.scalars(select(Transcript).where(Transcript.call_id == "1.a")).one(), REFUND)
    work()
    with store() as session, session.begin():
        kept = {each.row.id: each for each in saved.kept_by(session, "susan")}
        assert kept[everything].matches == 2
        row = kept[everything].row
        assert sorted(saved.look(session, row, utcnow())) == ["1.a", "3.c"]
        assert [alarm.subject for alarm in standing_alarms(session)] == [str(phrase)]
        assert [(each.matches, each.fresh) for each in saved.kept_by(session, "susan") if each.row is row] == [(2, 0)]
        saved.drop_all(session, "susan", NOW)
        assert standing_alarms(session) == []
        assert session.scalar(select(func.count()).select_from(SearchMatch)) == 0


def test_a_saved_search_that_cannot_be_kept_says_why(store: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, "Refunds", "refund")
    for name, text, code in (
        ("Refunds", "x", "taken"),
        (" ", "x", "name"),
        ("y" * 81, "x", "name"),
        ("New", "?", "empty"),
    ):
        with pytest.raises(saved.SearchError) as raised:
            keep(store, name, text)
        assert raised.value.code == f"transcripts.search_{code}"
    monkeypatch.setattr(saved, "MOST", 1)
    with pytest.raises(saved.SearchError, match="delete one first"):
        keep(store, "New", "x")


def test_a_relative_day_is_the_day_on_which_it_is_asked(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND, at=datetime(2026, 11, 22, 8, tzinfo=UTC))
    work()
    with store() as session:
        assert search(session, parse("on:today", date(2026, 11, 22)), NOW, BERLIN).total == 1
        assert search(session, parse("on:today", date(2026, 11, 23)), NOW, BERLIN).total == 0


def test_searches_for_an_erased_number_go(store: Sessions, work: Callable[[], list[str]]) -> None:
    for name, asked in {
        "field": {"number": "+1 (415) 555-0123"}, "end": {"number": "5550123"},
        "words": {"q": "number:14155550123 refund"}, "other": {"number": "5550124"}, "short": {"q": "refund 123"},
    }.items():  # fmt: skip
        with store() as session, session.begin():
            saved.keep(session, "susan", name, asked, only_agent=None, alert=True, alarms=True, now=BEGAN)
    add(store, "1.a", REFUND)
    work()
    with store() as session, session.begin():
        assert saved.drop_asking_for(session, ["+14155550123", "4155550123"], NOW) == 3
        assert [kept.row.name for kept in saved.kept_by(session, "susan")] == ["other", "short"]
        assert standing_alarms(session) == []
