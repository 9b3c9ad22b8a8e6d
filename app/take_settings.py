"""Which settings `ringback run` starts with: the file's, unless others were published since it was taken up last.

Where the file is broken and callers are inside, those of before go on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pbx import asterisk, running
from pbx.errors import AsteriskError
from prompts.errors import PromptBuildError
from prompts.service import make_sounds
from ringback import config
from ringback.config import ConfigError, Settings, in_force
from ringback.config.reading import accepted, read_text
from ringback.errors import RingbackError

DATA_LINE = re.compile(r"^data:[ \t]*[\"']?([^\"'#\n]+)", re.MULTILINE)


@dataclass(frozen=True)
class Taken:
    """What a run begins with."""

    settings: Settings
    source: Path | None
    """The file they are from; None: what was in force goes on."""
    refused: RingbackError | None = None
    """Why the file was not taken."""


def take(path: Path | None, tell: Callable[[str], None]) -> Taken:
    """With the sound of all words in them, which is made now if need be; `tell` gets a line for each.

    Raises ConfigError with every error of the file, PromptBuildError for words that nobody here can speak, unless
    somebody is on the phone whom a refusal would cost.
    """
    source = path or Path("ringback.yaml")
    try:
        settings = config.load(path)
        taken = _published(source, settings) or Taken(settings, source)
        make_sounds(taken.settings, tell).refuse()
        return taken
    except (ConfigError, PromptBuildError) as error:
        before = _in_force(path)
        if before is None or not _somebody_is_inside(before):
            raise
        return Taken(before, None, error)


def in_use(path: Path | None) -> Settings:
    """For commands about what runs: the file's, or what was published since it was taken up. Raises ConfigError."""
    settings = config.load(path)
    found = in_force.read_copy(settings)
    if found is None or not in_force.is_unchanged(path or Path("ringback.yaml"), found):
        return settings
    return config.load(in_force.file_of(settings))


def _published(source: Path, settings: Settings) -> Taken | None:
    """What was published since the file was taken up last; None: nothing was, or the file has changed since."""
    found = in_force.read_copy(settings)
    if found is None or not in_force.is_unchanged(source, found) or found.text == in_force.text_of(source):
        return None
    copy = in_force.file_of(settings)
    # All of it: what waited for the next start has waited for this.
    reading = read_text(copy.read_bytes(), copy, found.folder, notes=False)
    return Taken(accepted(reading), None)


def _in_force(path: Path | None) -> Settings | None:
    """What was in force, where the broken file still says in which folder; the default folder where it does not."""
    try:
        reading = config.read(path)
        there = reading.settings or Settings(data=reading.file.parent / _told_folder(reading.file))
        return config.load(in_force.file_of(there))
    except ConfigError:
        return None


def _told_folder(file: Path) -> str:
    """The data folder in a file that cannot be read as a whole."""
    try:
        written = in_force.text_of(file).decode("utf-8", "replace")
    except OSError:
        return "var"
    told = DATA_LINE.search(written)
    return told[1].strip() if told else "var"


def _somebody_is_inside(settings: Settings) -> bool:
    try:
        program = None if settings.ami.external else asterisk.find(settings)
        if program is None:
            return False
        place = asterisk.place(settings, program)
        return running.pid_of(place) is not None and running.channels(place) > 0
    except AsteriskError:
        return False
