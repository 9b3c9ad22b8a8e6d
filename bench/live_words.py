"""How far live words are behind: two calls in real time, the real listener process, a reader who asks as the page does.

Human sentences without more than half a second between them, one speaker after the other, so somebody always speaks.
The files grow as Asterisk lets them: 32 KiB at a time, about once a second. A word's delay runs from its end in the
sound to the first answer in which a reader, who asks once a second, has it; where words end is taken from Whisper's
word times of each sentence alone. Nothing is left out: words that never came are counted.
"""

import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import yaml
from numpy.typing import NDArray
from sqlalchemy.orm import Session, sessionmaker

from app.bootstrap import prepare
from bench.peak import cpu_seconds, peak_mb
from bench.prompts import RATE, Prompt, available, plain, prompts, stereo_call
from bench.report import Figure, percentile
from calls.models import Call
from ringback import config
from ringback.processes import LISTENER
from ringback.store.base import utcnow
from ringback.store.bus import Process
from ringback.store.engine import open_store, sessions
from transcripts.engines.models_store import whisper_folder
from transcripts.engines.recogniser import Word
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser
from transcripts.live import service

CALLS = 2
SECONDS, QUICK_SECONDS = 120, 40
BUFFER = 32768
"""Bytes that Asterisk writes at a time."""
WANTED = 3.0
REPOSITORY = Path(__file__).parents[1]


@dataclass
class Talk:
    """One call: its sentences with the places where they lie."""

    call_id: str
    language: str
    sound: NDArray[np.int16]
    said: list[tuple[str, float, Prompt]]
    """(speaker, second, sentence)"""


Seen = list[tuple[float, dict[str, list[tuple[str, float, float, list[str]]]]]]
"""[(second, {call_id: [(speaker, start, end, words), ...]}), ...]"""


