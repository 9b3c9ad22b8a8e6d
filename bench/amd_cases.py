"""Who answers a telephone: recorded human voices put together as people and as answering machines.

Owns the sounds of `bench/amd.py`: five languages of Debian's Asterisk prompts, spoken by four people, cut into what
somebody says who picks up, and into what a machine says; with silence, noise and loudness of telephones. Always the
same cases. Debian 12 has the voices that Ringback itself does not bring: they are fetched once into var/bench.
"""

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench import prompts
from bench.prompts import RATE

Sound = NDArray[np.float64]
FETCHED = Path("var/bench/voices")
TUNED_ON = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}
"""Two speakers: what the settings were chosen on."""
HELD_OUT = {"fr": "fr_CA_f_June", "it": "it_IT_m_Carlo"}
"""Two others, one of them a man: what the figures are about."""
SECONDS = 8.0
"""Of every case: AMD has decided long before."""
LEADS = {"person": (0.15, 1.4), "machine": (0.1, 2.2)}
"""Seconds of silence after the answer: a hand that lifts the phone, a machine that starts its tape."""
LOUDNESS = (-33.0, -13.0)
"""Of the voice, dB below full scale (root mean square); a good line has -20."""
NOISES = ("none", "none", "hiss", "room", "music")
NOISE_BELOW = (15.0, 30.0)
"""dB between voice and noise."""


@dataclass(frozen=True)
class Case:
    """One answered call."""

    number: str
    voice: str
    who: str
    """person or machine"""
    sort: str
    """What they say: one word, two, a name, a whole sentence, nothing; a composed, personal or other greeting."""
    noise: str
    spoken_at: float
    """When the first stretch of speech ends, seconds after the answer; 0: nobody speaks."""
    sound: NDArray[np.int16] = field(repr=False)


@dataclass(frozen=True)
class Voice:
    """What one speaker has recorded, without the silence at both ends."""

    name: str
    words: list[Sound]
    """0.25 to 0.9 s: a hello, a yes, a name."""
    sentences: list[Sound]
    """1.4 to 2.8 s: a company and a name."""
    greetings: list[Sound]
    """Longer than 3 s: as machines and exchanges talk."""
    parts: dict[str, Sound]
    """Of the voice mail's composed greeting."""


def cases(voices: dict[str, str], people: int, machines: int) -> Iterator[Case]:
    """So many of each a voice, numbered from 900000 on."""
    for place, (language, name) in enumerate(sorted(voices.items())):
        voice = load(name, folder_of(language, name))
        chance = random.Random(f"amd {name}")
        for count in range(people + machines):
            who = "person" if count < people else "machine"
            yield _case(voice, str(900000 + 1000 * place + count), who, chance)


