"""From the end of a word to the next prompt, on the real Asterisk: SIP callers who say an answer and hear what follows.

A whole Ringback of its own with its recogniser; the caller's phone records what it hears, and the beginning of the next
prompt is looked for in that. The word ends where its sound does, without the quiet behind it.
"""

import time
from pathlib import Path

from app.trial.trial import Trial, until
from bench.press_or_say_speech import Callers
from pbx.phones.phone import Phone
from pbx.phones.prompt_match import RATE, Ear
from prompts import files
from prompts.sound import EDGE_SECONDS, joined, wav
from ringback.store.bus import Process

SECONDS = 30.0
NEXT = "redial-place"
"""What an option says, and the caller hears next."""
WORDS = {"1": "technical support", "2": "billing", "3": "delivery"}
SETTINGS = {
    "live": {"words": False},
    "lines": [{"number": "1000", "name": "Press or say", "notice": None, "menu": "main"}],
    "menus": {
        "main": {
            "prompt": "digit-5",
            "operator_queue": "support",
            "options": {key: {"label": words, "say": NEXT, "words": {"en": [words]}} for key, words in WORDS.items()},
        }
    },
}


def delays(folder: Path, calls: int) -> list[float]:
    """Seconds, one for each call whose answer was understood at once."""
    found = []
    with Trial(SETTINGS) as trial:
        until("the recogniser to have its model", 60, lambda: _listens(trial))
        for number in range(calls):
            words = list(WORDS.values())[number % len(WORDS)]
            said = folder / f"said-{number % len(WORDS)}.wav"
            said.write_bytes(wav(joined([(Callers(folder).say("en", "joe", words), 0.1)])))
            heard = _delay(trial, said, folder / f"heard-{number}.wav")
            if heard is not None:
                found.append(heard)
    return found


def _listens(trial: Trial) -> bool:
    with trial.sessions()() as session:
        row = session.get(Process, "recogniser")
        return row is not None and row.trouble is None and trial.settings.recogniser_life.exists()


def _delay(trial: Trial, said: Path, recording: Path) -> float | None:
    sounds = files.sound_files("en")
    with Phone(f"caller {recording.stem}") as phone:
        phone.record(recording)
        phone.call(trial.uri("1000"), user="+12025550100")
        phone.wait("confirmed", SECONDS)
        ear = Ear(recording)
        ear.wait(sounds["digit-5"], SECONDS, last=True)
        time.sleep(1.0)  # the prompt is over, and the caller thinks
        phone.say(said)
        end = len(ear.sound()) / RATE - EDGE_SECONDS
        try:
            return ear.wait(sounds[NEXT], 5.0, after=max(0.0, end - 0.2)) - end
        finally:
            phone.hangup()
