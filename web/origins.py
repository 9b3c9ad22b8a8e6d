"""Whether a form was sent from a page of ours, as far as the browser says.

The token in the form is what protects it, bound to the session's cookie; this is the second lock, for a session that
another site planted. Browsers say by Sec-Fetch-Site where a form comes from, and that needs no name of ours. Older ones
send Origin or Referer, which are compared with our name. A browser that says nothing (a strict Referrer-Policy) has the
token alone, as has one behind a proxy that keeps our name to itself: then there is nothing to compare with.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OURS = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site: from this very site, or typed by the person."""
NAMELESS = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that a proxy gives which does not pass on the name that the browser used."""


def foreign(headers: Mapping[str, str], host: str, public_url: str) -> str:
    """The site a form was sent from, if it is not ours; empty: it is, or the browser does not say.

    `host` is our name by the request, with a port or without; `public_url` by the settings.
    """
    site = headers.get("Sec-Fetch-Site", "").lower()
    origin = headers.get("Origin", "")
    said = origin if origin and origin != "null" else headers.get("Referer", "")
    if site in OURS:
        return ""
    if site:
        return _site(said) or site
    if not said:
        return ""
    there = _host(said)
    names = {_host(f"//{host}"), _host(public_url)} - {""}
    if there in names or (not public_url and names <= NAMELESS):
        return ""
    return _site(said)


def _host(url: str) -> str:
    """Without the port: a proxy at an unusual one may leave it out."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return "?"


def _site(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    except ValueError:
        return "?"
