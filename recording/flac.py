"""A raw stereo file -> FLAC and waveform peaks, in one pass and with flat memory; then proof that they agree.

Knows files and samples, no rows. Raw is what MixMonitor writes: interleaved signed 16-bit little-endian
stereo at 8 kHz without a header, caller left. Nothing appears under its final name before it is on the
disk and was read back equal.
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO

import numpy as np
import soundfile
from numpy.typing import NDArray

from recording.errors import VerifyError

RATE = 8000
CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
PEAKS = 1600
"""At most so many (lowest, highest) pairs a channel: more than any screen shows."""
CHUNK = 1 << 19
"""Frames held in memory at a time: about a minute."""

Tick = Callable[[], None]
"""Called between chunks: renews a lease, or raises to stop."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What lies in the library now."""

    frames: int
    odd_bytes: int
    """Bytes at the end that were less than a frame and were left out."""
    sha256: str
    """Of the FLAC file."""

    @property
    def seconds(self) -> float:
        return self.frames / RATE


def finish(raw: Path, target: Path, peaks: Path, mark: str, tick: Tick) -> Finished:
    """Writes `target` (FLAC) and `peaks` (JSON) from `raw`, which stays.

    `mark` makes the temporary names this try's own. Files that killed tries left are removed. Raises OSError
    (disk full, no rights) and VerifyError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{target.stem}.*.part"):
        left.unlink(missing_ok=True)
    draft, draft_peaks = (target.with_name(f"{target.stem}.{mark}{kind}.part") for kind in (".flac", ".peaks"))
    try:
        frames, odd, checksum, levels = _encode(raw, draft, tick)
        _verify(draft, frames, checksum, tick)
        draft_peaks.write_text(json.dumps(levels, separators=(",", ":")), encoding="ascii")
        digest = sha256_of(draft, tick)
        for path in (draft, draft_peaks):
            _to_disk(path)
        draft_peaks.replace(peaks)
        draft.replace(target)
        _to_disk(target.parent)
    finally:
        draft.unlink(missing_ok=True)
        draft_peaks.unlink(missing_ok=True)
    return Finished(frames, odd, digest)


def sha256_of(path: Path, tick: Tick) -> str:
    """Hexadecimal digest of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            tick()
    return digest.hexdigest()


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


def _encode(raw: Path, draft: Path, tick: Tick) -> tuple[int, int, str, dict[str, object]]:
    """Frames, odd bytes, checksum of the samples, and the peaks' document."""
    size = raw.stat().st_size
    frames, odd = divmod(size, FRAME_BYTES)
    per_peak = max(1, -(-frames // PEAKS))
    chunk = max(per_peak, CHUNK // per_peak * per_peak)
    checksum = hashlib.blake2b()
    pairs: list[list[int]] = [[], []]
    with raw.open("rb") as source, draft.open("wb", buffering=0) as file:
        sink = _Sink(file)
        try:
            with soundfile.SoundFile(sink, "w", RATE, CHANNELS, format="FLAC", subtype="PCM_16") as flac:
                for begin in range(0, frames, chunk):
                    block = _read(source, min(chunk, frames - begin))
                    flac.write(block)
                    checksum.update(block.tobytes())
                    for channel in range(CHANNELS):
                        pairs[channel] += _lowest_highest(block[:, channel], per_peak)
                    tick()
        except (soundfile.SoundFileError, AssertionError) as error:
            raise sink.trouble or VerifyError(f"The recording cannot be written as FLAC: {error}") from error
        if sink.trouble is not None:
            raise sink.trouble
    document = {
        "version": 1, "sample_rate": RATE, "samples_per_peak": per_peak, "seconds": frames / RATE,
        "channels": {"caller": pairs[0], "agent": pairs[1]},
    }  # fmt: skip
    return frames, odd, checksum.hexdigest(), document


def _read(source: IO[bytes], frames: int) -> NDArray[np.int16]:
    data = source.read(frames * FRAME_BYTES)
    if len(data) != frames * FRAME_BYTES:
        raise OSError(f"{source.name} became shorter while it was read")
    return np.frombuffer(data, "<i2").reshape(-1, CHANNELS).astype(np.int16, copy=False)


def _lowest_highest(sound: NDArray[np.int16], per_peak: int) -> list[int]:
    """lowest, highest, lowest, highest, ... of every `per_peak` samples, in 256ths (-128..127)."""
    missing = -len(sound) % per_peak
    if missing:
        sound = np.concatenate([sound, np.repeat(sound[-1:], missing)])
    rows = sound.reshape(-1, per_peak)
    pairs = np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1) >> 8
    return [int(value) for value in pairs.reshape(-1)]


def _verify(draft: Path, frames: int, checksum: str, tick: Tick) -> None:
    """Reads the file back as anybody will. Raises VerifyError."""
    found, heard = hashlib.blake2b(), 0
    if frames:
        with soundfile.SoundFile(draft) as flac:
            while len(block := flac.read(CHUNK, dtype="int16", always_2d=True)):
                found.update(block.astype("<i2", copy=False).tobytes())
                heard += len(block)
                tick()
    if heard != frames or (frames and found.hexdigest() != checksum):
        raise VerifyError(f"The finished recording does not read back as it was written ({heard} of {frames} frames).")


def _to_disk(path: Path) -> None:
    """Returns when the file's (or folder's) content would survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
