"""What is written for Asterisk: complete, and safe against every value; test_asterisk_runs is of the real program."""

import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx import asterisk, asterisk_conf, codec, missed
from pbx.asterisk import AsteriskDirs, AsteriskProgram
from pbx.errors import AsteriskError
from prompts import files as prompt_files
from ringback import secrets
from ringback.config import Ami, EntryPoint, Queue, Settings, Sip

PROGRAM = AsteriskProgram(("/nowhere/asterisk",), Path("/nowhere/modules"), Path("/nowhere/share"), "22.10.1", None)
"""Enough to write a configuration for; it is never started."""


def settings_in(folder: Path, **changes: object) -> Settings:
    return Settings.model_validate({"data": folder, "sip": {"address": "127.0.0.1"}, **changes})


def rendered(settings: Settings) -> AsteriskDirs:
    secret, _ = secrets.load_or_create(settings)
    return asterisk.render(settings, secret, PROGRAM)


def section(text: str, name: str) -> list[str]:
    """The lines of one context or section, comments and blank lines left out."""
    found = re.search(rf"^\[{re.escape(name)}\].*?\n(.*?)(?=^\[|\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"no [{name}]"
    return [line for line in found.group(1).splitlines() if line.strip() and not line.startswith(";")]


def test_each_line_of_the_settings_is_answered_recorded_and_handed_over(tmp_path: Path) -> None:
    place = rendered(settings_in(tmp_path))
    lines = section((place.etc / "extensions.conf").read_text(), "ringback-lines")
    start = lines.index(" same => n(known),Set(CHANNEL(language)=ru)") - 1
    assert lines[start - 1 : start + 7] == [
        'exten => 1001,1,GosubIf($["${CONTEXT}" != "ringback-agents"]?ringback-admission,s,1)',
        " same => n,Set(RINGBACK_FROM=${URIENCODE(${CHANNEL(pjsip,remote_uri)})})",
        " same => n(known),Set(CHANNEL(language)=ru)",
        ' same => n,GosubIf($["${RINGBACK_NUISANCE}${CONTEXT}" = "1ringback-lines"]?ringback-nuisance,s,1(RU))',
        " same => n,Set(CHANNEL(hangup_handler_push)=ringback-gone,s,1(1001))",
        " same => n,Answer()",
        " same => n,Set(RINGBACK_LINE=1001)",
        f" same => n,MixMonitor({tmp_path}/spool/recordings/${{UNIQUEID}}.raw,D)",
    ]
    assert "agi:async" in lines[start + 8]


def test_limits_of_callers_are_in_the_dialplan(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    limited = settings.model_copy(
        update={"sip": settings.sip.model_copy(update={"most_calls": 6, "most_new_calls": 4.0})}
    )
    steps = section((rendered(limited).etc / "extensions.conf").read_text(), "ringback-admission")
    text = "\n".join(steps)
    assert "$[${GROUP_COUNT(callers@inside)} > 6 | (" in text
    assert "$[${GROUP_COUNT(${RINGBACK_SOURCE}@source)} > 3]?full" in text
    assert "${RINGBACK_SPACE}:250)" in text and "${RINGBACK_BURST}:1250)" in text
    assert steps[-1] == " same => n,Hangup(42)", "503: congestion"


def test_nothing_that_somebody_listens_to_is_left_out(tmp_path: Path) -> None:
    told = (rendered(settings_in(tmp_path)).etc / "manager.conf").read_text()
    [line] = [line for line in told.splitlines() if line.startswith("disabledevents")]
    left_out = line.partition("= ")[2].split(",")
    assert sorted(left_out) == left_out and "VarSet" in left_out
    assert not {*left_out} & {*codec.EVENT_NAMES, *missed.EVENT_NAMES, "Newstate"}


OURS = {
    "FILTER",
    "GLOBAL(RINGBACK_DEAF)",
    "IFMODULE",
    "LOCAL(at)",
    "SPEECH(results)",
    "SPEECH(status)",
    "SPEECH_TEXT",
    "GLOBAL(RINGBACK_HEARS)",
    "CHANNEL",
    "URIENCODE",
    "AMDCAUSE",
    "ARG",
    "CHANNEL(state)",
    "EXTEN",
    "FIELDQTY",
    "RECORD_STATUS",
    "STAT",
    "STRREPLACE",
    "IF",
    "READSTATUS",
    "CHANNEL(endpoint)",
    "CONTEXT",
    "CUT",
    "DB",
    "GROUP_COUNT",
    "LEN",
    "UNIQUEID",
    "EPOCH",
    "GLOBAL(RINGBACK_HEARTBEAT)",
    "GLOBAL(RINGBACK_NEXT)",
    "GLOBAL(RINGBACK_ENDING)",
    "AGISTATUS",
    "AMDSTATUS",
    "STRFTIME",
}
"""Variables of the dialplan whose values Asterisk makes itself; those named RINGBACK_... we make from nothing else."""


def test_nothing_that_a_caller_sends_is_an_argument(tmp_path: Path) -> None:
    whole = (rendered(settings_in(tmp_path)).etc / "extensions.conf").read_text()
    phones = "\n".join(section(whole, "ringback-phones") + section(whole, "ringback-ring"))
    text = "\n".join(line for line in whole.splitlines() if line not in phones)
    named = set(re.findall(r"\$\{([A-Z_]+(?:\([a-zA-Z_]+\))?)", text))
    assert {name for name in named - OURS if not name.startswith("RINGBACK_")} == set()
    dialled = [line.strip() for line in text.splitlines() if "${EXTEN" in line]
    assert all("FILTER(0-9" in line for line in dialled), "what was dialled is taken as digits alone"


def test_only_an_agents_own_phones_are_rung_whatever_address_a_phone_writes(tmp_path: Path) -> None:
    whole = (rendered(settings_in(tmp_path)).etc / "extensions.conf").read_text()
    checks = [line for line in section(whole, "ringback-phones") if "REGEX" in line]
    assert len(checks) == 2
    pattern = re.search(r'REGEX\("(.*?)" ', checks[0])
    assert pattern is not None
    ours = "PJSIP/anna/sip:anna@192.0.2.7:5060;ob"
    for contacts, taken in (
        (ours, True),
        (f"{ours}&PJSIP/anna/sips:anna@192.0.2.8", True),
        (f"{ours};x=&PJSIP/19005551212@trunk", False),
        (f"{ours};x=&Local/1000@ringback-lines", False),
        (f"{ours},30,U(somewhere)", False),
        ("", False),
    ):
        assert bool(re.search(pattern.group(1), contacts)) is taken, contacts


def test_a_phone_that_sends_a_call_on_leads_nowhere(tmp_path: Path) -> None:
    place = rendered(settings_in(tmp_path))
    agents = section((place.etc / "pjsip.conf").read_text(), "ringback-agent")
    assert "set_var = FORWARD_CONTEXT=ringback-nowhere" in agents
    assert "[ringback-nowhere]" not in (place.etc / "extensions.conf").read_text()


def test_agents_get_an_account_each_and_a_context_of_their_own(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    place = rendered(settings)
    secret, _ = secrets.load_or_create(settings)
    text = (place.etc / "pjsip.conf").read_text()
    assert "[anna](ringback-agent)\naors = anna\nauth = anna\n" in text
    assert f"username = anna\npassword = {secret.agent_passwords['anna']}\n" in text
    assert "context = ringback-agents" in section(text, "ringback-agent")
    assert "context = ringback-lines" in section(text, "anonymous")
    assert "include => ringback-lines" in section((place.etc / "extensions.conf").read_text(), "ringback-agents")


def dialled_by_anybody(text: str) -> list[re.Pattern[str]]:
    """What a request has to be addressed to, to be taken from anybody."""
    found = re.findall(r"^match_request_uri = /(.*)/$", text.replace("\\;", ";"), re.MULTILINE)
    return [re.compile(each) for each in found]


def test_anybody_may_dial_a_line_however_it_is_written_and_is_asked_for_a_password_for_all_else(tmp_path: Path) -> None:
    lines = [{"number": "+12025550100", "name": "Support"}, {"number": "1000", "name": "Inside"}]
    settings = settings_in(tmp_path, lines=lines)
    patterns = dialled_by_anybody((rendered(settings).etc / "pjsip.conf").read_text())
    assert len(patterns) == 2
    for uri, taken in {
        **{f"sip:{text}@192.0.2.1:5060": True for text in settings.reach},
        "sips:+12025550100@x;user=phone": True,
        "sip:+1-202-555-0100@x": True,
        "sip:+12025550100;npdi=yes;rn=+1777@x": True,
        "sip:+12025550100:secret@x": True,
        "tel:+12025550100": True,
        "tel:+1-202-555-0100;phone-context=example.com": True,
        "sip:192.0.2.1": False,
        "sip:anna@x": False,
        "sip:201@x": False,
        "sip:10001@x": False,
        "sip:01000@x": False,
        "sip:x1000@x": False,
        "sip:1000": False,
        "sip:x@1000": False,
        "sip:x;sip:1000@x": False,
        "sip:ringback@x": False,
    }.items():
        assert any(pattern.search(uri) for pattern in patterns) is taken, uri


def test_our_account_at_the_provider_is_dialled_by_anybody(tmp_path: Path) -> None:
    patterns = dialled_by_anybody(trunk_text(tmp_path, user="support"))
    assert any(pattern.search("sip:ringback@192.0.2.1:5060") for pattern in patterns)


def test_no_phone_is_known_by_anything_but_its_name_and_its_password(tmp_path: Path) -> None:
    text = (rendered(settings_in(tmp_path)).etc / "pjsip.conf").read_text()
    assert "endpoint_identifier_order = username,ip,request_uri,auth_username" in text
    assert "identify_by = request_uri" in section(text, "anonymous")
    modules = (rendered(settings_in(tmp_path)).etc / "modules.conf").read_text()
    assert "res_pjsip_endpoint_identifier_anonymous" not in modules, "or whoever is nobody could register by it (403)"


def test_the_manager_listens_on_loopback_and_lets_nobody_else_in(tmp_path: Path) -> None:
    text = (rendered(settings_in(tmp_path)).etc / "manager.conf").read_text()
    assert "bindaddr = 127.0.0.1" in section(text, "general")
    user = section(text, "ringback")
    assert user.index("deny = 0.0.0.0/0.0.0.0") < user.index("permit = 127.0.0.1/255.255.255.255")


def test_files_with_passwords_are_for_their_owner_alone(tmp_path: Path) -> None:
    place = rendered(settings_in(tmp_path))
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.etc.iterdir()} == {0o600}


def test_rendering_again_removes_what_is_no_longer_written(tmp_path: Path) -> None:
    place = rendered(settings_in(tmp_path))
    (place.etc / "old.conf").write_text("[general]\n")
    rendered(settings_in(tmp_path))
    assert not (place.etc / "old.conf").exists()


def test_own_recordings_go_before_the_shipped_prompts_and_may_go_again(tmp_path: Path) -> None:
    own = tmp_path / "sounds" / "en" / "welcome.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"RIFF")
    link = rendered(settings_in(tmp_path)).share / "sounds" / "en" / "ringback" / "welcome.wav"
    assert link.resolve() == own.resolve()
    own.unlink()
    rendered(settings_in(tmp_path))
    assert link.resolve() == (prompt_files.SOUNDS / "en" / "welcome.wav").resolve()


def test_own_music_goes_before_the_shipped(tmp_path: Path) -> None:
    (tmp_path / "music" / "quiet").mkdir(parents=True)
    queue = Queue(name="Support", agents=["anna"], music="quiet")
    place = rendered(settings_in(tmp_path, queues={"support": queue, "billing": queue}))
    text = (place.etc / "musiconhold.conf").read_text()
    assert f"directory = {tmp_path}/music/quiet" in section(text, "quiet")
    assert "directory = /nowhere/share/moh" in section(text, "default")


def trunk_text(folder: Path, password: str = "", **trunk: object) -> str:
    settings = settings_in(folder, trunk={"host": "sip.example.com", **trunk})
    secret, _ = secrets.load_or_create(settings)
    secret = secret.model_copy(update={"trunk_password": password})
    return (asterisk.render(settings, secret, PROGRAM).etc / "pjsip.conf").read_text()


def test_without_a_trunk_there_is_no_way_out(tmp_path: Path) -> None:
    assert "trunk" not in (rendered(settings_in(tmp_path)).etc / "pjsip.conf").read_text()


def test_a_trunk_that_knows_our_address_needs_no_account(tmp_path: Path) -> None:
    text = trunk_text(tmp_path, port=5070)
    assert "contact = sip:sip.example.com:5070" in text
    assert "context = ringback-trunk" in section(text, "trunk"), "what comes in from there gets no further than a line"
    assert "outbound_auth" not in text
    assert "type = registration" not in text


def test_a_trunk_with_an_account_is_registered_so_that_calls_come_in_on_the_first_line(tmp_path: Path) -> None:
    text = trunk_text(tmp_path, "p;w$[x]", user="support")
    assert "username = support\npassword = p\\;w$[x]\n" in text
    assert "client_uri = sip:support@sip.example.com\n" in text
    assert "contact_user = ringback" in text, "no number: the one that was called is looked for in To and elsewhere"
    assert "type = registration" not in trunk_text(tmp_path, user="support", registration=False)


def test_keys_come_as_the_settings_say_for_callers_and_for_the_trunk(tmp_path: Path) -> None:
    given = {"sip": {"address": "127.0.0.1", "dtmf": "inband"}, "trunk": {"host": "sip.example.com"}}
    text = (rendered(settings_in(tmp_path, **given)).etc / "pjsip.conf").read_text()
    modes = [
        line for name in ("anonymous", "ringback-agent", "trunk") for line in section(text, name) if "dtmf_mode" in line
    ]
    assert modes == ["dtmf_mode = inband", "dtmf_mode = auto", "dtmf_mode = auto"]
    assert "dtmf_mode = inband" in section(trunk_text(tmp_path, dtmf="inband"), "trunk")


def test_a_trunk_as_the_provider_wants_it(tmp_path: Path) -> None:
    text = trunk_text(
        tmp_path,
        user="4711@example.org",
        auth_user="login#1",
        realm="example.org",
        from_user="4930123456",
        outbound_proxy="edge.example.com:5070",
        transport="tls",
        srtp=True,
        addresses=["203.0.113.0/24"],
        qualify_seconds=7,
    )
    for line in (
        "contact = sip:sip.example.com:5061\\;transport=tls",
        "server_uri = sip:sip.example.com:5061\\;transport=tls",
        "client_uri = sip:4711@example.org",
        "from_user = 4930123456",
        "from_domain = example.org",
        "username = login#1",
        "realm = example.org",
        "media_encryption = sdes",
        "qualify_frequency = 7",
        "match = 203.0.113.0/24",
        "match = edge.example.com",
        "verify_server = yes",
        "ca_list_file = /etc/ssl/certs/ca-certificates.crt",
        "bind = 127.0.0.1:5061",
    ):
        assert f"{line}\n" in text, line
    assert text.count("outbound_proxy = sip:edge.example.com:5070\\;transport=tls\\;lr\n") == 3
    assert text.count("transport = transport-tls\n") == 2
    assert "verify_server = no\n" in trunk_text(tmp_path, transport="tls", tls_verify=False)


def test_a_trunk_without_an_account_is_never_called_by_nobody(tmp_path: Path) -> None:
    assert "from_user = 1000" in section(trunk_text(tmp_path), "trunk")
    assert "from_user = 4711" in section(trunk_text(tmp_path, from_user="4711"), "trunk")
    assert "from_user" not in trunk_text(tmp_path, caller_id="+12025550100").split("[trunk]")[1], "the number itself"


def test_nobody_becomes_the_trunk_by_a_name(tmp_path: Path) -> None:
    assert "identify_by = ip" in section(trunk_text(tmp_path), "trunk")


def test_behind_a_router_the_outer_address_is_told(tmp_path: Path) -> None:
    sip = {"address": "127.0.0.1", "external_address": "203.0.113.77", "local_networks": ["192.168.10.0/24"]}
    lines = section((rendered(settings_in(tmp_path, sip=sip)).etc / "pjsip.conf").read_text(), "transport-udp")
    assert lines[-3:] == [
        "external_signaling_address = 203.0.113.77",
        "external_media_address = 203.0.113.77",
        "local_net = 192.168.10.0/24",
    ]
    del sip["local_networks"]
    text = (rendered(settings_in(tmp_path, sip=sip)).etc / "pjsip.conf").read_text()
    assert "local_net = 10.0.0.0/8" in section(text, "transport-udp")


@pytest.mark.parametrize("password", ["a\nb", "a\r\n[x]", "a\0b", "a\\;b", " hunter2"])
def test_a_trunk_password_that_would_be_more_is_refused_and_not_shown(tmp_path: Path, password: str) -> None:
    with pytest.raises(AsteriskError, match="trunk_password") as caught:
        trunk_text(tmp_path, password, user="support")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "trunk",
    [
        {"host": "a\nb"},
        {"host": "a;b"},
        {"host": "a,b"},
        {"host": "-a"},
        {"user": "x\n[y]"},
        {"user": "a@b@c"},
        {"auth_user": "a;b", "user": "a"},
        {"outbound_proxy": "a;b"},
        {"addresses": ["a;b"]},
        {"from_domain": "a,b"},
        {"realm": "a;b", "user": "a"},
        {"caller_id": "1&2"},
        {"caller_id": "<img>"},
        {"dial": {"+7": "8&PJSIP/x"}},
        {"dial": {"7": "8"}},
        {"port": 0},
    ],
)
def test_a_trunk_that_would_be_configuration_is_refused(tmp_path: Path, trunk: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="trunk"):
        settings_in(tmp_path, trunk={"host": "sip.example.com", **trunk})


@given(st.text(max_size=40))
def test_a_display_name_stays_one_harmless_value(name: str) -> None:
    written = asterisk_conf.display(name)
    assert re.fullmatch(r'("[\w .\'-]+" )?', written)
    assert "\n" not in written


@pytest.mark.parametrize("value", ["a\nb", "a;b", "a[b", "${EVIL}", "a\0b", "a\\b", "a,b", "a|b"])
def test_a_value_that_would_be_configuration_is_refused(value: str) -> None:
    with pytest.raises(AsteriskError):
        asterisk_conf.safe(value)


@pytest.mark.parametrize("folder", ["with,comma", "with;semicolon", "with${dollar}", "with[bracket]", 'with"quote'])
def test_a_data_folder_that_asterisk_cannot_take_is_named(tmp_path: Path, folder: str) -> None:
    with pytest.raises(AsteriskError, match="folder"):
        rendered(settings_in(tmp_path / folder))


def test_an_ami_user_with_a_line_break_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AsteriskError):
        rendered(settings_in(tmp_path, ami=Ami(user="x]\nsecret = y\n[z")))


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(AsteriskError, match="no IP address"):
        rendered(settings_in(tmp_path, sip=Sip(address="example.com")))


