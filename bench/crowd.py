"""Callers without sound who all dial one number, and what each was answered, how soon. One process, one socket.

For floods: `bench/overload.py` and tests of limits. Callers with sound are SIPp's and `bench/probe.py`'s.
"""

import heapq
import itertools
import random
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.sip import LOOPBACK, header, kept_headers, message, sdp, uri_of

AGAIN_SECONDS = 0.5
"""Until a request is sent again that nobody answered; doubled each time (RFC 3261, timer A)."""
GIVE_UP_SECONDS = 10.0
MEDIA_PORT = 9
"""Named in the offer; nobody listens there, and nothing is sent."""


@dataclass
class Caller:
    """One call and what became of it."""

    call_id: str
    dialled_at: float = 0.0
    status: int = 0
    """Of the final answer to the INVITE; 0: there was none."""
    delay: float | None = None
    """Seconds from the first INVITE to the final answer."""
    retry_after: str = ""
    ended_by_us: bool = False
    ended_by_them: bool = False
    _to: str = field(default="", repr=False)
    _target: str = field(default="", repr=False)
    _heard: set[str] = field(default_factory=set, repr=False)


class Crowd:
    """Calls at even distances; `run` returns when all are over."""

    def __init__(self, sip_port: int, address: str = LOOPBACK) -> None:
        """`address`: of ours, from which the calls come."""
        self._server = (LOOPBACK, sip_port)
        self._address = address
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self._sip.bind((address, 0))
        self._port = self._sip.getsockname()[1]
        self._calls: dict[str, Caller] = {}
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._open = 0
        self._key = ("", 0.0)

    def run(
        self, number: str, calls_a_second: float, count: int, hold_seconds: float, key: tuple[str, float] = ("", 0.0)
    ) -> list[Caller]:
        """Whoever is answered hangs up `hold_seconds` later; `key`: presses it so many seconds after the answer."""
        self._key = key
        callers = [Caller(f"{random.getrandbits(64):016x}@crowd") for _ in range(count)]
        self._open = count
        now = time.monotonic()
        for place, caller in enumerate(callers):
            self._calls[caller.call_id] = caller
            self._at(now + place / calls_a_second, lambda caller=caller: self._dial(caller, number, hold_seconds))  # type: ignore[misc]
        while self._open and self._later:
            wait = max(0.0, self._later[0][0] - time.monotonic())
            if select.select([self._sip], [], [], wait)[0]:
                self._came(self._sip.recv(65536).decode("utf-8", "replace"), hold_seconds)
            while self._later and self._later[0][0] <= time.monotonic():
                heapq.heappop(self._later)[2]()
        self._later.clear()
        return callers

    def close(self) -> None:
        self._sip.close()

    def _at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._later, (when, next(self._order), what))

    def _dial(self, caller: Caller, number: str, hold_seconds: float) -> None:
        caller.dialled_at = time.monotonic()
        caller._target = f"sip:{number}@{LOOPBACK}:{self._server[1]}"
        self._again(caller, "INVITE", 1, AGAIN_SECONDS)
        self._at(time.monotonic() + GIVE_UP_SECONDS + hold_seconds, lambda: self._over(caller))

    def _again(self, caller: Caller, method: str, number: int, pause: float) -> None:
        if method not in caller._heard and caller.call_id in self._calls:
            key = f"Signal={self._key[0]}\r\nDuration=120\r\n"
            self._send(caller, method, number, {"INVITE": sdp(MEDIA_PORT), "INFO": key}.get(method, ""))
            self._at(time.monotonic() + pause, lambda: self._again(caller, method, number, pause * 2))

    def _send(self, caller: Caller, method: str, number: int, body: str = "") -> None:
        lines = [
            f"Via: SIP/2.0/UDP {self._address}:{self._port};rport;branch=z9hG4bK{caller.call_id[:16]}{method}",
            "Max-Forwards: 70",
            f"From: <sip:crowd@{self._address}:{self._port}>;tag={caller.call_id[:8]}",
            f"To: {caller._to or f'<{caller._target}>'}",
            f"Call-ID: {caller.call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:crowd@{self._address}:{self._port}>",
        ]
        kind = "application/dtmf-relay" if method == "INFO" else "application/sdp"
        self._sip.sendto(message(f"{method} {caller._target} SIP/2.0", lines, body, kind), self._server)

    def _came(self, text: str, hold_seconds: float) -> None:
        caller = self._calls.get(header(text, "Call-ID"))
        if caller is None:
            return
        if not text.startswith("SIP/2.0 "):
            self._sip.sendto(message("SIP/2.0 200 OK", kept_headers(text, caller.call_id[:8])), self._server)
            if text.startswith("BYE "):
                caller.ended_by_them = True
                self._over(caller)
            return
        code, method = int(text[8:11]), header(text, "CSeq").split()[-1]
        caller._heard.add(method)
        if method == "BYE":
            self._over(caller)
        elif method == "INVITE" and code >= 200:
            self._answered(caller, code, text, hold_seconds)

    def _answered(self, caller: Caller, code: int, text: str, hold_seconds: float) -> None:
        first = caller.status == 0
        if first:
            caller.status, caller.delay = code, time.monotonic() - caller.dialled_at
            caller.retry_after = header(text, "Retry-After")
        caller._to = header(text, "To")
        if code < 300:
            caller._target = uri_of(header(text, "Contact")) or caller._target
        self._send(caller, "ACK", 1)
        if code >= 300:
            self._over(caller)
        elif first:
            self._at(time.monotonic() + hold_seconds, lambda: self._hang_up(caller))
            if self._key[0]:
                self._at(time.monotonic() + self._key[1], lambda: self._again(caller, "INFO", 2, AGAIN_SECONDS))

    def _hang_up(self, caller: Caller) -> None:
        if caller.call_id in self._calls:
            caller.ended_by_us = True
            self._again(caller, "BYE", 3, AGAIN_SECONDS)

    def _over(self, caller: Caller) -> None:
        if self._calls.pop(caller.call_id, None) is not None:
            self._open -= 1
