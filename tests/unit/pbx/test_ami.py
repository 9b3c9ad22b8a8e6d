"""The AMI client's own promises: nothing injected, nothing lost at a cut, limits kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx.ami import HEADER_LIMIT, pack, parse
from pbx.errors import AmiError, AmiInjection


@pytest.mark.parametrize("hostile", ["a\r\n\r\nAction: Command", "a\nb", "a\rb", "a\0b"])
@pytest.mark.parametrize("where", ["name", "value", "action", "list"])
def test_a_second_header_is_refused(hostile: str, where: str) -> None:
    action = hostile if where == "action" else "Setvar"
    headers: dict[str, str | list[str]] = {
        hostile if where == "name" else "Variable": ["fine", hostile] if where == "list" else hostile
    }
    with pytest.raises(AmiInjection):
        pack(action, headers)


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=60), max_size=8))
def test_whatever_is_packed_is_one_message(headers: dict[str, str]) -> None:
    try:
        data = pack("Setvar", dict(headers))
    except AmiInjection:
        return
    assert data.count(b"\r\n\r\n") == 1
    assert data.endswith(b"\r\n\r\n")
    assert data.count(b"\r\n") == len(headers) + 2


def test_limits_of_asterisk_are_errors_here() -> None:
    with pytest.raises(AmiError, match="1024"):
        pack("AGI", {"Command": "x" * 1100})
    with pytest.raises(AmiError, match=str(HEADER_LIMIT)):
        pack("AGI", {"Variable": ["a=b"] * HEADER_LIMIT})


def test_uneven_headers_are_read() -> None:
    text = b"Event: X\r\nEmpty: \r\nTight:1\r\nChanVariable: a=1\r\nChanVariable: b=2\r\nno header\r\nOdd: \xff: y"
    assert parse(text) == [{"Event": "X", "Empty": "", "Tight": "1", "ChanVariable": "a=1\nb=2", "Odd": "\ufffd: y"}]


def test_several_messages_of_one_read() -> None:
    assert parse(b"Event: A\r\nX: 1\r\n\r\nEvent: B") == [{"Event": "A", "X": "1"}, {"Event": "B"}]
