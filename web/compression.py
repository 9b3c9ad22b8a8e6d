"""Answers made smaller on their way: pages, documents and tables by gzip, for whoever takes it and is us.

Leaves alone what is small, what is compressed already (sound, `web/assets.py`), ranges, and what must arrive piece by
piece (event streams): a type that is not in TYPES is sent as it is.

The length of a compressed page tells whether what somebody put into its address stands in it a second time: so another
site, whose requests a browser sends with our cookie, could guess what the page says (BREACH). What another site can
have asked for is therefore sent as it is.
"""

import zlib
from collections.abc import Iterable, Iterator

from flask import Flask, Response, current_app, request

from web.origins import OURS

TEXTS = ("html", "plain", "csv", "vtt")
DOCUMENTS = ("json", "x-subrip", "vcon+json")
TYPES = frozenset([*(f"text/{kind}" for kind in TEXTS), *(f"application/{kind}" for kind in DOCUMENTS)])
LEAST = 1000
"""Bytes; less is hardly smaller afterwards."""
LEVEL = 6
GZIP = zlib.MAX_WBITS + 16
"""The window's size with gzip's head and foot around it, as zlib counts."""


def init(app: Flask) -> None:
    """Has the answers of `app` compressed; to be called before all else that looks at answers, so that it is last."""
    app.after_request(_compress)


def takes_gzip() -> bool:
    """Whether who asks can read it."""
    return request.accept_encodings["gzip"] > 0


def gzipped(body: bytes, level: int = LEVEL) -> bytes:
    return b"".join(_pieces([body], level))


def _compress(response: Response) -> Response:
    if response.mimetype not in TYPES or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in (204, 206, 304) or not takes_gzip() or not _is_asked_by_us():
        return response
    if response.is_streamed:
        response.call_on_close(getattr(response.response, "close", lambda: None))
        response.response = _pieces(response.iter_encoded())
        response.headers.pop("Content-Length", None)
    elif len(body := response.get_data()) >= LEAST:
        response.set_data(gzipped(body))
    else:
        return response
    response.headers["Content-Encoding"] = "gzip"
    tag, is_weak = response.get_etag()
    if tag is not None and not is_weak:  # a strong one would say that both forms are the same bytes
        response.set_etag(tag, weak=True)
    return response


def _is_asked_by_us() -> bool:
    """Whether no other site can have made a browser ask with our cookie, or anybody can read the answer anyway."""
    site = request.headers.get("Sec-Fetch-Site", "").lower()
    if site:
        return site in OURS
    has_session = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return not (has_session and request.is_secure)  # an old browser, which does not say


def _pieces(body: Iterable[bytes], level: int = LEVEL) -> Iterator[bytes]:
    packer = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    for piece in body:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
