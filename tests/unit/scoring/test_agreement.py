"""Agreement of reviewers: the published figures of Krippendorff's alpha, and what its rules promise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.agreement import alpha, drift
from scoring.calibrations import agreement, alike
from scoring.policy import Criterion, Given

PUBLISHED = """
    1 2 3 3 2 1 4 1 2 . . .
    1 2 3 3 2 2 4 1 2 5 . 3
    . 3 3 3 2 3 4 2 2 5 1 .
    1 2 3 3 2 4 4 1 2 5 1 .
"""
"""Four observers, twelve units: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C."""
UNITS = [
    [float(value) for value in unit if value != "."]
    for unit in zip(*(line.split() for line in PUBLISHED.strip().splitlines()), strict=True)
]
QUICK = settings(max_examples=50, deadline=None)
units = st.lists(st.lists(st.integers(0, 4).map(float), max_size=4), max_size=6)


def test_alpha_of_the_published_data_is_the_published_one() -> None:
    assert alpha(UNITS, "nominal") == pytest.approx(0.743, abs=0.0005)
    assert alpha(UNITS, "interval") == pytest.approx(0.849, abs=0.0005)


def test_who_agrees_in_all_has_1_and_without_differences_nothing_is_told() -> None:
    assert alpha([[1.0, 1.0], [0.0, 0.0, 0.0], [0.5]], "interval") == 1.0
    assert alpha([[1.0, 1.0], [1.0, 1.0]]) is None
    assert alpha([[1.0], [2.0], []]) is None
    assert alpha([]) is None


@QUICK
@given(units)
def test_no_agreement_is_above_1_and_single_values_change_nothing(found: list[list[float]]) -> None:
    for metric in ("nominal", "interval"):
        value = alpha(found, metric)  # type: ignore[arg-type]
        assert value is None or value <= 1.0
        assert alpha([*found, [3.0]], metric) == value  # type: ignore[arg-type]


@QUICK
@given(units, st.integers(1, 9), st.integers(-9, 9))
def test_another_scale_is_the_same_agreement(found: list[list[float]], times: int, more: int) -> None:
    moved = [[value * times + more for value in unit] for unit in found]
    one, other = alpha(found, "interval"), alpha(moved, "interval")
    assert (one is None) == (other is None)
    assert one is None or one == pytest.approx(other)


def test_drift_is_told_beside_the_others_alone() -> None:
    found = drift({"a": {"tom": 90.0, "eva": 70.0}, "b": {"tom": 60.0, "eva": 50.0, "ann": 40.0}, "c": {"tom": 100.0}})
    assert found["tom"] == (pytest.approx((20 + 15) / 2), 2)
    assert found["eva"] == (pytest.approx((-20 + 0) / 2), 2)
    assert found["ann"] == (pytest.approx(-15), 1)
    assert drift({}) == {}


def test_agreement_is_told_by_criterion_and_what_does_not_apply_is_a_value_of_its_own() -> None:
    card = [Criterion("a", "Greets", points=2), Criterion("b", "Solves", points=5)]
    marks = {
        ("1", "tom"): {"a": Given(2), "b": Given(skipped=True)},
        ("1", "eva"): {"a": Given(2), "b": Given(5)},
        ("2", "tom"): {"a": Given(0), "b": Given(5)},
        ("2", "eva"): {"a": Given(0), "b": Given(5)},
    }
    whole, greets, solves = agreement(card, marks)
    assert (greets.interval, greets.nominal, greets.values) == (1.0, 1.0, 4)
    assert solves.interval is None
    assert solves.nominal is not None
    assert solves.nominal < 1
    assert whole.values == 8
    assert alike(marks["1", "tom"], marks["1", "eva"]) == (1, 2)
