"""What a reverse proxy says of a request, and whom it is believed: who asks, by which scheme, under which name.

Owns the headers X-Forwarded-*. They count from this machine and from `web.proxies` alone; from anybody else they are
taken away, as everybody can write them. Where the owner gave `web.public_url`, pages have that name, whatever the proxy
says (docs/behind-a-proxy.md).
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = ("FOR", "PROTO", "HOST", "PORT", "SERVER", "BY", "PREFIX", "SSL")
LONGEST_CHAIN = 20
"""Proxies in a row that are looked at."""
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?")
SCHEMES = {"http": "80", "https": "443"}

ProxyNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Peer = ipaddress.IPv4Address | ipaddress.IPv6Address


class BehindProxy:
    """Puts what a trusted proxy says where Flask looks for it."""

    def __init__(self, app: "WSGIApplication", proxies: Sequence[str], public_url: str) -> None:
        """`proxies`: addresses and networks that are believed. `public_url`: the name of the pages; empty: as told."""
        self.app = app
        self.proxies: list[ProxyNetwork] = [ipaddress.ip_network(each, strict=False) for each in proxies]
        self.public = urlsplit(public_url) if public_url else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        peer = _address(str(environ.get("REMOTE_ADDR", "")))
        if peer is not None and self.trusts(peer):
            self._believe(environ, peer)
        for name in HEADERS:
            environ.pop(f"HTTP_X_FORWARDED_{name}", None)
        environ.pop("HTTP_FORWARDED", None)
        return self.app(environ, start_response)

    def trusts_address(self, address: str) -> bool:
        """`trusts`, of an address as it is written."""
        peer = _address(address)
        return peer is not None and self.trusts(peer)

    def trusts(self, peer: Peer) -> bool:
        """Whether what this address says of others counts."""
        plain = getattr(peer, "ipv4_mapped", None) or peer
        return plain.is_loopback or any(plain in network for network in self.proxies)

    def _believe(self, environ: "WSGIEnvironment", peer: Peer) -> None:
        environ["REMOTE_ADDR"] = str(self._sender(_list(environ, "FOR"), peer))
        scheme = (_list(environ, "PROTO") or [""])[-1].lower()
        if scheme in SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        if self.public is not None:
            environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self.public.scheme, self.public.netloc
            return
        host = (_list(environ, "HOST") or [""])[-1] or str(environ.get("HTTP_HOST", ""))
        if HOST.fullmatch(host):
            environ["HTTP_HOST"] = host + self._port(host, environ)

    def _port(self, host: str, environ: "WSGIEnvironment") -> str:
        """What is to be added to a host from which the proxy left the port out."""
        port = (_list(environ, "PORT") or [""])[-1]
        usual = SCHEMES.get(str(environ["wsgi.url_scheme"]))
        has_one = re.search(r":[0-9]+$", host) is not None
        return f":{port}" if re.fullmatch("[0-9]{1,5}", port) and port != usual and not has_one else ""

    def _sender(self, chain: list[str], peer: Peer) -> Peer:
        """The first address from our side that is no proxy of ours: what stands before it anybody may have written."""
        found = peer
        for each in reversed(chain[-LONGEST_CHAIN:]):
            address = _address(each)
            if address is None:
                break
            found = address
            if not self.trusts(address):
                break
        return found


def _list(environ: "WSGIEnvironment", name: str) -> list[str]:
    value: Any = environ.get(f"HTTP_X_FORWARDED_{name}", "")
    return [each.strip() for each in str(value).split(",") if each.strip()]


def _address(text: str) -> Peer | None:
    """An address as proxies write it, with or without a port."""
    bare = re.sub(r"^\[(.+)\](?::\d+)?$", r"\1", text.strip())
    bare = re.sub(r"^(\d+\.\d+\.\d+\.\d+):\d+$", r"\1", bare)
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        return None
