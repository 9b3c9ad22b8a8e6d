"""A caller who measures: small SIP and RTP over UDP on loopback, one process, dozens of calls at once.

Each call is answered, presses one key (RFC 4733) and waits for the first loud voice packet after it. The
delay counts from the sending of the key's first end packet to the kernel's time stamp of that voice packet.
It owns only the caller's side; what is dialled must answer with a quiet prompt, and a loud one after the key.
"""

import heapq
import itertools
import random
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.sip import (
    KEY_PACKETS,
    KEY_TYPE,
    LOOPBACK,
    PACKET_SECONDS,
    SAMPLES,
    SILENCE,
    header,
    kept_headers,
    key_payload,
    media_port,
    message,
    sdp,
    uri_of,
    voice_packet,
)

GIVE_UP_SECONDS = 10.0
AFTER_PROMPT_SECONDS = 0.3
"""How long the caller listens to the prompt before it hangs up."""
LOUD = 100
"""Of 127, in the steps of mu-law: the loud prompt is above, the quiet one far below."""
_TIMESTAMP = struct.Struct("@qq")
SO_TIMESTAMPNS = 35  # Linux; Python's socket module does not name it


@dataclass
class Sample:
    """What became of one call."""

    press_after: float
    """Seconds between the answer and the first packet of the key."""
    delay: float | None = None
    """Seconds from the key's end to the first packet of the prompt; None: there was none."""
    trouble: str = ""


@dataclass
class _Call:
    number: str
    key: int
    sample: Sample
    call_id: str
    rtp: socket.socket
    to: str = ""
    """The To header with the other side's tag."""
    target: str = ""
    media: tuple[str, int] | None = None
    heard: bool = False
    """Whether the other side has said anything yet."""
    answered: bool = False
    key_ended: float | None = None
    ending: bool = False
    sequence: int = field(default_factory=lambda: random.randrange(30000))
    clock: int = 0
    key_clock: int = 0
    """The RTP time at which the key began; all its packets carry it."""
    ssrc: int = field(default_factory=lambda: random.getrandbits(32))


