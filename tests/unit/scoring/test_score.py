"""The score of a call: what its rules promise, for any card and any points."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scoring.policy import CardScope, Criterion, Given, criterion_of, lost, score

QUICK = settings(max_examples=60, deadline=None)
amounts = st.integers(1, 400).map(lambda quarters: quarters / 4)
Marks = dict[str, Given]


@st.composite
def scored(draw: st.DrawFn, *, must_pass: bool = True) -> tuple[list[Criterion], Marks]:
    """A card and what was given by it."""
    criteria, marks = [], {}
    for number in range(draw(st.integers(1, 6))):
        key, most, weight = f"c{number}", draw(amounts), draw(st.integers(1, 40)) / 4
        criteria.append(Criterion(key, "x", points=most, weight=weight, must_pass=must_pass and draw(st.booleans())))
        skipped = draw(st.booleans())
        points = None if skipped else draw(st.none() | st.floats(0, 1))
        marks[key] = Given(None if points is None else points * most, skipped)
    return criteria, marks


@QUICK
@given(scored())
def test_a_score_lies_between_0_and_100(case: tuple[list[Criterion], Marks]) -> None:
    found = score(*case)
    assert found.percent is None or 0 <= found.percent <= 100


@QUICK
@given(scored(must_pass=False), st.integers(1, 8))
def test_what_does_not_apply_leaves_the_others_their_proportion(
    case: tuple[list[Criterion], Marks], weight: int
) -> None:
    criteria, marks = case
    beside = Criterion("beside", "x", points=5, weight=weight)
    assert score([*criteria, beside], marks | {"beside": Given(skipped=True)}) == score(criteria, marks)


@QUICK
@given(scored())
def test_failing_what_must_be_passed_makes_the_whole_nothing(case: tuple[list[Criterion], Marks]) -> None:
    criteria, marks = case
    must = Criterion("must", "x", points=2, must_pass=True)
    found = score([*criteria, must], marks | {"must": Given(1.5)})
    assert found.percent == 0
    assert "must" in found.failed


@QUICK
@given(scored(), st.data())
def test_more_points_are_never_a_lower_score(case: tuple[list[Criterion], Marks], data: st.DataObject) -> None:
    criteria, marks = case
    decided = [each for each in criteria if marks[each.key].points is not None]
    assume(decided)
    raised = data.draw(st.sampled_from(decided))
    more = data.draw(st.floats(0, 1)) * raised.points
    before, after = (
        score(criteria, marks),
        score(criteria, marks | {raised.key: Given(max(more, marks[raised.key].points or 0.0))}),
    )
    assert before.percent is not None
    assert after.percent is not None
    assert after.percent >= before.percent - 0.01  # rounded to hundredths


@QUICK
@given(scored(must_pass=False), st.integers(2, 9))
def test_weights_count_beside_one_another_alone(case: tuple[list[Criterion], Marks], times: int) -> None:
    criteria, marks = case
    heavier = score([replace(each, weight=each.weight * times) for each in criteria], marks)
    assert heavier.percent == score(criteria, marks).percent or (
        heavier.percent is not None and abs(heavier.percent - (score(criteria, marks).percent or 0)) <= 0.011
    )


def test_points_count_by_their_weight() -> None:
    card = [Criterion("a", "x", points=4), Criterion("b", "x", points=2, weight=3)]
    assert score(card, {"a": Given(4), "b": Given(0)}).percent == 40.0
    assert score(card, {"a": Given(0), "b": Given(2)}).percent == 60.0
    assert score(card, {"a": Given(400), "b": Given(-5)}).percent == 40.0


def test_what_is_not_decided_is_named_and_nothing_decided_is_no_score() -> None:
    card = [Criterion("a", "x"), Criterion("b", "x")]
    assert score(card, {"a": Given(1)}).missing == ("b",)
    assert score(card, {}).percent is None
    assert score(card, {"a": Given(skipped=True), "b": Given(skipped=True)}).percent is None
    assert score([], {}).percent is None


def test_points_are_lost_below_all_of_them() -> None:
    one = Criterion("a", "x", points=2)
    assert [lost(one, each) for each in (Given(1), Given(2), Given(), Given(skipped=True))] == [
        True,
        False,
        False,
        False,
    ]


def test_a_criterion_comes_back_as_it_was_stored() -> None:
    one = Criterion("a", "Greets", "how", 2.5, 3, True, False, ("hurry",), ("Well done",), ("good morning",), "silence")
    assert criterion_of(one.as_json()) == one


def test_a_card_is_for_its_queues_and_lines() -> None:
    assert CardScope().has(None, "1000")
    assert CardScope(frozenset({"support"})).has("support", "1000")
    assert not CardScope(frozenset({"support"})).has("billing", "1000")
    assert not CardScope(frozenset({"support"}), frozenset({"1001"})).has("support", "1000")
