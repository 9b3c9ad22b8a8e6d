"""AMI words to events and back."""

from urllib.parse import quote

import pytest

from ivr import commands as cmd
from ivr.events import AgentRefused, Arrived, Done, HungUp, KeyPressed
from pbx import codec, silent_phones
from pbx.reports import ChannelEvent, CodeDialled, DeviceChanged, OwnChannelFailed, OwnChannelUp, PhoneSeen
from queueing.router import Device
from recogniser.wire import QuestionReader

HOSTILE = "<img src=x onerror=alert(1)>"
CHANNEL = {"Uniqueid": "17.1", "Linkedid": "17.1", "Channel": "PJSIP/anonymous-00000001"}


def executed(result: str, command: str = "ask-1") -> ChannelEvent | DeviceChanged | None:
    event = {"Event": "AsyncAGIExec", "CommandId": command, "Result": result, "Timestamp": "5.5"}
    return codec.decode(CHANNEL | event, 9.0)


@pytest.mark.parametrize(
    ("result", "done"),
    [
        ("200%20result%3D1%20(7)%0A", Done(5.5, "ask-1", "7")),
        ("200%20result%3D1%20(%23)%0A", Done(5.5, "ask-1", "#")),
        ("200%20result%3D1%20(*)%0A", Done(5.5, "ask-1", "*")),
        ("200%20result%3D1%20()%0A", Done(5.5, "ask-1", "")),
        ("200%20result%3D0%0A", Done(5.5, "ask-1", "")),
        ("200%20result%3D-1%0A", Done(5.5, "ask-1", "", failed=True)),
        ("511%20result%3D-1%20Command%20Not%20Permitted", Done(5.5, "ask-1", "", failed=True)),
        ("", Done(5.5, "ask-1", "", failed=True)),
    ],
)
def test_what_a_command_answered(result: str, done: Done) -> None:
    assert executed(result) == ChannelEvent("17.1", done)


def test_how_ringing_ended() -> None:
    assert executed("200%20result%3D1%20(NOANSWER)", "offer-1") == ChannelEvent(
        "17.1", Done(5.5, "offer-1", "NOANSWER")
    )
    assert executed("200%20result%3D0", "offer-1.dial") is None


def test_hostile_names_are_text() -> None:
    header = quote(f'"{HOSTILE}" <sip:=cmd@x>')
    start = {"Event": "AsyncAGIStart", "Context": "ringback-lines", "Exten": "1000"}
    start["ChanVariable"] = f"OTHER=1\nRINGBACK_FROM={header}"
    assert codec.decode(CHANNEL | start, 9.0) == ChannelEvent("17.1", Arrived(9.0, "1000", "=cmd", HOSTILE))


def test_an_agent_may_call_a_line_or_dial_a_code() -> None:
    start = {"Event": "AsyncAGIStart", "Context": "ringback-agents", "Channel": "PJSIP/anna-00000003"}
    assert codec.decode(CHANNEL | start | {"Exten": "1000"}, 9.0) == ChannelEvent("17.1", Arrived(9.0, "1000", "", ""))
    assert codec.decode(CHANNEL | start | {"Exten": "*13"}, 9.0) == CodeDialled("17.1", "anna", "*13")


def test_what_asterisk_has_after_a_time_away() -> None:
    def channel(name: str, **more: str) -> dict[str, str]:
        shown = {"Event": "CoreShowChannel", "Uniqueid": name, "Channel": f"PJSIP/{name}-00000001"}
        return shown | {"Exten": "1000", "Duration": "00:01:05", "ChannelStateDesc": "Up"} | more

    live, bridged = codec.decode_channels(
        [
            {"Response": "Success"},
            channel("caller", Context="ringback-lines", BridgeId="b1", Application="Dial"),
            channel("new", Context="ringback-lines", Application="AGI", ApplicationData="agi:async"),
            channel("fallen", Context="ringback-lines", Application="AGI", ApplicationData="python,fallback.py"),
            channel("anna", Context="ringback-agents", Application="AppDial", Exten="", BridgeId="b1"),
            channel("boris", Context="ringback-agents", Application="AGI"),
            channel("vera", Context="ringback-agents", Application="AGI", Exten="*13"),
            channel("cb-1-1a", Context="ringback-agents", ChannelStateDesc="Ringing"),
        ]
    )
    assert [(c.call_id, c.bridge, c.ours, c.answered, c.waits_for_us) for c in live] == [
        ("caller", "b1", False, True, False),
        ("new", "", False, True, True),
        ("fallen", "", False, True, False),
        ("boris", "", False, True, False),
        ("cb-1-1a", "", True, False, False),
    ]
    assert live[0].seconds == 65.0
    assert [(member.channel, member.bridge, member.agent) for member in bridged] == [
        ("caller", "b1", ""),
        ("anna", "b1", "anna"),
    ]


