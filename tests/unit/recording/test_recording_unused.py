"""What was recorded of channels that came to no call is thrown away, and nothing else."""

import pytest

from recording.unused import throw_away
from ringback.config import Settings


def test_what_was_recorded_of_no_call_goes_and_nothing_else(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.spool.mkdir(parents=True, exist_ok=True)
    for name in ("cb-1-1c", "cb-2-1c", "1700000000.1"):
        (settings.spool / f"{name}.raw").write_bytes(b"\0" * 4)
    (settings.spool / "cb-3-1c.raw").mkdir()
    throw_away(settings, ["cb-1-1c", "never answered", "../1700000000.1", "cb-4-1c", "cb-3-1c"])
    assert sorted(path.name for path in settings.spool.iterdir()) == ["1700000000.1.raw", "cb-2-1c.raw", "cb-3-1c.raw"]
    assert "cb-3-1c: what was recorded before it was known to be no call stays" in caplog.text
