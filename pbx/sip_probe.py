"""One question to a SIP provider from beside Asterisk: OPTIONS, over the transport of the trunk.

Any answer is a sign of life, and may say which address the provider sees us at.

Owns the request, its answer and the wait for it; whoever asks is waited for by a person.
"""

import ipaddress
import re
import secrets
import socket
import ssl
import time
from dataclasses import dataclass

from ringback.config import Trunk

SECONDS = 4.0
"""As long as Asterisk waits for the same (`qualify_timeout`)."""
FIRST_WAIT = 0.5
"""Over UDP it is sent again after so long, then after twice as long each time (RFC 3261, timer E)."""
LONGEST = 65535


@dataclass(frozen=True)
class SipAnswer:
    """What came back."""

    code: int
    local: str
    """Our address on the way there."""
    seen_as: str
    """The address that the provider saw; empty: it did not say."""


class NoAnswer(OSError):
    """Nothing that is SIP came back in time."""


def ask(trunk: Trunk, seconds: float = SECONDS) -> SipAnswer:
    """Raises OSError: the name leads nowhere, nobody listens, no certificate that is trusted, or NoAnswer."""
    host, _, port = trunk.outbound_proxy.partition(":")
    address = (host or trunk.host, int(port) if port else trunk.sip_port)
    kind = socket.SOCK_DGRAM if trunk.transport == "udp" else socket.SOCK_STREAM
    family, _, _, _, target = socket.getaddrinfo(*address, type=kind)[0]
    with socket.socket(family, kind) as plain:
        plain.settimeout(seconds)
        plain.connect(target)
        if trunk.transport != "tls":
            return _talk(plain, trunk, seconds)
        with _context(trunk).wrap_socket(plain, server_hostname=address[0]) as secured:
            return _talk(secured, trunk, seconds)


def _context(trunk: Trunk) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(trunk.certificates))
    if not trunk.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _talk(sock: socket.socket, trunk: Trunk, seconds: float) -> SipAnswer:
    local = sock.getsockname()[0]
    request = _request(trunk, local, sock.getsockname()[1])
    deadline, wait, received = time.monotonic() + seconds, FIRST_WAIT, b""
    sock.sendall(request)
    while (left := deadline - time.monotonic()) > 0:
        sock.settimeout(min(left, wait) if trunk.transport == "udp" else left)
        try:
            came = sock.recv(LONGEST)
        except TimeoutError:
            if trunk.transport == "udp" and time.monotonic() < deadline:
                wait *= 2
                sock.sendall(request)
            continue
        if not came and trunk.transport != "udp":
            break
        received = came if trunk.transport == "udp" else received + came
        if answer := _answer(received, local):
            return answer
    raise NoAnswer(f"nothing came back within {seconds:g} s")


def _request(trunk: Trunk, local: str, port: int) -> bytes:
    here = f"[{local}]" if ":" in local else local
    lines = [
        f"OPTIONS sip:{trunk.host}:{trunk.sip_port} SIP/2.0",
        f"Via: SIP/2.0/{trunk.transport.upper()} {here}:{port};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:{trunk.from_user or trunk.account or 'ringback'}@{trunk.domain}>;tag={secrets.token_hex(6)}",
        f"To: <sip:{trunk.host}>",
        f"Call-ID: {secrets.token_hex(12)}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:ringback@{here}:{port}>",
        "Accept: application/sdp",
        "User-Agent: Ringback doctor",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _answer(received: bytes, local: str) -> SipAnswer | None:
    """None: not SIP, or not all of it yet."""
    head, end, _ = received.partition(b"\r\n\r\n")
    text = head.decode("utf-8", "replace")
    found = re.match(r"SIP/2\.0 ([1-6][0-9]{2})\b", text)
    if not end or found is None:
        return None
    via = re.search(r"^(?:Via|v)\s*:.*?;received=\[?([0-9A-Fa-f.:]+)", text, re.MULTILINE | re.IGNORECASE)
    seen = via.group(1) if via else ""
    try:
        ipaddress.ip_address(seen)
    except ValueError:
        seen = ""
    return SipAnswer(int(found.group(1)), local, seen)
