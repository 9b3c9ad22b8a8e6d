"""Listening with a reason, what the agent sees of it, and an erasure up to its certificate, as people do it."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.erasing_rooms import erasing_rooms
from retention import erasure
from retention.models import AccessReceipt
from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_pages import violations, wait
from tests.conftest import until
from tests.support.calls import WHOLE

pytestmark = pytest.mark.browser


def receipt(site: Site) -> AccessReceipt:
    with site.store.sessions() as session:
        return session.scalars(select(AccessReceipt)).one()


def test_by_keyboard_from_the_reason_to_the_receipt_that_the_agent_sees(visit: Visit, site: Site, seen: Faults) -> None:
    seen.expected = ("403",)
    page = visit(f"/calls/{WHOLE}")
    page.get_by_role("button", name="Listen", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose why you are listening")).to_be_visible()
    page.get_by_role("button", name="Play from 0:25").click()  # a place in the text is where it begins
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("What was promised about the router")
    page.keyboard.press("Enter")
    page.locator("#sound").wait_for(state="attached")
    wait(page, "document.querySelector('#sound').currentTime > 26.5")
    page.keyboard.press("Space")
    told = until(lambda: receipt(site).played_seconds, 20)
    assert 0.5 <= told < 60
    anna = visit("/heard", name="anna")
    row = anna.get_by_role("row").filter(has_text="What was promised about the router")
    expect(row).to_contain_text("admin")
    expect(row).to_contain_text("Dana Whitfield")


def test_a_person_is_erased_and_the_certificate_fits_on_paper(visit: Visit, site: Site) -> None:
    page = visit("/keeping")
    page.get_by_label("Number or email address").fill("+1 415 555 0123")
    page.get_by_label("At whose request").fill("letter of 3 March")
    page.get_by_role("button", name="Preview the erasure").click()
    expect(page.get_by_text("Being prepared")).to_be_visible()
    _worker(site)
    expect(page.get_by_role("heading", name="What will be erased")).to_be_visible()  # the page follows by itself
    assert violations(page) == []
    page.get_by_label("I have read what will be erased").check()
    page.get_by_role("button", name="Erase permanently").click()
    _worker(site)
    page.get_by_role("link", name="Show and print").click()
    expect(page.get_by_role("heading", name="Certificate of erasure")).to_be_visible()
    assert violations(page) == []
    page.emulate_media(media="print")
    assert page.locator(".top").is_hidden()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="screen")
    page.goto(f"/calls/{WHOLE}")
    expect(page.get_by_role("heading", name="The recording was erased")).to_be_visible()
    assert not _tells(page, "Dana")


def _tells(page: Page, word: str) -> bool:
    return word in page.locator("body").inner_text()


def _worker(site: Site) -> None:
    """A worker that does once what is due."""
    eraser = erasure.Eraser(site.store.sessions, site.store.settings, erasing_rooms())
    with site.store.sessions() as session:
        keys = erasure.due(session)
    assert keys
    for key in keys:
        erasure.work(eraser, key)
