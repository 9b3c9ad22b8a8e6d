"""The state machine by itself: what a caller is asked, and that the order of events decides nothing."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.diagram import diagram
from ivr.dispatch import ACTIONS, AGAIN, READ, TAKE
from ivr.events import (
    KINDS,
    Adopted,
    AgentAnswered,
    Arrived,
    Done,
    Event,
    FallbackTook,
    HungUp,
    Offered,
    PbxLost,
    event_from_dict,
)
from ivr.facts import CallRecord
from ivr.flow import flows
from ivr.table import TRANSITIONS, CallSignal, CallState
from ringback.config import Settings
from tests.support import captures

SETTINGS = Settings()
FLOW = flows(SETTINGS)["1000"]
AS_CAPTURED = flows(captures.SETTINGS)["1000"]
T = 1_800_000_000.0
QUESTION = ("survey-solved", "survey-opt-out")


def lived(events: list[Event]) -> CallRecord:
    """The facts of a call to which these events came in this order."""
    call = CallDriver("1795306066.0", AS_CAPTURED)
    for event in events:
        call.receive(event, T)
    while (timer := call.next_timer()) is not None:
        call.handle_timer(timer)
    assert call.settled
    return call.record()


WHOLE = captures.captured_events("whole_call.ami")


def test_the_capture_is_a_whole_call() -> None:
    facts = lived(WHOLE)
    assert (facts.result, facts.agent, facts.queue) == ("served", "anna", "support")
    assert [(answer["key"], answer["means"]) for answer in facts.survey_answers] == [("2", "fair")]
    assert [step["label"] for step in facts.menu_path] == ["Something does not work"]
    assert facts.arrived_at < facts.queued_at < facts.connected_at < facts.released_at < facts.ended_at


@given(st.permutations(WHOLE))
@settings(max_examples=400, deadline=None)
def test_any_order_of_events_makes_the_same_record(events: list[Event]) -> None:
    assert lived(events) == lived(WHOLE)


@given(st.lists(st.sampled_from(WHOLE), max_size=20), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_events_that_come_twice_change_nothing(again: list[Event], random: object) -> None:
    events = WHOLE + again
    random.shuffle(events)  # type: ignore[attr-defined]
    assert lived(events) == lived(WHOLE)


@given(st.integers(0, len(WHOLE)))
def test_a_call_restored_from_its_snapshot_goes_on_the_same(step: int) -> None:
    call = CallDriver("1795306066.0", AS_CAPTURED)
    for event in WHOLE[:step]:
        call.receive(event, T)
    call = CallDriver.restore(call.snapshot(), AS_CAPTURED)
    for event in WHOLE[step:]:
        call.receive(event, T)
    while (timer := call.next_timer()) is not None:
        call.handle_timer(timer)
    assert call.record() == lived(WHOLE)


def test_events_survive_being_written_down() -> None:
    assert [event_from_dict(event.to_dict()) for event in WHOLE] == WHOLE


# -- what the caller is asked ------------------------------------------------------------------------


def arrived_call() -> CallDriver:
    call = CallDriver("1", FLOW)
    assert call.receive(Arrived(T, "1000", "+12025550100", "Alice"), T) == [cmd.Say("notice", ("notice",))]
    assert call.receive(Done(T + 1, "notice", ""), T + 1) == [cmd.Ask("ask-1", ("welcome", "menu-main"), 10)]
    return call


def waiting_call() -> CallDriver:
    call = arrived_call()
    call.receive(Done(T + 3, "ask-1", "1"), T + 3)
    assert call.state is CallState.WAITING
    return call


def talking_call() -> CallDriver:
    call = waiting_call()
    call.receive(Offered(T + 5, 1, ("anna",)), T + 5)
    call.receive(AgentAnswered(T + 7, "anna"), T + 7)
    assert call.state is CallState.TALKING
    return call


def test_a_choice_waits_with_music_at_the_place_of_the_arrival() -> None:
    call = arrived_call()
    assert call.receive(Done(T + 3, "ask-1", "2"), T + 3) == [
        cmd.MusicOn("default"),
        cmd.JoinQueue("billing", T, key="2", joined_at=T + 3),
    ]


@pytest.mark.parametrize(("line", "label"), [("1000", "A person"), ("1001", "Оператор")])
def test_the_operator_has_a_label_in_the_language_of_the_call(line: str, label: str) -> None:
    call = CallDriver("1", flows(SETTINGS)[line])
    call.receive(Arrived(T, line, "", ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    call.receive(Done(T + 3, "ask-1", "0"), T + 3)
    assert (call.facts.queue, call.facts.menu_path) == ("support", [{"menu": "main", "key": "0", "label": label}])


def test_wrong_and_silent_tries_are_counted_apart() -> None:
    call = arrived_call()
    answers = ["9", "", "#", ""]
    for number, key in enumerate(answers, 1):
        before = "menu-silent" if key == "" else "menu-invalid"
        commands = call.receive(Done(T + number, f"ask-{number}", key), T + number)
        assert commands == [cmd.Ask(f"ask-{number + 1}", (before, "menu-main"), 5)]
    commands = call.receive(Done(T + 9, "ask-5", "*"), T + 9)
    assert cmd.JoinQueue("support", T, joined_at=T + 9) in commands
    assert cmd.Ask("say-1", ("to-person",), 0) in commands
    assert call.facts.menu_path == []


def test_a_lost_command_counts_as_silence() -> None:
    call = arrived_call()
    timer = call.next_timer()
    assert timer is not None
    assert call.handle_timer(timer) == [cmd.Ask("ask-2", ("menu-silent", "menu-main"), 5)]


def test_an_agent_who_gets_free_cuts_the_announcement() -> None:
    call = arrived_call()
    for number in (1, 2, 3):
        call.receive(Done(T + number, f"ask-{number}", ""), T + number)
    call.receive(Done(T + 3, "sound-3", "150"), T + 3)
    assert call.memory.pending == "say-1"
    commands = call.receive(Offered(T + 4, 1, ("anna",)), T + 4)
    assert commands == [cmd.CutPrompt(), cmd.Ring("offer-1", ("anna",), 20, "default", "+12025550100")]


def test_a_missed_offer_keeps_the_place() -> None:
    call = waiting_call()
    call.receive(Offered(T + 5, 1, ("anna",)), T + 5)
    commands = call.receive(Done(T + 25, "offer-1", "NOANSWER"), T + 25)
    assert commands == [cmd.MusicOn("default"), cmd.RejoinQueue("support", T, ("anna",))]
    assert call.state is CallState.WAITING


@pytest.mark.parametrize(("key", "outcome", "prompt"), [("3", "answered", "survey-thanks"), ("", "silent", "goodbye")])
def test_one_question_then_goodbye(key: str, outcome: str, prompt: str) -> None:
    call = talking_call()
    commands = call.receive(Done(T + 60, "offer-1", "ANSWER"), T + 60)
    assert commands == [cmd.LeaveQueue(), cmd.Ask("survey-1", QUESTION, 8)]
    commands = call.receive(Done(T + 64, "survey-1", key), T + 64)
    assert commands == [cmd.Ask("goodbye", (prompt,), 0), cmd.HangUp()]
    assert call.facts.survey_outcome == outcome


def test_a_wrong_key_in_the_survey_is_asked_once_more_and_no_more() -> None:
    call = talking_call()
    call.receive(Done(T + 60, "offer-1", "ANSWER"), T + 60)
    assert call.receive(Done(T + 63, "survey-1", "8"), T + 63) == [cmd.Ask("survey-2", ("menu-invalid", *QUESTION), 8)]
    assert cmd.HangUp() in call.receive(Done(T + 66, "survey-2", "8"), T + 66)


def test_a_queue_without_survey_says_goodbye() -> None:
    raw = SETTINGS.model_dump()
    raw["queues"]["support"]["survey"] = None
    call = CallDriver("1", flows(Settings.model_validate(raw))["1000"])
    for event in (
        Arrived(T, "1000", "", ""),
        Done(T, "notice", ""),
        Done(T, "ask-1", "1"),
        Offered(T, 1, ("anna",)),
        AgentAnswered(T, "anna"),
    ):
        call.receive(event, T)
    assert call.receive(Done(T, "offer-1", "ANSWER"), T) == [
        cmd.LeaveQueue(),
        cmd.Ask("goodbye", ("goodbye",), 0),
        cmd.HangUp(),
    ]


# -- the end -----------------------------------------------------------------------------------------


def hung_up(call: CallDriver) -> CallRecord:
    waits = call.state is CallState.WAITING
    assert call.receive(HungUp(T + 100, "Normal Clearing"), T + 100) == [cmd.LeaveQueue(cut_off=waits)]
    assert call.state is CallState.ENDED
    timer = call.next_timer()
    assert timer is not None
    assert not call.settled
    call.handle_timer(timer)
    assert call.settled
    return call.record()


def test_where_the_caller_hangs_up_is_the_result() -> None:
    assert hung_up(arrived_call()).result == "left"
    assert hung_up(waiting_call()).result == "abandoned"
    served = hung_up(talking_call())
    assert (served.result, served.released_at) == ("served", T + 100)


def test_nothing_is_sent_to_a_channel_that_is_gone() -> None:
    call = arrived_call()
    call.receive(HungUp(T + 2, ""), T + 2)
    assert call.receive(Done(T + 1, "ask-1", "1"), T + 2) == []
    assert call.record().queue == "support"


def test_a_switch_that_died_is_the_result() -> None:
    call = talking_call()
    call.receive(PbxLost(T + 50), T + 60)
    assert call.record().result == "pbx_lost"
    assert call.record().ended_at == T + 50


def test_a_call_that_we_broke_ends_with_an_apology() -> None:
    call = talking_call()
    assert call.give_up(T + 20) == [
        cmd.LeaveQueue(),
        cmd.CutPrompt(),
        cmd.Ask("goodbye", ("trouble",), 0),
        cmd.HangUp(),
    ]
    assert hung_up(call).result == "failed"


def test_an_event_nobody_asked_for_changes_nothing() -> None:
    call = arrived_call()
    before = asdict(call.facts)
    assert call.receive(Done(T, "offer-9", "ANSWER"), T) == []
    assert asdict(call.facts) == before
    assert call.state is CallState.GREETING


# -- the controller was away -------------------------------------------------------------------------


def away(call: CallDriver) -> Iterator[list[cmd.Command]]:
    """The commands of a call adopted from its snapshot: at once, then when the probe has come back."""
    restored = CallDriver.restore(call.snapshot(), FLOW)
    yield restored.receive(Adopted(T + 30, None), T + 30)
    yield restored.receive(Done(T + 31, "probe-1", ""), T + 31)


def test_a_menu_is_asked_again() -> None:
    assert list(away(arrived_call())) == [[cmd.Probe("probe-1")], [cmd.Ask("ask-2", ("menu-main",), 10)]]


def test_a_waiting_caller_keeps_the_place() -> None:
    assert list(away(waiting_call())) == [
        [cmd.JoinQueue("support", T, key="1", joined_at=T + 3), cmd.Probe("probe-1")],
        [cmd.MusicOn("default")],
    ]


def test_a_talk_that_ended_meanwhile_is_found_out() -> None:
    assert list(away(talking_call())) == [
        [
            cmd.ResumeRecording(),
            cmd.JoinQueue("support", T, key="1", joined_at=T + 3, agents=("anna",), talking=True),
            cmd.Probe("probe-1"),
        ],
        [cmd.ReadRingStatus("offer-1")],
    ]


def test_a_key_pressed_just_before_counts() -> None:
    call = CallDriver.restore(arrived_call().snapshot(), FLOW)
    call.receive(Adopted(T + 30, None), T + 30)
    assert cmd.JoinQueue("support", T, key="1", joined_at=T + 30) in call.receive(Done(T + 30, "ask-1", "1"), T + 30)
    assert call.receive(Done(T + 31, "probe-1", ""), T + 31) == [], "what is under way was asked after the probe"
    assert call.facts.menu_path[0]["key"] == "1"


# -- the table ---------------------------------------------------------------------------------------


def test_every_signal_has_a_place_and_every_arrow_an_action() -> None:
    assert {signal for signals in TRANSITIONS.values() for signal in signals} == set(CallSignal)
    assert set(TRANSITIONS) == set(CallState)
    for state, signals in TRANSITIONS.items():
        assert set(ACTIONS.get(state, {})) == set(signals) - {CallSignal.SETTLED}, state


def test_every_state_reads_answers_and_takes_its_step_again() -> None:
    assert set(READ) == set(AGAIN) == set(CallState) - {CallState.RINGING, CallState.ENDED}


def test_every_event_is_understood() -> None:
    drivers = {Done, Adopted, FallbackTook, HungUp, PbxLost}
    assert set(TAKE) == set(KINDS.values()) - drivers


def test_the_diagram_in_the_docs_is_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "call-states.md"
    assert page.read_text(encoding="utf-8") == diagram(), "run `python -m ivr.diagram > docs/call-states.md`"
