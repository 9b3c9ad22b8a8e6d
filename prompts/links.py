"""What Asterisk plays: one link for each prompt of each language in the folder where it looks for sounds.

Asterisk asks for a file each time it plays one, so a prompt that is linked now is heard by the next caller: nothing is
loaded again. Asterisk's own sounds beside ours are `pbx/asterisk.py`'s.
"""

import os
from pathlib import Path

from prompts import files
from prompts.names import NAME
from ringback.config import Settings


def link_all(settings: Settings) -> None:
    """Makes every prompt that is there playable, and takes away what is there no longer; quick and safe at any time."""
    for language in files.languages(files.own_folder(settings)):
        link_language(settings, language, settings.asterisk_sounds / language / "ringback")


def link_language(settings: Settings, language: str, folder: Path) -> None:
    """One link a prompt: the owner's recording in `<data>/sounds/<language>/` before the shipped one."""
    folder.mkdir(parents=True, exist_ok=True)
    found = files.played_files(language, files.own_folder(settings))
    playable = {name: file for name, file in found.items() if NAME.fullmatch(name)}
    for name, file in playable.items():
        link(folder / f"{name}.wav", file.resolve())
    for old in folder.glob("*.wav"):
        if old.stem not in playable:
            old.unlink(missing_ok=True)


def link(place: Path, target: Path) -> None:
    """`place` leads to `target` at once: at no moment is it missing for whoever plays it."""
    if place.is_symlink() and place.readlink() == target:
        return
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(place)
