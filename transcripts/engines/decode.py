"""One recording -> words by speaker: what is listened to, and nothing else is decoded.

The caller is heard on the left channel for the whole call; the agents on the right one only while they
talk (`transcripts/text/talks.py`), because outside the talks that channel carries prompts and music.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import soundfile

from ringback.messages import words_of
from transcripts.engines.recogniser import RATE, Recogniser, Sound, Word
from transcripts.engines.speech import Reader, SpeechRange, Window, find_speech, windows
from transcripts.errors import TranscriptError

LEFT, RIGHT = 0, 1


@dataclass(frozen=True, slots=True)
class SpeakerPart:
    """What to listen to: one speaker's channel between two times."""

    speaker: str
    channel: int
    start: float
    """Seconds from the start of the recording."""
    end: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was found."""

    words: dict[str, list[Word]]
    audio_seconds: float
    speech_seconds: float
    """Sound that was decoded, both speakers together."""
    ranges: dict[str, list[list[float]]]
    """Where each speaker spoke: [[start, end], ...] in seconds."""


def parts(seconds: float, connected: float | None, released: float | None) -> list[SpeakerPart]:
    """The parts of a call of `seconds` with one talk, between `connected` and `released`, or none."""
    talk = [] if connected is None else [(connected, seconds if released is None else released)]
    return talk_parts(seconds, talk)


def talk_parts(seconds: float, talks: Iterable[tuple[float, float]]) -> list[SpeakerPart]:
    """The parts of a call of `seconds` whose agents talked in these intervals, given in order."""
    inside = [(max(0.0, start), min(end, seconds)) for start, end in talks]
    agent = [SpeakerPart("agent", RIGHT, start, end) for start, end in inside if end > start]
    return [SpeakerPart("caller", LEFT, 0.0, seconds), *agent]


def decode(
    file: soundfile.SoundFile,
    wanted: list[SpeakerPart],
    recogniser: Recogniser,
    tick: Callable[[], None],
    known: dict[str, list[list[float]]] | None = None,
) -> Decoded:
    """Listens to `wanted` in an open stereo file. `tick` is called between pieces of work; it may raise to stop.

    Speakers in `known` are not searched for speech again: theirs lies where an earlier run found it.
    """
    jobs: list[tuple[str, Reader, Window]] = []
    spoken: dict[str, list[list[float]]] = {part.speaker: [] for part in wanted}
    for part in wanted:
        read = _reader(file, part.channel)
        begin, end = round(part.start * RATE), min(round(part.end * RATE), file.frames)
        if known and part.speaker in known:
            ranges = _within(known[part.speaker], begin, end)
        else:
            ranges = find_speech(_ticking(read, tick), begin, end)
        spoken[part.speaker] += [[round(piece.start / RATE, 4), round(piece.end / RATE, 4)] for piece in ranges]
        jobs += [(part.speaker, read, window) for window in windows(ranges, recogniser.window_seconds)]
    words: dict[str, list[Word]] = {part.speaker: [] for part in wanted}
    for begin in range(0, len(jobs), recogniser.batch):
        tick()
        batch = jobs[begin : begin + recogniser.batch]
        answers = recogniser.transcribe([window.sound(read) for _, read, window in batch])
        for (speaker, _, window), answer in zip(batch, answers, strict=True):
            words[speaker] += window.in_place(answer)
    speech = sum(window.seconds for _, _, window in jobs)
    return Decoded(words, file.frames / RATE, speech, spoken)


def open_sound(path: Path) -> soundfile.SoundFile:
    """A recording of the library. Raises TranscriptError if it is none."""
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.SoundFileError, OSError) as error:
        raise TranscriptError("transcripts.not_sound", file=path.name, why=words_of(error)) from error
    if file.samplerate != RATE or file.channels != 2:
        file.close()
        raise TranscriptError("transcripts.not_stereo", file=path.name, rate=RATE)
    return file


def _within(known: list[list[float]], begin: int, end: int) -> list[SpeechRange]:
    """Ranges in seconds as samples of a part."""
    found = [SpeechRange(max(begin, round(start * RATE)), min(end, round(stop * RATE))) for start, stop in known]
    return [piece for piece in found if piece.end > piece.start]


def _reader(file: soundfile.SoundFile, channel: int) -> Reader:
    def read(start: int, end: int) -> Sound:
        file.seek(start)
        sound: Sound = file.read(end - start, dtype="int16", always_2d=True)[:, channel]
        return sound

    return read


def _ticking(read: Reader, tick: Callable[[], None]) -> Reader:
    def ticking(start: int, end: int) -> Sound:
        tick()
        return read(start, end)

    return ticking
