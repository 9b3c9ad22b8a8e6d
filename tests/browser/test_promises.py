"""Promises in a real browser: a board that follows, a promise cancelled, alarms, the form on a visitor's phone."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from playwright.sync_api import TimeoutError as NotYet
from sqlalchemy import select

from callback.models import Callback
from ringback.config import Web
from ringback.messages import text
from ringback.store.base import utcnow
from ringback.store.bus import Alarm, Request
from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_pages import AXE, violations
from tests.conftest import until
from tests.support.calls import EVIL_NAME, TICKET, WHOLE, Store
from tests.support.promises import add, seed_promises

pytestmark = pytest.mark.browser
REFUSED = ("400 (Bad Request)",)
"""The console tells of every page that comes with this status: a form with a fault in it."""


def reopen(site: Site, **changes: object) -> None:
    """Serves the same store with other settings, on another port."""
    site.stop()
    site.store = Store(site.store.settings.model_copy(update=changes), site.store.sessions)
    site.port = 0
    site.start()


@pytest.fixture
def promised(site: Site) -> dict[str, UUID]:
    """A promise in each column of the board; calls are allowed at any hour."""
    reopen(site, callbacks=site.store.settings.callbacks.model_copy(update={"hours": "00:00-24:00"}))
    return seed_promises(site.store)


def change(site: Site, key: UUID, **values: object) -> None:
    with site.store.sessions() as session, session.begin():
        row = session.get_one(Callback, key)
        for name, value in values.items():
            setattr(row, name, value)


def test_the_board_follows_by_itself(visit: Visit, site: Site, promised: dict[str, UUID]) -> None:
    page = visit("/promises", name="anna")
    page.evaluate("window.same = true")
    row = page.get_by_role("row").filter(has_text="+14155550133")
    expect(
        page.get_by_role("region", name="Overdue").get_by_role("row").filter(has_text="+14155550133")
    ).to_be_visible()
    add(site.store, "+14155550111", notes="new")
    expect(page.get_by_role("row").filter(has_text="+14155550111")).to_contain_text("Waiting for an agent")
    change(site, promised["late"], state="dialling_customer", agent="anna", attempts=1)
    expect(row).to_contain_text("Customer's phone is ringing")
    change(site, promised["late"], state="done", ended_at=utcnow(), connected_call_id=WHOLE)
    expect(
        page.get_by_role("region", name="Kept today").get_by_role("row").filter(has_text="+14155550133")
    ).to_be_visible()
    clock = page.locator("[data-since]").first
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    assert page.evaluate("window.same")


def test_a_promise_is_cancelled_and_a_reason_outlives_what_changes(
    visit: Visit, site: Site, promised: dict[str, UUID]
) -> None:
    page = visit("/promises")
    page.get_by_role("link", name="+14155550133").click()
    page.get_by_label("Why?").fill("They wrote")
    change(site, promised["late"], attempts=2, last_outcome="busy")
    change(site, promised["late"], state="dialling_agent", agent="anna")
    expect(page.get_by_text("with Anna")).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_value("They wrote")
    page.get_by_role("button", name="Cancel the promise").click()
    expect(page.get_by_text("Cancelling…")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        asked = session.scalars(select(Request)).one()
        assert asked.args == {"reason": "They wrote"}
        asked.done_at = utcnow()
    change(site, promised["late"], state="cancelled", ended_at=utcnow(), end_reason=text("They wrote"))
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_count(0)


def test_call_this_person_back(visit: Visit, site: Site, seen: Faults, promised: dict[str, UUID]) -> None:
    seen.expected = REFUSED
    page = visit(f"/tickets/{TICKET}", name="anna")
    page.get_by_text("Call this person back").click()
    number = page.locator("#call-back").get_by_label("Number", exact=True)
    expect(number).to_have_value("+14155550123")
    number.fill("+19002345678")
    page.get_by_role("button", name="Promise a callback").click()
    expect(page.get_by_text("premium-rate number")).to_be_visible()
    number.fill("+14155550111")
    page.get_by_label("Note for the agent").fill("Ask again")
    page.get_by_role("button", name="Promise a callback").click()
    expect(page.get_by_text("Promised: +14155550111 will be called back")).to_be_visible()
    expect(page.get_by_text("Promised to call +14155550111 back")).to_be_visible()


def test_an_alarm_comes_and_is_seen_to(visit: Visit, site: Site, promised: dict[str, UUID]) -> None:
    page = visit("/calls")
    strip = page.get_by_role("region", name="Alarms")
    expect(strip.get_by_role("list", name="Newest urgent alarm")).to_contain_text("has expired")
    expect(strip.get_by_text(EVIL_NAME)).not_to_be_visible()
    strip.get_by_text("2 alarms, urgent: 1").click()
    expect(strip.get_by_text(EVIL_NAME)).to_be_visible()
    with site.store.sessions() as session, session.begin():
        session.add(Alarm(kind="test", subject="a", text="The disk is nearly full.", level="red"))
    expect(strip).to_contain_text("The disk is nearly full.")
    expect(page.locator("html")).to_have_attribute("data-alarm-heard", "1")
    expect(strip.get_by_text(EVIL_NAME)).to_be_visible()  # it stays open
    page.get_by_role("button", name="Done: The disk is nearly full.").click()
    expect(strip).not_to_contain_text("The disk is nearly full.")
    with site.store.sessions() as session:
        assert session.scalars(select(Alarm.cleared_by).where(Alarm.kind == "test")).one() == "admin"
    page.get_by_role("button", name="Sound is on: switch it off").click()
    with site.store.sessions() as session, session.begin():
        session.add(Alarm(kind="test", subject="b", text="Nobody hears this.", level="red"))
    expect(strip).to_contain_text("Nobody hears this.")
    expect(page.locator("html")).to_have_attribute("data-alarm-heard", "1")
    page.goto("/alarms/past")
    expect(page.get_by_role("row").filter(has_text="The disk is nearly full.")).to_contain_text("admin")


@pytest.mark.parametrize(
    ("locale", "words"), [("en-US", "Promised: we will call +14155550111."), ("ru-RU", "Договорились")]
)
def test_a_visitor_asks_on_a_phone(
    visit: Visit, site: Site, seen: Faults, promised: dict[str, UUID], locale: str, words: str
) -> None:
    seen.expected = REFUSED
    page = visit("/callback?line=1000", name=None, locale=locale, viewport={"width": 360, "height": 740})
    field = page.locator("#number")
    button = page.locator(".main-button")
    expect(page.locator("#at")).to_be_hidden()
    page.locator("[value=tomorrow]").check()
    expect(page.locator("#at")).to_be_visible()
    page.locator("[value=soon]").check()
    field.fill("12")
    button.click()
    expect(page.get_by_role("alert").first).to_be_visible()

    ask(page, "+14155550111")
    expect(page.get_by_text(words)).to_be_visible()
    assert page.context.cookies() == []
    with site.store.sessions() as session:
        assert session.scalars(select(Callback.source).where(Callback.number == "+14155550111")).all() == ["form"]


def ask(where: Page | FrameLocator, number: str) -> None:
    """Fills in the form until it is taken: who is told that it was too quick sends it once more."""

    def sent() -> bool:
        try:
            where.locator(".note.good").wait_for(timeout=1500)
        except NotYet:
            where.locator("#number").fill(number)
            where.locator(".main-button").click()
            return False
        return True

    until(sent, 30)


class Shop(BaseHTTPRequestHandler):
    """The owner's site, with the form inside its page."""

    def __init__(self, site: Site, *args: object) -> None:
        self.site = site
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(
            f'<!doctype html><title>Shop</title><iframe src="{self.site.address}/callback?embed=1"></iframe>'.encode()
        )

    def log_message(self, *args: object) -> None:
        """Nothing: the test says what is wrong."""