class CallProbe:
    """Calls at even distances; `run` returns when all are over."""

    def __init__(self, sip_port: int) -> None:
        self._server = (LOOPBACK, sip_port)
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind((LOOPBACK, 0))
        self._port = self._sip.getsockname()[1]
        self._calls: dict[str, _Call] = {}
        self._by_socket: dict[int, _Call] = {}
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._poll = select.poll()
        self._poll.register(self._sip, select.POLLIN)

    def run(self, number: str, key: int, press_after: list[float], calls_a_second: float, count: int) -> list[Sample]:
        """`count` calls to `number`; each presses `key` after the next of `press_after` seconds."""
        samples = [Sample(press_after[n % len(press_after)]) for n in range(count)]
        now = time.monotonic()
        for n, sample in enumerate(samples):
            at = now + (n + random.random()) / calls_a_second
            self._at(at, lambda sample=sample: self._dial(number, key, sample))  # type: ignore[misc]
        while self._later or self._calls:
            wait = max(0.0, self._later[0][0] - time.monotonic()) if self._later else 1.0
            for descriptor, _ in self._poll.poll(wait * 1000):
                if descriptor == self._sip.fileno():
                    self._sip_came(self._sip.recv(65536).decode("utf-8", "replace"))
                elif (call := self._by_socket.get(descriptor)) is not None:
                    self._voice_came(call)
            while self._later and self._later[0][0] <= time.monotonic():
                heapq.heappop(self._later)[2]()
        return samples

    def close(self) -> None:
        self._sip.close()

    def _at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._later, (when, next(self._order), what))

    # -- SIP ---------------------------------------------------------------------------------------

    def _dial(self, number: str, key: int, sample: Sample) -> None:
        rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtp.bind((LOOPBACK, 0))
        rtp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        call = _Call(number, key, sample, f"{random.getrandbits(64):016x}@probe", rtp)
        self._calls[call.call_id] = call
        self._by_socket[rtp.fileno()] = call
        self._poll.register(rtp, select.POLLIN)
        self._invite(call, 0.5)
        self._at(time.monotonic() + GIVE_UP_SECONDS, lambda: self._give_up(call))

    def _invite(self, call: _Call, again: float) -> None:
        if call.heard or call.call_id not in self._calls:
            return
        self._send(call, "INVITE", 1, sdp(call.rtp.getsockname()[1]))
        self._at(time.monotonic() + again, lambda: self._invite(call, again * 2))

    def _send(self, call: _Call, method: str, number: int, body: str = "") -> None:
        target = call.target or f"sip:{call.number}@{LOOPBACK}:{self._server[1]}"
        lines = [
            f"Via: SIP/2.0/UDP {LOOPBACK}:{self._port};rport;branch=z9hG4bK{call.call_id[:16]}{method}",
            "Max-Forwards: 70",
            f"From: <sip:probe@{LOOPBACK}:{self._port}>;tag={call.call_id[:8]}",
            f"To: {call.to or f'<{target}>'}",
            f"Call-ID: {call.call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:probe@{LOOPBACK}:{self._port}>",
        ]
        self._sip.sendto(message(f"{method} {target} SIP/2.0", lines, body), self._server)

    def _sip_came(self, text: str) -> None:
        call = self._calls.get(header(text, "Call-ID"))
        if call is None:
            return
        if not text.startswith("SIP/2.0 "):
            self._request_came(call, text)
            return
        code, method = int(text[8:11]), header(text, "CSeq").split()[-1]
        call.heard = True
        if code >= 200:
            call.to = header(text, "To")
        if method == "BYE":
            self._forget(call)
        elif method == "INVITE" and code >= 300:
            self._send(call, "ACK", 1)
            call.sample.trouble = f"refused with {code}"
            self._forget(call)
        elif method == "INVITE" and code >= 200:
            self._answered(call, text)

    def _request_came(self, call: _Call, text: str) -> None:
        """Only a hangup by the other side matters; the answer is the request's own headers."""
        self._sip.sendto(message("SIP/2.0 200 OK", kept_headers(text, call.call_id[:8])), self._server)
        if text.startswith("BYE "):
            call.sample.trouble = call.sample.trouble or "hung up by the other side"
            self._forget(call)

    def _answered(self, call: _Call, text: str) -> None:
        call.target = uri_of(header(text, "Contact")) or call.target
        self._send(call, "ACK", 1)
        if call.answered:
            return
        call.answered = True
        call.media = (LOOPBACK, media_port(text))
        first = time.monotonic()
        self._at(first, lambda: self._voice(call, first, round(call.sample.press_after / PACKET_SECONDS)))

    def _hang_up(self, call: _Call, again: float = 0.5) -> None:
        if call.call_id in self._calls:
            call.ending = True
            self._send(call, "BYE", 2)
            self._at(time.monotonic() + again, lambda: self._hang_up(call, again * 2))

    def _give_up(self, call: _Call) -> None:
        if call.call_id in self._calls:
            call.sample.trouble = call.sample.trouble or ("no prompt after the key" if call.key_ended else "no answer")
            if call.answered and not call.ending:
                self._hang_up(call)
                self._at(time.monotonic() + 2, lambda: self._forget(call))
            else:
                self._forget(call)

    def _forget(self, call: _Call) -> None:
        if self._calls.pop(call.call_id, None) is not None:
            self._poll.unregister(call.rtp)
            del self._by_socket[call.rtp.fileno()]
            call.rtp.close()

    # -- voice -------------------------------------------------------------------------------------

    def _voice(self, call: _Call, due: float, left: int) -> None:
        """One packet every 20 ms: silence until the key, the key, silence after it."""
        if call.call_id not in self._calls:
            return
        call.clock += SAMPLES
        if left > 0 or left < -KEY_PACKETS:
            self._packet(call, 0, call.clock, SILENCE)
        elif left > -KEY_PACKETS:
            if left == 0:
                call.key_clock = call.clock
            self._event(call, -left * SAMPLES, end=False, first=left == 0)
        else:
            call.key_ended = time.time()
            for _ in range(3):
                self._event(call, KEY_PACKETS * SAMPLES, end=True)
        self._at(due + PACKET_SECONDS, lambda: self._voice(call, due + PACKET_SECONDS, left - 1))

    def _event(self, call: _Call, duration: int, *, end: bool, first: bool = False) -> None:
        payload = key_payload(call.key, duration, end=end)
        self._packet(call, KEY_TYPE | (0x80 if first else 0), call.key_clock, payload)

    def _packet(self, call: _Call, kind: int, clock: int, payload: bytes) -> None:
        call.sequence = (call.sequence + 1) & 0xFFFF
        assert call.media is not None
        call.rtp.sendto(voice_packet(kind, call.sequence, clock, call.ssrc, payload), call.media)

    def _voice_came(self, call: _Call) -> None:
        data, extra, _, _ = call.rtp.recvmsg(2048, 64)
        if call.key_ended is None or call.sample.delay is not None or data[1] & 0x7F != 0:
            return
        if sum((~byte & 0x7F) > LOUD for byte in data[12:]) < len(data) // 8:
            return
        stamps = [value for level, kind, value in extra if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS]
        seconds, nanoseconds = _TIMESTAMP.unpack(stamps[0])
        call.sample.delay = seconds + nanoseconds / 1e9 - call.key_ended
        self._at(time.monotonic() + AFTER_PROMPT_SECONDS, lambda: self._hang_up(call))
