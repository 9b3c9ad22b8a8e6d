"""Phones over TLS with SRTP, on the real Asterisk: every message is written here, through Python's own TLS."""

import base64
import hashlib
import os
import re
import secrets
import socket
import ssl
from collections.abc import Callable
from typing import Any

from app.trial.ports import LOOPBACK, free_port
from ringback import certificates
from ringback.secrets import load_or_create
from tests.support.installation import SECONDS, Installation

HouseWith = Callable[[dict[str, Any]], Installation]


class TlsPhone:
    """One connection; answers are read one by one."""

    def __init__(self, port: int, authority: str) -> None:
        trusts = ssl.create_default_context(cafile=authority)
        raw = socket.create_connection((LOOPBACK, port), SECONDS)
        self.socket = trusts.wrap_socket(raw, server_hostname=LOOPBACK)
        self.here, self.call_id, self.tag = self.socket.getsockname()[1], secrets.token_hex(8), secrets.token_hex(4)
        self._got = b""

    def send(self, method: str, uri: str, seq: int, *more: str, who: str = "+12025550177", body: str = "") -> None:
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/TLS {LOOPBACK}:{self.here};branch=z9hG4bK{secrets.token_hex(8)};rport",
            f"From: <sip:{who}@{LOOPBACK}>;tag={self.tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {seq} {method}",
            f"Contact: <sip:{who}@{LOOPBACK}:{self.here};transport=tls>",
            "Max-Forwards: 70",
            *more,
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self.socket.sendall("\r\n".join(lines).encode())

    def answer(self) -> str:
        """The next final answer."""
        while True:
            head, end, rest = self._got.partition(b"\r\n\r\n")
            found = re.search(rb"(?im)^content-length\s*:\s*(\d+)", head)
            length = int(found[1]) if found else 0
            if end and len(rest) >= length:
                self._got = rest[length:]
                text = (head + end + rest[:length]).decode()
                if not re.match(r"SIP/2\.0 1\d\d", text) and text.startswith("SIP/2.0"):
                    return text
            else:
                came = self.socket.recv(65536)
                assert came, "the connection ended"
                self._got += came


def encrypted_offer(port: int) -> str:
    key = base64.b64encode(os.urandom(30)).decode()
    return (
        f"v=0\r\no=- 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\nm=audio {port} RTP/SAVP 0\r\n"
        f"a=rtpmap:0 PCMU/8000\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\na=sendrecv\r\n"
    )


def test_a_phone_registers_over_tls_and_callers_sound_is_encrypted(house_with: HouseWith) -> None:
    house = house_with({"sip": {"tls": True, "tls_port": free_port(socket.SOCK_STREAM)}})
    settings = house.trial.settings
    port, authority = settings.sip.tls_port, str(certificates.folder(settings) / "authority.pem")
    phone, registrar = TlsPhone(port, authority), f"sip:{LOOPBACK};transport=tls"
    phone.send("REGISTER", registrar, 1, f"To: <sip:anna@{LOOPBACK}>", "Expires: 60", who="anna")
    challenge = phone.answer()
    assert challenge.startswith("SIP/2.0 401")
    realm, nonce = (re.search(rf'{name}="([^"]+)"', challenge)[1] for name in ("realm", "nonce"))  # type: ignore[index]
    password = load_or_create(settings)[0].agent_passwords["anna"]

    def digest(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    response = digest(
        f"{digest(f'anna:{realm}:{password}')}:{nonce}:00000001:abc:auth:{digest(f'REGISTER:{registrar}')}"
    )
    proof = (
        f'Authorization: Digest username="anna", realm="{realm}", nonce="{nonce}", uri="{registrar}", qop=auth, '
        f'nc=00000001, cnonce="abc", response="{response}", algorithm=MD5'
    )
    opaque = re.search(r'opaque="([^"]+)"', challenge)
    proof += f', opaque="{opaque[1]}"' if opaque else ""
    phone.send("REGISTER", registrar, 2, f"To: <sip:anna@{LOOPBACK}>", "Expires: 60", proof, who="anna")
    assert phone.answer().startswith("SIP/2.0 200")

    caller, line = TlsPhone(port, authority), f"sip:1000@{LOOPBACK};transport=tls"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtp:
        rtp.bind((LOOPBACK, 0))
        rtp.settimeout(SECONDS)
        offer = encrypted_offer(rtp.getsockname()[1])
        caller.send("INVITE", line, 1, f"To: <{line}>", "Content-Type: application/sdp", body=offer)
        taken = caller.answer()
        assert taken.startswith("SIP/2.0 200"), taken
        assert "RTP/SAVP" in taken and "a=crypto:" in taken
        to = re.search(r"(?im)^To:\s*(.+)\r$", taken)
        contact = re.search(r"(?im)^Contact:\s*<([^>]+)>", taken)
        assert to is not None and contact is not None
        caller.send("ACK", contact[1], 1, f"To: {to[1]}")
        packet = rtp.recv(2048)
        assert len(packet) == 12 + 160 + 10, "20 ms of G.711 and ten bytes that prove who sent it"
        caller.send("BYE", contact[1], 2, f"To: {to[1]}")
        assert caller.answer().startswith("SIP/2.0 200")
    assert house.wait_ended("+12025550177").result in ("left", "left_at_once", "no_sound")
