"""What the dialplan is told each second: that the controller lives, and when the recogniser last could answer.

Global variables, compared with the machine's clock (asterisk-conf/extensions.conf.j2). The recogniser says so by
touching a file; it is no part of AMI, and the dialplan may not look at files itself: `STAT` is one of the functions
that Asterisk keeps from callers' channels.
"""

import time

from pbx.codec import HEARTBEAT_VARIABLE
from ringback.config import Settings

RECOGNISER_VARIABLE = "RINGBACK_HEARS"
"""The second of the recogniser's last sign of life; 0: it gave none."""


def signs_of_life(settings: Settings) -> dict[str, str]:
    """The variables and their values."""
    # The machine's clock, which may have been set: the dialplan has no other.
    found = {HEARTBEAT_VARIABLE: str(int(time.time()))}
    if settings.spoken_languages:
        found[RECOGNISER_VARIABLE] = str(_touched(settings))
    return found


def _touched(settings: Settings) -> int:
    try:
        return int(settings.recogniser_life.stat().st_mtime)
    except OSError:
        return 0
