"""Ringback's own table of visits."""

import pytest

from history import table
from history.errors import HistoryError
from history.records import Seen, VisitRecord

NOW = 1_800_000_000.0
HEAD = "call,queue,entered,outcome,wait,agent,talk,caller,ended_by"


def read(*lines: str, zone: str = "UTC", outcomes: dict[str, str] | None = None) -> tuple[list[VisitRecord], Seen]:
    seen = Seen(now=NOW)
    return list(table.visits([("calls.csv", list(enumerate(lines, 1)))], seen, zone, outcomes or {})), seen


def test_columns_stand_in_any_order_and_unknown_ones_are_not_read():
    (visit,), _ = read("Outcome;Notes;Queue;Entered;Wait;Talk", "answered;secret;support;2026-01-15 10:00:00;12,5;1:15")
    assert (visit.queue, visit.entered, visit.wait, visit.talk) == ("support", 1768471200, 12.5, 75)


@pytest.mark.parametrize(
    ("entered", "epoch"),
    [
        ("2026-01-15T10:00:00Z", 1768471200),
        ("2026-01-15 10:00:00+03:00", 1768460400),
        ("2026-01-15 10:00", 1768467600),
        ("1768471200", 1768471200),
    ],
)
def test_times_have_a_zone_or_that_of_the_import(entered, epoch):
    (visit,), _ = read(HEAD, f"1,support,{entered},abandoned", zone="Europe/Berlin")
    assert visit.entered == epoch


def test_days_of_summer_time_are_told():
    _, seen = read(
        HEAD,
        "1,support,2026-10-25 02:30:00,abandoned",
        "2,support,2026-03-29 02:30:00,abandoned",
        "3,support,2026-03-29 03:30:00,abandoned",
        zone="Europe/Berlin",
    )
    assert (seen.notes["hour_twice"], seen.notes["hour_never"], seen.broken) == (1, 1, 0)


def test_lines_that_say_the_same_are_the_same_visit_and_a_call_may_visit_several_queues():
    told, _ = read(
        "queue,entered,outcome,call,caller",
        "support,1768471200,abandoned,,1",
        "support,1768471200,abandoned,,1",
        "support,1768471200,overflow,7,1",
        "billing,1768471260,answered,7,1",
    )
    assert len({each.key for each in told}) == 3
    assert told[2].call == told[3].call == "7"


def test_words_of_another_system_are_explained_by_the_map():
    (visit,), _ = read(HEAD, "1,support,1768471200,NO ANSWER", outcomes={"no answer": "abandoned"})
    assert visit.outcome == "abandoned"


def test_only_an_answered_visit_has_a_talk_and_somebody_who_ended_it():
    told, _ = read(HEAD, "1,q,1768471200,abandoned,5,anna,60,,agent", "2,q,1768471200,answered,5,anna,60,,Agent")
    assert [(each.agent, each.talk, each.ended_by) for each in told] == [("", None, None), ("anna", 60, "agent")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1,,1768471200,answered", "history.no_queue_here"),
        ("1,support,1768471200,gone", "history.no_outcome"),
        ("1,support,,answered", "history.no_time"),
        ("1,support,0,answered", "history.no_time"),
        ("1,support,1768471200,answered,-4", "history.no_seconds"),
        ("1,support,1768471200,answered,inf", "history.no_seconds"),
        ("1,support,1768471200,answered,1:2:3:4", "history.no_seconds"),
        ("1,support,1768471200,answered,4,anna,5,,god", "history.no_ended_by"),
        ('1,"support,1768471200,answered', "history.no_table_line"),
    ],
)
def test_a_line_that_cannot_be_true_is_told_and_left(line, code):
    told, seen = read(HEAD, line, "2,support,1768471200,abandoned")
    assert [(each.line, each.why.code) for each in seen.broken_lines] == [(2, code)]
    assert [each.call for each in told] == ["2"]


def test_a_formula_is_a_name_like_any_other_and_a_guarded_cell_loses_its_apostrophe():
    told, _ = read(HEAD, "1,=1+1,1768471200,abandoned,,,,'+4930111", "2,'=cmd,1768471200,abandoned")
    assert [(each.queue, each.caller) for each in told] == [("=1+1", "+4930111"), ("=cmd", "")]


def test_a_table_that_names_no_columns_is_refused():
    with pytest.raises(HistoryError, match=r"calls\.csv must name the columns"):
        read("1,support,1768471200,answered")