def test_a_leg_that_is_listened_to_is_not_ours_yet() -> None:
    """While Asterisk finds out whether a machine has answered, no command would be taken."""
    leg = {"Event": "CoreShowChannel", "Channel": "PJSIP/trunk-1", "Duration": "00:00:05", "ChannelStateDesc": "Up"}
    leg |= {"Uniqueid": "cb-1-1c", "Context": "ringback-callbacks"}
    idle = {"Application": "AGI", "ApplicationData": "agi:async"}
    shown = [
        leg | {"Exten": "customer", "Application": "AMD"},
        leg | {"Exten": "customer"} | idle,
        leg | {"Exten": "machine"} | idle,
    ]
    assert [(c.line, c.answered) for c in codec.decode_channels(shown)[0]] == [
        ("customer", False), ("customer", True), ("machine", True),
    ]  # fmt: skip


def test_a_channel_is_named_by_its_own_id_whatever_it_is_linked_with() -> None:
    hangup = {"Event": "Hangup", "Cause-txt": "Normal Clearing", "Linkedid": "16.9"}
    assert codec.decode(CHANNEL | hangup, 9.0) == ChannelEvent("17.1", HungUp(9.0, "Normal Clearing"))


@pytest.mark.parametrize(("exten", "machine"), [("agent", False), ("customer", False), ("machine", True)])
def test_a_channel_that_we_made_was_answered(exten: str, machine: bool) -> None:
    start = {"Event": "AsyncAGIStart", "Context": "ringback-callbacks", "Exten": exten}
    assert codec.decode(CHANNEL | start, 9.0) == OwnChannelUp("17.1", 9.0, machine)


@pytest.mark.parametrize(("exten", "at"), [("at1795675166530", 1795675166.53), ("at", 9.0), ("at²", 9.0)])
def test_a_customer_has_answered_before_we_knew_that_it_is_no_machine(exten: str, at: float) -> None:
    start = {"Event": "AsyncAGIStart", "Context": "ringback-callbacks", "Exten": exten}
    assert codec.decode(CHANNEL | start, 9.0) == OwnChannelUp("17.1", at, machine=False)


def test_only_keys_that_the_caller_pressed_count() -> None:
    pressed = {"Event": "DTMFEnd", "Digit": "1", "Direction": "Received"}
    assert codec.decode(CHANNEL | pressed, 9.0) == ChannelEvent("17.1", KeyPressed(9.0, "1"))
    assert codec.decode(CHANNEL | pressed | {"Direction": "Sent"}, 9.0) is None


@pytest.mark.parametrize(
    ("state", "device"),
    [("NOT_INUSE", Device.IDLE), ("UNAVAILABLE", Device.UNREACHABLE), ("INUSE", Device.IN_USE), ("?", Device.IN_USE)],
)
def test_phones(state: str, device: Device) -> None:
    message = {"Event": "DeviceStateChange", "Device": "PJSIP/anna", "State": state}
    assert codec.decode(message, 9.0) == DeviceChanged("anna", device)


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({"DialStatus": "BUSY"}, "busy"),
        ({"DialStatus": "NOANSWER"}, "unanswered"),
        ({"DialStatus": "CHANUNAVAIL"}, "unreachable"),
        ({"DialStatus": "CANCEL", "Forward": "202"}, "unanswered"),
        ({"DialStatus": "CANCEL"}, None),
    ],
)
def test_how_a_phone_did_not_answer(said: dict[str, str], how: str | None) -> None:
    message = CHANNEL | {"Event": "DialEnd", "DestChannel": "PJSIP/anna-0000002a"} | said
    assert codec.decode(message, 9.0) == (how and ChannelEvent("17.1", AgentRefused(9.0, "anna", how)))


def test_a_channel_that_could_not_be_made_has_failed_though_asterisk_names_it() -> None:
    told = {"Event": "OriginateResponse", "ActionID": "cb-1-1a", "Response": "Failure", "Channel": "PJSIP/anna"}
    for unique_id in ("cb-1-1a", "<null>"):
        message = told | {"Reason": "0", "Uniqueid": unique_id}
        assert codec.decode(message, 9.0) == OwnChannelFailed("cb-1-1a", 9.0)


def test_a_phone_is_seen_when_it_registers_and_not_when_it_goes() -> None:
    told = {"Event": "ContactStatus", "AOR": "anna", "ContactStatus": "Reachable"}
    assert codec.decode(told, 9.0) == PhoneSeen("anna")
    assert codec.decode(told | {"ContactStatus": "Removed"}, 9.0) is None


def test_a_refused_command_is_an_event_of_the_call() -> None:
    ask = cmd.Ask("ask-1", ("notice",), 5)
    gone = {"Response": "Error", "Message": "Channel 17.1 does not exist or cannot get its lock"}
    assert codec.decode_refusal("17.1", ask, gone, 9.0) == ChannelEvent("17.1", HungUp(9.0, "the channel was gone"))
    other = {"Response": "Error", "Message": "Failed to add AGI command"}
    assert codec.decode_refusal("17.1", ask, other, 9.0) == ChannelEvent("17.1", Done(9.0, "ask-1", "", failed=True))
    assert codec.decode_refusal("17.1", cmd.HangUp(), other, 9.0) is None
    assert codec.decode_refusal("17.1", ask, {"Response": "Success"}, 9.0) is None