@pytest.fixture
def shop(site: Site, promised: dict[str, UUID]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    address = f"http://localhost:{server.server_port}"
    reopen(site, web=Web(embed_origins=[address]))
    server.RequestHandlerClass = partial(Shop, site)  # type: ignore[assignment]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield address
    server.shutdown()
    server.server_close()


def test_the_form_works_inside_another_site(visit: Visit, site: Site, shop: str, seen: Faults) -> None:
    seen.expected = REFUSED
    page = visit("/callback", name=None)
    page.goto(shop)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="We'll call you back")).to_be_visible()

    ask(frame, "+14155550111")
    expect(frame.get_by_text("Promised: we will call +14155550111.")).to_be_visible()


def test_sites_that_are_not_named_show_nothing(visit: Visit, site: Site, shop: str, seen: Faults) -> None:
    seen.expected = ("frame-ancestors", "Refused to frame", "ERR_BLOCKED_BY_RESPONSE")
    reopen(site, web=Web())
    page = visit("/callback", name=None)
    page.goto(shop)
    expect(page.frame_locator("iframe").get_by_role("heading", name="We'll call you back")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "ru-RU"])
def test_the_form_with_faults_is_for_everybody(
    visit: Visit, seen: Faults, missing: Callable[[str], None], scheme: str, locale: str
) -> None:
    if not AXE.is_file():
        missing("node_modules/axe-core (run `python -m web.build_assets`)")
    seen.expected = ("Applying inline style", *REFUSED)
    page = visit("/callback", name=None, color_scheme=scheme, locale=locale)
    page.locator("[value=today]").check()
    page.locator("#number").fill("12")
    page.locator(".main-button").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert violations(page) == []
