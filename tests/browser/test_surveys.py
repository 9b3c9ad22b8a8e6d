"""Results of surveys in a real browser: narrowed without a new page, told by the address, down to a second."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.support.calls import TICKET
from tests.support.surveys import POOR, seed_surveys

pytestmark = pytest.mark.browser


def test_results_are_narrowed_compared_and_lead_to_the_second(visit: Visit, site: Site) -> None:
    seed_surveys(site.store)
    page = visit("/survey", name="eva")
    question = page.get_by_role("region", name="Did we solve your problem?")
    expect(question).to_contain_text("23 answers")
    page.evaluate("window.same = true")
    page.get_by_label("Agent", exact=True).select_option("boris")
    expect(question).to_contain_text("7 answers")
    expect(page).to_have_url(re.compile(r"[?&]agent=boris"))
    assert page.evaluate("window.same") is True, "the page is the same, only the results are new"
    page.go_back()
    expect(question).to_contain_text("23 answers")

    page.get_by_role("link", name="Week", exact=True).click()
    compared = page.get_by_role("region", name="Compared")
    expect(compared.get_by_role("row").filter(has_text="from ").first).to_be_visible()
    page.get_by_role("region", name="In callers' own words").get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/calls/{re.escape(POOR)}\?at=150\.0$"))

    page.goto(f"/tickets/{TICKET}")
    page.get_by_role("list", name="Listen at").get_by_role("link", name=re.compile("Longest silence")).click()
    expect(page).to_have_url(re.compile(rf"/calls/{re.escape(POOR)}\?at=67\."))
    expect(page.get_by_role("heading", name="What may explain it")).to_be_visible()
    page.get_by_role("button", name="Ask it again from now on").click()
    expect(page.get_by_text("This number may be asked in surveys again.")).to_be_visible()
