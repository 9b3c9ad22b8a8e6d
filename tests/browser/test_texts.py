"""Correcting a turn in a real browser: in place, by keyboard too, with the words' times kept; the pages of the text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ringback.messages import text
from ringback.store.base import utcnow
from ringback.store.dead_letters import TRIES, note
from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_pages import AXE, violations
from tests.support.calls import WHOLE
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.models import Transcript
from transcripts.text import measures

pytestmark = pytest.mark.browser


@pytest.fixture
def measured(site: Site) -> Site:
    """The site with the figures of its whole call, and a failed job."""
    with site.store.sessions() as session, session.begin():
        key = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        rebuild(session, key, site.store.settings)
        for _ in range(TRIES):
            note(session, "tickets", WHOLE, text("The <b>disk</b> was full."), utcnow())
    step = stages.Step("measure", measures.make)
    assert stages.run(step, site.store.sessions, site.store.settings, WHOLE) == "done"
    return site


def test_a_turn_is_corrected_in_place_and_the_correction_undone(visit: Visit, measured: Site) -> None:
    page = visit(f"/calls/{WHOLE}")
    expect(page.get_by_role("heading", name="The conversation in figures")).to_be_visible()
    turn = page.locator("#turn-1")
    times = "els => els.map((word) => [word.textContent, word.dataset.s])"
    turn.locator(".words").hover()
    before = dict(page.locator("#turn-1 .w").evaluate_all(times))
    turn.get_by_role("link", name="Correct what was said at").click()
    box = page.get_by_label("What was really said")
    expect(box).to_be_focused()
    box.fill(box.input_value().replace("router", "white <i>modem</i>"))
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(turn.locator(".words", has_text="white <i>modem</i> shows")).to_be_visible()
    turn.locator(".words").hover()
    expect(page.locator("#transcript i")).to_have_count(0)
    after = dict(page.locator("#turn-1 .w").evaluate_all(times))
    assert after["white"] == before["router"]
    assert after["shows"] == before["shows"]

    page.locator(".changes summary").click()
    expect(page.locator(".changes ins")).to_contain_text("white <i>modem</i>")
    page.get_by_role("button", name="Undo").click()
    expect(turn.locator(".words", has_text="router")).to_be_visible()


def test_the_pages_of_the_text_are_for_everybody(
    visit: Visit, seen: Faults, measured: Site, missing: Callable[[str], None]
) -> None:
    if not AXE.is_file():
        missing("node_modules/axe-core (run `python -m web.build_assets`)")
    seen.expected = ("Applying inline style",)  # axe's own, for what it measures
    page = visit("/now", viewport={"width": 360, "height": 800}, locale="ru-RU")
    for path in (f"/calls/{WHOLE}?correct=1", "/vocabulary", "/set-aside"):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
