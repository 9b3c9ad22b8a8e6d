"""`make demo`: one whole call on a private Ringback, told as one JSON document.

Owns the script of that call: who dials, listens, presses and says what, and what has to be true in the
end. The private Ringback is `app.trial.trial`'s, the phones are `pbx.phones.phone`'s, the document is
`web.documents.calls`'. Progress goes to standard error; standard output has the document alone.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.trial.demo_sentences import Sentence, sentences
from app.trial.ports import LOOPBACK
from app.trial.trial import REPOSITORY, Trial, until
from calls.models import Call
from pbx.phones.phone import Phone
from pbx.phones.prompt_match import Ear
from prompts import files as prompt_files
from ringback.config import EntryPoint, Language
from ringback.errors import RingbackError
from transcripts.models import Transcript
from web.documents.calls import call_document

Document = dict[str, Any]

CALLER = {"en": ("Alice Carter", "+12025550123"), "ru": ("Алиса Картер", "+79161234567")}
AGENT = "anna"
MENU_KEY, SURVEY_KEY = "1", "2"
ANSWER_SECONDS = 5.0
PROMPT_SECONDS = 30.0
"""Longer than notice, greeting and menu together."""
WORK_SECONDS = 240.0
"""For recording and transcript on a slow machine: the model is loaded first."""
LISTEN = REPOSITORY / "var" / "demo"
"""Where the last demo's recording stays, to be listened to; everything else goes."""
SETTINGS = {
    "queues": {
        "support": {
            "name": "Support",
            "agents": [AGENT],
            "announce_first_seconds": 1,
            "announce_every_seconds": 60,
            "wrap_up_seconds": 1,
        },
    },
    "agents": [{"name": AGENT, "display": "Anna", "extension": "201"}],
    "menus": {
        "main": {
            "prompt": "menu-main",
            "options": {
                "1": {"label": "Something does not work", "queue": "support"},
                "2": {"label": "An order or a bill", "queue": "support"},
            },
            "operator_queue": "support",
        }
    },
}
"""What the demo sets besides ports and folders: a caller who waits hears the position soon."""


class DemoError(RingbackError):
    """The demo's call did not go as it should."""


class Demo:
    """The call, step by step; each step has a deadline and a name that an error carries."""

    def __init__(self, language: Language, *, keep: bool, tell: Callable[[str], None]) -> None:
        self.language = language
        self.keep = keep
        self.tell = tell
        self.began = time.monotonic()

    def run(self) -> Document:
        """The document of the finished call. Raises DemoError with the step that failed."""
        with ExitStack() as stack:
            with self._step("Ringback starts"):
                trial = stack.enter_context(Trial(SETTINGS, keep=self.keep))
                caller = stack.enter_context(Phone("the caller"))
                agent = stack.enter_context(Phone("the agent"))
            if self.keep:
                self.tell(f"Everything lies in {trial.folder}.")
            self._call(trial, caller, agent)
            return self._wait_for_document(trial)

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        """Tells that a step begins; an error inside it is told with the step's name."""
        self.tell(f"{time.monotonic() - self.began:6.1f} s  {what}")
        try:
            yield
        except RingbackError as error:
            raise DemoError("app.demo_step", step=what, why=error.message) from error

    def _call(self, trial: Trial, caller: Phone, agent: Phone) -> None:
        """From the first ring to the goodbye."""
        line = next(line for line in trial.settings.lines if line.language == self.language)
        heard = trial.folder / "heard-by-caller.wav"
        ear = Ear(heard)
        sound = prompt_files.sound_files(self.language)
        with self._step(f"The caller dials {line.number} and is answered"):
            name, number = CALLER[self.language]
            caller.record(heard)
            caller.call(trial.uri(line.number), display=name, user=number)
            caller.wait("confirmed", ANSWER_SECONDS)
        self._menu(line, caller, ear, sound)
        with self._step("The caller hears the position in line"):
            ear.wait(sound["position-1"], PROMPT_SECONDS, last=True)
        with self._step("An agent signs in, the phone rings, the agent answers"):
            password = trial.secrets().agent_passwords[AGENT]
            agent.register(AGENT, password, LOOPBACK, trial.settings.sip.port)
            agent.wait("incoming", PROMPT_SECONDS)
            agent.answer()
            agent.wait("confirmed", ANSWER_SECONDS)
            until("the talk", ANSWER_SECONDS, lambda: _call_of(trial, state="talking"))
            caller.wait_hearing(ANSWER_SECONDS, sound=False)  # the music is over
        for sentence in sentences(self.language, trial.asterisk().program.share):
            self._say(sentence, caller, agent)
        with self._step("The agent hangs up"):
            agent.hangup()
            agent.wait("disconnected", ANSWER_SECONDS)
        with self._step(f"The caller hears the question and presses {SURVEY_KEY}"):
            ear.wait(sound["survey-solved"], PROMPT_SECONDS)
            caller.digits(SURVEY_KEY)
        with self._step("The caller hears the goodbye, the call ends"):
            ear.wait(sound["survey-thanks"], PROMPT_SECONDS)
            caller.wait("disconnected", PROMPT_SECONDS)
            caller.record_stop()

    def _menu(self, line: EntryPoint, caller: Phone, ear: Ear, sound: dict[str, Path]) -> None:
        with self._step(f"The caller hears notice, greeting and menu, and presses {MENU_KEY}"):
            for prompt in (line.notice, line.greeting, "menu-main"):
                if prompt is not None:
                    ear.wait(sound[prompt], PROMPT_SECONDS)
            caller.digits(MENU_KEY)

    def _say(self, sentence: Sentence, caller: Phone, agent: Phone) -> None:
        """One speaks to the end, the other must hear it; then it is quiet again."""
        speaker, listener = (caller, agent) if sentence.speaker == "caller" else (agent, caller)
        with self._step(f"The {sentence.speaker} says: {sentence.text}"):
            speaker.play(sentence.sound)
            listener.wait_hearing(ANSWER_SECONDS)
            speaker.wait("playback_finished", PROMPT_SECONDS)
            listener.wait_hearing(ANSWER_SECONDS, sound=False)

    def _wait_for_document(self, trial: Trial) -> Document:
        with self._step("The recording is finished and the transcript written"):
            call = until("the end of the call", ANSWER_SECONDS, lambda: _call_of(trial, state="ended"))
            until("the transcript", WORK_SECONDS, lambda: _transcribed(trial, call.call_id))
        with trial.sessions()() as session:
            document = call_document(session, call.call_id)
        if document is None:
            raise DemoError("app.demo_lost")
        recording = document["recording"]
        if recording["path"] is not None:
            LISTEN.mkdir(parents=True, exist_ok=True)
            copy = LISTEN / f"{self.language}.flac"
            shutil.copyfile(trial.settings.recordings / recording["path"], copy)
            recording["path"] = str(copy)
        return document


