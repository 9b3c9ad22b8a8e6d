"""Files of others, read with bounds: each kind of sound is one channel, and nothing hostile costs much."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prompts import reading
from prompts.errors import PromptError
from prompts.reading import read_sound


def made(kind: str, seconds: float = 1.0, rate: int = 16000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    time = np.arange(round(seconds * rate)) / rate
    sound = 0.5 * np.sin(2 * np.pi * 300 * time)
    soundfile.write(file, np.stack([sound] * channels, axis=1), rate, format=kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_of_each_kind_is_read_as_one_channel(kind: str, channels: int) -> None:
    samples, rate = read_sound(made(kind, channels=channels))
    assert (samples.ndim, rate) == (1, 16000)
    assert len(samples) / rate == pytest.approx(1, abs=0.1)
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"<html>no sound</html>",
        b"\x00" * 4096,
        made("WAV")[:30],
        made("FLAC")[:100],
        b"ID3" + b"\xff" * 5000,
        b"OggS" + b"\x00" * 500,
    ],
)
def test_what_is_no_sound_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(PromptError, match="WAV, FLAC, Ogg or MP3"):
        read_sound(data)


def test_a_file_that_claims_hours_costs_what_it_holds() -> None:
    honest = made("WAV", 0.5)
    lying = honest.replace(struct.pack("<I", len(honest) - 8), b"\xff\xff\xff\x7f", 1)
    lying = lying[:40] + b"\xf0\xff\xff\x7f" + lying[44:]
    samples, rate = read_sound(lying)
    assert len(samples) == rate // 2


def test_a_minute_is_the_longest_however_small_the_file() -> None:
    silent = io.BytesIO()
    soundfile.write(silent, np.zeros(8000 * 3600, np.int16), 8000, format="FLAC")
    assert len(silent.getvalue()) < 200_000, "an hour of silence is a small file"
    with pytest.raises(PromptError, match="longer than 60 s"):
        read_sound(silent.getvalue())


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 1000)
    file = tmp_path / "large.wav"
    file.write_bytes(made("WAV"))
    for source in (file, file.read_bytes()):
        with pytest.raises(PromptError, match="larger than"):
            read_sound(source)


@pytest.mark.parametrize("odd", [{"rate": 1}, {"rate": 1_000_000}, {"channels": 9}])
def test_odd_rates_and_channels_are_refused(odd: dict[str, int]) -> None:
    with pytest.raises(PromptError, match="is not taken"):
        read_sound(made("WAV", 0.01 if odd.get("rate") != 1 else 2, **odd))


def test_numbers_that_are_none_are_silence() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.array([np.nan, np.inf, 0.5]), 8000, format="WAV", subtype="DOUBLE")
    samples, _ = read_sound(file.getvalue())
    assert np.isfinite(samples).all()
