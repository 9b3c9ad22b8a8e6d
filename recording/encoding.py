"""A raw stereo file -> FLAC or Opus, waveform peaks and levels, in one pass and with flat memory; then proof.

Knows files and samples, no rows. Raw is what MixMonitor writes: interleaved signed 16-bit little-endian stereo at
8 kHz without a header, caller left. Nothing appears under its final name before it is on the disk and was read back.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from recording.errors import VerifyError
from recording.files import Tick, open_file, sha256_of, to_disk
from recording.levels import SIDES, Measured, Meter
from ringback.messages import words_of

RATE = 8000
CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
PEAKS = 1600
"""At most so many (lowest, highest) pairs a channel: more than any screen shows."""
CHUNK = 1 << 18
"""Frames held in memory at a time: half a minute."""
FORMATS: dict[str, dict[str, Any]] = {
    ".flac": {"format": "FLAC", "subtype": "PCM_16"},
    # With less than this, libopus begins to mix the two sides: below 0.97 one is 55 dB or more under the other.
    ".opus": {"format": "OGG", "subtype": "OPUS", "compression_level": 0.95},
}
"""By the name's ending."""
OPUS_DECIBELS = 3.0
"""Opus does not give back the same samples, but nearly the same loudness."""

Gap = tuple[float, float]
"""From, to: seconds of the recording that are to be silent."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What lies in the library now."""

    frames: int
    odd_bytes: int
    """Bytes at the end that were less than a frame and were left out."""
    sha256: str
    """Of the finished file."""
    size: int
    """Bytes of the finished file."""
    measured: Measured
    kept: tuple[NDArray[np.int16], ...] = ()
    """(frames, 2) of each interval that was asked for."""

    @property
    def seconds(self) -> float:
        return self.frames / RATE


def finish(
    raw: Path,
    target: Path,
    peaks: Path,
    mark: str,
    tick: Tick,
    gaps: Sequence[Gap] = (),
    most: float | None = None,
    keep: Sequence[Gap] = (),
    *,
    is_first: bool = False,
) -> Finished:
    """Writes `target` (its ending says the format) and `peaks` (JSON) from `raw`, which stays.

    `gaps` become silence of the same length. Sound beyond `most` seconds is left out. The samples of the intervals in
    `keep` are handed back. `mark` makes the temporary names this try's own; what killed tries left is removed, unless
    there was none before (`is_first`): looking for it goes through the names of a whole day.
    Raises OSError (disk full, no rights), NotAFile and VerifyError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in () if is_first else target.parent.glob(f"{target.stem}.*.part"):
        left.unlink(missing_ok=True)
    draft, draft_peaks = (target.with_name(f"{target.stem}.{mark}{kind}.part") for kind in (target.suffix, ".peaks"))
    try:
        with open_file(raw) as source:
            written = _encode(_Raw(source, gaps, most), draft, FORMATS[target.suffix], tick, _Keeper(keep))
        _verify(draft, written, tick)
        draft_peaks.write_text(json.dumps(written.peaks, separators=(",", ":")), encoding="ascii")
        digest, size = sha256_of(draft, tick), draft.stat().st_size
        for path in (draft, draft_peaks):
            to_disk(path)
        draft_peaks.replace(peaks)
        draft.replace(target)
        for other in FORMATS:  # of a killed try before the format was changed
            if other != target.suffix:
                target.with_suffix(other).unlink(missing_ok=True)
        to_disk(target.parent)
    finally:
        draft.unlink(missing_ok=True)
        draft_peaks.unlink(missing_ok=True)
    return Finished(written.frames, written.odd_bytes, digest, size, written.measured, written.kept)


class _Raw:
    """A raw file read in pieces, with its gaps made silent."""

    def __init__(self, file: BinaryIO, gaps: Sequence[Gap], most: float | None) -> None:
        self._file = file
        size = file.seek(0, 2)
        file.seek(0)
        self.frames, self.odd_bytes = divmod(size, FRAME_BYTES)
        if most is not None and self.frames > most * RATE:
            self.frames, self.odd_bytes = round(most * RATE), 0
        self.gaps = [(max(0, int(begin * RATE)), min(self.frames, -int(-end * RATE // 1))) for begin, end in gaps]

    def pieces(self, length: int) -> Iterator[NDArray[np.int16]]:
        """(frames, 2) each, `length` frames long but for the last."""
        for begin in range(0, self.frames, length):
            wanted = min(length, self.frames - begin)
            data = self._file.read(wanted * FRAME_BYTES)
            if len(data) != wanted * FRAME_BYTES:
                raise OSError(f"{self._file.name} became shorter while it was read")
            block = np.frombuffer(data, "<i2").reshape(-1, CHANNELS).astype(np.int16, copy=bool(self.gaps))
            for first, last in self.gaps:
                block[max(0, first - begin) : max(0, last - begin)] = 0
            yield block


@dataclass(frozen=True, slots=True)
class _Written:
    frames: int
    odd_bytes: int
    checksum: str | None
    """Of the samples; None: the format does not keep them exactly."""
    measured: Measured
    peaks: dict[str, Any]
    kept: tuple[NDArray[np.int16], ...]


class _Keeper:
    """Collects the samples of some intervals while all go by."""

    def __init__(self, intervals: Sequence[Gap]) -> None:
        self._bounds = [(round(begin * RATE), round(end * RATE)) for begin, end in intervals]
        self._parts: list[list[NDArray[np.int16]]] = [[] for _ in intervals]
        self._frames = 0

    def add(self, block: NDArray[np.int16]) -> None:
        for (begin, end), parts in zip(self._bounds, self._parts, strict=True):
            first, last = max(0, begin - self._frames), min(len(block), end - self._frames)
            if first < last:
                parts.append(block[first:last].copy())
        self._frames += len(block)

    def result(self) -> tuple[NDArray[np.int16], ...]:
        nothing = np.zeros((0, CHANNELS), np.int16)
        return tuple(np.concatenate([nothing, *parts]) for parts in self._parts)


class _Sink:
    """A file for libsndfile that remembers why a write failed: libsndfile itself only says that it did."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self.trouble: OSError | None = None
        self.seek, self.tell, self.read = file.seek, file.tell, file.read

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            while rest:  # a disk that fills up takes a part first and only then complains
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.trouble = error
        return len(data) - len(rest)


