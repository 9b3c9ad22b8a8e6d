"""SIP and RTP as text and bytes, as far as the phones of the benchmarks need them. Pure: no socket, no clock.

Owns the words; who says which of them, and when, is in `bench/probe.py` and `bench/phones.py`.
"""

import hashlib
import re
import struct

LOOPBACK = "127.0.0.1"
SAMPLES = 160
"""Of one packet: 20 ms at 8 kHz."""
PACKET_SECONDS = 0.02
SILENCE = bytes([0xFF]) * SAMPLES
KEY_PACKETS = 6
"""Of 20 ms each, before the three end packets: a key of 120 ms."""
KEY_TYPE = 101
KEYS = "0123456789*#"


def header(text: str, name: str) -> str:
    """The first header of that name; empty where there is none."""
    found = re.search(rf"^{name}\s*:\s*(.*?)\r$", text, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else ""


def uri_of(address: str) -> str:
    """The address inside a Contact, From or To."""
    found = re.search(r"<([^>]+)>", address)
    return found.group(1) if found else address.partition(";")[0].strip()


def user_of(address: str) -> str:
    """The part before the @: mostly a number."""
    found = re.search(r"sips?:([^@;>]*)@", address)
    return found.group(1) if found else ""


def media_port(text: str) -> int:
    """Where the other side wants its voice packets; 0: it named no port."""
    found = re.search(r"^m=audio (\d+)", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def sdp(port: int) -> str:
    """An offer, and an answer to one: mu-law and keys."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 0 {KEY_TYPE}\r\na=rtpmap:0 PCMU/8000\r\n"
        f"a=rtpmap:{KEY_TYPE} telephone-event/8000\r\na=fmtp:{KEY_TYPE} 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )


def message(first_line: str, headers: list[str], body: str = "", kind: str = "application/sdp") -> bytes:
    """A request or a response with its length; `kind` is the body's."""
    kinds = [f"Content-Type: {kind}"] if body else []
    return ("\r\n".join([first_line, *headers, *kinds, f"Content-Length: {len(body)}"]) + "\r\n\r\n" + body).encode()


def kept_headers(request: str, tag: str) -> list[str]:
    """The headers of a request that its response repeats; `tag` is ours, for a To without one."""
    kept = []
    for line in request.partition("\r\n\r\n")[0].split("\r\n"):
        name = line.split(":")[0].strip()
        if name in ("Via", "From", "Call-ID", "CSeq"):
            kept.append(line)
        elif name == "To":
            kept.append(line if ";tag=" in line else f"{line};tag={tag}")
    return kept


def digest(challenge: str, user: str, password: str, method: str, uri: str, cnonce: str) -> str:
    """The Authorization header's value that answers a challenge (RFC 2617, MD5 with qop auth)."""
    realm, nonce, opaque = (_quoted(challenge, name) for name in ("realm", "nonce", "opaque"))
    secret = f"{_md5(f'{user}:{realm}:{password}')}:{nonce}:00000001:{cnonce}:auth:{_md5(f'{method}:{uri}')}"
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{_md5(secret)}", '
        f'algorithm=MD5, cnonce="{cnonce}", opaque="{opaque}", qop=auth, nc=00000001'
    )


def voice_packet(kind: int, sequence: int, clock: int, source: int, payload: bytes) -> bytes:
    """One RTP packet. `kind` is the payload type, with 0x80 for the first packet of a key."""
    return struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, clock & 0xFFFFFFFF, source) + payload


def key_payload(key: int, duration: int, *, end: bool) -> bytes:
    """A key as RFC 4733 tells it: its number in KEYS, and for how many samples it has been down."""
    return struct.pack("!BBH", key, (0x80 if end else 0) | 10, duration)


def _quoted(challenge: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', challenge)
    return found.group(1) if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
