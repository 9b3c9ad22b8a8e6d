"""queue_log -> visits. The captures are of a real Asterisk 22 (callers and agents on Local channels); what older
versions and Wazo write is written as their documentation has it."""

from pathlib import Path

import pytest

from history import files, queue_log
from history.records import Seen, VisitRecord

CAPTURES = Path(__file__).parent / "captures"
NOW = 1_800_000_000.0
AT = 1_700_000_000


def read(*texts: str) -> tuple[list[VisitRecord], Seen]:
    """What these files say."""
    seen = Seen(now=NOW)
    numbered = ((str(at), list(enumerate(text.splitlines(), 1))) for at, text in enumerate(texts))
    return list(queue_log.visits(numbered, seen)), seen


def line(after: float, event: str, *data: object, call: str = "c1", queue: str = "support", agent: str = "NONE") -> str:
    return "|".join(str(each) for each in (AT + after, call, queue, agent, event, *data))


def log(*lines: str) -> str:
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def captured() -> tuple[dict[str, VisitRecord], Seen]:
    """Two rotated files of a real Asterisk, by caller and queue."""
    seen = Seen(now=NOW)
    found = [files.look(CAPTURES / name) for name in ("queue_log.1", "queue_log")]
    told = queue_log.visits(((each.name, files.lines(each, seen, "cp1251")) for each in found), seen)
    return {f"{each.call} {each.queue}": each for each in told}, seen


def test_a_real_log_is_told_as_the_calls_that_were_made(captured):
    visits, seen = captured
    answered = visits["1796074101.1 support"]
    assert (answered.outcome, answered.wait, answered.talk, answered.ended_by) == ("answered", 1, 3, "agent")
    assert (answered.agent, answered.caller) == ("Anna", "+491701234567")
    assert visits["1796074109.5 support"].ended_by == "caller"
    assert (visits["1796074118.9 billing"].outcome, visits["1796074118.9 billing"].wait) == ("abandoned", 2)
    assert (seen.broken, len(visits)) == (0, 14)


def test_a_caller_who_leaves_one_queue_for_another_has_visited_both(captured):
    visits, _ = captured
    first, second = visits["1796074123.13 billing"], visits["1796074123.13 support"]
    assert (first.outcome, first.wait, first.event) == ("overflow", 5, "EXITWITHTIMEOUT")
    assert (second.outcome, second.transferred, second.ended_by, second.talk) == ("answered", True, None, 5)
    assert first.entered + 5 == second.entered


def test_whoever_was_inside_when_asterisk_died_is_lost_and_the_talk_has_no_length(captured):
    visits, seen = captured
    assert (visits["1796074153.31 billing"].outcome, visits["1796074153.31 billing"].wait) == ("lost", None)
    talked = visits["1796074150.27 support"]
    assert (talked.outcome, talked.wait, talked.talk) == ("answered", 1, None)
    assert seen.notes["lost_restart"] == 3


def test_a_key_that_leaves_the_queue_is_told_with_the_key(captured):
    visits, _ = captured
    assert visits["1796074546.17 late"].event == "EXITWITHKEY/1"
    assert visits["1796074139.21 empty"].event == "EXITEMPTY"


def test_calls_between_one_another_and_lines_out_of_order_are_put_together():
    told, seen = read(
        log(
            line(3, "CONNECT", 3, "x", 2, agent="SIP/201"),
            line(0, "ENTERQUEUE", "", "+4930111", 1),
            line(1, "ENTERQUEUE", "", "+4930222", 1, call="c2"),
            line(9, "ABANDON", 1, 1, 8, call="c2"),
            line(33, "COMPLETECALLER", 3, 30, 1, agent="SIP/201"),
        )
    )
    by = {each.call: each for each in told}
    assert (by["c1"].entered, by["c1"].wait, by["c1"].talk, by["c1"].caller) == (AT, 3, 30, "+4930111")
    assert (by["c2"].outcome, by["c2"].wait) == ("abandoned", 8)
    assert seen.broken == 0


def test_a_call_over_the_border_of_rotated_files_is_one_visit():
    first = log(line(0, "ENTERQUEUE", "", "+4930111", 1), line(4, "CONNECT", 4, "x", 1, agent="SIP/201"))
    told, seen = read(first, log(line(64, "COMPLETEAGENT", 4, 60, 1, agent="SIP/201")))
    assert [(each.wait, each.talk, each.caller) for each in told] == [(4, 60, "+4930111")]
    assert seen.left["going_on"] == 0


def test_the_second_half_alone_has_the_key_of_the_whole_so_that_it_is_never_there_twice():
    begin = log(line(0, "ENTERQUEUE", "", "+4930111", 1), line(4, "CONNECT", 4, "x", 1, agent="SIP/201"))
    end = log(line(64, "COMPLETEAGENT", 4, 60, 1, agent="SIP/201"))
    (half,), (whole,) = read(end)[0], read(begin, end)[0]
    assert (half.key, half.entered) == (whole.key, whole.entered)


def test_a_call_that_goes_on_at_the_end_of_the_log_is_left_for_the_next_import():
    told, seen = read(log(line(0, "ENTERQUEUE", "", "1", 1), line(4, "CONNECT", 4, "x", 1)))
    assert (told, seen.left["going_on"]) == ([], 1)


