"""Phones without sound cards: any number of SIP calls at one UDP port, in one asyncio loop, for a few per cent of CPU.

Owns the phone's side of a call: dial, answer, press keys, hang up, register. Voice is silence, so that the
other side has something to record; what it sends is left unread. Who calls whom, and when, is the benchmark's.
What is lost on the way is sent again, as SIP wants it over UDP.
"""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Self

from bench import sip
from bench.sip import LOOPBACK
from ringback.errors import RingbackError

FIRST_AGAIN_SECONDS = 0.5
SENDS = 7
"""A message without an answer is sent so often, in growing distances: 32 s in all, as SIP says."""
LINGER_SECONDS = 10.0
"""For so long a call that is over still answers what comes late or twice."""
RECEIVE_BYTES = 4 * 1024 * 1024


class PhoneError(RingbackError):
    """A phone of a benchmark could not do what it was told."""


@dataclass(eq=False)
class Call:
    """One call of a phone."""

    phone: "Phone"
    call_id: str
    number: str
    """The other side's."""
    local: str
    """Our address with our tag."""
    remote: str
    target: str
    """Where requests go."""
    incoming: str = ""
    """The INVITE that came; empty: we have dialled."""
    came_at: float = field(default_factory=time.monotonic)
    """When the INVITE came or went (monotonic)."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0
    """The final response to the INVITE; 0: none yet."""
    ended_by_us: bool = False
    media: int = 0
    sequence: int = field(default_factory=lambda: random.randrange(30000))
    clock: int = 0
    source: int = field(default_factory=lambda: random.getrandbits(32))
    requests: int = 1
    confirmed: bool = False
    """The other side has taken our answer."""
    last_reply: bytes = b""
    keys: list[int] = field(default_factory=list)
    """To be pressed; the first is down."""
    key_packets: int = 0
    key_clock: int = 0

    @property
    def live(self) -> bool:
        """Answered, and not over."""
        return self.answered.is_set() and not self.ended.is_set()

    def press(self, keys: str) -> None:
        """Presses keys one after another; returns at once."""
        self.keys += [sip.KEYS.index(key) for key in keys]

    def ring(self) -> None:
        self.phone.reply(self, "180 Ringing")

    def answer(self) -> None:
        """Takes a call that has come in. Nothing where it is over already."""
        if not self.code and not self.ended.is_set():
            self.code = 200
            self.phone.reply(self, "200 OK", sip.sdp(self.phone.media_port))
            self.phone.again(self.last_reply, lambda: self.confirmed or self.ended.is_set())
            self.answered.set()

    def refuse(self, reason: str = "486 Busy Here") -> None:
        if not self.code and not self.ended.is_set():
            self.code = int(reason[:3])
            self.ended_by_us = True
            self.phone.reply(self, reason)
            self.phone.over(self)

    def hang_up(self) -> None:
        """Ends the call, answered or not. Nothing where it is over already."""
        if self.ended.is_set():
            return
        self.ended_by_us = True
        if self.answered.is_set():
            self.phone.request(self, "BYE")
        elif self.incoming:
            self.refuse()
            return
        else:
            self.phone.request(self, "CANCEL")
        self.phone.over(self)


class Phone(asyncio.DatagramProtocol):
    """Opened by `open`, ended by `close`."""

    def __init__(
        self,
        server_port: int,
        on_call: Callable[[Call], Coroutine[Any, Any, None]] | None = None,
        *,
        voice: bool = True,
    ) -> None:
        """`on_call` is a task of its own for each call that comes in. Without `voice` only keys are sent."""
        self.server = (LOOPBACK, server_port)
        self.on_call = on_call
        self.voice = voice
        self.calls: dict[str, Call] = {}
        self.troubles: list[str] = []
        """What the phone did not expect."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._registered: asyncio.Future[str] | None = None
        self._answered: set[str] = set()
        """Requests that end a call and have had their answer, by call and method."""

    async def open(self, port: int = 0) -> Self:
        """Takes its ports; `port` 0: any free one."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(LOOPBACK, port))
        self._sip = transport
        self._sip.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        self.port: int = self._sip.get_extra_info("sockname")[1]
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind((LOOPBACK, 0))
        self._rtp.setblocking(False)
        self.media_port: int = self._rtp.getsockname()[1]
        self._start(self._speak())
        return self

    async def close(self) -> None:
        """Ends every call, waits for nobody. Raises what a call's own task raised."""
        for call in list(self.calls.values()):
            call.hang_up()
        done = [task for task in self._tasks if task.done()]
        for task in self._tasks - set(done):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._sip.close()
        self._rtp.close()
        for task in done:
            task.result()

    async def register(self, user: str, password: str) -> None:
        """Signs in for an hour. Raises PhoneError where the registrar does not agree."""
        uri, call_id = f"sip:{LOOPBACK}:{self.server[1]}", _name()
        me = f"<sip:{user}@{LOOPBACK}:{self.server[1]}>"
        proof: list[str] = []
        for number in (1, 2):
            answer = self._registered = asyncio.get_running_loop().create_future()
            contact = f"<sip:{user}@{LOOPBACK}:{self.port}>"
            headers = self._headers("REGISTER", number, call_id, f"{me};tag={call_id[:8]}", me, contact, _name())
            data = sip.message(f"REGISTER {uri} SIP/2.0", [*headers, "Expires: 3600", *proof])
            self._sip.sendto(data, self.server)
            self.again(data, answer.done)
            text = await asyncio.wait_for(answer, 10)
            if text.startswith("SIP/2.0 200"):
                return
            challenge = sip.header(text, "WWW-Authenticate")
            proof = [f"Authorization: {sip.digest(challenge, user, password, 'REGISTER', uri, _name())}"]
        raise PhoneError("text", text=f"{user} could not register: {text.splitlines()[0]}.")

    def dial(self, number: str, user: str, name: str) -> Call:
        """Calls a line as `user`; the call's events say what became of it."""
        call_id = _name()
        target = f"sip:{number}@{LOOPBACK}:{self.server[1]}"
        local = f'"{name}" <sip:{user}@{LOOPBACK}:{self.port}>;tag={call_id[:8]}'
        call = self.calls[call_id] = Call(self, call_id, number, local, f"<{target}>", target)
        self.request(call, "INVITE", sip.sdp(self.media_port))
        return call

    # -- what calls use ----------------------------------------------------------------------------

    def request(self, call: Call, method: str, body: str = "") -> None:
        """Sends a request within a call, again and again until it is answered; an ACK once."""
        same = method in ("INVITE", "CANCEL") or (method == "ACK" and call.code >= 300)
        if method == "BYE":
            call.requests += 1
        branch = call.call_id if same else f"{call.call_id}{method}"
        number = 1 if same or method == "ACK" else call.requests
        contact = f"<sip:phone@{LOOPBACK}:{self.port}>"
        headers = self._headers(method, number, call.call_id, call.local, call.remote, contact, branch)
        data = sip.message(f"{method} {call.target} SIP/2.0", headers, body)
        self._sip.sendto(data, self.server)
        if method == "INVITE":
            self.again(data, lambda: call.confirmed or call.code != 0 or call.ended.is_set())
        elif method != "ACK":
            self.again(data, lambda: f"{call.call_id}{method}" in self._answered)

    def reply(self, call: Call, status: str, body: str = "") -> None:
        """Answers the INVITE that came."""
        headers = sip.kept_headers(call.incoming, call.call_id[:8])
        contact = f"Contact: <sip:phone@{LOOPBACK}:{self.port}>"
        call.last_reply = sip.message(f"SIP/2.0 {status}", [*headers, contact], body)
        self._sip.sendto(call.last_reply, self.server)

    def over(self, call: Call) -> None:
        """Forgets the call after a while."""
        call.ended.set()
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self.calls.pop, call.call_id, None)

    def again(self, data: bytes, done: Callable[[], bool], sends: int = 1) -> None:
        """Sends the same once more after a while, as long as it is not `done`."""

        def look() -> None:
            if done() or self._sip.is_closing():
                return
            if sends == SENDS:
                self.troubles.append(f"no answer to {data[:60]!r}")
                return
            self._sip.sendto(data, self.server)
            self.again(data, done, sends + 1)

        asyncio.get_running_loop().call_later(min(4.0, FIRST_AGAIN_SECONDS * 2 ** (sends - 1)), look)

    # -- what comes in -----------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:  # noqa: ARG002
        at = time.monotonic()
        text = data.decode("utf-8", "replace")
        if text.startswith("SIP/2.0 "):
            self._response_came(text)
        elif text.startswith("INVITE "):
            self._invite_came(text, at)
        else:
            self._request_came(text)

    def _response_came(self, text: str) -> None:
        code, method = int(text[8:11]), sip.header(text, "CSeq").split()[-1]
        if method == "REGISTER":
            if code >= 200 and self._registered is not None and not self._registered.done():
                self._registered.set_result(text)
            return
        call = self.calls.get(sip.header(text, "Call-ID"))
        if call is None:
            return
        if method != "INVITE":
            if code >= 200:
                self._answered.add(f"{call.call_id}{method}")
            return
        call.confirmed = True  # it has arrived: no need to send it again
        if code >= 200:
            self._final_came(call, code, text)

    def _final_came(self, call: Call, code: int, text: str) -> None:
        call.code, call.remote = code, sip.header(text, "To")
        if code >= 300:
            self.request(call, "ACK")
            self.over(call)
            return
        call.target = sip.uri_of(sip.header(text, "Contact")) or call.target
        call.media = sip.media_port(text)
        self.request(call, "ACK")
        if call.ended.is_set() and not call.answered.is_set():
            self.request(call, "BYE")  # the answer crossed our hanging up
        call.answered.set()

    def _invite_came(self, text: str, at: float) -> None:
        call_id = sip.header(text, "Call-ID")
        known = self.calls.get(call_id)
        if known is not None and known.answered.is_set() and ";tag=" in sip.header(text, "To"):
            self._reply_to(text, "200 OK", sip.sdp(self.media_port))
        elif known is not None:
            self._sip.sendto(known.last_reply, self.server)
        elif self.on_call is None:
            self._reply_to(text, "404 Not Found")
        else:
            caller = sip.header(text, "From")
            local = f"{sip.header(text, 'To')};tag={call_id[:8]}"
            target = sip.uri_of(sip.header(text, "Contact"))
            call = Call(self, call_id, sip.user_of(caller), local, caller, target, text, at)
            call.media = sip.media_port(text)
            self.calls[call_id] = call
            call.ring()
            self._start(self.on_call(call))

    def _request_came(self, text: str) -> None:
        method = text.partition(" ")[0]
        call = self.calls.get(sip.header(text, "Call-ID"))
        if method == "ACK":
            if call is not None:
                call.confirmed = True
            return
        self._reply_to(text, "200 OK" if call is not None or method != "BYE" else "481 Call Does Not Exist")
        if call is None or call.ended.is_set():
            return
        if method == "BYE":
            self.over(call)
        elif method == "CANCEL" and not call.answered.is_set():
            call.code = 487
            self.reply(call, "487 Request Terminated")
            self.over(call)

    def _reply_to(self, text: str, status: str, body: str = "") -> None:
        headers = sip.kept_headers(text, sip.header(text, "Call-ID")[:8])
        contact = f"Contact: <sip:phone@{LOOPBACK}:{self.port}>"
        self._sip.sendto(sip.message(f"SIP/2.0 {status}", [*headers, contact], body), self.server)

    # -- voice -------------------------------------------------------------------------------------

    async def _speak(self) -> None:
        """A packet every 20 ms for each call that is answered."""
        due = time.monotonic()
        while True:
            for call in list(self.calls.values()):
                if call.live and call.media and (self.voice or call.keys):
                    self._packet(call)
            due = max(due + sip.PACKET_SECONDS, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _packet(self, call: Call) -> None:
        call.clock += sip.SAMPLES
        if not call.keys:
            self._send(call, 0, call.clock, sip.SILENCE)
            return
        if call.key_packets == 0:
            call.key_clock = call.clock
        call.key_packets += 1
        end = call.key_packets > sip.KEY_PACKETS
        length = min(call.key_packets, sip.KEY_PACKETS) * sip.SAMPLES
        kind = sip.KEY_TYPE | (0x80 if call.key_packets == 1 else 0)
        for _ in range(3 if end else 1):
            self._send(call, kind, call.key_clock, sip.key_payload(call.keys[0], length, end=end))
        if end:
            call.key_packets = 0
            del call.keys[0]

    def _send(self, call: Call, kind: int, clock: int, payload: bytes) -> None:
        call.sequence += 1
        # A full buffer loses a packet, as the network does.
        with contextlib.suppress(BlockingIOError):
            self._rtp.sendto(sip.voice_packet(kind, call.sequence, clock, call.source, payload), (LOOPBACK, call.media))

    # -- between -----------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

    def _headers(
        self, method: str, number: int, call_id: str, sender: str, to: str, contact: str, branch: str
    ) -> list[str]:
        return [
            f"Via: SIP/2.0/UDP {LOOPBACK}:{self.port};rport;branch=z9hG4bK{branch}",
            "Max-Forwards: 70",
            f"From: {sender}",
            f"To: {to}",
            f"Call-ID: {call_id}",
            f"CSeq: {number} {method}",
            f"Contact: {contact}",
        ]


def _name() -> str:
    return f"{random.getrandbits(64):016x}"


async def any_of(seconds: float, *events: asyncio.Event) -> bool:
    """Waits until one of the events is set; False: none was within `seconds`."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for task in tasks:
            task.cancel()
