"""The list of calls in a terminal, and naming one of them."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from app import summary
from calls.models import Call
from ringback.store.base import utcnow
from tests.support.calls import EVIL, EVIL_NAME, MISSING, OPEN, TRUNCATED, WHOLE, Store, open_empty, seed


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = open_empty(tmp_path_factory.mktemp("calls") / "data")
    seed(made)
    return made


@pytest.mark.parametrize("width", [80, 100])
def test_a_narrow_terminal_has_every_id_whole_and_folds_nothing(calls: Store, width: int) -> None:
    out = Console(width=width, file=io.StringIO())
    out.print(summary.calls_table(summary.calls(calls.settings, 50), narrow=True))
    assert isinstance(out.file, io.StringIO)
    lines = out.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    ids = [line.split()[0] for line in lines if line.strip()[:3] == "176"]
    assert ids == [OPEN, EVIL, WHOLE, TRUNCATED, MISSING]


def test_the_end_of_an_id_is_enough_where_it_is_one_calls(calls: Store) -> None:
    assert summary.call(calls.settings, WHOLE[-5:])["call"]["call_id"] == WHOLE
    assert summary.call(calls.settings, WHOLE)["call"]["call_id"] == WHOLE
    for unknown in ("nothing", "", "%", EVIL_NAME):
        with pytest.raises(summary.NoSuchCall):
            summary.call(calls.settings, unknown)


def test_an_end_that_several_calls_have_names_them(tmp_path: Path) -> None:
    store = open_empty(tmp_path / "data")
    seed(store)
    with store.sessions() as session, session.begin():
        for call_id in ("1.77", "2.77"):
            session.add(
                Call(
                    call_id=call_id,
                    line="1000",
                    language="en",
                    caller_number="",
                    caller_name="",
                    state="ended",
                    arrived_at=utcnow(),
                )
            )
    with pytest.raises(summary.NoSuchCall, match=r"1\.77") as refused:
        summary.call(store.settings, ".77")
    assert "2.77" in str(refused.value)
