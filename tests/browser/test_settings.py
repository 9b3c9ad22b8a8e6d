"""The page of the settings in a real browser: line numbers, a finding leads to its line, a second tab loses nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Faults, Site, Visit
from tests.support.publishing import DRAFT, SECOND, in_force_text, seed_settings

pytestmark = pytest.mark.browser
BROKEN = SECOND + "colour: red\n"


def save(page: Page, text: str) -> None:
    page.get_by_label("Settings as text", exact=True).fill(text)
    page.get_by_role("button", name="Save and check").click()


def test_from_an_error_beside_its_line_to_a_version_in_force(site: Site, visit: Visit, seen: Faults) -> None:
    seen.expected = ("409",)
    seed_settings(site.store)
    page, other = visit("/settings"), visit("/settings")
    save(page, BROKEN)
    expect(page.locator(".line-numbers .bad")).to_have_text("5")
    page.get_by_role("link", name="Line 5").click()
    selected = page.evaluate(
        "() => { const f = document.activeElement; return f.value.slice(f.selectionStart, f.selectionEnd) }"
    )
    assert selected == "colour: red"
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)

    save(other, DRAFT)
    expect(other.get_by_role("alert").filter(has_text="has saved the draft meanwhile")).to_be_visible()
    expect(other.get_by_label("Settings as text", exact=True)).to_have_value(BROKEN)
    expect(other.get_by_label("Your text beside the draft")).to_contain_text("callbacks: {per_day: 50}")

    page.reload()
    save(page, DRAFT)
    expect(page.get_by_text("The check has found nothing.")).to_be_visible()
    page.get_by_label("Why this change").fill("Fewer calls a day")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 3 is in force.")).to_be_visible()
    expect(page.get_by_role("row", name="Fewer calls a day")).to_be_visible()
    assert in_force_text(site.store) == DRAFT
