"""Whatever codecs a phone offers, the recording has what was said: two tones, measured on their own sides."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile

from app import doctor
from app.trial.trial import until
from calls.models import Call
from pbx import versions
from pbx.phones.phone import Phone
from recording.service import sound_path
from tests.support.installation import CallerPhone, Installation
from tests.support.offers import OfferingCaller
from tests.support.tones import strongest, tone

CALLER_HERTZ, AGENT_HERTZ = 1000.0, 440.0
G722_FIRST = ("G722/16000", "PCMU/8000", "PCMA/8000")
A_LAW = ("PCMA/8000",)
WIDE_SPEEX_FIRST = ("speex/16000", "speex/32000", "L16/44100", "iLBC", "GSM", "PCMA/8000")


@contextmanager
def wideband_allowed(house: Installation) -> Iterator[None]:
    """As an owner's own configuration may have it: G.722 is the first that every endpoint takes."""
    conf = house.trial.asterisk().etc / "pjsip.conf"
    kept = conf.read_text()
    first = "allow = ulaw" if "allow = ulaw" in kept else "allow = alaw"

    def put(text: str, *, allowed: bool) -> None:
        conf.write_text(text)
        house.rx("module reload res_pjsip.so")
        until("the new codecs", 10, lambda: ("g722" in house.rx("pjsip show endpoint anonymous")) == allowed)

    put(kept.replace(first, f"allow = g722\n{first}"), allowed=True)
    try:
        yield
    finally:
        put(kept, allowed=False)


def recorded_tones(house: Installation, ended: Call) -> list[tuple[float, float]]:
    """(hertz, purity) of caller and agent in the finished recording, which must be whole."""
    path = sound_path(house.trial.settings, house.wait_recording(ended.call_id, "stored"))
    assert path is not None
    sound, rate = soundfile.read(path)
    assert rate == 8000
    begins = round((ended.connected_at - ended.arrived_at).total_seconds() * rate) if ended.connected_at else 0
    return [strongest(sound[begins:, side]) for side in (0, 1)]


def assert_clean(found: list[tuple[float, float]]) -> None:
    (caller, caller_purity), (agent, agent_purity) = found
    assert (caller, agent) == (CALLER_HERTZ, AGENT_HERTZ)
    assert caller_purity > 0.9 and agent_purity > 0.9


def talk_in_tones(house: Installation, caller: CallerPhone, agent: Phone, folder: Path) -> Call:
    """Both say their tone at the same time; the caller hangs up."""
    caller.press("1")
    house.talk(caller, agent)
    caller.phone.play(tone(folder / "caller.wav", CALLER_HERTZ, 3))
    agent.play(tone(folder / "agent.wav", AGENT_HERTZ, 3))
    caller.phone.wait("playback_finished", 20)
    agent.wait("playback_finished", 20)
    caller.phone.hangup()
    return house.wait_ended(caller.number)


@pytest.mark.parametrize(
    ("caller_offers", "agent_offers"),
    [
        pytest.param(G722_FIRST, (), id="a caller with G.722 first"),
        pytest.param((), G722_FIRST, id="an agent with G.722 first"),
        pytest.param(G722_FIRST, G722_FIRST, id="both with G.722 first"),
        pytest.param(WIDE_SPEEX_FIRST, A_LAW, id="a caller with wideband Speex and L16 first, an agent with A-law"),
    ],
)
def test_two_tones_are_recorded_as_they_were_said(
    house: Installation, tmp_path: Path, caller_offers: tuple[str, ...], agent_offers: tuple[str, ...]
) -> None:
    agent = house.sign_in("anna", codecs=agent_offers)
    caller = house.dial("1000", codecs=caller_offers)
    caller.hear("notice")
    assert_clean(recorded_tones(house, talk_in_tones(house, caller, agent, tmp_path)))


@pytest.mark.parametrize(
    ("audio", "agreed"),
    [
        pytest.param("96 9 0|rtpmap:96 opus/48000/2", "PCMU", id="opus, G.722, mu-law"),
        pytest.param("97 8 0|rtpmap:97 L16/16000", "PCMU", id="L16 at 16 kHz, A-law, mu-law"),
        pytest.param("98 8|rtpmap:98 opus/48000/2", "PCMA", id="opus, A-law"),
        pytest.param("9 8|rtpmap:9 G722/8000", "PCMA", id="G.722, A-law"),
    ],
)
def test_one_narrow_codec_is_agreed_on_whatever_comes_first(house: Installation, audio: str, agreed: str) -> None:
    number = f"+1202555{9000 + len(audio)}"
    with OfferingCaller(house.trial.settings.sip.port, "1002", number, audio) as caller:
        assert (caller.code, caller.agreed) == (200, [agreed])
        caller.speak(CALLER_HERTZ, 2)
    ended = house.wait_ended(number)
    assert recorded_tones(house, ended)[0][0] == CALLER_HERTZ


@pytest.mark.parametrize(
    "audio",
    [
        pytest.param("9|rtpmap:9 G722/8000", id="G.722 alone"),
        pytest.param("96|rtpmap:96 opus/48000/2", id="opus alone"),
        pytest.param("97|rtpmap:97 L16/16000", id="L16 at 16 kHz alone"),
    ],
)
def test_a_caller_who_speaks_wideband_alone_is_told_so_at_once(house: Installation, audio: str) -> None:
    number = f"+1202555{9100 + len(audio)}"
    with OfferingCaller(house.trial.settings.sip.port, "1000", number, audio) as caller:
        assert caller.code == 488  # Not Acceptable Here: the phone or the provider tries another codec
    assert house.channels() == 0
    assert house.call(number) is None


def test_an_agent_whose_phone_speaks_wideband_alone_costs_the_caller_no_place(house: Installation) -> None:
    """The phone refuses the call at once; the caller waits on, as for any phone that cannot be rung."""
    house.sign_in("anna", codecs=("G722/16000",))
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    house.wait_agent("anna", "paused")
    assert house.wait_call(caller.number, "waiting").state == "waiting"
    caller.phone.hangup()
    house.wait_ended(caller.number)


def test_the_doctor_names_endpoints_whose_recordings_would_be_garbled(house: Installation) -> None:
    def told() -> doctor.Check:
        [check] = [check for check in doctor.examine(house.trial.settings) if check.name == "sound"]
        return check

    version = house.trial.asterisk().program.version
    assert told().state == "good" and version in told().found
    with wideband_allowed(house):
        if versions.garbles_wideband(version):
            assert told().state == "bad"
            assert "anonymous: g722; boris: g722" in told().found
            assert "!all,ulaw,alaw" in told().mend
        else:
            assert told().state == "good"


@pytest.mark.parametrize("line", ["1000", "1001"])
def test_a_recording_that_a_codec_garbled_is_not_called_whole(house: Installation, line: str) -> None:
    """The real fault, as with an Asterisk of one's own whose endpoints allow G.722."""
    if not versions.garbles_wideband(house.trial.asterisk().program.version):
        pytest.skip("this Asterisk records wideband as it was said")
    with wideband_allowed(house):
        caller = house.dial(line, codecs=G722_FIRST)
        caller.hear("notice", "welcome")
        caller.phone.hangup()
        row = house.wait_recording(house.wait_ended(caller.number).call_id, "garbled")
    assert row.notes is not None and row.notes[0][0] in ("garbled_by_codec", "unlike_prompt")
    assert row.path is not None
