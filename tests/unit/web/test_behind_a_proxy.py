"""Sign-in and the public form behind nginx, Caddy and Traefik over HTTPS, as browsers old, new and silent send them.

nginx and Caddy are the real ones with what docs/behind-a-proxy.md shows; what Traefik adds is sent as it sends it.
"""

import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app import bootstrap
from ringback import secrets
from ringback.config import Settings, load
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.engine import open_store, sessions
from tests.conftest import missing, until
from web.public.service import new_token

ROOT = Path(__file__).resolve().parents[3]
DOCS = (ROOT / "docs" / "behind-a-proxy.md").read_text(encoding="utf-8")
NAME = "ringback.example"
BROWSERS = {
    "new": ("Origin", "Referer", "Sec-Fetch-Site"),
    "without Sec-Fetch": ("Origin", "Referer"),
    "old": ("Referer",),
    "silent": (),
    "with Origin: null": ("null", "Sec-Fetch-Site"),
}
"""What each says of the page that a form stands in."""


Answered = tuple[int, str, http.client.HTTPMessage]
"""Status, page, headers."""


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def shown(title: str) -> str:
    """The example that the documentation gives under `title`."""
    found = re.search(rf"^## {title}\n\n((?:    .*\n|\n(?=    ))+)", DOCS, re.MULTILINE)
    assert found is not None
    return textwrap.dedent(found[1])


@dataclass
class Pages:
    """The web process of one installation."""

    settings: Settings
    folder: Path

    @property
    def port(self) -> int:
        return self.settings.web.port

    @property
    def password(self) -> str:
        return secrets.load_or_create(self.settings)[0].admin_password

    def callback_token(self) -> str:
        """As of a form that was opened a minute ago."""
        return new_token(secrets.load_or_create(self.settings)[0].web_key, time.time() - 60)


@dataclass
class Browser:
    """One that keeps cookies and says what browsers of its kind say."""

    port: int
    tls: ssl.SSLContext | None
    host: str
    says: tuple[str, ...] = BROWSERS["new"]
    more: dict[str, str] = field(default_factory=dict)
    """Headers that a proxy would add."""
    site: str = ""
    """The site that forms stand in; empty: the one that is asked."""
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answered:
        """Once more where a proxy gave half an answer: on a busy machine Caddy 2.6.2 now and then closes its own
        connection to us while it reads (its log: "reading from backend ... use of closed network connection")."""
        try:
            return self._ask(method, path, form)
        except http.client.IncompleteRead:
            return self._ask(method, path, form)

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> Answered:
        ours = f"{'https' if self.tls or self.more else 'http'}://{self.host}"
        site = self.site or ours
        headers = {"Host": self.host, **self.more}
        if method == "POST":
            told = {"Origin": site, "Referer": f"{site}{path}", "null": "null"}
            told["Sec-Fetch-Site"] = "cross-site" if self.site else "same-origin"
            headers |= {"Origin" if name == "null" else name: told[name] for name in self.says}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={each.value}" for name, each in self.cookies.items())
        made = http.client.HTTPConnection(NAME, self.port)
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        made.sock = self.tls.wrap_socket(opened, server_hostname=NAME) if self.tls else opened
        try:
            made.request(method, path, urlencode(form) if form else None, headers)
            answer = made.getresponse()
            said = answer.read()
            text = (gzip.decompress(said) if answer.headers["Content-Encoding"] == "gzip" else said).decode()
            for each in answer.headers.get_all("Set-Cookie") or []:
                self.cookies.load(each)
            return answer.status, text, answer.headers
        finally:
            made.close()

    def sign_in(self, pages: Pages) -> Answered:
        _, page, _ = self.ask("GET", "/sign-in")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None
        form = {"csrf_token": found[1], "name": "admin", "password": pages.password}
        return self.ask("POST", "/sign-in", form)


@pytest.fixture(scope="module")
def run_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Pages]]:
    running: list[subprocess.Popen[bytes]] = []

    def run(**web: str) -> Pages:
        folder, port = tmp_path_factory.mktemp("pages"), free_port()
        config = folder / "ringback.yaml"
        config.write_text(f"data: data\nweb: {{port: {port}, {', '.join(f'{k}: {v}' for k, v in web.items())}}}\n")
        settings = load(config)
        bootstrap.prepare(settings)
        code = "from app import bootstrap; from ringback import config; from pathlib import Path; import sys; "
        code += "bootstrap.run_web(config.load(Path(sys.argv[1])))"
        running.append(subprocess.Popen([sys.executable, "-c", code, str(config)], cwd=ROOT))
        until(lambda: answers(port), 60)
        return Pages(settings, folder)

    yield run
    for process in running:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def pages(run_pages: Callable[..., Pages]) -> Pages:
    return run_pages()


