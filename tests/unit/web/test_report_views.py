"""Addresses of reports, the times they are put beside, and what counts as a change: without a store."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reports.asking import BYS
from reports.errors import ReportError
from reports.figures import FigureValue
from reports.service import ReportRow
from reports.tally import Tally
from ringback.config import Settings
from survey.figures import share
from web.documents.report_changes import bounds_of_difference, change_of
from web.documents.report_views import COMPARED, FIELDS, FIGURE_SETS, PERIODS, ReportRange, compared, days_of, view_of

SETTINGS = Settings()
ALL = ReportRange()
TODAY = date(2026, 3, 31)


@given(
    today=st.dates(date(1996, 1, 1), date(2190, 1, 1)),
    period=st.sampled_from(PERIODS),
    compare=st.sampled_from(COMPARED),
    by=st.sampled_from(BYS),
    name=st.sampled_from(sorted(FIGURE_SETS)),
)
@hypothesis_settings(max_examples=150, deadline=None)
def test_an_address_says_what_it_was_read_from(today: date, period: str, compare: str, by: str, name: str) -> None:
    view = view_of(name, {"period": period, "compare": compare, "by": by}, SETTINGS, today, ALL)
    assert view_of(name, view.fields(), SETTINGS, today, ALL) == view
    assert view.asked.since <= view.asked.until <= today
    beside = compared(view)
    assert (beside is None) == (not compare)
    if beside is not None:
        assert beside.since <= beside.until < view.asked.since, "the two never overlap"
        assert beside.by == by and beside.interval == view.asked.interval
        if compare == "weekdays":
            assert (view.asked.since - beside.since).days % 7 == 0


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=12)))
@hypothesis_settings(max_examples=150, deadline=None)
def test_whatever_an_address_says_it_is_a_report_or_a_sentence(typed: dict[str, str]) -> None:
    said, view = None, None
    try:
        view = view_of("line", typed, SETTINGS, TODAY, ALL)
    except ReportError as error:
        said = error.message
    assert said is not None or (view is not None and view.asked.checked() is view.asked and bool(view.figures))
    assert said is None or said.worded("ru") != said.worded("en")


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("this_week", ("2026-03-30", "2026-03-31")),
        ("last_week", ("2026-03-23", "2026-03-29")),
        ("last_month", ("2026-02-01", "2026-02-28")),
        ("this_quarter", ("2026-01-01", "2026-03-31")),
        ("last_quarter", ("2025-10-01", "2025-12-31")),
        ("last_year", ("2025-01-01", "2025-12-31")),
    ],
)
def test_periods_are_those_of_the_calendar(period: str, days: tuple[str, str]) -> None:
    assert tuple(each.isoformat() for each in days_of(period, TODAY)) == days  # type: ignore[arg-type]


def test_days_in_a_form_that_nobody_changed_stay_the_period() -> None:
    both = {"period": "this_month", "since": "2026-03-01", "until": "2026-03-31"}
    assert view_of("line", both, SETTINGS, TODAY, ALL).period == "this_month"
    changed = view_of("line", both | {"since": "2026-03-02"}, SETTINGS, TODAY, ALL)
    assert (changed.period, changed.asked.since) == ("", date(2026, 3, 2))


def test_the_month_so_far_is_put_beside_as_much_of_the_month_before() -> None:
    view = view_of("line", {"period": "this_month", "compare": "before"}, SETTINGS, TODAY, ALL)
    beside = compared(view)
    assert beside is not None and (beside.since, beside.until) == (date(2026, 2, 1), date(2026, 2, 28))


def test_who_may_see_some_queues_asks_for_no_other() -> None:
    may = ReportRange(queues=frozenset({"support"}))
    assert view_of("line", {}, SETTINGS, TODAY, may).asked.queues == {"support"}
    assert "queue" not in view_of("line", {}, SETTINGS, TODAY, may).fields(), "the right is no part of the address"
    with pytest.raises(ReportError):
        view_of("line", {"queue": "billing"}, SETTINGS, TODAY, may)


def row(answered: int, quick: int, abandoned: int = 0) -> ReportRow:
    tally = Tally()
    for number in range(answered):
        tally.add("outcome:answered")
        tally.spend("wait_answered", 5 if number < quick else 60)
    tally.add("outcome:abandoned", abandoned)
    return ReportRow(0, "", tally, tally)


@pytest.mark.parametrize(
    ("figure", "now", "before", "trend"),
    [
        ("service_level", row(100, 60), row(100, 85), "worse"),
        ("service_level", row(100, 85), row(100, 60), "better"),
        ("service_level", row(20, 12), row(20, 14), "same"),
        ("service_level", row(9, 0), row(100, 99), "same"),
        ("asa", row(100, 40), row(100, 80), "worse"),
        ("asa", row(10, 0), row(10, 10), "same"),
        ("abandoned", row(0, 0, 60), row(0, 0, 20), "worse"),
        ("abandoned", row(0, 0, 6), row(0, 0, 3), "same"),
        ("wait_p90", row(100, 0), row(100, 100), "same"),
    ],
)
def test_a_change_is_one_only_beyond_chance(figure: str, now: ReportRow, before: ReportRow, trend: str) -> None:
    assert change_of(figure, now, before, SETTINGS).trend == trend


@pytest.mark.parametrize(
    ("first", "second", "bounds"), [((56, 70), (48, 80), (0.0524, 0.3339)), ((9, 10), (3, 10), (0.1705, 0.8090))]
)
def test_a_difference_of_shares_has_the_published_interval(
    first: tuple[int, int], second: tuple[int, int], bounds: tuple[float, float]
) -> None:
    """Newcombe's table II, method 10."""
    values = [FigureValue(each.share, each.n, each.low, each.high) for each in (share(*first), share(*second))]
    assert bounds_of_difference(*values) == pytest.approx(bounds, abs=5e-5)


def test_the_usual_steps_give_no_more_rows_than_a_page_has_room_for() -> None:
    for days in (1, 2, 7, 31, 92, 366, 3000):
        since = (TODAY - timedelta(days=days)).isoformat()
        view = view_of("line", {"since": since, "until": TODAY.isoformat()}, SETTINGS, TODAY, ALL)
        assert view.asked.interval in ("hour", "day", "week", "month")
