"""What Asterisk's security log tells of who asks to be let in as a phone: from where, by which name, with what answer.

Owns the log's words and reading what was added to it since the last time. Over UDP an address is what the sender wrote
into the packet: Asterisk refuses a wrong answer also to a challenge that it never sent (22.10.1). What strangers write
stands in a line only where it cannot be taken for another part of it (see asterisk-conf/fail2ban).
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

log = logging.getLogger(__name__)

NOBODY = "<unknown>"
"""How Asterisk names a phone that is none of ours."""
LONGEST_READ = 8 << 20
"""Bytes at a time; of more only the newest are read."""
_LINE = re.compile(
    rb'^\[[^\]]*\] SECURITY\[\d+\](?:\[C-[0-9a-f]+\])? res_security_log\.c: SecurityEvent="(\w+)",EventTV="[^"]*",'
    rb'Severity="[^"]*",Service="PJSIP",EventVersion="\d+",AccountID="([^"]*)",SessionID=".*",'
    rb'LocalAddress="IPV[46]/\w+/[^"/\\]*/\d+",RemoteAddress="IPV[46]/\w+/([0-9a-fA-F:.]+)/\d+"(?:,|$)'
)

What = Literal["asked", "refused", "accepted"]
WHAT: dict[bytes, What] = {
    b"ChallengeSent": "asked",
    b"InvalidPassword": "refused",
    b"ChallengeResponseFailed": "refused",
    b"SuccessfulAuth": "accepted",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a phone, or of somebody who would like to be one."""

    what: What
    """asked: for a password; refused: the answer was wrong; accepted: it was right."""
    source: str
    """The address it came from."""
    name: str | None
    """The agent's under whose name it was; None: nobody's."""


def attempts(text: bytes) -> Iterator[Attempt]:
    """Those that whole lines tell of. Being asked is how every registration begins: it is told only where the name is
    nobody's."""
    for line in text.split(b"\n"):
        found = _LINE.match(line)
        if found is None:
            continue
        what, name = WHAT.get(found[1]), found[2].decode("utf-8", "replace")
        if what is not None and (what != "asked" or name == NOBODY):
            yield Attempt(what, found[3].decode("ascii"), None if name == NOBODY else name)


class LogTail:
    """What is added to a log that is put aside now and then, from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode, self._at = self._state()

    def _state(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_size

    def read(self) -> bytes:
        """The whole lines that are new; nothing where the log is not there."""
        inode, size = self._state()
        if inode != self._inode or size < self._at:
            self._inode, self._at = inode, 0  # it was put aside; what came last before that is not looked for
        if size == self._at:
            return b""
        start = max(self._at, size - LONGEST_READ)
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                read = file.read(size - start)
        except OSError as error:
            log.warning("%s cannot be read: %s", self._path, error)
            return b""
        whole = read[: read.rfind(b"\n") + 1]
        self._at = start + len(whole)
        return whole
