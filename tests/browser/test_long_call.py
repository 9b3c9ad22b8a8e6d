"""The page of a call of 90 minutes: every word is there to read, find, print, point at and listen to, none is slow."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import Site, Visit
from tests.browser.test_pages import wait
from tests.support.calls import WHOLE, words
from transcripts.models import Segment, Transcript

pytestmark = pytest.mark.browser
TURNS, SECONDS = 1100, 4.8
"""So many turns of twelve words, so long each."""


@pytest.fixture
def long_call(site: Site) -> Site:
    """The site with 90 minutes of text for its whole call; each turn has a lamp of its own."""
    with site.store.sessions() as session, session.begin():
        transcript = session.scalars(select(Transcript).where(Transcript.call_id == WHOLE)).one()
        transcript.segments.clear()
        session.flush()
        for seq in range(TURNS):
            said = f"This is one turn of many and in it the lamp{seq} was red"
            start = round(seq * SECONDS, 2)
            transcript.segments.append(
                Segment(
                    seq=seq,
                    speaker=("agent", "caller")[seq % 2],
                    start=start,
                    end=start + SECONDS,
                    text=said,
                    confidence=0.9,
                    words=words(start, said),
                )
            )
    return site


def listen(page: Page) -> None:
    """Gives a reason and waits at the beginning of the sound. By ids: comparing names of so many buttons takes long."""
    page.locator("#reason").select_option("quality")
    page.locator("#listen [value=listen]").click()
    page.wait_for_url("**#player")
    page.reload()  # a page that is loaded anew does not play by itself
    page.locator("#sound").wait_for(state="attached")


def test_a_link_to_a_moment_far_down_leads_there(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}?at={1000 * SECONDS + 4.0}")
    wanted = page.locator("#transcript .w.wanted")
    expect(wanted).to_have_text("lamp1000")
    expect(wanted).to_be_in_viewport()
    assert page.locator("#transcript .w").count() < 50, "words are elements where they are wanted"
    page.goto(f"/calls/{WHOLE}#turn-700")
    expect(page.locator("#turn-700 .said")).to_be_in_viewport()


def test_the_browser_finds_what_is_far_down(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}")
    assert page.evaluate("window.find('lamp1050 was red')")
    expect(page.locator("#turn-1050 .said")).to_be_in_viewport()


def test_pointing_at_a_word_and_moving_on_by_keyboard(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}")
    listen(page)
    turn = page.locator("#turn-9 .words")
    expect(turn.locator(".w")).to_have_count(0)
    turn.hover()
    word = turn.locator(".w", has_text="lamp9")
    start = float(word.get_attribute("data-s") or "")
    assert start == pytest.approx(9 * SECONDS + 10 * 0.37)
    word.click()
    wait(page, f"document.querySelector('#sound').currentTime >= {start}")
    page.keyboard.press("Space")
    expect(word).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#turn-10 .w").first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#turn-9 .w").last).to_be_focused()


def test_a_tap_on_text_that_nobody_pointed_at_plays_its_word(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    listen(page)
    page.locator("#turn-4 .words").tap(position={"x": 12, "y": 8})
    wait(page, f"document.querySelector('#sound').currentTime >= {4 * SECONDS}")
    assert _at(page) < 4 * SECONDS + 2
    page.keyboard.press("Space")
    expect(page.locator("#turn-4 .w").first).to_be_focused()


def test_the_text_follows_from_turn_to_turn(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}?at={7 * SECONDS - 0.6}")
    listen(page)
    page.locator("#play").click()
    expect(page.locator("#turn-7 .w.on")).to_have_count(1)
    page.keyboard.press("Space")


def test_a_turn_far_down_is_corrected_where_it_stands(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}#turn-900")
    turn = page.locator("#turn-900")
    turn.hover()
    turn.locator(".correct-link").click()
    box = turn.locator("textarea")
    expect(box).to_be_focused(timeout=40_000)
    box.fill(box.input_value().replace("red", "green"))
    turn.locator(".main-button").click()
    expect(turn.locator(".words")).to_contain_text("lamp900 was green", timeout=40_000)
    expect(turn.locator(".said")).to_be_in_viewport()


def test_all_of_it_is_printed(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}")
    page.emulate_media(media="print")
    last = page.locator(f"#turn-{TURNS - 1} .said")
    assert last.evaluate("each => each.checkVisibility({contentVisibilityAuto: true})")
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) > 20


def test_it_is_read_without_scripts(visit: Visit, long_call: Site) -> None:
    page = visit(f"/calls/{WHOLE}", java_script_enabled=False)
    expect(page.locator(f"#turn-{TURNS - 1}")).to_contain_text(f"in it the lamp{TURNS - 1} was red")


def _at(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#sound').currentTime"))
