"""Whose status counts: compared with what both were when they last agreed, so that nothing is told twice.

Pure. Ours that changed is told; theirs that changed is taken back; where both did, ours stays, theirs is told so, and
people are told of both.
"""

from dataclasses import dataclass
from typing import Literal

from ringback.config.connectors import Connector


@dataclass(frozen=True)
class StatusStep:
    """What is to be done."""

    what: Literal["nothing", "agree", "tell", "take"]
    """agree: nothing but to remember it."""
    status: str = ""
    """tell: theirs that it is to be; take: ours."""
    conflict: bool = False
    """Both changed."""


def step(
    connector: Connector, ours: str, theirs: str, ours_then: str | None, theirs_then: str | None, *, main: bool = True
) -> StatusStep:
    """`..._then`: what they were when they last agreed. `main`: theirs may change ours."""
    if connector.theirs(ours) == theirs or connector.ours(theirs) == ours:
        return StatusStep("agree")
    ours_changed, theirs_changed = ours != ours_then, theirs != theirs_then
    back = connector.ours(theirs) if main else None
    if ours_changed:
        both = theirs_changed and theirs_then is not None and back is not None
        return StatusStep("tell", connector.theirs(ours), conflict=both)
    if theirs_changed and back is not None:
        return StatusStep("take", back)
    return StatusStep("nothing")
