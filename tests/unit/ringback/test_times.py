"""When what is due: against a list that is searched."""

from hypothesis import given
from hypothesis import strategies as st

from ringback.times import Times

STEPS = st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(0, 9)), max_size=30)


@given(STEPS, st.integers(0, 9))
def test_the_nearest_is_found_and_what_is_due_comes_in_order(steps: list[tuple[str, int | None]], now: int) -> None:
    times: Times[str] = Times()
    plain: dict[str, float] = {}
    for key, at in steps:
        times.set(key, at)
        plain = {name: time for name, time in plain.items() if name != key} | ({} if at is None else {key: at})
        assert times.next() == min(plain.values(), default=None)
        assert dict(times.items()) == plain
    due = sorted((time, name) for name, time in plain.items() if time <= now)
    assert list(times.due(now)) == [name for _, name in due]
    assert dict(times.items()) == {name: time for name, time in plain.items() if time > now}


def test_what_becomes_due_through_another_comes_too() -> None:
    times: Times[str] = Times()
    times.set("first", 1.0)
    seen = []
    for key in times.due(5.0):
        seen.append(key)
        if key == "first":
            times.set("second", 2.0)
            times.set("later", 9.0)
    assert (seen, times.next()) == (["first", "second"], 9.0)
