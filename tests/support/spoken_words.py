"""What callers say in tests: words made into sound by the voices that Ringback has its own prompts made with."""

from pathlib import Path

from prompts.sound import joined, resample, trim, wav
from prompts.voices import voice_of


def sound_of(text: str, folder: Path, language: str = "en") -> Path:
    """A WAV file (8 kHz) in which a voice says it, as a phone plays it."""
    path = folder / f"{language}-{text.replace(' ', '-')}.wav"
    if not path.exists():
        path.write_bytes(wav(joined([trim(resample(*voice_of(language).speak(text, 1.0)))])))
    return path