def answers(port: int) -> bool:
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "made.pem", folder / "made.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", made], check=True, capture_output=True)
    return made, key


@pytest.fixture(scope="module")
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[list[str], int], None]]:
    """Starts a proxy and waits until it listens."""
    running: list[subprocess.Popen[bytes]] = []
    home = tmp_path_factory.mktemp("home")

    def begin(command: list[str], port: int) -> None:
        running.append(subprocess.Popen(command, env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home)}))
        until(lambda: answers(port) or running[-1].poll() is not None, 60)
        assert running[-1].poll() is None

    yield begin
    for process in running:
        process.terminate()
        process.wait(20)


Made = Callable[[Pages, str], int]


@pytest.fixture(scope="module")
def nginx(start: Callable[..., None], certificate: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Made:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

    def run(pages: Pages, server: str) -> int:
        if program is None:
            missing("nginx")
        assert program is not None
        folder, port = tmp_path_factory.mktemp("nginx"), free_port()
        server = server.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
            "127.0.0.1:8080", f"127.0.0.1:{pages.port}"
        )
        server = server.replace("/etc/ssl/ringback.pem", str(certificate[0]))
        server = server.replace("/etc/ssl/ringback.key", str(certificate[1]))
        temporary = "".join(
            f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = folder / "nginx.conf"
        config.write_text(
            f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; gzip on;\n{temporary}{server}}}\n"  # Debian's nginx compresses what it passes on
        )
        start([program, "-p", str(folder), "-c", str(config)], port)
        return port

    return run


@pytest.fixture(scope="module")
def nginx_port(nginx: Made, pages: Pages) -> int:
    return nginx(pages, shown("nginx"))


@pytest.fixture(scope="module")
def bare_server() -> str:
    """What many write: no header at all."""
    return re.sub(r" +proxy_set_header .*\n", "", shown("nginx"))


@pytest.fixture(scope="module")
def bare_port(nginx: Made, pages: Pages, bare_server: str) -> int:
    return nginx(pages, bare_server)


@pytest.fixture(scope="module")
def caddy_port(
    start: Callable[..., None],
    certificate: tuple[Path, Path],
    pages: Pages,
    tmp_path_factory: pytest.TempPathFactory,
) -> int:
    program = shutil.which("caddy")
    if program is None:
        missing("caddy")
    assert program is not None
    folder, port = tmp_path_factory.mktemp("caddy"), free_port()
    site = shown("Caddy").replace("127.0.0.1:8080", f"127.0.0.1:{pages.port}")
    site = site.replace(
        f"{NAME} {{", f"https://{NAME}:{port} {{\n    tls {certificate[0]} {certificate[1]}\n    bind 127.0.0.1", 1
    )
    config = folder / "Caddyfile"
    config.write_text(f"{{\n    admin off\n    auto_https off\n}}\n{site}")
    start([program, "run", "--config", str(config), "--adapter", "caddyfile"], port)
    return port


@pytest.fixture(params=["nginx", "caddy", "bare"])
def proxy_port(request: pytest.FixtureRequest) -> int:
    found: int = request.getfixturevalue(f"{request.param}_port")
    return found


@pytest.mark.parametrize("says", BROWSERS.values(), ids=list(BROWSERS))
def test_people_sign_in_and_visitors_ask_behind_a_proxy(
    pages: Pages, proxy_port: int, tls: ssl.SSLContext, says: tuple[str, ...]
) -> None:
    browser = Browser(proxy_port, tls, f"{NAME}:{proxy_port}", says)
    status, page, headers = browser.sign_in(pages)
    assert (status, headers["Location"]) == (302, "/"), page
    assert browser.ask("GET", "/now")[0] == 200
    stranger = Browser(proxy_port, tls, f"{NAME}:{proxy_port}", says)
    asked = {"token": pages.callback_token(), "number": "+14155550132", "when": "soon"}
    assert stranger.ask("POST", "/callback", asked)[0] in (200, 429)


