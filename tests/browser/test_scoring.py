"""Scoring in a real browser: a call is scored, disputed and answered by a second person; two reviewers calibrate."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from library import playlists
from library.playlists import NewItem
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from tests.browser.conftest import Site, Visit, hear
from tests.browser.test_pages import wait
from tests.support.calls import WHOLE
from tests.support.scoring import CHECKS, GREETS, add_card

pytestmark = pytest.mark.browser
SOUND = "document.querySelector('audio')"


def give(page: Page, *points: str) -> None:
    """Fills in the points of the card, by keyboard, and hands in."""
    for field, value in zip(page.get_by_label(re.compile("^Points, of")).all(), points, strict=True):
        field.fill(value)
    page.get_by_role("button", name="Hand in").press("Enter")
    expect(page.get_by_text("The evaluation is handed in.")).to_be_visible()


def listen_beside_the_card(page: Page) -> None:
    """Says why on the call's page, comes back and hears the evidence in the player, by keys and by clicks."""
    evidence = page.get_by_role("list", name="Evidence")
    expect(evidence.get_by_role("button", name="Repeat")).to_be_hidden()  # nothing is heard yet
    address = page.url
    page.get_by_role("link", name="To listen here, say why").click()
    hear(page)
    page.goto(address)
    expect(page.get_by_label("Skip silence")).to_be_visible()
    begin = float(str(evidence.get_by_role("listitem").get_attribute("data-begin")))
    evidence.get_by_role("link").click()
    wait(page, f"!{SOUND}.paused && {SOUND}.currentTime > {begin + 0.7}")
    expect(page.locator(".turn.now")).to_have_count(1)
    with page.expect_response(lambda answer: answer.url.endswith("/played")):
        page.keyboard.press("k")
    page.keyboard.press("l")
    wait(page, f"{SOUND}.paused && {SOUND}.currentTime > {begin + 10}")
    evidence.get_by_role("button", name="Repeat").click()
    wait(page, f"{SOUND}.currentTime < {begin + 5}")
    expect(page.locator("[data-is=said]")).to_contain_text("Repeats")
    page.get_by_role("button", name="Until now").first.click()
    assert begin - 0.1 <= float(page.get_by_label("to", exact=True).first.input_value()) <= begin + 5
    page.get_by_label("to", exact=True).first.fill("")
    comment = page.get_by_label("Comment").first
    comment.fill("")
    comment.press_sequentially("k?")
    expect(comment).to_have_value("k?")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    comment.fill("")


def test_a_dispute_goes_from_the_agent_to_a_second_person_and_back(site: Site, visit: Visit) -> None:
    with site.store.sessions.begin() as session:
        add_card(session, "Support", GREETS, CHECKS, draft=False)
    tom = visit(f"/calls/{WHOLE}", "tom")
    tom.get_by_role("button", name="Score this call").click()
    tom.get_by_role("button", name=re.compile("^Use as evidence")).click()
    listen_beside_the_card(tom)
    with site.store.sessions() as session:
        (receipt,) = session.scalars(select(AccessReceipt))
        assert (receipt.person, receipt.call_id, receipt.what, receipt.reason) == ("tom", WHOLE, "listen", "quality")
        assert receipt.played_seconds is not None and receipt.played_seconds >= 0.5
    tom.get_by_label("hurry").check()
    give(tom, "1", "1")
    anna = visit("/library", "anna", viewport={"width": 390, "height": 844})
    anna.get_by_role("link", name=re.compile("My scores 1")).click()
    anna.locator("a.row-link").click()
    expect(anna.get_by_text("hurry")).to_be_visible()
    anna.get_by_text("Dispute this").first.click()
    anna.get_by_label("Why it should be otherwise").first.fill("I said my name.")
    anna.get_by_role("button", name="Dispute", exact=True).first.click()
    expect(anna.get_by_text("Disputed", exact=True)).to_be_visible()
    expect(tom.get_by_role("button", name="Change the points")).to_have_count(0)
    eva = visit("/scoring", "eva")
    eva.get_by_role("region", name="Disputes to answer").get_by_role("link", name="Greets").click()
    eva.get_by_label("Your answer").fill("You did, listen at the beginning.")
    eva.get_by_label("Points instead, of 2").fill("2")
    eva.get_by_role("button", name="Change the points").click()
    expect(eva.get_by_text("The dispute is answered.")).to_be_visible()
    anna.reload()
    expect(anna.get_by_text("points: 1, now 2")).to_be_visible()
    expect(anna.locator(".head-facts .badge").first).to_have_text("100 %")


def test_two_reviewers_calibrate_and_see_one_another_only_when_both_are_done(site: Site, visit: Visit) -> None:
    with site.store.sessions.begin() as session:
        add_card(session, "Support", GREETS, CHECKS, draft=False)
        playlist = playlists.create(session, "Monday's calls", "tom", utcnow())
        playlists.append(session, playlist.id, [NewItem(WHOLE)], utcnow())
    eva = visit("/scoring/calibrations", "eva")
    eva.get_by_label("Title").fill("Monday")
    for name in ("eva", "tom"):
        eva.get_by_role("checkbox", name=name).check()
    eva.get_by_role("button", name="Begin").click()
    address = eva.url
    tom = visit("/scoring/calibrations", "tom")
    tom.get_by_role("link", name="Monday").click()
    for page, points in ((tom, ("2", "1")), (eva, ("0", "1"))):
        expect(page.get_by_text("How far they agree")).to_have_count(0)
        page.get_by_role("button", name="Score it: call 1").click()
        give(page, *points)
        page.get_by_role("link", name="Calibration", exact=True).click()
    expect(eva.get_by_role("heading", name="How far they agree")).to_be_visible()
    expect(eva.get_by_role("region", name="Who gives more than the others")).to_contain_text("+66.7")
    tom.goto(address)
    tom.get_by_text("Point by point").click()
    expect(tom.get_by_text("eva: 0")).to_be_visible()
