"""Who calls, in a browser: on the page that is open, within a moment of the offer, and the last words are heard."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_pages import AXE, violations
from tests.unit.web.pages.test_pop import offer

pytestmark = pytest.mark.browser
MOST_SECONDS = 3.0
"""0.3 are wanted, and kept where the machine is not busy with other tests."""


def test_an_open_page_says_who_calls_while_the_phone_rings(
    site: Site, visit: Visit, seen: Faults, missing: Callable[[str], None], until: Callable[..., Any]
) -> None:
    if not AXE.is_file():
        missing("node_modules/axe-core (run `python -m web.build_assets`)")
    seen.expected = ("Applying inline style",)  # axe's own, for what it measures
    offer(site.store, state="free", call_id=None)
    page = visit("/tickets", name="anna")
    offer(site.store, state="talking")
    expect(page.locator("#pop")).to_contain_text("You are talking with")
    offer(site.store, state="free", call_id=None)
    expect(page.locator("#pop-title")).to_have_count(0)
    began = time.monotonic()
    offer(site.store)
    expect(page.locator("#pop-title")).to_contain_text("Dana Whitfield")
    assert time.monotonic() - began < MOST_SECONDS
    assert list(violations(page)) == []
    page.get_by_role("button", name="Listen to it").click()
    sound = page.locator("#pop-player audio")
    expect(sound).to_be_visible()
    until(lambda: sound.evaluate("(player) => player.currentTime > 0.2"))
    offer(site.store, state="talking")
    expect(page.locator("#pop")).to_contain_text("You are talking with")
    assert sound.evaluate("(player) => !player.paused"), "what is heard goes on"
    offer(site.store, state="free", call_id=None)
    expect(page.locator("#pop-title")).to_have_count(0)
