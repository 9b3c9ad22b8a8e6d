"""Keys of rows sort as the rows were made, however fast they follow one another."""

from ringback.store.base import uuid7


def test_keys_sort_by_the_order_in_which_they_were_made() -> None:
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(set(made))
    assert {key.version for key in made} == {7}
    assert {key.variant for key in made} == {made[0].variant}
    milliseconds = [key.int >> 80 for key in made]
    assert len(set(milliseconds)) < len(made), "many within one millisecond"