def test_the_control_socket_is_never_too_deep_for_the_kernel(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    place = asterisk.place(settings_in(deep), PROGRAM)
    assert len(os.fsencode(place.run / "asterisk.ctl")) <= asterisk.LONGEST_SOCKET
    other = asterisk.place(settings_in(deep / "other"), PROGRAM)
    assert other.run != place.run


def test_files_for_an_own_asterisk_hold_no_general_part(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "var", ami=Ami(external=True))
    secret, _ = secrets.load_or_create(settings)
    written = asterisk.write_for_own(settings, secret, tmp_path / "out")
    assert {path.name for path in written} == {
        "ringback-aeap.conf",
        "ringback-extensions.conf",
        "ringback-manager.conf",
        "ringback-musiconhold.conf",
        "ringback-pjsip.conf",
        "README.txt",
    }
    assert not any("[general]" in path.read_text() or "[global]" in path.read_text() for path in written)
    assert (tmp_path / "out" / "sounds" / "en" / "ringback" / "welcome.wav").exists()


def test_a_root_that_is_named_and_holds_none_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(asterisk.ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(AsteriskError, match=asterisk.ROOT_VARIABLE):
        asterisk.find(settings_in(tmp_path))


def test_nothing_is_recorded_of_a_promised_call_before_a_person_is_there(tmp_path: Path) -> None:
    text = (rendered(settings_in(tmp_path)).etc / "extensions.conf").read_text()
    steps = section(text, "ringback-callbacks")
    [recorded] = [at for at, step in enumerate(steps) if "MixMonitor" in step]
    assert steps[recorded - 1].startswith(" same => n(person),Set(RINGBACK_ANSWERED=")
    assert max(at for at, step in enumerate(steps) if "AMD(2500" in step) < recorded


@pytest.mark.parametrize("notice", ["notice", "our-notice", None])
def test_the_fallback_begins_with_the_notice_of_the_line_for_whoever_has_not_heard_it(
    tmp_path: Path, notice: str | None
) -> None:
    lines = [EntryPoint(number="1000", name="Support", notice=notice)]
    text = (rendered(settings_in(tmp_path, lines=lines)).etc / "extensions.conf").read_text()
    for context in ("ringback-lines", "ringback-fallback"):
        steps = section(text, context)
        talks = next(at for at, step in enumerate(steps) if "fallback.py" in step)
        assert (steps[talks - 1] == f" same => n,Playback(ringback/{notice})") == (notice is not None)
        assert ('GotoIf($["${READSTATUS}" = ""]?:noticed' in steps[talks - 2]) == (notice is not None)
