"""Which calls are to be scored next: the same for whoever asks again, fair to agents, by lot and by risk."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.sampling import ScorableCall, choose, owner

QUICK = settings(max_examples=40, deadline=None)
AGENTS = ["anna", "boris", "clara"]
calls = st.lists(
    st.builds(
        ScorableCall,
        call_id=st.integers(1, 10_000).map(str),
        agent=st.sampled_from(AGENTS),
        risks=st.sampled_from([(), ("hold",), ("unhappy", "repeat")]),
    ),
    max_size=30,
    unique_by=lambda each: each.call_id,
)
MANY = [ScorableCall(f"{agent}{n}", agent, ("unhappy",) if n % 4 == 0 else ()) for agent in AGENTS for n in range(20)]


def chosen(
    found: list[ScorableCall], who: str = "tom", week: str = "2026-W49", most: int = 9, **scored: int
) -> list[str]:
    asked = choose(found, week=week, reviewer=who, reviewers=["tom", "eva"], scored=scored, most=most)
    return [each.call_id for each in asked]


@QUICK
@given(calls, st.randoms())
def test_asking_again_in_whatever_order_gives_the_same(found: list[ScorableCall], lots: object) -> None:
    shuffled = list(found)
    lots.shuffle(shuffled)  # type: ignore[attr-defined]
    plain = [each for each in found if not each.risks]
    assert chosen(plain) == chosen([each for each in shuffled if not each.risks])
    assert sorted(chosen(found, most=99)) == sorted(chosen(shuffled, most=99))


@QUICK
@given(calls)
def test_each_call_is_offered_to_one_reviewer(found: list[ScorableCall]) -> None:
    both = chosen(found, "tom", most=99) + chosen(found, "eva", most=99)
    assert sorted(both) == sorted(each.call_id for each in found)


def test_every_agent_is_scored_as_often_as_the_others() -> None:
    counts = Counter(call.rstrip("0123456789") for call in chosen(MANY))
    assert max(counts.values()) - min(counts.values()) <= 1
    first = chosen(MANY, anna=5, boris=5, most=4)
    assert {call.rstrip("0123456789") for call in first} == {"clara"}, "who was scored least comes first"


def test_every_second_call_of_an_agent_is_one_with_a_risk_and_says_which() -> None:
    asked = choose(MANY, week="2026-W49", reviewer="tom", reviewers=["tom"], scored={}, most=12)
    codes = Counter(each.why[0].code for each in asked)
    assert codes == {"scoring.why_lot": 6, "scoring.why_unhappy": 6}


def test_another_week_draws_others_and_nobody_scores_the_own_calls() -> None:
    assert chosen(MANY) != chosen(MANY, week="2026-W50")
    assert all(not call.startswith("anna") for call in chosen(MANY, "anna"))
    assert owner("w", MANY[0], []) is None
    assert chosen([], most=3) == []
