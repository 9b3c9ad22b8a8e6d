"""Text of strangers: what no store keeps and what nobody sees is taken out, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.foreign_text import cleaned


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Dana Whitfield", "Dana Whitfield"),
        ("Имя 名前 😀 é e\u0301", "Имя 名前 😀 é e\u0301"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\0", ""),
        ("a\0b", "a b"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2067a\u2069\u200e", "a"),
        ("A\u200bl\u00adice\ufeff", "Alice"),
        ("x\U000e0041\U000e007f", "x"),
        ("half \ud800 of one", "half  of one"),
        ("1\r\n\r\nEvent: Hangup", "1 Event: Hangup"),
        ("\x85\x1b[31mred\x7f", "[31mred"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_what_is_kept(written: str, kept: str) -> None:
    assert cleaned(written, 200) == kept


@given(st.text(st.characters(codec=None), max_size=50), st.integers(1, 30))
def test_whatever_was_written_every_store_keeps_it(written: str, most: int) -> None:
    found = cleaned(written, most)
    assert len(found) <= most
    assert "\0" not in found and "\n" not in found
    json.loads(json.dumps(found)).encode()
    assert cleaned(found, most) == found, "what is clean stays as it is"