def test_every_command_is_one_or_more_actions() -> None:
    assert codec.encode("17.1", cmd.Ring("offer-1", ("anna",), 20, "default", "+12025550100")) == [
        ("AGI", {"Channel": "17.1", "Command": "SET CALLERID +12025550100"}),
        ("AGI", {"Channel": "17.1", "Command": "SET MUSIC OFF"}),
        ("AGI", {"Channel": "17.1", "Command": 'SET VARIABLE RINGBACK_PHONES ""'}),
        ("AGI", {"Channel": "17.1", "Command": "GOSUB ringback-phones anna 1"}),
        ("AGI", {"Channel": "17.1", "Command": "GOSUB ringback-ring s 1 20,gim(default)", "CommandID": "offer-1.dial"}),
        ("AGI", {"Channel": "17.1", "Command": "GET VARIABLE DIALSTATUS", "CommandID": "offer-1"}),
    ]
    assert codec.encode("17.1", cmd.HangUpNow()) == [("Hangup", {"Channel": "17.1"})]


@pytest.mark.parametrize("command", [cmd.Listen("listen-1", 3, 120), cmd.Bridge("bridge-1", "rb-1-a")])
def test_music_that_the_watchdog_has_begun_ends_where_no_prompt_ends_it(command: cmd.ChannelCommand) -> None:
    first, *_ = codec.encode("17.1", command)
    assert first == ("AGI", {"Channel": "17.1", "Command": "SET MUSIC OFF"})


@pytest.mark.parametrize(("value", "ends"), [("1", True), ("0", False), ("", False)])
def test_whether_all_is_to_end_is_asked_of_asterisk(value: str, ends: bool) -> None:
    assert codec.decode_ending([{"Response": "Success", "Variable": codec.ENDING_VARIABLE, "Value": value}]) is ends


@pytest.mark.parametrize(
    ("allow", "native", "how", "offers"),
    [
        ("INVITE, ACK, BYE, UPDATE", "(ulaw)", "update", ["!all,ulaw", "!all,ulaw,alaw"]),
        ("INVITE, ACK, BYE", "(alaw)", "invite", ["!all,alaw", "!all,alaw,ulaw"]),
        ("", "", "invite", ["!all,ulaw", "!all,ulaw,alaw"]),
    ],
)
def test_a_phone_is_asked_in_its_call_with_what_it_understands(
    allow: str, native: str, how: str, offers: list[str]
) -> None:
    actions = silent_phones.ask_whether_there("17.1", [{"Value": allow}, {}, {"Value": native}])
    assert [headers["Value"] for _, headers in actions] == [offers[0], how, offers[1], how]
    assert {action for action, _ in actions} == {"Setvar"}


def test_a_phone_that_never_answered_a_request_has_vanished_however_its_channel_ended() -> None:
    told = CHANNEL | {"Event": "Hangup", "Cause": "16", "Cause-txt": "Normal Clearing", "TechCause": "408"}
    event = codec.decode(told, 9.0)
    assert isinstance(event, ChannelEvent)
    assert isinstance(event.event, HungUp)
    assert event.event.code == codec.VANISHED


def test_how_many_packets_came() -> None:
    assert silent_phones.packets_of({"Response": "Success", "Value": "389"}) == 389
    assert silent_phones.packets_of({"Response": "Error", "Message": "No such channel"}) is None


def test_a_question_in_words_brings_them_to_the_dialplan_in_lines_that_ami_takes() -> None:
    options = tuple((str(key), tuple(f"длинная фраза; ${{{n}}}, {key}" for n in range(5))) for key in range(1, 8))
    actions = codec.encode("17.1", cmd.Ask("ask-1", ("welcome", "menu-main"), 10, words=options, language="ru"))
    commands = [str(headers["Command"]) for _, headers in actions]
    assert commands[0] == 'SET VARIABLE RINGBACK_ANSWER ""', "the answer before is none to this question"
    *pieces, gosub, read = commands[1:]
    assert gosub == f"GOSUB ringback-ask s 1 ringback/welcome&ringback/menu-main,10,{len(pieces)},13"
    assert read == "GET VARIABLE RINGBACK_ANSWER"
    assert [("CommandID" in headers) for _, headers in actions] == [False] * (len(actions) - 1) + [True]
    assert all(len(command) < 900 for command in commands)
    reader = QuestionReader()
    found = [reader.take(piece.split()[-1]) for piece in pieces]
    assert found[-1] == ("ru", options)


def test_an_answer_in_words_is_read_as_it_stands() -> None:
    for value in ("2", "?2", "?"):
        told = {"Event": "AsyncAGIExec", "Uniqueid": "17.1", "CommandId": "ask-1", "Timestamp": "8.5"}
        message = told | {"Result": f"200%20result%3D1%20({value.replace('?', '%3F')})%0A"}
        assert codec.decode(message, 9.0) == ChannelEvent("17.1", Done(8.5, "ask-1", value))
