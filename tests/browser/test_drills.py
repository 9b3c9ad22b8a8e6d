"""Ninety seconds of a call, exemplars and drills in a real browser."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from recording.models import Recording
from retention.models import AccessReceipt
from summary import step
from tests.browser.conftest import Site, Visit
from tests.support.calls import WHOLE
from transcripts import stages
from transcripts.models import Transcript


@pytest.fixture
def summarised(site: Site) -> Site:
    """The whole call has a summary, and as far as the pages know five minutes."""
    store = site.store
    with store.sessions.begin() as session:
        stages.changed(session, session.scalars(select(Transcript.id)).first(), done=("turns", "redact"))  # type: ignore[arg-type]
        session.execute(update(Recording).where(Recording.call_id == WHOLE).values(seconds=300.0))
    assert stages.run(stages.Step("summary", step.make), store.sessions, store.settings, WHOLE) == "done"
    return site


def test_ninety_seconds_are_played_one_stretch_after_another_and_count_as_heard(summarised: Site, visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom", viewport={"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Ninety seconds")).to_be_hidden()
    expect(page.get_by_text("Say why you are listening; then")).to_be_visible()
    page.locator("#reason").select_option(index=1)
    page.get_by_role("button", name="Listen", exact=True).click()
    expect(page.get_by_role("button", name="Ninety seconds")).to_be_visible()
    sound = page.locator("#player audio")
    sound.evaluate("sound => { sound.pause(); sound.currentTime = 0; sound.playbackRate = 2; }")
    rows = page.locator("#digest li")
    page.get_by_text("parts", exact=False).last.click()
    places = rows.evaluate_all("rows => rows.map((row) => [Number(row.dataset.begin), Number(row.dataset.end)])")
    assert len(places) >= 2
    page.keyboard.press("9")
    expect(page.get_by_role("button", name="Stop")).to_have_attribute("aria-pressed", "true")
    expect(rows.first).to_have_attribute("aria-current", "true")
    assert places[0][0] <= sound.evaluate("sound => sound.currentTime") <= places[0][1] + 0.2
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    assert places[1][0] - 0.1 <= sound.evaluate("sound => sound.currentTime") <= places[1][1] + 0.2
    sound.evaluate("(sound, at) => { sound.currentTime = at; }", places[-1][1] - 0.5)
    expect(page.locator("#digest-told")).to_have_text("That was it.")
    expect(sound).to_have_js_property("paused", True)
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((each) => each.name.endsWith('/played'))"
    )
    with summarised.store.sessions() as session:
        receipt = session.scalars(select(AccessReceipt)).one()
    assert receipt.person == "tom"
