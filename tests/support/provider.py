"""A SIP provider that answers as it is told, over UDP: what providers do when they are in trouble.

Owns the socket and the answers. Speaks as much SIP as a call that never succeeds needs; a provider whose calls succeed
is played by an Asterisk (`tests/live/test_live_providers.py`).
"""

import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from app.trial.ports import LOOPBACK, free_port

CHALLENGE = {401: "WWW-Authenticate", 407: "Proxy-Authenticate"}


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    user: str
    """Of the address that was asked for."""
    headers: dict[str, str]
    """By their names in lower letters; of several the last."""
    at: float


@dataclass
class SipProvider:
    """`answers` are codes by method, sent one after another for each request; () is silence."""

    port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    answers: dict[str, Sequence[int]] = field(default_factory=lambda: {"OPTIONS": (200,), "REGISTER": (200,)})
    by_number: dict[str, Sequence[int]] = field(default_factory=dict)
    """For INVITEs to these numbers instead."""
    sees_us_at: str = ""
    """The address that it says it sees us at; empty: it says none."""
    asked: list[Asked] = field(default_factory=list)
    _socket: socket.socket | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, self.port))
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It is gone: nothing listens there any more."""
        assert self._socket is not None and self._thread is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
            stop.sendto(b"", (LOOPBACK, self.port))
        self._thread.join(10)
        self._socket.close()

    def count(self, method: str, user: str | None = None) -> int:
        """How many different requests of this kind came; those that were sent again because of silence are one."""
        seen = {
            (a.headers["call-id"], a.headers["cseq"])
            for a in self.asked
            if a.method == method and user in (None, a.user)
        }
        return len(seen)

    def _serve(self, sock: socket.socket) -> None:
        while True:
            data, sender = sock.recvfrom(65535)
            if not data:
                return
            text = data.decode("utf-8", "replace")
            first, _, rest = text.partition("\r\n")
            method, _, uri = first.partition(" ")
            if method.startswith("SIP/") or not rest:
                continue
            lines = rest.partition("\r\n\r\n")[0].split("\r\n")
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            found = re.match(r"sips?:([^@;>]*)@", uri)
            asked = Asked(method, found.group(1) if found else "", headers, time.monotonic())
            self.asked.append(asked)
            if method == "ACK":
                continue
            for code in self._codes(asked):
                sock.sendto(self._answer(code, asked, lines).encode(), sender)

    def _codes(self, asked: Asked) -> Sequence[int]:
        if asked.method == "INVITE" and asked.user in self.by_number:
            return self.by_number[asked.user]
        return self.answers.get(asked.method, (200,) if asked.method in ("CANCEL", "BYE") else ())

    def _answer(self, code: int, asked: Asked, lines: list[str]) -> str:
        kept = [line for line in lines if line.partition(":")[0].strip().lower() in ("via", "from", "call-id", "cseq")]
        if self.sees_us_at:
            kept = [f"{line};received={self.sees_us_at}" if line.lower().startswith("via") else line for line in kept]
        tag = "" if code == 100 else ";tag=provider"
        kept.append(f"To: {asked.headers['to']}{'' if 'tag=' in asked.headers['to'] else tag}")
        if code in CHALLENGE:
            kept.append(f'{CHALLENGE[code]}: Digest realm="provider", nonce="{time.monotonic_ns()}", algorithm=MD5')
        if asked.method == "REGISTER" and code == 200:
            kept.append(f"Contact: {asked.headers.get('contact', '')};expires=600")
        return "\r\n".join([f"SIP/2.0 {code} Said", *kept, "Content-Length: 0", "", ""])
