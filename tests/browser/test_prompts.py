"""A prompt of one's own in a real browser: spoken into the microphone or sent as a file, heard, taken into use."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, Route, expect

from prompts import files
from tests.browser.conftest import Faults, Site, Visit

pytestmark = pytest.mark.browser
PAGE = "/prompts/en/welcome"


LENGTH = """(sound) => new Promise((told) => {
    const tell = () => told(sound.duration);
    if (sound.readyState) tell(); else sound.addEventListener("loadedmetadata", tell);
})"""


def draft_seconds(page: Page) -> float:
    """How long the sound is that the draft's player has."""
    expect(page.locator("#draft-sound")).to_be_visible()
    return float(page.locator("#draft-sound").evaluate(LENGTH))


def test_what_is_said_into_the_microphone_is_a_draft_and_then_what_callers_hear(site: Site, visit: Visit) -> None:
    page = visit(PAGE, permissions=["microphone"])
    page.click("#record")
    expect(page.locator("#record-state")).to_have_text(re.compile(r"Recording… [2-9]"))
    page.click("#stop")
    assert draft_seconds(page) > 0.3
    assert "Recorded in the browser · admin" in page.inner_text("#draft")
    page.click("#use")
    expect(page.locator(".note.good")).to_have_text("The next caller hears your recording.")
    played = site.store.settings.asterisk_sounds / "en" / "ringback" / "welcome.wav"
    assert played.resolve() == files.own_folder(site.store.settings) / "en" / "welcome.wav"
    sound, rate = soundfile.read(played)
    assert rate == 8000 and np.abs(sound).max() > 0.1, "the browser's own test microphone beeps"
    page.click("#back")
    expect(page.locator("#draft")).to_contain_text("Was in use")


def test_a_file_is_sent_in_pieces_over_a_way_that_breaks(
    site: Site, visit: Visit, tmp_path: Path, seen: Faults
) -> None:
    seen.expected = ("Failed to load resource",)
    file = tmp_path / "greeting.wav"
    time = np.arange(3 * 44100) / 44100
    soundfile.write(file, 0.3 * np.sin(2 * np.pi * 300 * time), 44100)
    page = visit(PAGE)
    broken: list[str] = []

    def once_broken(route: Route) -> None:
        if route.request.url.endswith("/49152") and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/pieces/**", once_broken)
    page.set_input_files("#file", str(file))
    assert 3 < draft_seconds(page) < 3.5
    assert len(broken) == 1
    assert "Uploaded · admin" in page.inner_text("#draft")


def test_what_is_no_sound_and_a_server_that_is_away_are_told_beside_the_field(
    site: Site, visit: Visit, tmp_path: Path, seen: Faults
) -> None:
    seen.expected = ("Failed to load resource", "ERR_CONNECTION")
    words = tmp_path / "words.wav"
    words.write_text("these are words")
    page = visit(PAGE)
    page.set_input_files("#file", str(words))
    expect(page.locator("#upload-state")).to_contain_text("This is no sound that can be read here")
    site.stop()
    page.set_input_files("#file", str(words))
    expect(page.locator("#upload-state")).to_contain_text("could not be sent")
    site.start()


def test_a_prompt_is_played_in_the_list_by_its_button(visit: Visit) -> None:
    page = visit("/prompts")
    button = page.locator("[data-play]").first
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).not_to_have_attribute("aria-pressed", "true")
