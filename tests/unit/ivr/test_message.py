"""A message that a caller leaves: where it begins and ends in the recording."""

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Arrived, CallerKnown, Done, HungUp, KeyPressed
from ivr.flow import flows
from ivr.table import CallState
from ringback.config import Settings

SETTINGS = Settings.model_validate(
    {
        "lines": [{"number": "1000", "name": "Support", "hours": "office"}],
        "hours": {"office": {"week": {"mon-fri": "09:00-18:00"}}},
        "timezone": "UTC",
    }
)


def asked() -> CallDriver:
    """A caller who finds it closed has pressed 2 at second 5."""
    call = CallDriver("c-1", flows(SETTINGS)["1000"])
    call.receive(Arrived(0.0, "1000", "+12025550123", ""), 0.0)
    assert call.state is CallState.CLOSED
    assert call.memory.pending is not None
    call.receive(Done(5.0, call.memory.pending, "2"), 5.0)
    return call


def test_it_begins_when_it_was_asked_for_and_ends_before_the_silence() -> None:
    call = asked()
    assert call.state is CallState.MESSAGE
    assert call.facts.message_from is None
    [listen] = call.receive(Done(9.0, "message-ask", ""), 9.0)
    assert listen == cmd.Listen("message", 5.0, 120.0)
    call = CallDriver.restore(call.snapshot(), call.flow)
    call.receive(Done(29.0, "message", "SILENCE"), 29.0)
    assert (call.facts.message_from, call.facts.message_to, call.state) == (9.0, 24.0, CallState.CLOSING)


def test_as_long_as_it_may_be_it_ends_when_it_was_cut() -> None:
    call = asked()
    call.receive(Done(9.0, "message-ask", ""), 9.0)
    call.receive(Done(129.0, "message", "TIMEOUT"), 129.0)
    assert call.facts.message_to == 129.0


def test_who_says_nothing_leaves_one_of_no_length() -> None:
    call = asked()
    call.receive(Done(9.0, "message-ask", ""), 9.0)
    call.receive(Done(14.0, "message", "SILENCE"), 14.0)
    assert (call.facts.message_from, call.facts.message_to) == (9.0, 9.0)


def test_who_hangs_up_in_it_has_left_it_all_the_same() -> None:
    call = asked()
    call.receive(Done(9.0, "message-ask", ""), 9.0)
    call.receive(HungUp(20.0, "Normal Clearing", 16), 20.0)
    record = call.record()
    assert (record.message_from, record.message_to, record.ended_at, record.result) == (9.0, None, 20.0, "message")


def test_keys_and_what_is_heard_of_the_caller_meanwhile_change_nothing() -> None:
    call = asked()
    call.receive(Done(9.0, "message-ask", ""), 9.0)
    assert call.receive(KeyPressed(12.0, "1"), 12.0) == []
    assert call.receive(CallerKnown(12.5, last_agent="anna"), 12.5) == []
    assert call.state is CallState.MESSAGE


def test_where_asking_could_not_be_done_the_caller_is_listened_to() -> None:
    call = asked()
    [listen] = call.receive(Done(9.0, "message-ask", "", failed=True), 9.0)
    assert isinstance(listen, cmd.Listen)
