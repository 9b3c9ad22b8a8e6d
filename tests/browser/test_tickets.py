"""Working with tickets in a real browser: by keyboard alone, and two people at once."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from tests.browser.conftest import Site, Visit
from tests.support.calls import EVIL_TICKET, TICKET
from tickets.models import Ticket

pytestmark = pytest.mark.browser


def test_a_ticket_is_taken_noted_and_solved_by_keyboard(visit: Visit, site: Site) -> None:
    with site.store.sessions() as session, session.begin():
        session.execute(update(Ticket).values(owner=None))
    page = visit("/tickets?view=unowned", name="eva")
    page.locator(f"#t-{EVIL_TICKET}").focus()
    page.keyboard.press(
        "ArrowDown" if page.locator(".row-link").first.get_attribute("id") == f"t-{EVIL_TICKET}" else "ArrowUp"
    )
    expect(page.locator(f"#t-{TICKET}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}/tickets/{TICKET}")
    page.locator("#take").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Owner: – → eva")).to_be_visible()
    page.locator("#note").focus()
    page.keyboard.type("@anna, she wants to be called after six")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".history")).to_contain_text("she wants to be called after six")
    page.get_by_label("Next step").focus()
    page.keyboard.type("Call after six")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Next step: – → Call after six")).to_be_visible()
    page.locator("#solved").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".head .badge").first).to_have_text("Solved")
    expect(page.get_by_label("Next step")).to_have_count(0)


def test_who_comes_second_sees_both_and_decides(visit: Visit, site: Site) -> None:
    first = visit(f"/tickets/{TICKET}", name="eva")
    second = first.context.new_page()
    second.goto(first.url)
    for page, words in ((first, "Router, first floor"), (second, "Router, second floor")):
        page.get_by_label("Subject").fill(words)
        page.get_by_role("button", name="Save", exact=True).click()
    expect(second.locator("#f-subject-fault")).to_have_text("It is now: Router, first floor")
    expect(second.get_by_label("Subject")).to_have_value("Router, second floor")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Router, second floor")
    second.close()
