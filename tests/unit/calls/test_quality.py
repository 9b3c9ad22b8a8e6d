"""The opinion score against values that are published, and what Asterisk's own summary is read as."""

import pytest

from calls.quality import Direction, Quality, opinion_score, rating
from pbx.quality import quality_of

WHOLE = (
    "ssrc=612882057;themssrc=1799517768;lp=0;rxjitter=0.001250;rxcount=606;txjitter=0.000250;txcount=605;rlp=0;"
    "rtt=0.000534;rxmes=88.084042;txmes=88.085633"
)
"""Of Asterisk 22.10.1, a talk of 12 s on one machine."""


@pytest.mark.parametrize(
    ("r", "score"),
    [(-5, 1), (0, 1), (50, 2.58), (60, 3.1), (70, 3.6), (80, 4.03), (90, 4.34), (93.2, 4.41), (100, 4.5), (120, 4.5)],
)
def test_the_score_of_a_rating_is_that_of_the_recommendation(r: float, score: float) -> None:
    """ITU-T G.107, table B.1 (R 90, 80, 70, 60, 50: 4.34, 4.03, 3.60, 3.10, 2.58, rounded there)."""
    assert opinion_score(r) == pytest.approx(score, abs=0.0065)


@pytest.mark.parametrize(
    ("lost", "delay", "r"),
    [
        (0.0, 0.0, 93.2),
        (0.0, 0.1, 90.8),
        (0.0, 0.1773, 93.2 - 4.2552),
        (0.0, 0.3, 93.2 - 7.2 - 13.497),
        (0.01, 0.0, 93.2 - 95 / 26.1),
        (0.251, 0.0, 93.2 - 47.5),
        (1.0, 0.0, 93.2 - 9500 / 125.1),
    ],
)
def test_delay_and_loss_take_from_the_rating(lost: float, delay: float, r: float) -> None:
    assert rating(lost, delay) == pytest.approx(r)


def test_the_score_never_rises_with_loss_delay_or_jitter() -> None:
    def score(lost: float, jitter: float, trip: float) -> float:
        return Quality(Direction(lost, jitter), None, trip).mos(Direction(lost, jitter)) or 0.0

    steps = [0.0, 0.01, 0.05, 0.2, 0.5, 1.0]
    for values in ([score(x, 0, 0) for x in steps], [score(0, x, 0) for x in steps], [score(0, 0, x) for x in steps]):
        assert values == sorted(values, reverse=True)


def test_what_asterisk_sums_up_is_read() -> None:
    quality = quality_of(WHOLE)
    assert quality == Quality(Direction(0.0, 0.00025), Direction(0.0, 0.00125), 0.000534)
    assert quality.mos(quality.received) == pytest.approx(4.4, abs=0.02)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lp": "10", "rxcount": "90"}, Quality(Direction(0.1, 0.00025), Direction(0.0, 0.00125), 0.000534)),
        ({"rlp": "121", "txcount": "605"}, Quality(Direction(0.0, 0.00025), Direction(0.2, 0.00125), 0.000534)),
        ({"rtt": "0.000000", "rxmes": "0.000000"}, Quality(Direction(0.0, 0.00025), None, None)),
        ({"rxcount": "0"}, Quality(None, Direction(0.0, 0.00125), 0.000534)),
        ({"rxcount": "0", "txcount": "0"}, None),
        ({"rtt": "nonsense"}, None),
        ({"rxcount": "nan"}, None),
        ({"txjitter": "inf"}, None),
        ({"rtt": "1e999"}, None),
        ({"lp": "-606"}, None),
        ({"txjitter": "-0.5"}, None),
        # Packets that came twice: -2, as Asterisk prints it.
        ({"lp": "4294967294"}, Quality(Direction(0.0, 0.00025), Direction(0.0, 0.00125), 0.000534)),
        ({"rlp": "16777214"}, Quality(Direction(0.0, 0.00025), Direction(0.0, 0.00125), 0.000534)),
    ],
)
def test_what_is_not_known_stays_out(changes: dict[str, str], expected: Quality | None) -> None:
    told = dict(part.split("=") for part in WHOLE.split(";")) | changes
    assert quality_of(";".join(f"{name}={value}" for name, value in told.items())) == expected


def test_a_figure_however_large_has_a_score_that_can_be_shown() -> None:
    quality = quality_of("lp=8000000;rxcount=1;txjitter=1e308;txcount=1;rlp=5;rxjitter=1e308;rtt=1e308")
    assert quality is not None and quality.sent is not None
    assert (quality.mos(quality.received), quality.mos(quality.sent), quality.sent.lost) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("text", ["", ";", "lp", "=", "lp=;rxcount="])
def test_no_figures_are_no_quality(text: str) -> None:
    assert quality_of(text) is None
