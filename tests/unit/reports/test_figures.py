"""Figures of sums whose answers are known."""

from collections import Counter

import pytest

from reports import measures as m
from reports.figures import DEFINITIONS, FIGURES, FigureValue
from reports.service import ReportRow
from reports.tally import Tally, bin_of, histogram
from ringback.config import Settings


def value(name: str, tally: Tally, known: Tally | None = None, **changes: object) -> FigureValue:
    settings = Settings.model_validate(changes)
    return FIGURES[name].compute(ReportRow(0, "", tally, known or Tally()), settings)


def line(answered: list[float], abandoned: list[float], **more: int) -> Tally:
    """Waits of those who were answered and of those who gave up; `more`: other outcomes."""
    tally = Tally()
    for outcome, name, waits in (
        ("answered", m.WAIT_ANSWERED, answered),
        ("abandoned", m.WAIT_ABANDONED, abandoned),
        *((outcome, m.WAIT_ELSE, [30.0] * count) for outcome, count in more.items()),
    ):
        for wait in waits:
            tally.add(m.OFFERED)
            tally.add(m.OUTCOME + outcome)
            tally.spend(name, wait)
    return tally


EVENING = line([5.0] * 30 + [20.0] * 10 + [20.5] * 20, [3.0] * 5 + [15.0] * 10 + [90.0] * 15, callback=7, lost=10)


@pytest.mark.parametrize(
    ("rule", "quick", "of"),
    [
        ("A", 40, 60),
        ("B", 40, 100),
        ("C", 40, 85),
        ("D", 55, 90),
        ("E", 40, 95),
        ("F", 40, 95),
    ],
)
def test_a_service_level_is_counted_by_the_rule_of_the_settings(rule: str, quick: int, of: int) -> None:
    found = value("service_level", EVENING, reports={"service_level": {"rule": rule}})
    assert (found.value, found.n) == (pytest.approx(quick / of), of)
    assert found.low is not None and found.high is not None and found.low < quick / of < found.high


def test_the_switches_of_rule_e_say_who_counts() -> None:
    def by(**switches: bool) -> int:
        return value("service_level", EVENING, reports={"service_level": {"rule": "E", **switches}}).n

    assert by(without_short=False) == 100
    assert by(without_abandoned=True) == 70
    assert by(without_short=False, with_flow_outs=True) == 107


def test_another_threshold_is_another_figure_of_the_same_past() -> None:
    assert value("service_level", EVENING, reports={"service_level": {"rule": "A", "seconds": 21}}).value == 1.0
    assert value("short_abandons", EVENING, reports={"short_abandon_seconds": 15}).value == 15


def test_fewer_than_ten_are_no_percentage() -> None:
    found = value("service_level", line([1.0] * 9, []))
    assert (found.value, found.n, found.low) == (None, 9, None)


def test_waits_of_nothing_are_part_of_the_mean_and_the_middle_is_beside_it() -> None:
    tally = line([0.0, 0.0, 0.0, 100.0], [50.0])
    assert value("asa", tally).value == 25.0
    assert value("wait_median", tally).value == 0.0
    assert value("wait_p90", tally).value == 100.0
    assert value("abandoned_wait", tally).value == 50.0


def test_patience_is_that_of_a_published_example() -> None:
    """Weeks of remission under 6-MP, Freireich et al. 1963, as in textbooks of survival analysis: the median is 23."""
    left = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    stayed = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = value("patience", line([float(each) for each in stayed], [float(each) for each in left]))
    assert (found.value, found.n) == (23.0, 21)


def test_where_most_never_give_up_patience_is_not_known() -> None:
    assert value("patience", line([10.0] * 5, [1.0])).value is None
    assert value("patience", line([10.0] * 5, [])).value is None