def _call_of(trial: Trial, state: str) -> Call | None:
    with trial.sessions()() as session:
        return session.scalar(select(Call).where(Call.state == state))


def _transcribed(trial: Trial, call_id: str) -> bool:
    """Whether nothing will be added to the call: its transcript is done or will not be, its ticket is there."""
    with trial.sessions()() as session:
        state = session.scalar(select(Transcript.state).where(Transcript.call_id == call_id))
        ticket = session.scalar(select(Call.ticket_number).where(Call.call_id == call_id))
        return state in ("done", "failed", "none") and ticket is not None


def wrong_in(document: Document) -> list[str]:
    """One sentence for each part of the demo's document that is missing or not as the script has it."""
    call, survey = document["call"], document["survey"]
    recording, transcript = document["recording"], document["transcript"] or {"turns": []}
    keys = [choice["key"] for choice in document["menu_path"]]
    answers = [answer["key"] for answer in survey["answers"]]
    spoke = {turn["speaker"] for turn in transcript["turns"] if turn["text"].strip()}
    checks = {
        f"The call's result is {call['result']}, not served.": call["result"] == "served",
        f"The agent is {call['agent']}, not {AGENT}.": call["agent"] == AGENT,
        f"The menu path is {keys}, not [{MENU_KEY}].": keys == [MENU_KEY],
        "The call has no wait with a connection.": [w["outcome"] for w in document["waits"]] == ["connected"],
        f"The recording is not complete: {recording['reason'] or recording['state']}.": recording["complete"],
        "The recording's file is not there.": bool(recording["path"]) and Path(recording["path"]).is_file(),
        "The transcript has no words of the caller.": "caller" in spoke,
        "The transcript has no words of the agent.": "agent" in spoke,
        "The call is on no ticket.": document["ticket"] is not None,
        f"The answer is {answers}, not [{SURVEY_KEY}].": answers == [SURVEY_KEY],
        "The call's end is not known.": document["timings"]["ended_at"] is not None,
    }
    return [sentence for sentence, right in checks.items() if not right]


def run(language: Language, *, keep: bool = False) -> int:
    """Places the call and prints its document; 0 only if every part is there and right."""

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    try:
        document = Demo(language, keep=keep, tell=tell).run()
    except RingbackError as error:
        tell(str(error))
        return 1
    print(json.dumps(document, ensure_ascii=False, indent=2))
    wrong = wrong_in(document)
    for sentence in wrong:
        tell(sentence)
    return 1 if wrong else 0