@pytest.mark.parametrize("says", [each for each in BROWSERS.values() if "Origin" in each], ids=["new", "other"])
@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_a_form_of_another_site_is_refused_behind_a_proxy(
    pages: Pages, request: pytest.FixtureRequest, tls: ssl.SSLContext, name: str, says: tuple[str, ...]
) -> None:
    port: int = request.getfixturevalue(f"{name}_port")
    browser = Browser(port, tls, f"{NAME}:{port}", says, site="https://evil.example")
    status, page, _ = browser.sign_in(pages)
    assert status == 400
    assert "https://evil.example" in page
    assert "web.public_url" in page


@pytest.mark.parametrize("site", ["same-origin", "cross-site"])
def test_what_another_site_asks_for_is_compressed_by_nobody(
    pages: Pages, proxy_port: int, tls: ssl.SSLContext, site: str
) -> None:
    more = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": site}
    status, page, headers = Browser(proxy_port, tls, f"{NAME}:{proxy_port}", more=more).ask("GET", "/sign-in")
    assert (status, "csrf_token" in page) == (200, True)
    assert (headers["Content-Encoding"] == "gzip") == (site == "same-origin")


def test_what_happens_is_told_through_a_proxy_as_it_happens(pages: Pages, proxy_port: int, tls: ssl.SSLContext) -> None:
    browser = Browser(proxy_port, tls, f"{NAME}:{proxy_port}")
    browser.sign_in(pages)
    cookie = "; ".join(f"{name}={each.value}" for name, each in browser.cookies.items())
    lines = [
        "GET /stream?show=now HTTP/1.1",
        f"Host: {NAME}:{proxy_port}",
        f"Cookie: {cookie}",
        "Accept-Encoding: gzip",
    ]
    opened = socket.create_connection(("127.0.0.1", proxy_port), timeout=20)
    with tls.wrap_socket(opened, server_hostname=NAME) as stream:
        stream.sendall("\r\n".join([*lines, "", ""]).encode())
        told = b""
        while b"now-processes" not in told:
            told += stream.recv(65536)
        assert told.startswith(b"HTTP/1.1 200") and b"text/event-stream" in told
        engine = open_store(pages.settings.store_url)
        with sessions(engine)() as session, session.begin():
            raised = message("alarms.no_backup")
            raise_alarm(session, "trunk.trouble", f"of {proxy_port}", raised, "red", utcnow())
        engine.dispose()
        while b"There is no backup" not in told:
            told += stream.recv(65536)


def test_cookies_are_secure_and_wrong_passwords_counted_by_who_asks(
    pages: Pages, nginx_port: int, tls: ssl.SSLContext
) -> None:
    browser = Browser(nginx_port, tls, f"{NAME}:{nginx_port}")
    headers = browser.ask("GET", "/sign-in")[2]
    assert "Secure" in headers["Set-Cookie"]
    assert headers["Strict-Transport-Security"]


def test_the_public_address_counts_where_the_proxy_keeps_it(
    run_pages: Callable[..., Pages], nginx: Made, bare_server: str, tls: ssl.SSLContext
) -> None:
    own = run_pages(public_url=f"https://{NAME}:8443")
    port = nginx(own, bare_server)
    for says in BROWSERS.values():
        browser = Browser(port, tls, f"{NAME}:8443", says)
        status, page, headers = browser.sign_in(own)
        assert (status, "Secure" in headers["Set-Cookie"]) == (302, True), page
    stranger = Browser(port, tls, f"{NAME}:8443", BROWSERS["old"], site="https://evil.example")
    assert stranger.sign_in(own)[0] == 400


@pytest.mark.parametrize("port", ["443", "8443"])
@pytest.mark.parametrize("says", BROWSERS.values(), ids=list(BROWSERS))
def test_what_traefik_adds_is_understood(pages: Pages, says: tuple[str, ...], port: str) -> None:
    host = NAME if port == "443" else f"{NAME}:{port}"
    more = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Host": host,
        "X-Forwarded-Port": port,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Server": "traefik",
        "X-Real-Ip": "203.0.113.7",
    }
    browser = Browser(pages.port, None, host, says, more)
    status, page, headers = browser.sign_in(pages)
    assert (status, "Secure" in headers["Set-Cookie"]) == (302, True), page
