"""Somebody who would like to be one of our phones: asks under any name, by any method, with any password.

Owns requests over UDP outside of any call and the digest that answers a challenge (RFC 2617); what must be answered is
in the tests. Asks from an address of this machine of its own.
"""

import hashlib
import itertools
import random
import re
import socket
from types import TracebackType
from typing import Self

from app.trial.ports import LOOPBACK

SECONDS = 10.0
ADDRESS = "127.0.0.5"
"""Loopback has many; phones of the tests are at another."""
_ids = itertools.count(1)


class Stranger:
    """`with Stranger(port) as stranger: stranger.ask("REGISTER", "anna")`."""

    def __init__(self, port: int, address: str = ADDRESS) -> None:
        """`port`: of the SIP server on loopback."""
        self._server, self._address = (LOOPBACK, port), address

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self._address, 0))
        self._socket.settimeout(SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, method: str, name: str, uri: str = "", password: str | None = None) -> str:
        """The last answer. `uri` is what is asked for, the server itself if empty; with a `password` the challenge is
        answered."""
        uri = uri or f"sip:{LOOPBACK}"
        call, tag = f"{next(_ids)}-{random.getrandbits(48):x}", f"{random.getrandbits(32):x}"
        answer = self._sent(method, name, uri, call, tag, 1)
        if password is None or not answer.startswith("SIP/2.0 401"):
            return answer
        return self._sent(method, name, uri, call, tag, 2, _proof(answer, method, uri, name, password))

    def _sent(self, method: str, name: str, uri: str, call: str, tag: str, number: int, proof: str = "") -> str:
        host, port = self._socket.getsockname()
        branch = f"z9hG4bK{random.getrandbits(64):x}"
        to = f"<sip:{name}@{LOOPBACK}>" if method == "REGISTER" else f"<{uri}>"
        head = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: <sip:{name}@{LOOPBACK}>;tag={tag}",
            f"To: {to}",
            f"Call-ID: {call}",
            f"CSeq: {number} {method}",
        ]
        more = [f"Contact: <sip:{name}@{host}:{port}>", *([proof] if proof else []), "Content-Length: 0", "", ""]
        self._socket.sendto("\r\n".join([*head, *more]).encode(), self._server)
        while True:
            text = self._socket.recv(65535).decode("utf-8", "replace")
            found = re.match(r"SIP/2\.0 ([1-6]\d\d)", text)
            if found is None or found[1][0] == "1" or f"CSeq: {number} {method}" not in text or call not in text:
                continue
            if method == "INVITE":  # or the answer would be sent again and again
                to_line = next(line for line in text.split("\r\n") if line.startswith("To:"))
                ack = [f"ACK {uri} SIP/2.0", *head[1:4], to_line, head[5], f"CSeq: {number} ACK", "", ""]
                self._socket.sendto("\r\n".join(ack).encode(), self._server)
            return text


def _proof(challenge: str, method: str, uri: str, name: str, password: str) -> str:
    def part(key: str) -> str:
        found = re.search(rf'{key}="([^"]*)"', challenge)
        return found[1] if found else ""

    def digest(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    realm, nonce, opaque = part("realm"), part("nonce"), part("opaque")
    response = digest(f"{digest(f'{name}:{realm}:{password}')}:{nonce}:00000001:abc:auth:{digest(f'{method}:{uri}')}")
    return (
        f'Authorization: Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", qop=auth, '
        f'nc=00000001, cnonce="abc", response="{response}", algorithm=MD5, opaque="{opaque}"'
    )
