"""How all of a Ringback is told to end: an order in the data folder, which `run` and the watchdog look for.

Owns that file and `ringback stop`. A file rather than a signal: it says how much time callers get, and whoever is
started a moment later finds it, too.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Event
from uuid import uuid4

from app.occupied import RUN, WATCHDOG, holder
from pbx.absence import LAST_WORDS_SECONDS, StopOrder
from ringback.config import Settings
from ringback.errors import RingbackError

GRACE_SECONDS = 45.0
"""After the set time and the last words, until whoever waits for the end gives up."""
LOOK_SECONDS = 0.2


class StillThere(RingbackError):
    """Something goes on although it was told to end."""


def _file(settings: Settings) -> Path:
    return settings.data / "stop.json"


def give(settings: Settings, seconds: float, *, at_once: bool = False) -> StopOrder:
    """Orders the end of all; a later order replaces an earlier one, but for one that leaves no time."""
    standing = given(settings)
    if standing is not None and standing.at_once:
        return standing
    order = StopOrder(time.time(), seconds, at_once)
    path = _file(settings)
    draft = path.with_suffix(f".{uuid4().hex}.new")  # two may be told at once
    draft.write_text(json.dumps(asdict(order)), encoding="ascii")
    draft.replace(path)
    return order


def given(settings: Settings) -> StopOrder | None:
    """The order that stands; what cannot be read is none."""
    try:
        return StopOrder(**json.loads(_file(settings).read_text(encoding="ascii")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return None


def take_back(settings: Settings) -> None:
    """It is done, or somebody starts anew."""
    with suppress(FileNotFoundError):
        _file(settings).unlink()


def stop(settings: Settings, seconds: float, *, at_once: bool, tell: Callable[[str], None]) -> bool:
    """Ends all and waits for it; False where nothing runs. Raises StillThere."""
    if _running(settings) is None:
        take_back(settings)
        return False
    give(settings, seconds, at_once=at_once)
    if not at_once:
        tell(f"New callers are promised a call; those inside have {seconds:g} s to finish.")
    most = GRACE_SECONDS if at_once else seconds + LAST_WORDS_SECONDS + GRACE_SECONDS
    deadline = time.monotonic() + most
    pause = Event()
    while (process := _running(settings)) is not None:
        if time.monotonic() > deadline:
            raise StillThere("app.still_there", process=process)
        pause.wait(LOOK_SECONDS)
    take_back(settings)
    return True


def _running(settings: Settings) -> int | None:
    return holder(settings, RUN) or holder(settings, WATCHDOG)
