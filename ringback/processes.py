"""The processes of an installation, in one list for all who start, watch or name them.

It stands in the ground because every room above has a part in it: each process writes its sign of life under its name
(`ringback/store/bus.py`), pages and the API say what its absence means, and may not know the program that starts it;
`ringback run`, `ringback doctor` and a trial take names and needs from here. What a process does all its life is wired
in `app/bootstrap.py`. Asterisk is not among them: it is no part of this program and writes nothing into the store.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ringback.config import Settings
from ringback.messages import Message, message


@dataclass(frozen=True)
class ProcessSpec:
    """One process of an installation."""

    name: str
    """Of its row, its log file, and the command that starts it: `ringback NAME`."""
    purpose: str
    """What it is for, to whoever asks the command line."""
    is_needed: bool = True
    """Whether nobody may say that Ringback is ready while it is away."""
    runs: Callable[[Settings], bool] = lambda _settings: True
    """Whether this installation has it."""

    @property
    def title(self) -> Message:
        """What pages call it: by its work, since nobody there knows processes."""
        return message(f"ringback.process_{self.name}")

    @property
    def when_away(self) -> Message:
        """What its absence means for people."""
        return message(f"ringback.away_{self.name}")


CONTROLLER = ProcessSpec("controller", "The process that decides about calls")
WORKER = ProcessSpec("worker", "The process that finishes recordings, transcripts and tickets")
WEB = ProcessSpec("web", "The process that serves the pages")
LISTENER = ProcessSpec(
    "listener",
    "The process that listens to calls while they go on, for words on the floor",
    is_needed=False,
    runs=lambda settings: bool(settings.live.words),
)

RECOGNISER = ProcessSpec(
    "recogniser",
    "The process that hears callers who say an answer instead of pressing its key",
    is_needed=False,
    runs=lambda settings: bool(settings.spoken_languages),
)

COURIER = ProcessSpec(
    "courier",
    "The process that tells systems beside what happens, and sends messages",
    is_needed=False,
    runs=lambda settings: settings.tells_others,
)

PROCESSES = (CONTROLLER, WORKER, WEB, LISTENER, RECOGNISER, COURIER)
"""In the order in which they are started and shown."""
NEEDED = tuple(spec.name for spec in PROCESSES if spec.is_needed)
"""Names of those without which Ringback is not ready."""
BY_NAME = {spec.name: spec for spec in PROCESSES}
