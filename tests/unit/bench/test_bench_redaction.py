"""How the benchmark of redaction counts: no voice and no model is needed for that."""

from bench.redaction import Tally, count, figures_of


def test_a_secret_counts_once_whichever_way_it_can_be_had() -> None:
    tally = Tally(calls=10, speech=1.0)
    for at in range(10):
        count(tally, "call", "card", 1.0 if at < 2 else 0.0, is_legible=at in (1, 2, 3), passed=True)
    assert (tally.audible["card"], tally.legible["card"], tally.exposed["card"]) == (2, 3, 4)
    figure = figures_of("en", tally)[0]
    assert figure.value == 20.0
    assert (figure.comparison, figure.met) == (40.0, False)


def test_secrets_of_calls_that_nobody_hears_count_apart() -> None:
    tally = Tally(calls=2, withheld=1, speech=1.0)
    count(tally, "heard", "card", 1.0, is_legible=False, passed=True)
    count(tally, "withheld", "card", 1.0, is_legible=True, passed=False)
    assert (tally.exposed["card"], tally.kept_back["card"], tally.audible_if_heard["card"]) == (1, 1, 2)
    figures = {figure.what: figure.value for figure in figures_of("en", tally)}
    assert figures["en: secrets audible, of 1 in 1 calls that are given out"] == 100.0
    assert figures["en: secrets in withheld calls, of 2"] == 50.0
