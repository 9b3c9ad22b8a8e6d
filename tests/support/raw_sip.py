"""A phone that does what no SIP library would: every message is written by the test, over UDP on loopback.

Owns the text of requests and finding the answers to them; what must be answered is in the tests.
"""

import itertools
import random
import re
import socket
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from app.trial.ports import LOOPBACK

SECONDS = 30.0
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """A response, or a request of the other side."""

    text: str
    at: float
    """By the monotonic clock."""

    @property
    def code(self) -> int:
        found = re.match(r"SIP/2\.0 (\d{3})", self.text)
        return int(found[1]) if found else 0

    def header(self, name: str) -> str:
        found = re.search(rf"^{name}\s*:\s*(.*?)\r$", self.text, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""

    @property
    def method(self) -> str:
        return self.header("CSeq").split()[1]

    @property
    def rtp(self) -> tuple[str, int]:
        """Where its body wants sound."""
        address, port = re.search(r"^c=IN IP4 (\S+)", self.text, re.M), re.search(r"^m=audio (\d+)", self.text, re.M)
        assert address and port, self.text
        return address[1], int(port[1])


@dataclass
class RawPhone:
    """One call at a time. `port`: of the SIP server on loopback."""

    port: int
    user: str = field(default_factory=lambda: f"+120255527{next(_numbers):02}")

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.here = self._socket.getsockname()[1]
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        """Where sound comes to; nothing is sent but what a test sends."""
        self.media.bind((LOOPBACK, 0))
        self._seq = 0
        self._came: list[Answer] = []
        self._local = f"<sip:{self.user}@{LOOPBACK}>;tag={random.getrandbits(32):x}"
        self._remote = ""
        self._target = ""
        self._call_id = f"{random.getrandbits(64):x}@raw"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self.media.close()

    # -- what a phone does -------------------------------------------------------------------------

    def call(self, line: str, *, events: bool = True) -> Answer:
        """Invites, and acknowledges the answer. `events`: telephone-event is offered."""
        self.aim(line)
        answer = self.ask("INVITE", "application/sdp", self._sdp(events))
        assert answer.code == 200, answer.text
        self._remote = answer.header("To")
        self._target = answer.header("Contact").strip("<>")
        self.send("ACK", seq=self._seq)
        return answer

    def aim(self, line: str) -> None:
        """Requests go to this line from now on, outside of any call."""
        self._target, self._remote = f"sip:{line}@{LOOPBACK}:{self.port}", f"<sip:{line}@{LOOPBACK}>"

    def ask(self, method: str, kind: str = "", body: str = "", seconds: float = SECONDS) -> Answer:
        """Sends a request in the dialogue and waits for its final answer."""
        self._seq += 1
        seq = self._seq
        self.send(method, kind, body, seq=seq)
        wanted = f"{seq} {method}"
        return self.wait(
            lambda answer: answer.code >= 200 and answer.header("CSeq") == wanted, f"an answer to {method}", seconds
        )

    def bye(self) -> Answer:
        return self.ask("BYE")

    def send(self, method: str, kind: str = "", body: str = "", *, seq: int | None = None) -> None:
        """Sends a request and waits for nothing."""
        if seq is None:
            self._seq += 1
            seq = self._seq
        lines = [
            f"{method} {self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP {LOOPBACK}:{self.here};branch=z9hG4bK{random.getrandbits(64):x};rport",
            "Max-Forwards: 70",
            f"From: {self._local}",
            f"To: {self._remote}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {seq} {method}",
            f"Contact: <sip:{self.user}@{LOOPBACK}:{self.here}>",
        ]
        if kind:
            lines.append(f"Content-Type: {kind}")
        text = "\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", body])
        self._socket.sendto(text.encode(), (LOOPBACK, self.port))

    def wait(self, wanted, what: str, seconds: float = SECONDS) -> Answer:  # type: ignore[no-untyped-def]
        """The first message that is wanted, among those that came and those that come."""
        deadline = time.monotonic() + seconds
        while True:
            found = next((answer for answer in self._came if wanted(answer)), None)
            if found is not None:
                return found
            left = deadline - time.monotonic()
            assert left > 0, f"no {what} within {seconds:g} s"
            self._socket.settimeout(left)
            try:
                data, _ = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            self._came.append(Answer(data.decode("utf-8", "replace"), time.monotonic()))
            self._acknowledge(self._came[-1])

    def wait_bye(self, seconds: float) -> Answer:
        """The other side ends the call."""
        return self.wait(lambda answer: answer.text.startswith("BYE "), "BYE", seconds)

    def _acknowledge(self, came: Answer) -> None:
        """A request of the other side is agreed to."""
        if came.code or came.text.startswith("ACK "):
            return
        kept = [line for line in came.text.split("\r\n") if re.match(r"(via|from|to|call-id|cseq)\s*:", line, re.I)]
        text = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
        self._socket.sendto(text.encode(), (LOOPBACK, self.port))

    def _sdp(self, events: bool) -> str:
        port = self.media.getsockname()[1]
        lines = [
            "v=0",
            f"o=- 1 1 IN IP4 {LOOPBACK}",
            "s=-",
            f"c=IN IP4 {LOOPBACK}",
            "t=0 0",
            f"m=audio {port} RTP/AVP 0{' 101' if events else ''}",
            "a=rtpmap:0 PCMU/8000",
        ]
        if events:
            lines += ["a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16"]
        return "\r\n".join([*lines, "a=sendrecv", ""])
