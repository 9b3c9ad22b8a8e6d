"""A language is a folder and a file: French, made of Debian's recordings, serves a line without a change of code."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from app.trial.trial import REPOSITORY, Trial, until
from pbx import asterisk
from prompts import files
from prompts.errors import PromptBuildError
from prompts.importing import map_of, read_map
from prompts.voices import voice_of
from tests.support.installation import SECONDS, CallerPhone, Installation, open_installation
from tests.support.scenarios import SETTINGS
from tickets.models import TicketEntry
from transcripts.models import Transcript
from web.documents.calls import call_document

FRENCH = Path("/usr/share/asterisk/sounds/fr_CA_f_June")
LINE = {"number": "1009", "name": "Assistance", "language": "fr", "default_country": "FR"}
IN_WORDS = {"number": "1010", "name": "In words", "notice": None, "greeting": {"en": "Welcome to the blue house."}}
LATER = "menu-invalid"
"""A prompt that is brought while Ringback runs."""
TALK = (("caller", "vm-rec-unv"), ("agent", "vm-incorrect-mailbox"))

HEARD = frozenset("après enregistrez votre message indiquant disponible accès veuillez numéro boîte vocale".split())
"""Of what both say; one word more or less is understood each time."""


@pytest.fixture(scope="module")
def french(
    program: asterisk.AsteriskProgram, tmp_path_factory: pytest.TempPathFactory, missing: Callable[[str], None]
) -> Iterator[Trial]:
    """A Ringback with a French line, whose prompts were brought by the command, and one that greets in words."""
    if not FRENCH.is_dir():
        missing("French prompts: apt-get install asterisk-core-sounds-fr-wav")
    first = {name: sounds for name, sounds in read_map(map_of("fr")).items() if name != LATER}
    shorter = tmp_path_factory.mktemp("map") / "fr.yaml"
    shorter.write_text(yaml.safe_dump(first))
    try:
        voice_of("en").check()
    except PromptBuildError as error:
        missing(str(error))
    trial = Trial({**SETTINGS, "lines": [LINE, IN_WORDS]})
    bring(trial, shorter)
    with trial:
        yield trial


def bring(trial: Trial, by: Path) -> None:
    command = trial.command("prompts", "import", "--language", "fr", "--from", str(FRENCH), "--map", str(by))
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)


@pytest.fixture
def house(french: Trial, tmp_path: Path) -> Iterator[Installation]:
    with open_installation(french, tmp_path) as there:
        yield there


def own_folder(house: Installation) -> Path:
    return files.own_folder(house.trial.settings)


@pytest.mark.speech
def test_a_french_call_from_the_first_ring_to_the_ticket(house: Installation) -> None:
    caller = house.dial("1009", number="+33142685300", name="Amélie")
    assert caller.sounds["menu-main"].parent == own_folder(house) / "fr"
    after = caller.hear("notice", "welcome", "menu-main")
    caller.press("9")
    assert caller.sounds[LATER] == files.SOUNDS / "en" / f"{LATER}.wav"
    after = caller.hear(LATER, after=after)

    bring(house.trial, map_of("fr"))
    in_french = CallerPhone(caller.phone, caller.number, caller.ear, files.played_files("fr", own_folder(house)))
    assert in_french.sounds[LATER] == own_folder(house) / "fr" / f"{LATER}.wav"
    caller.press("8")
    in_french.hear(LATER, after=after)
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    caller.hear("please-wait", "position-1")

    anna = house.sign_in("anna")
    house.talk(caller, anna)
    caller.phone.wait_hearing(SECONDS, sound=False)
    for speaker, name in TALK:
        speaking, listening = (caller.phone, anna) if speaker == "caller" else (anna, caller.phone)
        speaking.play(FRENCH / f"{name}.wav")
        listening.wait_hearing(SECONDS)
        speaking.wait("playback_finished", SECONDS)
        listening.wait_hearing(SECONDS, sound=False)
    anna.hangup()
    caller.hear("survey-solved")
    caller.press("1")
    caller.hear("survey-thanks")
    caller.phone.wait("disconnected", SECONDS)

    call = house.wait_ended(caller.number)
    assert (call.language, call.result, call.caller_name) == ("fr", "served", "Amélie")

    def transcribed() -> bool:
        with house.trial.sessions()() as session:
            return session.query(Transcript.state).filter_by(call_id=call.call_id).scalar() == "done"

    until("the transcript", 120, transcribed)
    with house.trial.sessions()() as session:
        document = call_document(session, call.call_id)
        lines = session.query(TicketEntry.text).filter_by(ticket_number=call.ticket_number).all()
    assert document is not None
    said = {word for turn in document["transcript"]["turns"] for word in re.findall(r"\w+", turn["text"].lower())}
    assert len(said & HEARD) > len(HEARD) / 2, said
    assert document["transcript"]["language"] == "fr"
    assert lines and all(text for (text,) in lines), "sentences of tickets are in English where French has none"


def test_a_number_is_read_back_in_french(house: Installation) -> None:
    caller = house.dial("1009", number="+33142685301")
    caller.hear("welcome")
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    after = caller.hear("callback-offer")
    caller.press("1")
    after = caller.hear("fallback-number", after=after)
    confirmed = caller.hear("fallback-confirm", after=after)
    spoken = {digit: caller.ear.find(caller.sounds[f"digit-{digit}"], after=after) for digit in "0142"}
    assert all(second is not None and after < second < confirmed for second in spoken.values()), spoken
    caller.press("1")
    caller.hear("callback-thanks", after=after)
    caller.phone.wait("disconnected", SECONDS)
    assert house.wait_ended(caller.number).result == "promised"


def test_words_in_the_settings_are_what_callers_hear(house: Installation) -> None:
    greeting = house.trial.settings.lines[1].greeting
    caller = house.dial("1010")
    assert caller.sounds[str(greeting)] == own_folder(house) / "en" / f"{greeting}.wav"
    caller.hear(str(greeting), "menu-main")
    caller.phone.hangup()
    caller.phone.wait("disconnected", SECONDS)
    assert house.wait_settled(caller.number).result in ("left", "left_at_once")
