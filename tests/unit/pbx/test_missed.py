"""Events that no controller heard are written down and read in their order, whatever became of the writer."""

import time
from pathlib import Path

from ivr.events import FallbackTook, HungUp
from pbx import codec, missed
from pbx.missed import MissedEvents
from pbx.reports import ChannelEvent

HANGUP = {"Event": "Hangup", "Uniqueid": "1.1", "Timestamp": "1800000001.5", "Cause": "16", "Cause-txt": "Normal"}


def test_what_is_written_is_read_in_order_over_two_absences(tmp_path: Path) -> None:
    writer = MissedEvents(tmp_path / "missed")
    writer.write([HANGUP])  # nobody is away: nothing is kept
    began = float(int(time.time()))
    for now in (began, began + 100):
        writer.begin(now)
        assert writer.is_open
        writer.write([codec.fallback_took("1.1", now), HANGUP])
        writer.end()
    events, files = missed.read(tmp_path / "missed")
    assert [event["Event"] for event in events] == ["RingbackFallback", "Hangup"] * 2
    assert len(files) == 2
    assert [codec.decode(event, 0.0) for event in events[:1]] == [ChannelEvent("1.1", FallbackTook(began))]
    hung_up = codec.decode(events[1], 0.0)
    assert isinstance(hung_up, ChannelEvent) and hung_up.event == HungUp(1800000001.5, "Normal", 16)


def test_a_line_that_was_cut_off_costs_itself_alone(tmp_path: Path) -> None:
    writer = MissedEvents(tmp_path)
    writer.begin(1_800_000_000.0)
    writer.write([HANGUP])
    writer.end()
    path = next(tmp_path.iterdir())
    path.write_text(path.read_text() + '{"Event": "Han\n[1]\n{"Event": 7}\n')
    assert missed.read(tmp_path)[0] == [HANGUP]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert missed.read(tmp_path / "none") == ([], [])
