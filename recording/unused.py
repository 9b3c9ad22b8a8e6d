"""Raw files of channels that came to no call: a machine answered, or somebody hung up before that was known.

Whoever placed the call says so; what nobody speaks for stays and is told (`recording/sweep.py`). The controller does
this, so nothing that works on sound is imported here.
"""

import logging
from collections.abc import Iterable

from recording.errors import NameRefused
from recording.names import raw_name
from ringback.config import Settings

log = logging.getLogger("ringback.recording")


def throw_away(settings: Settings, channels: Iterable[str]) -> None:
    """Removes what was recorded of them; of one that was never answered there is nothing."""
    for channel in channels:
        try:
            (settings.spool / raw_name(channel)).unlink(missing_ok=True)
        except (OSError, NameRefused) as error:
            log.warning("%s: what was recorded before it was known to be no call stays: %s", channel, error)
