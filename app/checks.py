"""One thing that `ringback doctor` looked at: what it found, and how to mend it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["good", "bad", "note"]
"""bad: callers or people suffer; note: worth knowing."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    found: str
    """What is the case, in a few words."""
    mend: str = ""
    """What to do about it; empty where nothing is wrong."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
