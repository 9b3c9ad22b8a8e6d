"""Reports in a real browser: read by keyboard, asked anew without a new page, at a phone's width, and printed."""

import re

import pytest
from playwright.sync_api import expect

from reports.counting import Counter
from ringback.store.base import utcnow
from tests.browser.conftest import Site, Visit
from tests.support.reported import Reported

pytestmark = pytest.mark.browser


def test_a_report_is_read_by_keyboard_and_leads_to_calls(visit: Visit, site: Site) -> None:
    now = utcnow()
    with site.store.sessions() as session, session.begin():
        Reported(session, now, days=4).add()
    counter = Counter(site.store.sessions, site.store.settings)
    for _ in range(40):
        if not counter.count(now):
            break
    page = visit("/reports/line?period=this_year&interval=day", name="eva")
    rule = page.locator(".report-tiles details").first
    rule.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(rule.get_by_text("Visits of callers to queues.")).to_be_visible()
    page.keyboard.press("Enter")

    page.evaluate("window.same = true")
    page.get_by_label("Each", exact=True).select_option("month")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"interval=month"))
    point = page.locator(".chart").first.locator("a.chart-point").last
    point.focus()
    expect(point.locator(".chart-tip")).to_be_visible()
    expect(point).to_have_attribute("aria-label", re.compile(r": \d+$"))
    assert page.evaluate("window.same") is True, "the page is the same, only the report is new"
    page.get_by_label("From", exact=True).fill("2031-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert").filter(has_text="before it begins")).to_be_visible()
    expect(page.get_by_label("From", exact=True)).to_have_value("2031-01-01")
    page.go_back()
    point.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Offered")).to_be_visible()
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/calls/"))

    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/reports/line?period=this_year&interval=week_hours")
    assert page.evaluate("document.documentElement.scrollWidth") == 390, "nothing is wider than a phone"
    page.emulate_media(media="print")
    expect(page.locator(".report-form")).to_be_hidden()
    expect(page.get_by_role("heading", name="How each figure is counted")).to_be_visible()