def folder_of(language: str, name: str) -> Path:
    """Where a voice lies; fetched first where Ringback's own Asterisk has not brought it."""
    brought = prompts.asterisk_root() / "usr/share/asterisk/sounds" / name
    if brought.is_dir():
        return brought
    folder = FETCHED.resolve()
    found = folder / "usr/share/asterisk/sounds" / name
    if not found.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        package = f"asterisk-core-sounds-{language}-wav"
        subprocess.run(["apt-get", "download", package], cwd=folder, check=True, capture_output=True)
        for file in folder.glob(f"{package}_*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(file), str(folder)], check=True)
            file.unlink()
    return found


def load(name: str, folder: Path) -> Voice:
    words, sentences, greetings = [], [], []
    for path in sorted(folder.rglob("*.wav")):
        if path.parent.name in ("silence", "dictate") or "beep" in path.name or "tone" in path.name:
            continue
        sound = _spoken(path)
        seconds = len(sound) / RATE
        if 0.25 <= seconds <= 0.9:
            words.append(sound)
        elif path.parent == folder and 1.4 <= seconds <= 2.8:
            sentences.append(sound)
        elif path.parent == folder and seconds > 3:
            greetings.append(sound)
    names = ("vm-theperson", "vm-isunavail", "vm-intro", "beep", *(f"digits/{digit}" for digit in range(10)))
    parts = {part: _spoken(folder / f"{part}.wav") for part in names}
    return Voice(name, words, sentences, greetings, parts)


def _case(voice: Voice, number: str, who: str, chance: random.Random) -> Case:
    said, sort, first = _person(voice, chance) if who == "person" else _machine(voice, chance)
    lead = chance.uniform(*LEADS[who])
    heard = np.zeros(round(SECONDS * RATE))
    start = round(lead * RATE)
    said = said[: len(heard) - start]
    level = 10 ** (chance.uniform(*LOUDNESS) / 20)
    if len(said):
        heard[start : start + len(said)] = said * (level / _loudness(said))
    noise = chance.choice(NOISES)
    heard += _noise(noise, len(heard), voice, chance) * level * 10 ** (-chance.uniform(*NOISE_BELOW) / 20)
    samples = (np.clip(heard, -1, 1) * 32767).astype(np.int16)
    return Case(number, voice.name, who, sort, noise, lead + first if len(said) else 0.0, samples)


def _person(voice: Voice, chance: random.Random) -> tuple[Sound, str, float]:
    """What a person says, what sort of answer it is, and the seconds of the first stretch."""
    sort = chance.choices(("word", "twice", "name", "sentence", "nothing"), (35, 20, 20, 15, 10))[0]
    word, other = chance.sample(voice.words, 2)
    match sort:
        case "word":
            said, first = word, word
        case "twice":
            said, first = np.concatenate([word, _gap(chance.uniform(0.7, 2.5)), word]), word
        case "name":
            said = first = np.concatenate([word, _gap(chance.uniform(0.05, 0.25)), other])
        case "sentence":
            said = first = chance.choice(voice.sentences)
        case _:
            said = first = np.zeros(0)
    return said, sort, len(first) / RATE


def _machine(voice: Voice, chance: random.Random) -> tuple[Sound, str, float]:
    sort = chance.choices(("composed", "greeting", "personal"), (40, 35, 25))[0]
    pause = _gap(0.4)
    parts, word = voice.parts, chance.choice(voice.words)
    match sort:
        case "composed":
            digits = [parts[f"digits/{chance.randrange(10)}"] for _ in range(4)]
            head = [parts["vm-theperson"], *digits, parts["vm-isunavail"]]
            said = np.concatenate([*head, parts["vm-intro"], pause, parts["beep"]])
        case "greeting":
            said = np.concatenate([chance.choice(voice.greetings), pause, parts["beep"]])
        case _:
            # "Hello. You have reached ...": the pause is what makes a person of it.
            gap = _gap(chance.uniform(0.1, 0.7))
            said = np.concatenate([word, gap, chance.choice(voice.greetings), pause, parts["beep"]])
    return said, sort, len(said) / RATE


def _noise(kind: str, length: int, voice: Voice, chance: random.Random) -> Sound:
    """Noise with a root mean square of 1."""
    made = np.random.default_rng(chance.randrange(2**32))
    match kind:
        case "hiss":
            noise = made.normal(size=length)
        case "room":  # a rumble, and others who talk
            slow = np.convolve(made.normal(size=length), np.ones(40) / 40, mode="same")
            noise = slow / _loudness(slow)
            for _ in range(3):
                talk = np.concatenate(chance.sample(voice.greetings, 3))
                noise += 0.5 * np.resize(np.roll(talk, chance.randrange(len(talk))), length) / _loudness(talk)
        case "music":
            file = chance.choice(sorted((prompts.asterisk_root() / "usr/share/asterisk/moh").glob("*.wav")))
            music, _ = soundfile.read(file, frames=length, start=chance.randrange(20 * RATE, 40 * RATE))
            noise = music
        case _:
            return np.zeros(length)
    quiet: Sound = noise / _loudness(noise)
    return quiet


def _gap(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE))


def _spoken(path: Path) -> Sound:
    """A recording without the silence at its ends."""
    sound, rate = soundfile.read(path)
    if rate != RATE:
        raise ValueError(f"{path} has {rate} samples a second, not {RATE}")
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    trimmed: Sound = sound[loud[0] : loud[-1] + 1] if loud.size else sound
    return trimmed


def _loudness(sound: Sound) -> float:
    return max(1e-6, float(np.sqrt(np.mean(sound**2))))
