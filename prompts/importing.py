"""A language made of recordings that lie elsewhere: `ringback prompts import --language fr --from FOLDER --map FILE`.

Many have prompts already: Debian brings Asterisk's in five languages, an old system has its own. A map says which of
their sounds say what ours says, one or several after the other; they come to the telephone's level and into the
owner's folder, where a language is nothing but its files. Maps that are shipped lie in `prompts/maps`.
"""

from collections.abc import Callable
from pathlib import Path

import yaml

from prompts import files, links
from prompts.errors import PromptError
from prompts.made import MadeNote, digest, put
from prompts.names import LANGUAGE, NAME
from prompts.reading import read_sound
from prompts.sound import joined, resample, trim, wav
from ringback.config import Settings
from ringback.messages import words_of

MAPS = Path(__file__).parent / "maps"
GAP_SECONDS = 0.08
"""Between sounds that are parts of one sentence."""
RECIPE = "1"
"""Raise it when the same sounds would become another prompt."""


def map_of(language: str) -> Path:
    """The map that is shipped for a language; whether there is one is seen when it is read."""
    return MAPS / f"{language}.yaml"


def read_map(path: Path) -> dict[str, list[str]]:
    """Prompt -> its sounds in order, without endings. Raises PromptError with file and name."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PromptError("prompts.unreadable", file=path, why=words_of(error)) from error
    if not isinstance(raw, dict) or not raw:
        raise PromptError("prompts.no_map", file=path)
    found = {}
    for name, value in raw.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise PromptError("prompts.odd_name", file=path, name=name)
        sounds = value if isinstance(value, list) else [value]
        for sound in sounds or [None]:
            if not isinstance(sound, str) or not sound or Path(sound).is_absolute() or ".." in Path(sound).parts:
                raise PromptError("prompts.odd_sound", file=path, name=name, sound=sound)
        found[name] = sounds
    return found


def bring(settings: Settings, language: str, source: Path, by: Path, echo: Callable[[str], None]) -> list[Path]:
    """Makes the prompts that the map `by` names of sounds in `source`; returns those that are new or changed.

    A recording that a person put there is left as it is. Everything is read before anything is written. Raises
    PromptError: the map, a sound that is not there, or one that is no sound.
    """
    if not LANGUAGE.fullmatch(language):
        raise PromptError("prompts.bad_language", language=language)
    folder = files.own_folder(settings) / language
    made = MadeNote(folder / "made.json")
    ready: list[tuple[Path, bytes, str]] = []
    for name, sounds in read_map(by).items():
        target = folder / f"{name}.wav"
        parts = [_sound_in(source, sound, name, by) for sound in sounds]
        recipe = digest(f"import {RECIPE}\n".encode() + b"\n".join(part.read_bytes() for part in parts))
        if target.exists() and not made.is_ours(target):
            echo(f"{target}: recorded by somebody, left as it is (delete it to have it brought)")
        elif not target.exists() or made.recipe(target) != recipe:
            sound = joined([trim(resample(*read_sound(part))) for part in parts], GAP_SECONDS)
            ready.append((target, wav(sound), recipe))
    for target, data, recipe in ready:
        put(target, data)
        made.note(target, recipe)
        echo(f"{target}: brought")
    links.link_all(settings)
    return [target for target, _, _ in ready]


def _sound_in(folder: Path, sound: str, name: str, by: Path) -> Path:
    """The file of a sound, whatever its ending is."""
    for ending in (".wav", ".flac", ".ogg", ".mp3", ".WAV"):
        file = folder / f"{sound}{ending}"
        if file.is_file():
            return file
    raise PromptError("prompts.no_sound", folder=folder, sound=sound, name=name, file=by)