def _encode(raw: _Raw, draft: Path, form: dict[str, Any], tick: Tick, keeper: _Keeper) -> _Written:
    per_peak = max(1, -(-raw.frames // PEAKS))
    chunk = max(per_peak, CHUNK // per_peak * per_peak)
    checksum = hashlib.blake2b()
    meter = Meter(RATE)
    pairs: list[list[int]] = [[], []]
    with draft.open("wb", buffering=0) as file:
        sink = _Sink(file)
        try:
            with soundfile.SoundFile(sink, "w", RATE, CHANNELS, **form) as sound:
                for block in raw.pieces(chunk):
                    sound.write(block)
                    checksum.update(block.tobytes())
                    meter.add(block)
                    keeper.add(block)
                    for channel in range(CHANNELS):
                        pairs[channel] += _lowest_highest(block[:, channel], per_peak)
                    tick()
        except (soundfile.SoundFileError, AssertionError) as error:
            said = VerifyError("recording.unwritable", format=form["format"], why=words_of(error))
            raise sink.trouble or said from error
        if sink.trouble is not None:
            raise sink.trouble
    document = {
        "version": 1,
        "sample_rate": RATE,
        "samples_per_peak": per_peak,
        "seconds": raw.frames / RATE,
        "channels": dict(zip(SIDES, pairs, strict=True)),
        "gaps": [[first / RATE, last / RATE] for first, last in raw.gaps],
    }
    exact = checksum.hexdigest() if form["format"] == "FLAC" else None
    return _Written(raw.frames, raw.odd_bytes, exact, meter.result(), document, keeper.result())


def _lowest_highest(sound: NDArray[np.int16], per_peak: int) -> list[int]:
    """lowest, highest, lowest, highest, ... of every `per_peak` samples, in 256ths (-128..127)."""
    missing = -len(sound) % per_peak
    if missing:
        sound = np.concatenate([sound, np.repeat(sound[-1:], missing)])
    rows = sound.reshape(-1, per_peak)
    pairs = np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1) >> 8
    made: list[int] = pairs.reshape(-1).tolist()
    return made


def _verify(draft: Path, written: _Written, tick: Tick) -> None:
    """Reads the file back as anybody will. Raises VerifyError."""
    found, heard, meter = hashlib.blake2b(), 0, Meter(RATE)
    if written.frames:
        with soundfile.SoundFile(draft) as sound:
            while len(block := sound.read(CHUNK, dtype="int16", always_2d=True)):
                found.update(block.astype("<i2", copy=False).tobytes())
                heard += len(block)
                if written.checksum is None:
                    meter.add(block)
                tick()
    if heard != written.frames:
        raise VerifyError("recording.frames_lost", heard=heard, written=written.frames)
    if written.checksum is not None:
        if written.frames and found.hexdigest() != written.checksum:
            raise VerifyError("recording.other_sound")
    elif not _sounds_alike(written.measured, meter.result()):
        raise VerifyError("recording.other_loudness")


def _sounds_alike(first: Measured, second: Measured) -> bool:
    """Whether both sides are nearly as loud in both; very short and very quiet ones are let through."""
    for one, other in zip(first.levels, second.levels, strict=True):
        if one.dbfs is not None and len(first.seconds[0]) > 1 and abs(one.dbfs - (other.dbfs or -100)) > OPUS_DECIBELS:
            return False
    return True
