"""Who is believed about a request, and which forms come from elsewhere."""

import io
from typing import Any

import pytest

from web.origins import foreign
from web.proxies import BehindProxy


def seen(proxies: list[str], public_url: str = "", **environ: str) -> dict[str, Any]:
    """What the application behind is told."""
    found: dict[str, Any] = {}

    def app(given: dict[str, Any], _start: Any) -> list[bytes]:
        found.update(given)
        return []

    base = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "HTTP_HOST": "127.0.0.1:8080"}
    BehindProxy(app, proxies, public_url)({**base, "wsgi.input": io.BytesIO(), **environ}, lambda *_: lambda _: None)
    return found


FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "ringback.example",
}


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.2", "172.17.0.9", "::ffff:10.0.0.2"])
def test_a_proxy_of_ours_is_believed(peer: str) -> None:
    told = seen(["10.0.0.2", "172.17.0.0/16"], REMOTE_ADDR=peer, **FORWARDED)
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"], told["HTTP_HOST"]) == (
        "203.0.113.7",
        "https",
        "ringback.example",
    )


@pytest.mark.parametrize("peer", ["10.0.0.3", "203.0.113.9", "", "unix:"])
def test_anybody_else_is_not(peer: str) -> None:
    told = seen(["10.0.0.2"], "https://ringback.example", REMOTE_ADDR=peer, HTTP_FORWARDED="for=1.2.3.4", **FORWARDED)
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"], told["HTTP_HOST"]) == (peer, "http", "127.0.0.1:8080")
    assert [name for name in told if "FORWARDED" in name] == []


@pytest.mark.parametrize(
    ("chain", "sender"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("[2001:db8::1]:51234", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "127.0.0.1"),
        ("<script>, 203.0.113.7", "203.0.113.7"),
        ("", "127.0.0.1"),
    ],
)
def test_the_sender_is_the_first_that_is_no_proxy_of_ours(chain: str, sender: str) -> None:
    assert seen(["10.0.0.2"], HTTP_X_FORWARDED_FOR=chain)["REMOTE_ADDR"] == sender


@pytest.mark.parametrize(
    ("headers", "host"),
    [
        ({"HTTP_X_FORWARDED_HOST": "a.example"}, "a.example"),
        ({"HTTP_X_FORWARDED_HOST": "a.example:8443", "HTTP_X_FORWARDED_PORT": "8443"}, "a.example:8443"),
        ({"HTTP_X_FORWARDED_HOST": "a.example", "HTTP_X_FORWARDED_PORT": "8443"}, "a.example:8443"),
        ({"HTTP_X_FORWARDED_HOST": "a.example", "HTTP_X_FORWARDED_PORT": "443"}, "a.example"),
        ({"HTTP_HOST": "a.example", "HTTP_X_FORWARDED_PORT": "8443"}, "a.example:8443"),
        ({"HTTP_X_FORWARDED_HOST": "evil.example/x?"}, "127.0.0.1:8080"),
        ({"HTTP_X_FORWARDED_HOST": "b.example, a.example"}, "a.example"),
        ({}, "127.0.0.1:8080"),
    ],
)
def test_our_name_is_the_one_that_the_browser_used(headers: dict[str, str], host: str) -> None:
    told = seen([], HTTP_X_FORWARDED_PROTO="https", **{"HTTP_HOST": "127.0.0.1:8080", **headers})
    assert (told["HTTP_HOST"], told["wsgi.url_scheme"]) == (host if "/" not in host else "127.0.0.1:8080", "https")


def test_the_public_address_goes_before_what_a_proxy_says() -> None:
    told = seen(
        [], "https://ringback.example:8443", HTTP_X_FORWARDED_PROTO="http", HTTP_X_FORWARDED_HOST="other.example"
    )
    assert (told["HTTP_HOST"], told["wsgi.url_scheme"]) == ("ringback.example:8443", "https")


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "https\r\nX: y", ""])
def test_a_scheme_that_is_none_changes_nothing(scheme: str) -> None:
    assert seen([], HTTP_X_FORWARDED_PROTO=scheme)["wsgi.url_scheme"] == "http"


HOME = "https://ringback.example"


@pytest.mark.parametrize(
    ("headers", "host", "public_url", "site"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, "127.0.0.1:8080", "", ""),
        ({"Sec-Fetch-Site": "same-origin", "Origin": HOME}, "other.example", "", ""),
        (
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
            "ringback.example",
            "",
            "https://evil.example",
        ),
        (
            {"Sec-Fetch-Site": "same-site", "Origin": "https://x.ringback.example"},
            "ringback.example",
            HOME,
            "https://x.ringback.example",
        ),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, "ringback.example", "", "cross-site"),
        ({}, "ringback.example", "", ""),
        ({"Origin": "null"}, "ringback.example", HOME, ""),
        ({"Referer": f"{HOME}/sign-in"}, "ringback.example", "", ""),
        ({"Referer": f"{HOME}:8443/sign-in"}, "ringback.example", "", ""),
        ({"Origin": HOME}, "127.0.0.1:8080", "", ""),
        ({"Origin": HOME}, "127.0.0.1:8080", HOME, ""),
        ({"Origin": "https://evil.example"}, "127.0.0.1:8080", HOME, "https://evil.example"),
        ({"Origin": "https://evil.example"}, "ringback.example", "", "https://evil.example"),
        (
            {"Referer": "https://ringback.example.evil.example/"},
            "ringback.example",
            "",
            "https://ringback.example.evil.example",
        ),
        ({"Origin": "https://[evil"}, "ringback.example", "", "?"),
    ],
)
def test_a_form_is_from_elsewhere_where_the_browser_says_so(
    headers: dict[str, str], host: str, public_url: str, site: str
) -> None:
    assert foreign(headers, host, public_url) == site
