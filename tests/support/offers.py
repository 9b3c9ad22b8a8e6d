"""A caller in plain SIP whose offer of codecs is written by the test: for what no SIP stack at hand would offer.

One call: INVITE with any audio part, ACK, a tone in the codec that was agreed on, BYE. No registration, no keys.
"""

import contextlib
import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import numpy as np

from bench import sip
from pbx.phones.softphone_setup import LOOPBACK

SECONDS = 10.0
PAYLOADS = {"PCMU": 0, "PCMA": 8}


def mu_law(samples: np.ndarray) -> bytes:
    """16-bit samples as G.711 mu-law."""
    clipped = np.minimum(np.abs(samples.astype(np.int32)), 32635) + 132
    exponent = np.floor(np.log2(clipped)).astype(np.int32) - 7
    mantissa = (clipped >> (exponent + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    return bytes((~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8))


def a_law(samples: np.ndarray) -> bytes:
    """16-bit samples as G.711 A-law."""
    size = np.minimum(np.abs(samples.astype(np.int32)), 32767) >> 4
    exponent = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(exponent > 0, size >> exponent, size >> 1) & 0x0F
    exponent = np.where(size >= 32, exponent, np.where(size >= 16, 1, 0))
    mantissa = np.where(size < 32, (size >> 1) & 0x0F, mantissa)
    sign = np.where(samples < 0, 0, 0x80)
    return bytes(((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8))


class OfferingCaller:
    """Calls as soon as the block begins; hangs up at its end."""

    def __init__(self, port: int, number: str, user: str, audio: str) -> None:
        """`audio`: the payload numbers of the m= line and the attribute lines, e.g. "96 0|rtpmap:96 opus/48000/2"."""
        kinds, *attributes = audio.split("|")
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind((LOOPBACK, 0))
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind((LOOPBACK, 0))
        self._server = (LOOPBACK, port)
        self.code = 0
        """The final answer to the INVITE."""
        self.agreed: list[str] = []
        """Codecs in the answer's SDP, telephone events left out."""
        self._call, self._uri = f"{random.getrandbits(64):016x}", f"sip:{number}@{LOOPBACK}:{port}"
        self._local = f"<sip:{user}@{LOOPBACK}:{self._sip.getsockname()[1]}>;tag=1"
        self._remote, self._target, self._media = f"<{self._uri}>", self._uri, 0
        self._body = (
            f"v=0\r\no=- 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\n"
            f"m=audio {self._rtp.getsockname()[1]} RTP/AVP {kinds}\r\n"
            + "".join(f"a={line}\r\n" for line in [*attributes, "sendrecv"])
        )
        self._over = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._invite()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.code == 200 and not self._over.is_set():
                self._send("BYE", 2)
        finally:
            self._close()

    def speak(self, hertz: float, seconds: float) -> None:
        """A tone in the codec agreed on, a packet every 20 ms; returns when it was said, or the call is over."""
        time_of = np.arange(round(seconds * 8000)) / 8000
        samples = (0.3 * 32767 * np.sin(2 * np.pi * hertz * time_of)).astype(np.int16)
        said = (mu_law if self.agreed[0] == "PCMU" else a_law)(samples)
        begun, source = time.monotonic(), random.getrandbits(32)
        pause = threading.Event()
        for number in range(len(said) // sip.SAMPLES):
            packet = sip.voice_packet(
                PAYLOADS[self.agreed[0]], number, number * sip.SAMPLES, source, said[number * 160 : (number + 1) * 160]
            )
            with contextlib.suppress(BlockingIOError):
                self._rtp.sendto(packet, (LOOPBACK, self._media))
            self._answer_requests()
            pause.wait(max(0.0, begun + (number + 1) * sip.PACKET_SECONDS - time.monotonic()))

    def move(self) -> None:
        """From now on the sound comes from another port, and nobody is told."""
        self._rtp.close()
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind((LOOPBACK, 0))

    @contextlib.contextmanager
    def stranger(self) -> Iterator[None]:
        """Meanwhile the sound comes from a port that was not agreed on, and afterwards from ours again."""
        ours = self._rtp
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as self._rtp:
            self._rtp.bind((LOOPBACK, 0))
            yield
        self._rtp = ours

    def _answer_requests(self) -> None:
        """Says yes to whatever is asked within the call, with the same offer as ever."""
        self._sip.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while text := self._sip.recv(65536).decode():
                method = text.split(" ", 1)[0]
                if method in ("ACK", "SIP/2.0"):
                    continue
                if method == "BYE":
                    self._over.set()
                kept = sip.kept_headers(text, "1")
                contact = f"Contact: <sip:caller@{LOOPBACK}:{self._sip.getsockname()[1]}>"
                body = self._body if method == "INVITE" else ""
                self._sip.sendto(sip.message("SIP/2.0 200 OK", [*kept, contact], body), self._server)

    def _invite(self) -> None:
        self._send("INVITE", 1, self._body)
        self._sip.settimeout(SECONDS)
        while self.code < 200:
            text = self._sip.recv(65536).decode()
            if text.startswith("SIP/2.0 "):
                self.code = int(text[8:11])
        self._remote = sip.header(text, "To")
        if self.code == 200:
            self._target = sip.uri_of(sip.header(text, "Contact"))
            self._media = sip.media_port(text)
            audio = re.search(r"^m=audio \d+ RTP/AVP (.*?)\r$", text, re.MULTILINE)
            named = dict(re.findall(r"^a=rtpmap:(\d+) ([\w.-]+)/", text, re.MULTILINE))
            kinds = audio.group(1).split() if audio else []
            self.agreed = [named.get(kind, kind) for kind in kinds if named.get(kind) != "telephone-event"]
        self._send("ACK", 1)

    def _send(self, method: str, number: int, body: str = "") -> None:
        port = self._sip.getsockname()[1]
        headers = [
            f"Via: SIP/2.0/UDP {LOOPBACK}:{port};rport;branch=z9hG4bK{self._call}{method}",
            "Max-Forwards: 70",
            f"From: {self._local}",
            f"To: {self._remote}",
            f"Call-ID: {self._call}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:caller@{LOOPBACK}:{port}>",
        ]
        self._sip.sendto(sip.message(f"{method} {self._target} SIP/2.0", headers, body), self._server)

    def _close(self) -> None:
        self._over.set()
        self._sip.close()
        self._rtp.close()
