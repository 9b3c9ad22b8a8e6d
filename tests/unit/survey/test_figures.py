"""Shares and their intervals, against values that others have published or computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.figures import FEWEST, net_promoters, share, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0000),
    ],
)
def test_wilsons_interval_is_the_published_one(count: int, n: int, low: float, high: float) -> None:
    """R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998)."""
    assert wilson(count, n) == pytest.approx((low, high), abs=0.00006)


@given(st.integers(1, 5000), st.data())
def test_the_share_lies_in_its_interval_and_more_answers_tell_more(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    low, high = wilson(count, n)
    assert 0 <= low <= count / n <= high <= 1
    twice = wilson(2 * count, 2 * n)
    assert twice[1] - twice[0] < high - low


@pytest.mark.parametrize("count, n", [(1, 0), (3, 2), (-1, 5)])  # noqa: PT006
def test_what_is_no_share_has_no_interval(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(count, n)


def test_of_few_answers_no_share_is_told() -> None:
    assert share(9, FEWEST - 1).share is None
    told = share(9, FEWEST)
    assert (told.share, told.count, told.n) == (0.9, 9, 10)
    assert share(0, 0).share is None


def test_promoters_less_detractors() -> None:
    assert net_promoters(5, 1, 9).score is None
    told = net_promoters(60, 20, 100)
    assert told.score == pytest.approx(40)
    # variance of 1, 0, -1: 0.8 - 0.16 = 0.64; 1.95996 * sqrt(0.64 / 100) = 0.1568
    assert (told.low, told.high) == pytest.approx((24.32, 55.68), abs=0.01)
    assert net_promoters(20, 0, 20).high == 100
