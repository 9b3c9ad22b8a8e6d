"""A caller who writes SIP by hand: whatever request, headers and address a phone would never send.

Owns one INVITE over UDP from an address of its own, its answer, and the BYE. Sends no sound.
"""

import re
import socket
import time
import uuid
from types import TracebackType
from typing import Self

from app.trial.ports import LOOPBACK

SDP = (
    "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\n"
    "m=audio {1} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)
SECONDS = 20.0


class RawCall:
    """`with RawCall(port, "sip:1000@127.0.0.1", caller="+12025550123") as call: assert call.code == 200`."""

    def __init__(
        self,
        port: int,
        uri: str,
        *,
        caller: str = "caller",
        to: str = "",
        headers: tuple[str, ...] = (),
        source: str = LOOPBACK,
    ) -> None:
        """`caller` is the user in From, or its whole address; `to` the address in To, `uri` where empty; `source` the
        address (of this machine) that it calls from."""
        self._server = (LOOPBACK, port)
        self._uri, self._caller, self._to, self._headers, self._source = uri, caller, to or uri, headers, source
        self._id, self._tag = uuid.uuid4().hex, uuid.uuid4().hex[:8]
        self._remote, self._target = "", uri
        self.code = 0
        """Of the last answer."""

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self._source, 0))
        self._socket.settimeout(SECONDS)
        body = SDP.format(self._source, 40000)
        self._send("INVITE", 1, (*self._headers, "Content-Type: application/sdp"), body)
        self._listen()
        self._send("ACK", 1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code == 200:
            self._send("BYE", 2)
        self._socket.close()

    def _listen(self) -> None:
        """Until the INVITE has its last answer."""
        deadline = time.monotonic() + SECONDS
        while self.code < 200:
            assert time.monotonic() < deadline, "no answer"
            text = self._socket.recv(65535).decode("utf-8", "replace")
            found = re.match(r"SIP/2\.0 (\d{3})", text)
            if found is None:
                continue
            self.code = int(found[1])
            self._remote = self._header(text, "To") or self._remote
            self._target = (re.findall(r"<([^>]*)>", self._header(text, "Contact")) or [self._target])[0]

    @staticmethod
    def _header(text: str, name: str) -> str:
        found = re.search(rf"^{name}\s*:\s*(.*?)\r$", text, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""

    def _send(self, method: str, number: int, headers: tuple[str, ...] = (), body: str = "") -> None:
        host, port = self._socket.getsockname()
        lines = [
            f"{method} {self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{uuid.uuid4().hex}",
            f"From: <{self._caller if ':' in self._caller else f'sip:{self._caller}@{host}'}>;tag={self._tag}",
            f"To: {self._remote or f'<{self._to}>'}",
            f"Call-ID: {self._id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:caller@{host}:{port}>",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        self._socket.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self._server)
