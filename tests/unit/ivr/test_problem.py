"""A known problem on a line: heard first, asked about by a key, told when it is fixed, by call or on the line."""

from typing import Any

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Arrived, CalledBack, CallerKnown, Done, HungUp
from ivr.flow import Flow, LineProblem, Numbers, Surroundings, flows
from ivr.table import CallState
from ringback.config import Settings

NUMBER = "+12025550123"
NUMBERS = Numbers(
    lambda text, _country: text if text.startswith("+1") else None,
    lambda _number: None,
    lambda number, _country: number[2:],
    lambda: True,
)
KNOWN = LineProblem("p-1", "said-outage")
S = CallState


def flow(known: LineProblem | None = KNOWN, **line: Any) -> Flow:
    given = {"lines": [{"number": "1000", "name": "Support", **line}], "timezone": "UTC"}
    given["hours"] = {"office": {"week": {"mon-fri": "09:00-18:00"}}}
    return flows(Settings.model_validate(given), NUMBERS, Surroundings(problem=lambda _line: known))["1000"]


def begun(of: Flow, *then: CallerKnown) -> CallDriver:
    """A caller who has heard the notice at second 3."""
    call = CallDriver("c-1", of)
    call.receive(Arrived(0.0, "1000", NUMBER, "", "trunk"), 0.0)
    for event in then:
        call.receive(event, 0.1)
    answer(call, 3.0)
    if call.memory.pending is not None and call.memory.pending.startswith("opening-"):
        call.handle_timer(3.0)
    return call


def answer(call: CallDriver, at: float, value: str = "", failed: bool = False) -> list[cmd.Command]:
    assert call.memory.pending is not None
    return call.receive(Done(at, call.memory.pending, value, failed), at)


def said(call: CallDriver) -> tuple[str, ...]:
    """What is asked now, as a snapshot has it."""
    return tuple(call.memory.asked[0])


def test_it_is_heard_first_with_the_offer() -> None:
    call = begun(flow())
    assert call.state is S.PROBLEM
    assert said(call) == ("said-outage", "problem-offer")
    assert call.facts.problem == "p-1"


def test_any_other_key_or_none_leads_to_the_menu_at_once_and_it_is_not_said_again() -> None:
    for value in ("", "0", "2", "#"):
        call = begun(flow())
        answer(call, 8.0, value)
        call.handle_timer(8.0)
        assert call.state is S.GREETING, value
        assert call.record().problem_number is None


def test_who_presses_1_confirms_the_number_and_is_spared() -> None:
    call = begun(flow())
    answer(call, 8.0, "1")
    assert call.state is S.SUBSCRIBING
    answer(call, 12.0)
    call = CallDriver.restore(call.snapshot(), call.flow)
    ask, hangup = answer(call, 14.0, "1")
    assert (ask, hangup) == (cmd.Ask("goodbye", ("problem-thanks",), 0), cmd.HangUp())
    call.receive(HungUp(16.0, "", 16), 16.0)
    record = call.record()
    assert (record.problem, record.problem_number, record.result) == ("p-1", NUMBER, "spared")


def test_another_number_may_be_entered_and_who_would_rather_not_goes_on() -> None:
    call = begun(flow())
    answer(call, 8.0, "1")
    answer(call, 12.0)
    answer(call, 13.0, "2")
    answer(call, 20.0, "+12025550199")
    answer(call, 24.0)
    answer(call, 26.0, "1")
    assert call.facts.problem_number == "+12025550199"
    call = begun(flow())
    answer(call, 8.0, "1")
    answer(call, 12.0)
    answer(call, 20.0)
    call.handle_timer(20.0)
    assert call.state is S.GREETING and call.facts.problem_number is None


def test_a_line_without_one_begins_as_ever() -> None:
    assert begun(flow(None)).state is S.GREETING


def test_at_closed_hours_it_is_said_without_an_offer() -> None:
    call = CallDriver("c-1", flow(hours="office"))
    commands = call.receive(Arrived(0.0, "1000", NUMBER, ""), 0.0)
    assert call.state is S.CLOSED and call.facts.problem == "p-1"
    assert isinstance(commands[0], cmd.Say) and commands[0].prompts[:2] == ("notice", "said-outage")


def test_who_was_to_be_called_and_calls_in_hears_it_on_the_line() -> None:
    call = begun(flow(None), CallerKnown(0.1, fixed=True))
    assert call.state is S.PROBLEM
    assert call.facts.fixed_told is True
    answer(call, 6.0)
    call.handle_timer(6.0)
    assert call.state is S.GREETING


def called() -> CallDriver:
    call = CallDriver("cb-1-10c", flow(None))
    event = CalledBack(0.0, "1000", NUMBER, "", "support", (), 0.0, "", "", tells=True)
    [say] = call.receive(event, 0.0)
    assert say == cmd.Say("told", ("notice", "problem-hello", "problem-fixed"))
    return call


def test_a_customer_whom_we_call_hears_it_and_that_is_all() -> None:
    call = called()
    answer(call, 8.0)
    assert call.state is S.TELLING
    answer(call, 15.0)
    assert call.state is S.CLOSING
    call.receive(HungUp(17.0, "", 16), 17.0)
    assert call.record().result == "told"


def test_or_presses_1_and_waits_for_a_person() -> None:
    call = called()
    answer(call, 8.0)
    commands = answer(call, 12.0, "1")
    assert call.state is S.WAITING
    assert any(isinstance(command, cmd.JoinQueue) and command.queue == "support" for command in commands)


def test_who_hangs_up_before_it_was_said_was_not_told() -> None:
    call = called()
    call.receive(HungUp(2.0, "", 16), 2.0)
    assert call.record().result == "left"
    failed = called()
    answer(failed, 2.0, failed=True)
    failed.receive(HungUp(3.0, "", 16), 3.0)
    assert failed.record().result != "told"