@pytest.mark.parametrize(
    ("events", "entered", "wait", "talk"),
    [
        ([line(10, "CONNECT", 10, "x", 2), line(40, "COMPLETEAGENT", 10, 30, 1)], 0, 10, 30),
        ([line(40, "COMPLETECALLER", 10, 30, 1)], 0, 10, 30),
        ([line(0, "ENTERQUEUE", "", "1", 1), line(10, "CONNECT", 10), line(40, "TRANSFER", "202", "ctx")], 0, 10, 30),
        ([line(40, "TRANSFER", "202", "ctx", 10, 30, 1)], 0, 10, 30),
        ([line(40, "ATTENDEDTRANSFER", "LINK", "a", "b", 10, 30, 1)], 0, 10, 30),
        ([line(40, "ATTENDEDTRANSFER", "BRIDGE", "a", 10, 30, 1)], 0, 10, 30),
        ([line(0, "ENTERQUEUE", "", "1", 1), line(12, "ABANDON", 1, 1, 12)], 0, 12, None),
        ([line(12, "EXITWITHKEY", 9, 1, 1, 12)], 0, 12, None),
        ([line(0, "ENTERQUEUE", "", "1", 1), line(7, "LEAVEEMPTY")], 0, 7, None),
        ([line(7, "FULL")], 7, 0, None),
    ],
)
def test_what_a_line_does_not_say_is_worked_out_from_the_others(events, entered, wait, talk):
    (visit,), seen = read(log(*events))
    assert (visit.entered - AT, visit.wait, visit.talk, seen.broken) == (entered, wait, talk, 0)


def test_a_caller_who_comes_back_to_the_same_queue_within_a_second_has_two_visits():
    again = [line(0, "ENTERQUEUE", "", "1", 1), line(0, "EXITEMPTY", 1, 1, 0)] * 2
    told, _ = read(log(*again))
    assert len({each.key for each in told}) == 2


def test_a_log_whose_lines_somebody_sorted_says_the_same():
    events = [
        line(0, "ENTERQUEUE", "", "1", 1),
        line(0, "ABANDON", 1, 1, 0),
        line(5, "ENTERQUEUE", "", "2", 1, call="c2"),
        line(5, "CONNECT", 0, "x", 0, call="c2", agent="SIP/201"),
        line(5, "COMPLETEAGENT", 0, 0, 1, call="c2", agent="SIP/201"),
        line(9, "ENTERQUEUE", "", "3", 1, call="c3"),
        line(12, "EXITEMPTY", 1, 1, 3, call="c3"),
    ]
    told, seen = read(log(*events))
    again, _ = read(log(*sorted(events)))
    assert sorted(again, key=str) == sorted(told, key=str)
    assert (len(told), seen.notes.total()) == (3, 0)


def test_an_end_without_a_beginning_and_without_a_length_is_left_out():
    told, seen = read(log(line(5, "TRANSFER", "202", "ctx")))
    assert (told, seen.left["beheaded"]) == ([], 1)


def test_the_number_that_freepbx_notes_is_the_line():
    (visit,), _ = read(
        log(line(0, "DID", "74951234567"), line(0, "ENTERQUEUE", "", "1", 1), line(3, "ABANDON", 1, 1, 3))
    )
    assert visit.line == "74951234567"


def test_a_call_of_which_nothing_is_heard_for_a_day_is_over():
    others = [line(200_000 + at, "RINGNOANSWER", 1000, call="c9") for at in range(2)]
    many = [line(200_000, "ENTERQUEUE", "", "1", 1, call="c2")] + others * (queue_log.SWEEP // 2)
    told, seen = read(log(line(0, "ENTERQUEUE", "", "1", 1), *many))
    assert [(each.call, each.outcome) for each in told] == [("c1", "lost")]
    assert (seen.notes["lost_silent"], seen.left["going_on"]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "history.few_fields"),
        ("0|c1|support|NONE|ABANDON|1|1|3", "history.no_time"),
        ("253402300799|c1|support|NONE|ABANDON|1|1|3", "history.no_time"),
        ("|c1|support|NONE|ABANDON|1|1|3", "history.no_time"),
        ("nan|c1|support|NONE|ABANDON|1|1|3", "history.no_time"),
        (line(0, "ABANDON", 1, 1, -3), "history.no_seconds"),
        (line(0, "CONNECT", "nan", "x", 1), "history.no_seconds"),
        (line(0, "COMPLETEAGENT", 3, 99_999_999, 1), "history.no_seconds"),
        (line(0, "=cmd|' /C calc'!A0"), "history.no_event"),
        (line(0, "ABANDON", 1, 1, 3, call="NONE"), "history.no_call"),
        (line(0, "ABANDON", 1, 1, 3, queue=""), "history.no_call"),
    ],
)
def test_a_line_that_cannot_be_true_is_told_with_its_number_and_used_for_nothing(text, code):
    told, seen = read(
        log(line(0, "ENTERQUEUE", "", "1", 1, call="good"), text, line(3, "ABANDON", 1, 1, 3, call="good"))
    )
    assert [(each.line, each.why.code) for each in seen.broken_lines] == [(2, code)]
    assert [each.call for each in told] == ["good"]
