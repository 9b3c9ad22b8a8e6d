"""No table is forgotten: a room empties it, or says with a reason that it holds nothing of a caller."""

from app.erasing_rooms import erasing_rooms
from ringback.store.schema import metadata


def test_every_table_has_a_room_that_says_what_erasing_does_to_it() -> None:
    said = [table for room in erasing_rooms() for table in (*room.erased, *room.harmless)]
    assert sorted(said) == sorted(set(said)), "a table is named twice"
    forgotten = set(metadata().tables) - set(said)
    assert not forgotten, (
        f"nobody says what erasing a person does to {', '.join(sorted(forgotten))}: "
        "name each in `erased` (and take its content away in `erase`) or in `harmless` of its room's erasing.py"
    )
    assert set(said) <= set(metadata().tables), "a table is named that does not exist"


def test_every_reason_is_a_sentence() -> None:
    for room in erasing_rooms():
        for table, why in {**room.erased, **room.harmless}.items():
            assert len(why.split()) >= 3, (room.name, table)
