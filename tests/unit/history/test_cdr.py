"""CDRs -> visits. The captures are of a real Asterisk 22; FreePBX's table is written as its export names columns."""

from pathlib import Path

import pytest

from history import cdr, files
from history.errors import HistoryError
from history.records import Seen, VisitRecord

CAPTURES = Path(__file__).parent / "captures"
NOW = 1_800_000_000.0
FREEPBX = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid,did"
    ",linkedid"
)


def read(text: str, zone: str = "UTC", dialled: dict[str, str] | None = None) -> tuple[list[VisitRecord], Seen]:
    seen = Seen(now=NOW)
    lines = list(enumerate(text.splitlines(), 1))
    return list(cdr.visits([("Master.csv", lines)], seen, zone, dialled or {})), seen


def row(at: str, app: str, data: str, lasted: int, talked: int, said: str, unique: str, **more: str) -> str:
    told = {
        "src": "+4930111",
        "dst": "600",
        "channel": "PJSIP/trunk-00000001",
        "to": "",
        "did": "",
        "linked": unique,
        **more,
    }
    begin = f'{at},"""x"" <1>",{told["src"]},{told["dst"]},ctx,{told["channel"]},{told["to"]},{app},"{data}"'
    return f"{begin},{lasted},{talked},{said},{unique},{told['did']},{told['linked']}"


@pytest.fixture(scope="module")
def captured() -> tuple[dict[str, VisitRecord], Seen]:
    """Two rotated files of a real Asterisk, by the second in which the call began and by queue."""
    seen = Seen(now=NOW)
    found = [files.look(CAPTURES / name) for name in ("Master.csv.1", "Master.csv")]
    told = cdr.visits(((each.name, files.lines(each, seen, "cp1251")) for each in found), seen, "UTC", {})
    return {f"{each.call.partition('.')[0]} {each.queue}": each for each in told}, seen


def test_a_call_that_nothing_answered_before_the_agent_has_its_wait_and_its_talk(captured):
    visits, seen = captured
    visit = visits["1796074538 sales"]
    assert (visit.outcome, visit.wait, visit.talk, visit.caller) == ("answered", 2, 3, "+491701234570")
    assert (seen.broken, seen.left["no_queue"]) == (0, 1)


def test_of_a_call_that_was_answered_before_its_queue_wait_and_talk_are_not_made_up(captured):
    visits, seen = captured
    visit = visits["1796074518 sales"]
    assert (visit.outcome, visit.wait, visit.talk, visit.agent) == (
        "answered",
        None,
        None,
        "Local/204@agents-00000001;1",
    )
    assert seen.notes["no_wait"] == 1


def test_the_agents_own_leg_tells_when_the_wait_ended(captured):
    visit = captured[0]["1796074109 support"]
    assert (visit.outcome, visit.wait, visit.talk) == ("answered", 3, 1)


def test_rows_for_each_phone_that_rang_are_one_visit_and_the_next_queue_is_another(captured):
    first, second = captured[0]["1796074123 billing"], captured[0]["1796074123 support"]
    assert (first.outcome, first.wait) == ("overflow", 5)
    assert (second.outcome, second.wait, second.talk, second.entered) == ("answered", 1, 5, first.entered + 5)


def test_who_hung_up_while_a_phone_rang_is_abandoned(captured):
    assert (captured[0]["1796074527 late"].outcome, captured[0]["1796074527 late"].wait) == ("abandoned", 2)


def test_freepbxs_table_is_read_by_the_names_in_its_first_line():
    queue = row(
        "2026-01-15 10:00:00",
        "Queue",
        "600,t",
        95,
        95,
        "ANSWERED",
        "1768467600.1",
        did="74951234567",
        to="Local/201@fq-00000001;1",
    )
    leg = row(
        "2026-01-15 10:00:20",
        "Dial",
        "PJSIP/201",
        75,
        60,
        "ANSWERED",
        "1768467620.3",
        channel="Local/201@fq-00000001;2",
        linked="1768467600.1",
    )
    (visit,), seen = read("\n".join((FREEPBX, leg, queue)), "Europe/Moscow")
    assert (visit.line, visit.queue, visit.wait, visit.talk) == ("74951234567", "600", 35, 60)
    assert (visit.entered, seen.notes["other_zone"]) == (1768460400, 1)


def test_of_the_hour_that_comes_twice_the_channels_name_tells_which_it_was():
    at = "2026-10-25 02:30:00"
    rows = [row(at, "Queue", "q", 5, 0, "NO ANSWER", unique) for unique in ("1792888200.1", "1792891800.2")]
    told, seen = read("\n".join((FREEPBX, *rows)), "Europe/Berlin")
    assert sorted(each.entered for each in told) == [1792888200, 1792891800]
    assert seen.notes["hour_twice"] == 0


def test_a_number_that_the_map_has_for_a_queue_counts_without_one():
    text = "\n".join(
        (
            FREEPBX,
            row(
                "2026-01-15 10:00:00",
                "Dial",
                "PJSIP/200",
                30,
                20,
                "ANSWERED",
                "1768471200.1",
                dst="200",
                to="PJSIP/200-00000001",
            ),
        )
    )
    (visit,), seen = read(text, dialled={"200": "support"})
    assert (visit.queue, visit.wait, visit.talk, visit.agent) == ("support", 10, 20, "PJSIP/200-00000001")
    assert seen.left["no_queue"] == 0


def test_who_goes_on_to_leave_a_message_has_left_one():
    rows = [
        row("2026-01-15 10:00:00", "Queue", "q", 30, 0, "NO ANSWER", "1768471200.1"),
        row("2026-01-15 10:00:30", "VoiceMail", "100@default", 20, 20, "ANSWERED", "1768471200.1"),
    ]
    (visit,), _ = read("\n".join((FREEPBX, *rows)))
    assert (visit.outcome, visit.wait) == ("message", 30)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"2026-01-15 10:00:00', "history.no_table_line"),
        ("2026-01-15", "history.few_fields"),
        (row("yesterday", "Queue", "q", 5, 0, "NO ANSWER", "1.1"), "history.no_time"),
        (row("9999-12-31 00:00:00", "Queue", "q", 5, 0, "NO ANSWER", "1.1"), "history.no_time"),
        (row("0001-01-01 00:00:00", "Queue", "q", 5, 0, "NO ANSWER", "1.1"), "history.no_time"),
        (row("2026-01-15 10:00:00", "Queue", "q", -5, 0, "NO ANSWER", "1.1"), "history.no_seconds"),
    ],
)
def test_a_row_that_cannot_be_true_is_told_with_its_line(line, code):
    told, seen = read(
        "\n".join((FREEPBX, line, row("2026-01-15 10:00:00", "Queue", "q", 5, 0, "NO ANSWER", "1768471200.1")))
    )
    assert [(each.line, each.why.code) for each in seen.broken_lines] == [(2, code)]
    assert len(told) == 1


def test_a_table_without_the_columns_that_are_needed_is_refused():
    with pytest.raises(HistoryError, match="must name the columns, among them: src"):
        read("calldate,channel,uniqueid,linkedid\n1,2,3,4")
