"""Searching in a real browser: from a word that is typed to the sound at that word; saving what is asked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_pages import AXE, violations, wait
from tests.support.calls import WHOLE
from tests.support.search import index_all

pytestmark = pytest.mark.browser
SOUND = "document.querySelector('#sound')"


def test_from_a_typed_word_to_its_sound(visit: Visit, site: Site) -> None:
    index_all(site.store)
    page = visit("/search")
    page.keyboard.type("routers red")  # the field has the focus
    expect(page.locator(".hit mark").first).to_have_text("router")
    expect(page.locator(".hit mark", has_text="red").first).to_be_visible()  # nothing comes after the last word
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".hit a.turn-time").first.focus()  # leaving the words asks for nothing that would take the focus away
    page.keyboard.press("Enter")
    expect(page.locator("#transcript .w.wanted")).to_have_text("router")
    assert [url for url in asked if "/search" in url] == []
    expect(page.locator("#transcript .w.wanted")).to_be_in_viewport()
    at = float(page.url.rpartition("at=")[2])
    page.get_by_label("Reason", exact=True).select_option("quality")
    page.get_by_role("button", name="Listen", exact=True).click()
    page.wait_for_url("**#player")
    wait(page, f"{SOUND}.currentTime > {at} && {SOUND}.currentTime < {at + 20} && !{SOUND}.paused")


def test_a_search_is_kept_while_results_change(visit: Visit, site: Site, seen: Faults) -> None:
    index_all(site.store)
    page = visit("/search?q=light")
    expect(page.locator(".hit")).to_have_count(1)
    page.locator("#saved-name").fill("Routers")
    page.locator("#search-q").fill("router")
    expect(page.locator(".hit mark").first).to_have_text("router")
    expect(page.locator("#saved-name")).to_have_value("Routers")
    page.get_by_label("Alert me to new calls").check()
    page.get_by_role("button", name="Save search", exact=True).click()
    page.get_by_role("link", name="Routers").click()
    expect(page.locator("#search-q")).to_have_value("router")
    page.get_by_text("Rename", exact=True).click()
    page.get_by_label("New name").fill("Red lights")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Red lights")).to_be_visible()
    page.get_by_role("button", name="Alert: on, Red lights").click()
    expect(page.get_by_role("button", name="Alert: off, Red lights")).to_have_text("Alert: off")
    page.remove_listener("dialog", seen.dialog)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete the search Red lights").click()
    expect(page.get_by_text("None yet.")).to_be_visible()


@pytest.mark.parametrize(("scheme", "locale", "width"), [("light", "en-US", 1280), ("dark", "ru-RU", 390)])
def test_every_state_fits_and_is_readable(
    visit: Visit, site: Site, seen: Faults, missing: Callable[[str], None], scheme: str, locale: str, width: int
) -> None:
    if not AXE.is_file():
        missing("node_modules/axe-core (run `python -m web.build_assets`)")
    index_all(site.store)
    seen.expected = ("Applying inline style",)  # axe's own, for what it measures
    page = visit("/search", color_scheme=scheme, locale=locale, viewport={"width": width, "height": 800})
    for question in (
        "",
        "?q=router+light&queue=support",
        "?q=giraffe+router+from:x",
        "?q=giraffe",
        f"?q=a*&number={WHOLE}",
    ):
        page.goto(f"/search{question}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, question
        assert violations(page) == [], question


def test_enter_right_after_typing_asks_once_and_says_nothing_on_the_console(visit: Visit, site: Site) -> None:
    index_all(site.store)
    for path, field, found in (("/search", "#search-q", "q=router"), ("/calls", "#text", "text=router")):
        page = visit(path)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))  # type: ignore[misc]
        page.locator(field).press_sequentially("router")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{found}*")
        page.locator(field).fill("routers")
        page.wait_for_url(f"**{found}s*")  # what comes later is asked as before, and by then nothing more can come
        assert [url.count(found) for url in asked if path in url] == [1, 1]


def test_calls_are_narrowed_and_sorted_by_keyboard_and_the_way_back_is_kept(visit: Visit, site: Site) -> None:
    page = visit("/calls")
    page.get_by_label("Result").select_option("served")
    page.wait_for_url("**result=served*")
    page.get_by_text("More filters").press("Enter")
    page.get_by_label("Queue").select_option("support")
    page.wait_for_url("**queue=support*")
    page.get_by_role("link", name="Wait").press("Enter")
    page.wait_for_url("**order=wait*")
    expect(page.locator("#order")).to_have_value("wait")
    expect(page.get_by_role("columnheader", name="Wait")).to_have_attribute("aria-sort", "descending")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").press("Enter")
    assert WHOLE in download.value.path().read_text(encoding="utf-8")
    page.locator(".calls .row-link").first.press("Enter")
    page.locator(".crumb a").click()
    page.wait_for_url("**/calls?*order=wait*")
    assert {"result=served", "queue=support"} <= set(page.url.partition("?")[2].split("&"))
