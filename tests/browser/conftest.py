"""A running web server with the calls of an evening, and Debian's chromium that looks at it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect, sync_playwright

from tests.support.calls import Store, open_copy
from tests.support.front import RunningFront
from tests.support.outside import seed_outside
from tests.support.pages import app_of, cookie_name, make_evening, sessions_of
from tests.support.waits import seed_waits
from web import build_assets
from web.front import FrontLimits

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--mute-audio",
    "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]  # fmt: skip


@dataclass
class Site:
    """The pages of one test, on a free port of loopback."""

    store: Store
    server: RunningFront | None = None
    port: int = 0
    cookie: str = ""
    """What the cookie of a session is called."""
    limits: FrontLimits | None = None
    """Of the next `start`; None: the usual ones."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serves; on the same port again after `stop`."""
        app = app_of(self.store)
        self.cookie = cookie_name(app)
        self.server = RunningFront(app, port=self.port, threads=4, limits=self.limits)
        self.port = self.server.port

    def stop(self) -> None:
        """Closes the port and every connection, as a server that is killed."""
        assert self.server is not None
        self.server.end()
        self.server = None


@dataclass
class Faults:
    """What must not happen on any page: errors, refused scripts, dialogs."""

    faults: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(word in message.text for word in self.expected):
            self.faults.append(message.text)

    def dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture(scope="module")  # playwright's event loop would be in the way of tests elsewhere that run their own
def chromium(missing: Callable[[str], None]) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium (Debian's package chromium)")
    if build_assets.missing():
        missing("web/static/vendor (run `python -m web.build_assets`)")
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the calls of an evening and the waits that callers were told, made once, copied for each test."""
    return make_evening(tmp_path_factory.mktemp("evening"), seed_waits, seed_outside)


@pytest.fixture(scope="session")
def cookies(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A session of each person."""
    return sessions_of(evening, tmp_path_factory.mktemp("cookies") / "data")


@pytest.fixture
def site(evening: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(open_copy(evening, tmp_path / "data"))
    made.start()
    yield made
    made.stop()
    made.store.sessions.kw["bind"].dispose()


@pytest.fixture
def seen() -> Faults:
    return Faults()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, site: Site, seen: Faults, cookies: dict[str, str]) -> Iterator[Visit]:
    """`visit(path, name="admin", **options of the browser's context)`: a page for somebody signed in.

    At the end of the test nothing unexpected may have been said on the console of any of them.
    """
    contexts: list[BrowserContext] = []

    def go(path: str, name: str | None = "admin", **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US", **options}
        context = chromium.new_context(base_url=site.address, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", seen.console)
        page.on("pageerror", lambda error: seen.faults.append(str(error)))
        page.on("dialog", seen.dialog)
        if name is not None:
            context.add_cookies([{"name": site.cookie, "value": cookies[name], "url": site.address}])
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert seen.faults == []


def hear(page: Page) -> None:
    """Gives a reason on a call's page, and waits at the beginning of the sound."""
    page.get_by_label("Reason", exact=True).select_option("quality")
    page.get_by_role("button", name="Listen", exact=True).click()
    page.wait_for_url("**#player")
    page.reload()  # a page that is loaded anew does not play by itself
    page.locator("#sound").wait_for(state="attached")
