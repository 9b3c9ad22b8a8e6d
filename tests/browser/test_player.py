"""The player in a real browser, on a call's page and in a playlist: by keys, in stretches, by sides, on a phone.

One server for all of it; each test changes nothing that another one sees.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from library import playlists
from library.playlists import NewItem
from recording.models import Recording
from ringback.store.base import utcnow
from tests.browser.conftest import Faults, Site, Visit, hear
from tests.browser.test_pages import wait
from tests.conftest import until
from tests.support.calls import WHOLE, open_copy

pytestmark = pytest.mark.browser
SOUND = "document.querySelector('audio')"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LEVELS = {
    side: {"dbfs": dbfs, "peak_dbfs": -6.0, "clipped": 0.0, "heard": 0.5}
    for side, dbfs in (("caller", -34.0), ("agent", -20.0))
}
MODULE = "import(document.querySelector('link[href$=\"player.js\"]').href)"
PLAYER = f"(await {MODULE}).playerOf(document.querySelector('[data-player]'))"


@pytest.fixture(scope="module")
def one_site(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(open_copy(evening, tmp_path_factory.mktemp("player") / "data"))
    with made.store.sessions.begin() as session:
        session.scalars(select(Recording).where(Recording.call_id == WHOLE)).one().levels = LEVELS
        row = playlists.create(session, "First week", "tom", utcnow())
        parts = [(19.0, 32.0), (40.0, 52.0), (52.0, 60.0)]
        playlists.append(session, row.id, [NewItem(WHOLE, begin, end) for begin, end in parts], utcnow())
        made.playlist = f"/library/playlists/{row.id}/play"  # type: ignore[attr-defined]
    made.start()
    yield made
    made.stop()
    made.store.sessions.kw["bind"].dispose()


@pytest.fixture
def site(one_site: Site) -> Site:
    return one_site


def listen(page: Page) -> None:
    """Gives a reason, unless it was given in another test, and waits at the beginning of the sound."""
    if not page.locator("#sound").count():
        hear(page)


def at(page: Page) -> float:
    return float(page.evaluate(f"{SOUND}.currentTime"))


def player(page: Page, does: str) -> object:
    return page.evaluate(f"async () => {{ const player = {PLAYER}; {does} }}")


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def test_everything_is_done_by_keys_and_fields_keep_theirs(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom")
    listen(page)
    keys(page, "l", "l", "j", "ArrowRight")
    wait(page, f"{SOUND}.currentTime === 15")
    keys(page, "+", "+", "+")
    assert page.evaluate(f"[{SOUND}.playbackRate, {SOUND}.preservesPitch]") == [1.75, True]
    keys(page, "r", "l", "r")
    expect(page.locator("[data-is=said]")).to_have_text("Repeats 0:15–0:25.")
    wait(page, f"{SOUND}.currentTime === 15")
    keys(page, "Escape", "?")
    help_ = page.get_by_role("dialog", name="Keys of the player")
    expect(help_).to_be_visible()
    shown = help_.locator("dt:visible kbd").all_inner_texts()
    assert {"M", "L"} <= set(shown) and not {"P", "N", "9"} & set(shown), "those alone that do something here"
    keys(page, "k")
    assert page.evaluate(f"{SOUND}.paused"), "while the help is open, nothing plays"
    help_.get_by_label("Keys of one letter or digit").uncheck()
    keys(page, "Escape", "l")
    assert at(page) == 15
    page.get_by_label("Comment").focus()
    page.keyboard.type("rk? 2")
    expect(page.get_by_label("Comment")).to_have_value("rk? 2")
    assert page.evaluate(f"{SOUND}.paused")
    page.reload()
    assert page.evaluate(f"{SOUND}.playbackRate") == 1.75, "it is remembered"


def test_a_mark_on_a_russian_keyboard_is_begun_by_the_same_key(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom")
    page.locator("#transcript .w[tabindex='0']").focus()
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ь', code: 'KeyM', bubbles: true}))"
    )
    expect(page.locator("#mark-chosen")).to_contain_text("The mark begins here")


def test_stretches_are_played_one_after_the_other_and_nothing_else_is_heard(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom")
    listen(page)
    page.evaluate("""() => { window.told = [];
        for (const name of ["stretch", "stretches-end"]) document.addEventListener(
            `ringback:${name}`, (event) => window.told.push(event.detail ? event.detail.index : "end")); }""")
    player(page, "player.stretches([[20, 20.6], [41, 41.5], [5, 5.5]]); player.play();")
    wait(page, "window.told.at(-1) === 'end'")
    assert page.evaluate("window.told") == [0, 1, 2, "end"]
    ranges = player(page, "return player.heard.ranges.map(([from, to]) => [Math.floor(from), to - from < 0.9]);")
    assert ranges == [[5, True], [20, True], [41, True]]
    # silence is jumped over, and what was jumped over is not heard
    player(page, "player.setQuiet([[30.3, 40]]); player.heard.ranges = []; player.seek(30);")
    page.get_by_label("Skip silence").check()
    page.locator("#play").click()
    wait(page, f"{SOUND}.currentTime > 40.3")
    keys(page, "k")
    heard = player(page, "return player.heard.ranges.flat();")
    assert isinstance(heard, list) and len(heard) == 4
    assert heard[0] < heard[1] < 31 and 39.9 < heard[2] < heard[3]


def test_a_quiet_caller_is_raised_and_each_side_is_heard_alone(visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom")
    listen(page)
    page.locator("#play").click()
    wait(page, f"{SOUND}.currentTime > 0.2")
    factors = "return ['caller', 'agent'].map((side) => Math.round(100 * player.lanes.factor(side)) / 100);"
    assert player(page, factors) == [5.01, 1]  # 14 dB
    until(lambda: player(page, "return Boolean(player.lanes.graph);"), 20)
    page.get_by_text("Both sides").click()
    keys(page, "1")
    assert player(page, factors) == [5.01, 0]
    expect(page.get_by_role("button", name="Alone Caller")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Alone Caller").click()
    page.get_by_label("Equally loud").uncheck()
    page.get_by_role("button", name="Mute Agent").click()
    assert player(page, factors) == [1, 0]


def test_without_web_audio_it_plays_all_the_same(visit: Visit) -> None:
    page = visit("/", "tom")
    page.add_init_script("delete window.AudioContext; delete window.webkitAudioContext; delete navigator.mediaSession;")
    page.goto(f"/calls/{WHOLE}")
    listen(page)
    page.locator("#play").click()
    wait(page, f"{SOUND}.currentTime > 0.2")
    expect(page.get_by_text("Both sides")).to_be_hidden()


def test_a_sound_that_breaks_off_goes_on_from_its_second(visit: Visit, seen: Faults) -> None:
    seen.expected = ("net::ERR_FAILED", "404", "403")
    page = visit(f"/calls/{WHOLE}", "tom")
    listen(page)
    page.locator("#wave").focus()
    keys(page, "PageUp", "k")
    wait(page, f"{SOUND}.currentTime > 30.2")
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    page.route("**/sound/*", refuse)
    page.evaluate(f"{SOUND}.load(); {SOUND}.play().catch(() => {{}})")  # as of a connection that breaks off in it
    expect(page.get_by_role("alert").filter(has_text="goes on from 0:30 by itself")).to_be_visible()
    page.unroute("**/sound/*")
    wait(page, f"{SOUND}.currentTime > 30.2 && !{SOUND}.paused")
    expect(page.locator(".sound-fault")).to_be_hidden()
    assert refused
    page.route("**/sound/*", lambda route: route.fulfill(status=404, content_type="text/html", body="gone"))
    page.evaluate(f"{SOUND}.load()")
    expect(page.get_by_role("alert").filter(has_text="The sound is gone")).to_be_visible()


def test_a_phone_has_the_controls_at_hand_wherever_it_reads(visit: Visit, site: Site) -> None:
    page = visit(site.playlist, "tom", **PHONE)  # type: ignore[attr-defined]
    page.get_by_label("Reason", exact=True).select_option("training")
    page.get_by_role("button", name="Listen").click()
    page.locator("#part").wait_for(state="attached")
    wait(page, f"{SOUND}.readyState >= 1")
    page.evaluate(f"{SOUND}.pause()")
    small = page.locator(
        ".controls button:visible, .controls a:visible, .controls select:visible, .controls input:visible"
    )
    sizes = small.evaluate_all("all => all.map((each) => Math.min(each.getBoundingClientRect().height, 44))")
    assert len(sizes) >= 7 and min(sizes) >= 24, sizes
    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    bar = page.locator(".controls.docked")
    expect(bar).to_be_in_viewport()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # it has left room for itself meanwhile
    box, last = bar.bounding_box(), page.locator("main section").last.bounding_box()
    assert box is not None and last is not None
    assert last["y"] + last["height"] <= box["y"] + 1, "the end of the page lies above it"
    keys(page, "?")
    shown = page.get_by_role("dialog").locator("dt:visible kbd").all_inner_texts()
    assert {"P", "N"} <= set(shown) and "M" not in shown
    keys(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keys(page, "n")
    page.wait_for_url("**/play?item=*")
    expect(page.locator(".entries li.now .number.muted")).to_have_text("2")
    keys(page, "p")
    expect(page.locator(".entries li.now .number.muted")).to_have_text("1")
    actions = page.evaluate("navigator.mediaSession.playbackState")
    assert actions in ("none", "playing", "paused")
