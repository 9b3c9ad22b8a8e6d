"""Which settings `ringback run` starts with: the file's; those of before where it is broken and callers are inside."""

import re
from dataclasses import dataclass
from pathlib import Path

from pbx import asterisk, running
from pbx.errors import AsteriskError
from ringback import config
from ringback.config import ConfigError, Settings, in_force

DATA_LINE = re.compile(r"^data:[ \t]*[\"']?([^\"'#\n]+)", re.MULTILINE)


@dataclass(frozen=True)
class Taken:
    """What a run begins with."""

    settings: Settings
    source: Path | None
    """The file they are from; None: from the copy of what was in force."""
    refused: ConfigError | None = None
    """Why the file was not taken."""


def take(path: Path | None) -> Taken:
    """Raises ConfigError with every error of the file, unless somebody is on the phone whom a refusal would cost."""
    source = path or Path("ringback.yaml")
    try:
        return Taken(config.load(path), source)
    except ConfigError as error:
        settings = _in_force(path)
        if settings is None or not _somebody_is_inside(settings):
            raise
        return Taken(settings, None, error)


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
        written = file.read_text(encoding="utf-8", errors="replace")
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
