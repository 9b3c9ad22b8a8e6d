"""Has the running Asterisk read what has changed in its configuration, and nothing else; calls go on.

What it has read last stands in a variable of its own: it goes with the process, whoever wrote it, and a part of ours
that is killed between writing a file and having it read is found out by the next. An Asterisk without it has just been
started, or its files were written by an earlier Ringback: it reads all of them, and for those that are as they were
that is no work. What only a start takes up is `pbx/running.py`'s.
"""

import asyncio
import hashlib
import logging
from pathlib import Path

from pbx.ami import Session
from ringback.config import Settings

log = logging.getLogger(__name__)

MODULES = {
    "pjsip.conf": "res_pjsip.so",
    "rtp.conf": "res_rtp_asterisk.so",
    "musiconhold.conf": "res_musiconhold.so",
    "manager.conf": "manager",
    "extensions.conf": "pbx_config.so",
}
"""By file the module that reads it, in the order in which they are to know: numbers come last, when what they lead to
is there."""
VARIABLE = "RINGBACK_CONFIGURATION"
SECONDS = 30.0
"""What a module gets to read its file on a machine that is busy."""
DIGITS = 12
"""Of a digest: no value may be longer than a line of the manager interface."""


def digests(etc: Path) -> dict[str, str]:
    """What the files are like now. Raises OSError."""
    return {name: hashlib.sha256((etc / name).read_bytes()).hexdigest()[:DIGITS] for name in MODULES}


async def reload_changed(settings: Settings, password: str, etc: Path) -> list[str]:
    """Returns the files that were read anew. Raises AmiError, OSError."""
    ami, loop = settings.ami, asyncio.get_running_loop()
    # A session of its own: while a module reads its file nothing else of a session is answered.
    session = Session(loop, ami.address, ami.port, lambda _events: None, lambda _error: None)
    try:
        await session.open(ami.user, password, "off")
        wanted = await asyncio.to_thread(digests, etc)
        answer = await session.request("Getvar", {"Variable": VARIABLE})
        known = dict(part.split("=", 1) for part in answer[0].get("Value", "").split() if "=" in part)
        changed = [name for name in MODULES if known.get(name) != wanted[name]]
        for name in changed:
            await session.request("Reload", {"Module": MODULES[name]}, timeout=SECONDS)
        if changed:
            value = " ".join(f"{name}={digest}" for name, digest in wanted.items())
            await session.request("Setvar", {"Variable": VARIABLE, "Value": value})
            log.info("Asterisk has read %s anew", ", ".join(changed))
        return changed
    finally:
        session.close()