def test_handling_is_talk_hold_and_wrap_up() -> None:
    tally = Tally()
    for talk, hold, wrap in ((60.0, 0.0, 30.0), (100.0, 20.0, 10.0)):
        for name, seconds in ((m.TALK, talk), (m.HOLD, hold), (m.WRAP, wrap), (m.HANDLED, talk + hold + wrap)):
            tally.spend(name, seconds)
    parts = [value(name, tally).value for name in ("talk", "hold", "wrap_up")]
    assert parts == [80.0, 10.0, 20.0]
    assert value("aht", tally).value == sum(part for part in parts if part is not None)


def test_occupancy_is_never_above_all_of_it_and_pauses_are_not_in_it() -> None:
    tally = Tally(
        Counter({"state:talking": 40_000, "state:wrap-up": 20_000, "state:free": 20_000, "state:paused": 80_000})
    )
    assert value("occupancy", tally).value == 0.75
    assert value("utilisation", tally).value == pytest.approx(60 / 160)
    assert value("occupancy", Tally(Counter({"state:paused": 1}))).value is None


def test_first_contact_is_told_of_calls_that_are_old_enough() -> None:
    tally, known = Tally(), Tally()
    tally.add(m.CONTACTS, 50)
    known.add(m.CONTACTS, 40)
    for hours in (1, 168, 169, 700):
        known.note(m.NEXT + "contact", hours)
    assert value("first_contact", tally, known).value == pytest.approx(38 / 40)
    assert value("first_contact", tally, known, reports={"first_contact_hours": 720}).value == pytest.approx(36 / 40)
    assert value("repeats", tally, known).value == pytest.approx(2 / 40)
    assert value("not_known_yet", tally, known).value == 10


def test_answers_count_by_what_the_settings_measure() -> None:
    survey = {
        "questions": [
            {
                "name": "happy",
                "question": "Happy?",
                "prompt": "survey-solved",
                "measure": "csat",
                "options": {"1": {"label": "yes", "means": "good"}, "2": {"label": "no", "means": "poor"}},
            }
        ]
    }
    tally = Tally(
        Counter({"answer:solved/happy/good": 15, "answer:solved/happy/poor": 5, "answer:other/happy/good": 100})
    )
    found = value("csat", tally, surveys={"solved": survey})
    assert (found.value, found.n) == (0.75, 20)


def test_pauses_are_kept_where_they_are_no_longer_than_the_settings_allow() -> None:
    tally = Tally()
    for seconds in [300.0] * 9 + [901.0] * 3:
        tally.note(m.PAUSES + "coffee", bin_of(seconds))
    assert value("breaks_kept", tally, pause_limits={"coffee": 900}).value == 0.75


def test_of_nothing_no_figure_says_anything() -> None:
    for definition in DEFINITIONS:
        found = definition.compute(ReportRow(0, "", Tally(), Tally()), Settings())
        assert not found.value, definition.name
        assert found.n == 0, definition.name


def test_every_figure_tells_its_rule_with_the_thresholds_in_force() -> None:
    settings = Settings.model_validate({"reports": {"service_level": {"rule": "B", "seconds": 45}}})
    assert "45 s" in str(FIGURES["service_level"].rule(settings))
    for definition in DEFINITIONS:
        for language in ("en", "ru"):
            assert "{" not in definition.rule(settings).worded(language) + definition.title().worded(language)


@pytest.mark.parametrize(
    ("seconds", "bin_"),
    [(0, 0), (-5, 0), (0.001, 1), (20.0, 20), (20.01, 21), (600, 600), (601, 610), (3599, 3600), (3601, 3660)],
)
def test_durations_lie_in_the_bin_that_holds_them(seconds: float, bin_: int) -> None:
    assert bin_of(seconds) == bin_


def test_quantiles_of_a_histogram_are_those_of_its_values() -> None:
    values = sorted([1, 1, 2, 3, 5, 8, 13, 21, 34, 55])
    chart = histogram(Counter(values))
    assert [chart.quantile(share) for share in (0.1, 0.5, 0.9, 1.0)] == [1, 5, 34, 55]
    assert chart.within(13) == 7
