"""`ringback init`: a folder without settings gets the starter flow, with comments, and its scripted callers.

Owns when that may happen: nothing is ever written over, and where Ringback ran already without a file, its defaults
stay.
"""

from pathlib import Path

from app.flow_tests.scripts import FILE
from ringback.config import Settings, in_force

STARTER = Path(__file__).parent / "starter"
SETTINGS_FILE = "ringback.yaml"


def starter_of(folder: Path, *, first: bool) -> list[Path]:
    """The files that were written. With `first` none, where Ringback has run with this folder before."""
    if (folder / SETTINGS_FILE).exists():
        return []
    if first and in_force.file_of(Settings(data=folder / Settings().data)).exists():
        return []
    written = []
    # The settings last: where they are there, all of it is.
    for name in (FILE, SETTINGS_FILE):
        file = folder / name
        if not file.exists():
            draft = file.with_name(f".{name}.new")
            draft.write_bytes((STARTER / name).read_bytes())
            draft.replace(file)
            written.append(file)
    return written
