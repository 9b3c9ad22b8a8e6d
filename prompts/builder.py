"""Makes the prompts' sound from their text with the voices installed here: `ringback prompts build`.

Owns which prompts are spoken again: those alone whose text changed, and never a person's own recording. The texts are
`prompts/files.py`'s, who speaks them `prompts/voices.py`'s. Words that stand in the settings themselves are
`prompts/service.py`'s.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from prompts.errors import PromptBuildError
from prompts.files import SOUNDS, TEXTS, VALUES, Prompt, read_texts
from prompts.made import MadeNote, digest, put
from prompts.names import LANGUAGES
from prompts.sound import PIECE_EDGE_SECONDS, RATE, joined, resample, trim, wav
from prompts.voices import Voice, voice_of

SENTENCE_END = re.compile(r"(?<=[.!?]) +")
RECIPE = "1"
"""Raise it when the same text would sound otherwise: every prompt is then made again."""
PIECE_RECIPE = "1"
"""Likewise of pieces."""


def render(prompt: Prompt, voice: Voice, *, piece: bool = False) -> npt.NDArray[np.int16]:
    """What a telephone plays of a prompt; a piece is said as one behind which more comes.

    Sentences are spoken one by one with a pause of our own between them: a caller who hears "press 1"
    run into the next choice presses the wrong key.
    """
    if prompt.quiet:
        return np.zeros(round(prompt.quiet * RATE), np.int16)
    said = " ".join(prompt.say.split())
    if piece:
        return joined([trim(resample(*voice.speak(f"{said},", prompt.pace)))], edge_seconds=PIECE_EDGE_SECONDS)
    return joined([trim(resample(*voice.speak(sentence, prompt.pace))) for sentence in SENTENCE_END.split(said)])


def recipe_of(prompt: Prompt, voice: Voice, *, piece: bool = False) -> str:
    """Everything that the sound depends on."""
    kind = f"\npiece {PIECE_RECIPE} {prompt.quiet:g}" if piece else ""
    return digest(f"{RECIPE}\n{voice.name}\n{prompt.pace}\n{prompt.say}{kind}".encode())


def build(languages: Iterable[str], only: Sequence[str], out: Path | None, echo: Callable[[str], None]) -> list[Path]:
    """Makes the prompts whose text changed since they were made; returns the files written.

    The texts are `<out>/<language>.yaml`, the sounds `<out>/<language>/<name>.wav`; `out` None is what is shipped
    (`prompts/texts`, `prompts/sounds`), `languages` empty those that have texts there. With names in `only`, just
    these. A file that somebody recorded is left alone. `echo` gets one line for each file. Raises PromptError (texts)
    and PromptBuildError (voice missing or failing).
    """
    texts, sounds = (out, out) if out is not None else (TEXTS, SOUNDS)
    written: list[Path] = []
    for language in languages or [name for name in LANGUAGES if (texts / f"{name}.yaml").exists()]:
        voice = voice_of(language)
        prompts = read_texts(texts / f"{language}.yaml")
        values = texts / f"{VALUES}.{language}.yaml"
        pieces = read_texts(values) if values.exists() else {}
        if unknown := [name for name in only if name not in prompts | pieces]:
            raise PromptBuildError("prompts.unknown", file=texts / f"{language}.yaml", names=unknown)
        for found, piece in ((prompts, False), (pieces, True)):
            chosen = [prompt for name, prompt in found.items() if not only or name in only]
            written += _build_language(language, chosen, voice, sounds, echo, piece=piece)
    return written


def _build_language(
    language: str, prompts: list[Prompt], voice: Voice, folder: Path, echo: Callable[[str], None], *, piece: bool
) -> list[Path]:
    made = MadeNote(folder / language / "made.json")
    written: list[Path] = []
    for prompt in prompts:
        target = folder / language / f"{prompt.name}.wav"
        recipe = recipe_of(prompt, voice, piece=piece)
        if target.exists() and not made.is_ours(target):
            echo(f"{target}: recorded by somebody, left as it is (delete it to have it made)")
            continue
        if target.exists() and made.recipe(target) == recipe:
            continue
        sound = render(prompt, voice, piece=piece)
        put(target, wav(sound))
        made.note(target, recipe)
        written.append(target)
        echo(f"{target}: {len(sound) / RATE:.1f} s")
    return written