def run(quick: bool) -> dict[str, Any]:
    if not (available("en") and available("ru")):
        return {"left_out": "Debian's prompts in English and Russian are not here"}
    seconds = QUICK_SECONDS if quick else SECONDS
    talks = [_talk(number, ("en", "ru")[number % 2], seconds) for number in range(CALLS)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "ringback.yaml"
        path.write_text(yaml.safe_dump({"data": "data", "live": {"calls": CALLS}}), encoding="utf-8")
        settings = config.load(path)
        prepare(settings)
        model = whisper_folder(settings)
        store = sessions(open_store(settings.store_url))
        seen, process = _listen(store, settings, path, talks, seconds)
        delays, missed, wrong = _judge(talks, seen, WhisperModel(model, 2))
    share = sum(delay <= WANTED for delay in delays) / max(1, len(delays) + missed)
    p95 = percentile(delays, 0.95)
    figures = [
        Figure("delay of a word, middle", percentile(delays, 0.5), "s", "limit", WANTED),
        Figure("delay of a word, p95", p95, "s", "limit", WANTED, p95, "s", f"at most {WANTED:g} s", p95 <= WANTED),
        Figure("words within the limit", 100 * share, "%"),
        Figure("the listener's CPU", 100 * process["cpu_seconds"] / seconds, "% of a core"),
        Figure("the listener's memory", process["peak_mb"], "MB"),
    ]
    details = {"words": len(delays), "never_shown": missed, "worst": round(max(delays), 2), "wer": wrong, **process}
    return {"figures": figures, "details": details}


def _talk(number: int, language: str, seconds: int) -> Talk:
    spoken = prompts(language, 300)
    random.Random(number).shuffle(spoken)
    chosen, said, clock = [], [], 0.0
    for place, prompt in enumerate(spoken):
        if clock + len(prompt.sound) / RATE > seconds:
            break
        chosen.append(prompt)
        said.append((("caller", "agent")[place % 2], clock, prompt))
        clock += len(prompt.sound) / RATE + 0.5
    return Talk(f"170000000{number}.1", language, stereo_call(chosen).sound, said)


def _listen(
    store: sessionmaker[Session], settings: config.Settings, path: Path, talks: list[Talk], seconds: int
) -> tuple[Seen, dict[str, Any]]:
    """Lets the calls happen; what a reader saw, and what the listener used."""
    command = [sys.executable, "-m", "app", "listener", "--config", str(path)]
    listener = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(store)
        before = cpu_seconds(listener.pid)
        began, arrived = time.monotonic(), utcnow()
        with store() as session, session.begin():
            for talk in talks:
                session.add(
                    Call(
                        call_id=talk.call_id, line="1000", language=talk.language, caller_number="1", caller_name="",
                        state="talking", arrived_at=arrived, connected_at=arrived,
                    )
                )  # fmt: skip
        writers = [
            threading.Thread(target=_write, args=(settings.spool, talk, began, number), daemon=True)
            for number, talk in enumerate(talks)
        ]
        for writer in writers:
            writer.start()
        seen: Seen = []
        pause = threading.Event()
        while time.monotonic() - began < seconds + 6:
            pause.wait(1.0)
            seen.append(_look(store, talks, began))
        used = {"cpu_seconds": round(cpu_seconds(listener.pid) - before, 1), "peak_mb": peak_mb(listener.pid)}
    finally:
        listener.send_signal(signal.SIGKILL)
        listener.wait()
    return seen, used


def _wait(store: sessionmaker[Session], seconds: float = 120) -> None:
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < deadline:
        with store() as session:
            if session.get(Process, LISTENER.name) is not None:
                return
        pause.wait(0.1)
    raise RuntimeError("the listener did not come up")


def _write(spool: Path, talk: Talk, began: float, number: int) -> None:
    """Writes as Asterisk does; each call's buffer is full at a moment of its own."""
    data = talk.sound.astype("<i2").tobytes()
    done, phase, pause = 0, number * BUFFER // CALLS // 4 * 4, threading.Event()
    with (spool / f"{talk.call_id}.raw").open("wb", buffering=0) as file:
        while done < len(data):
            heard = min(len(data), round((time.monotonic() - began) * RATE) * 4)
            ready = heard if heard == len(data) else (heard - phase) // BUFFER * BUFFER + phase
            if ready > done:
                file.write(data[done:ready])
                done = ready
            pause.wait(0.02)


def _look(store: sessionmaker[Session], talks: list[Talk], began: float) -> Any:
    with store() as session:
        rows = service.phrases_of(session, [talk.call_id for talk in talks])
        found = {
            call_id: [(row.speaker, row.start, row.end, plain(row.text).split()) for row in phrases]
            for call_id, phrases in rows.items()
        }
    return time.monotonic() - began, found


def _judge(talks: list[Talk], seen: Seen, model: WhisperModel) -> tuple[list[float], int, dict[str, float]]:
    """Every word's delay, how many never came, and the wrong words of each language's call."""
    delays: list[float] = []
    missed = 0
    wrong = {}
    for talk in talks:
        recogniser = WhisperRecogniser(model, talk.language)
        heard = [recogniser.transcribe([prompt.sound])[0] for _, _, prompt in talk.said]
        for (speaker, at, prompt), words in zip(talk.said, heard, strict=True):
            for word in words:
                delay = _delay(seen, talk.call_id, speaker, at, at + len(prompt.sound) / RATE, word)
                missed += delay is None
                delays += [] if delay is None else [delay]
        last = sorted(seen[-1][1].get(talk.call_id, []), key=lambda phrase: phrase[1])
        reference = [" ".join(plain(p.text) for who, _, p in talk.said if who == side) for side in ("caller", "agent")]
        hypothesis = [" ".join(" ".join(p[3]) for p in last if p[0] == side) for side in ("caller", "agent")]
        wrong[talk.language] = round(jiwer.wer(reference, hypothesis), 4)
    return delays, missed, wrong


def _delay(seen: Seen, call_id: str, speaker: str, start: float, end: float, word: Word) -> float | None:
    """From the word's end to the first answer with it in a phrase at its sentence's place; None: it never came."""
    text = plain(word.text).split()
    for moment, calls in seen:
        for who, first, last, words in calls.get(call_id, []):
            if who == speaker and first < end + 0.5 and last > start - 0.5 and set(text) <= set(words):
                return moment - (start + word.end)
    return None
