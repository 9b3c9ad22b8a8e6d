"""Ninety seconds of a call, exemplars and drills in a real browser."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from library.drill import hearing, service
from library.drill.service import NewDrill
from recording.models import Recording
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from summary import step
from tests.browser.conftest import Faults, Site, Visit
from tests.support.calls import WHOLE
from transcripts import stages
from transcripts.engines.models_store import Choice
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


@pytest.fixture
def drill(site: Site) -> str:
    """The address of a drill that anna may try."""
    with site.store.sessions.begin() as session:
        points = "I am sorry / I apologise\nhold the small button for ten seconds"
        asked = NewDrill(WHOLE, "Red light", 30.0, 32.0, 34.0, points, "Say sorry first.", ("anna",))
        return f"/library/drills/{service.make(session, asked, 'tom', utcnow(), 71.0).id}"


def test_a_trainer_makes_a_drill_and_a_newcomer_without_a_microphone_types(site: Site, visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom")
    page.get_by_text("Clip and playlist").click()
    page.get_by_role("link", name="Make a drill").click()
    page.get_by_label("Name of the drill").fill("Red light")
    stop = page.get_by_label("Stop before the agent says")
    stop.select_option(label="0:32 I am sorry about that. Please hold the small …")
    page.get_by_label("From").fill("0:30")
    page.get_by_label("What must be said").fill("I am sorry / I apologise\nhold the button")
    page.get_by_role("checkbox", name="Anna Agent").check()
    page.get_by_role("button", name="Make the drill").click()
    newcomer = visit("/library", "anna", viewport={"width": 390, "height": 844}, locale="ru-RU")
    newcomer.get_by_role("link", name="Тренировки").click()
    newcomer.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    newcomer.get_by_role("link", name="Red light").click()
    expect(newcomer.locator("#speak-state")).to_contain_text("HTTPS")
    expect(newcomer.locator("#by-voice")).to_be_hidden()
    newcomer.locator("#scene").evaluate("sound => sound.play()")
    expect(newcomer.locator("#words")).to_be_focused()
    newcomer.keyboard.type("Oh, I am so sorry!")
    newcomer.keyboard.press("Tab")
    newcomer.keyboard.press("Enter")
    expect(newcomer.locator("#result")).to_be_focused()
    expect(newcomer.locator("#result .badge")).to_have_text(["Прозвучало", "Не прозвучало"])
    newcomer.wait_for_function("() => document.getElementById('answer').currentTime > 0")
    page.reload()
    expect(page.locator("#others")).to_contain_text("Anna")


def test_a_newcomer_speaks_and_keeps_the_voice_and_a_refused_microphone_or_recogniser_leaves_typing(
    drill: str, visit: Visit, seen: Faults, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen.expected = ("400 (Bad Request)",)  # the browser's own word of an answer that the page words
    said = "import sys; n = len(sys.stdin.buffer.read()); print('[[\"sorry\", 0.9]]' if n > 4000 else n)"
    monkeypatch.setattr(hearing, "choose", lambda *_: Choice("vosk", tmp_path))
    monkeypatch.setattr(hearing, "COMMAND", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    page = visit(drill, "anna")
    state = page.locator("#speak-state")

    def speak() -> None:
        page.get_by_role("button", name="Speak").click()
        expect(state).to_have_text("Speak now: 1")
        page.get_by_role("button", name="I am done").click()

    speak()
    expect(state).to_have_text("Speech cannot be recognised now: type it.")
    expect(page.locator("#words")).to_be_focused()
    monkeypatch.setattr(hearing, "COMMAND", (sys.executable, "-c", said))
    page.get_by_label("Keep my voice, so that I can hear it later").check()
    speak()
    expect(page.locator("#result h2")).to_have_text("1 of 2 points said")
    expect(page.get_by_label("Your voice")).to_be_visible()
    page.get_by_role("button", name="Delete my voice").click()
    expect(page.get_by_text("Your voice is deleted.")).to_be_visible()
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no'))")
    page.goto(drill)
    page.get_by_role("button", name="Speak").click()
    expect(state).to_have_text("The browser was not allowed to use the microphone: type your answer.")
    expect(page.get_by_role("button", name="Check")).to_be_enabled()
