"""The pages in a real browser: sound and text together, pages that follow what happens, people of all kinds."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from calls.models import Call
from recording.models import Recording
from ringback.messages import text
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Process, Request
from tests.browser.conftest import Faults, Site, Visit, hear
from tests.conftest import until
from tests.support.calls import EVIL, EVIL_NAME, EVIL_TICKET, OPEN, WHOLE
from tests.support.pages import PASSWORD
from transcripts.models import Segment, Transcript
from transcripts.redaction.models import Redaction
from web.build_assets import ROOT

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAWN = "document.querySelector('#wave > div')?.shadowRoot?.querySelectorAll('.canvases canvas').length >= 2"
PAINTED = """() => [...document.querySelector('#wave > div').shadowRoot.querySelectorAll('.canvases canvas')].map(
    (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)
)"""
INJECTED = """() => new Promise((done) => {
    const script = document.createElement('script');
    script.textContent = 'window.pwned = 1';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<img id="evil" src="/static/none.png" onerror="window.pwned = 2">');
    document.getElementById('evil').addEventListener('error', done);
})"""


def wait(page: Page, expression: str) -> None:
    """Returns when `expression` is true; asked through the debugger, since the pages refuse eval."""
    until(lambda: page.evaluate(expression), 60)


def at(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#sound').currentTime"))


def test_from_sign_in_to_the_sound_of_a_call(visit: Visit) -> None:
    page = visit("/calls", name=None)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls")
    page.get_by_role("row").filter(has_text="Dana Whitfield").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Dana Whitfield")).to_be_visible()

    hear(page)
    page.wait_for_function(DRAWN)
    page.get_by_role("button", name="Play", exact=True).click()
    wait(page, "document.querySelector('#sound').currentTime > 0.3")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_both_lanes_of_the_waveform_are_drawn(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}")
    hear(page)
    page.wait_for_function(DRAWN)
    painted = page.evaluate(PAINTED)
    assert len(painted) >= 2 and all(painted)


def test_a_word_plays_from_itself_and_the_text_follows(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}")
    hear(page)
    page.locator("#transcript .words", has_text="router").hover()
    word = page.locator("#transcript .w", has_text="router")
    start = float(word.get_attribute("data-s") or "")
    word.click()
    wait(page, f"document.querySelector('#sound').currentTime >= {start}")
    assert at(page) < start + 5
    expect(word).not_to_have_class("w on")
    followed = page.locator("#transcript .w.on")
    expect(followed).to_have_count(1)
    text, time = page.evaluate(
        "() => { const w = document.querySelector('#transcript .w.on'); "
        "return [w.textContent, document.querySelector('#sound').currentTime - Number(w.dataset.s)]; }"
    )
    assert text
    assert -0.1 <= time < 1.5


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}")
    hear(page)
    wait(page, "document.querySelector('#sound').readyState >= 1")
    page.keyboard.press("ArrowRight")
    wait(page, "document.querySelector('#sound').currentTime === 5")
    page.keyboard.press("ArrowLeft")
    wait(page, "document.querySelector('#sound').currentTime === 0")
    page.locator("#transcript .w").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    focused = page.locator("#transcript .w:focus")
    expect(focused).to_have_text("this")
    start = float(focused.get_attribute("data-s") or "")
    page.keyboard.press("Enter")
    wait(page, f"document.querySelector('#sound').currentTime >= {start}")
    assert page.locator("#transcript .w[tabindex='0']").count() == 1
    page.locator("#wave").focus()
    page.keyboard.press("Space")
    wait(page, "document.querySelector('#sound').paused")


def test_the_wave_takes_a_click_and_the_speed_changes(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}")
    hear(page)
    wait(page, DRAWN)
    box = page.locator("#wave").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    wait(page, "Math.abs(document.querySelector('#sound').currentTime - 35.5) < 1.5")
    page.get_by_label("Speed").select_option("1.5")
    assert page.evaluate("document.querySelector('#sound').playbackRate") == 1.5


def test_the_sound_plays_without_its_waveform(visit: Visit, site: Site, seen: Faults) -> None:
    (site.store.settings.recordings / "whole.peaks.json").unlink()
    seen.expected = ("404",)
    page = visit(f"/calls/{WHOLE}")
    hear(page)
    expect(page.get_by_text("The waveform cannot be shown")).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    wait(page, "document.querySelector('#sound').currentTime > 0.2")


def test_now_follows_what_happens(visit: Visit, site: Site) -> None:
    page = visit("/now")
    row = page.get_by_role("row").filter(has_text="Sam Ortiz")
    expect(row).to_contain_text("Waiting")
    clock = row.locator("[data-since]")
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    with site.store.sessions() as session, session.begin():
        call = session.query(Call).filter(Call.call_id == OPEN).one()
        call.state, call.agent, call.connected_at = "talking", "anna", utcnow()
        anna = session.get(AgentState, "anna")
        worker = session.get(Process, "worker")
        assert anna is not None and worker is not None
        anna.state, anna.call_id = "talking", OPEN
        worker.beat_at = utcnow() - timedelta(seconds=60)
    expect(row).to_contain_text("Talking")
    expect(row).to_contain_text("Anna")
    expect(page.get_by_text("wait until the worker is back")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        call = session.query(Call).filter(Call.call_id == OPEN).one()
        call.state, call.result, call.ended_at = "ended", "served", utcnow()
    expect(page.get_by_text("Nobody is on the line.")).to_be_visible()


def test_a_pause_is_asked_for_and_its_answer_shows(visit: Visit, site: Site) -> None:
    page = visit("/now")
    page.get_by_role("button", name="Pause Anna").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Pause requested")).to_be_visible()
    expect(page.locator("#do-anna")).to_be_focused()
    with site.store.sessions() as session, session.begin():
        request = session.query(Request).one()
        request.done_at = utcnow()
        anna = session.get(AgentState, "anna")
        assert anna is not None
        anna.state = "paused"
    expect(page.get_by_text("Paused by admin")).to_be_visible()
    expect(page.get_by_role("button", name="Resume Anna")).to_be_visible()
    page.get_by_role("button", name="Resume Anna").click()
    expect(page.get_by_text("Resume requested")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        resume = session.query(Request).filter(Request.kind == "agent.resume").one()
        resume.done_at, resume.error = utcnow(), text("Anna's phone is not registered.")
    expect(page.get_by_text("Not done: Anna's phone is not registered.")).to_be_visible()


def test_a_server_that_goes_and_comes_back(visit: Visit, site: Site, seen: Faults) -> None:
    seen.expected = ("net::ERR_", "htmx:sendError", "htmx:afterRequest")  # whatever the moment cuts off
    page = visit("/now")
    site.stop()
    expect(page.get_by_role("alert").filter(has_text="Connection lost, trying again")).to_be_visible(timeout=15000)
    with site.store.sessions() as session, session.begin():
        anna = session.get(AgentState, "anna")
        assert anna is not None
        anna.state = "ringing"
    site.start()
    expect(page.locator("#lost")).to_be_hidden(timeout=15000)
    expect(page.locator(".agent-row").first).to_contain_text("Ringing")


def test_a_page_that_waits_shows_sound_and_text_by_itself(visit: Visit, site: Site) -> None:
    page = visit(f"/calls/{OPEN}")
    expect(page.get_by_text("The call is in progress and being recorded")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        call = session.query(Call).filter(Call.call_id == OPEN).one()
        call.state, call.result, call.ended_at = "ended", "abandoned", utcnow()
        session.add(Recording(call_id=OPEN, state="spooled"))
        session.add(Transcript(call_id=OPEN, state="waiting", language="en"))
    expect(page.get_by_text("The recording is being processed")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        row = session.query(Recording).filter(Recording.call_id == OPEN).one()
        row.state, row.path, row.peaks_path, row.seconds = "stored", "whole.flac", "whole.peaks.json", 71.0
    expect(page.get_by_text("The recording can be heard once its text is written")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        transcript = session.query(Transcript).filter(Transcript.call_id == OPEN).one()
        transcript.state, transcript.engine = "done", "whisper"
        session.add(Redaction(transcript_id=transcript.id, state="clean"))
    expect(page.get_by_role("heading", name="Why are you listening?")).to_be_visible()
    hear(page)
    page.get_by_role("button", name="Play", exact=True).click()
    with site.store.sessions() as session, session.begin():
        transcript = session.query(Transcript).filter(Transcript.call_id == OPEN).one()
        transcript.segments.append(
            Segment(
                seq=0,
                speaker="caller",
                start=0.1,
                end=60.0,
                text="hello",
                confidence=0.9,
                words=[[0.1, 60.0, 0.9, "hello"]],
            )
        )
    expect(page.locator("#transcript .w.on")).to_have_text("hello")
    assert page.evaluate("!document.querySelector('#sound').paused"), "new text does not stop the sound"


def test_filters_work_without_loading_the_page_again(visit: Visit) -> None:
    page = visit("/calls")
    page.evaluate("window.same = true")
    page.get_by_label("Result").select_option("served")
    expect(page.get_by_role("row").filter(has_text="Sam Ortiz")).to_have_count(0)
    page.get_by_label("Search").fill("dana")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert page.evaluate("window.same")
    assert "text=dana" in page.url and "result=served" in page.url
    page.reload()
    expect(page.locator("#results tbody tr")).to_have_count(1)


@pytest.mark.parametrize("path", ["/now", "/calls", f"/calls/{EVIL}", f"/tickets/{EVIL_TICKET}"])
def test_hostile_text_is_shown_and_does_nothing(visit: Visit, site: Site, path: str) -> None:
    with site.store.sessions() as session, session.begin():
        session.query(Call).filter(Call.call_id == OPEN).one().caller_name = EVIL_NAME
    page = visit(path)
    expect(page.get_by_text(EVIL_NAME).first).to_be_visible()
    assert page.locator("main img").count() == 0


def test_an_injected_script_would_be_refused(visit: Visit, seen: Faults) -> None:
    seen.expected = ("Content Security Policy", "404")
    page = visit("/now")
    page.evaluate(INJECTED)
    assert page.evaluate("window.pwned === undefined")


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA, or `rules`; by the debugger, since the pages refuse scripts."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']})", rules or STANDARDS
    )
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']][:4]}" for rule in found["violations"]]


@pytest.mark.parametrize(("locale", "words"), [("en-US", "Calls in progress"), ("ru-RU", "Текущие звонки")])
def test_both_languages_and_the_switches(visit: Visit, locale: str, words: str) -> None:
    page = visit("/now", locale=locale)
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    other = {"en-US": ("Русский", "ru"), "ru-RU": ("English", "en")}[locale]
    page.get_by_role("button", name=other[0]).click()
    expect(page.locator("html")).to_have_attribute("lang", other[1])
    page.locator("button[name='theme']").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(16, 20, 19)")


def test_removing_somebody_asks_first(visit: Visit, seen: Faults) -> None:
    page = visit("/people")
    page.get_by_role("link", name="Change anna").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="anna")).to_have_count(1)
    assert seen.faults == ["dialog: Remove anna? They will be signed out at once."]
    seen.faults.clear()


def test_it_works_without_scripts(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", java_script_enabled=False)
    hear(page)
    expect(page.locator("audio")).to_be_visible()
    expect(page.locator("#turn-1")).to_contain_text("the router shows a red light")
    page.goto("/now")
    page.get_by_role("button", name="Pause Anna").click()
    expect(page.get_by_text("Pause requested")).to_be_visible()
