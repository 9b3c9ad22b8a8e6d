"""The library in a real browser: a trainer's Monday, a newcomer's first day, marks on words by mouse and by keys."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from calls.models import Call
from library.models import Assignment, AssignmentProgress, Mark, PlaylistItem
from recording.models import Recording
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from tests.browser.conftest import Site, Visit
from tests.support.calls import WHOLE, Store
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction

MOST_CLICKS = 25
GOOD = [f"176376480{number}.7" for number in range(1, 6)]


class Hand:
    """Does what a person's hand does, and counts it: a press, a field that is filled in, a choice in a list."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def press(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def write(self, what: Locator, words: str) -> None:
        self.clicks += 1
        what.fill(words)


def add_calls(store: Store) -> None:
    """Five more calls with the sound of the whole one."""
    with store.sessions.begin() as session:
        sound = session.scalars(select(Recording).where(Recording.call_id == WHOLE)).one()
        for number, call_id in enumerate(GOOD):
            at = utcnow() - timedelta(hours=1, minutes=number)
            session.add(
                Call(
                    call_id=call_id,
                    line="1000",
                    language="en",
                    caller_number="+14155550123",
                    caller_name="",
                    state="ended",
                    result="served",
                    queue="support",
                    agent="boris",
                    arrived_at=at,
                    connected_at=at,
                    ended_at=at + timedelta(seconds=70),
                )
            )
            session.flush()
            text = Transcript(call_id=call_id, state="done", language="en")
            session.add_all([text, Recording(call_id=call_id, state="stored", path=sound.path, seconds=sound.seconds)])
            session.flush()
            session.add(Redaction(transcript_id=text.id, state="clean"))


def test_five_calls_for_a_newcomer_on_monday_are_heard_on_the_first_day(site: Site, visit: Visit) -> None:
    add_calls(site.store)
    page = visit("/library", "tom")
    hand = Hand(page)
    # Monday: five calls are found, listed, begun at the right second, asked about and given.
    hand.press(page.get_by_role("link", name="Calls", exact=True))
    hand.write(page.get_by_label("Search", exact=True), "boris")
    expect(page.locator("table.calls tbody tr")).to_have_count(6)
    for call_id in GOOD:
        hand.press(page.locator(f'.pick[value="{call_id}"]'))
    hand.write(page.get_by_label("Name of a new one"), "First day")
    hand.press(page.get_by_role("button", name="Add to playlist"))
    entries = page.locator(".entries > li")
    expect(entries).to_have_count(5)
    first = entries.first
    hand.press(first.get_by_text("Start, note, question"))
    hand.write(first.get_by_label("From"), "0:20")
    hand.write(first.get_by_label("to", exact=True), "0:22")
    hand.write(first.get_by_label("Note, read before it"), "Listen to how it begins.")
    hand.write(first.get_by_label("Question, asked after it"), "Who speaks first?")
    hand.press(first.get_by_role("button", name="Save"))
    hand.press(page.get_by_role("checkbox", name="Anna Agent"))
    hand.write(page.get_by_label("To be heard by"), (utcnow() + timedelta(days=3)).date().isoformat())
    hand.press(page.get_by_role("button", name="Give", exact=True))
    expect(page.get_by_text("Given to 1 person.")).to_be_visible()
    assert hand.clicks <= MOST_CLICKS, hand.clicks

    with (
        site.store.sessions.begin() as session
    ):  # whole calls take minutes: the second is a part, too, the rest is left
        items = session.scalars(select(PlaylistItem).order_by(PlaylistItem.place)).all()
        session.execute(update(PlaylistItem).where(PlaylistItem.id == items[1].id).values(begin=30.0, end=31.5))
    newcomer = visit("/now", "anna", viewport={"width": 390, "height": 844})
    newcomer.get_by_role("link", name=re.compile("^Library 1")).click()
    newcomer.get_by_role("link", name="First day").click()
    expect(newcomer.get_by_text("Listen to how it begins.")).to_be_visible()
    newcomer.locator("#part").evaluate("sound => sound.play()")
    expect(newcomer.locator("#far-words")).to_have_text("Heard")
    expect(newcomer.get_by_label("Your answer")).to_be_focused()
    newcomer.keyboard.type("The agent.")
    newcomer.get_by_role("button", name="Send answer").click()
    # The second one plays by itself, and the third after it.
    expect(newcomer.locator(".entries li.now .number.muted")).to_have_text("3")
    expect(newcomer.locator(".entries .badge")).to_have_text(["Done", "Done"])
    with site.store.sessions() as session:
        rows = session.scalars(select(AssignmentProgress).order_by(AssignmentProgress.id)).all()
        assert [row.complete for row in rows[:2]] == [True, True]
        assert rows[0].answer == "The agent."
        assert {(row.person, row.reason) for row in session.scalars(select(AccessReceipt))} == {("anna", "assigned")}
        assert session.scalars(select(Assignment)).one().done_at is None
    page.reload()
    page.get_by_text("1 answer").click()
    expect(page.locator(".answers dd")).to_have_text("The agent.")


def test_words_are_marked_by_the_mouse_and_by_keys_and_stay_marked(site: Site, visit: Visit) -> None:
    page = visit(f"/calls/{WHOLE}", "tom")
    said = page.locator("#turn-1 .words")
    said.hover()
    words = page.locator("#turn-1 .w")
    words.first.drag_to(words.nth(3))
    page.get_by_role("button", name=re.compile("^Mark 0:25")).click()
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.type("The router again.")
    page.get_by_role("button", name="Mark", exact=True).click()
    mark = page.locator(".mark-row")
    expect(mark).to_contain_text("The router again.")
    expect(mark).to_be_in_viewport()
    expect(page.locator("#turn-1 .w.marked").first).to_be_visible()
    # by keys, from word to word
    page.locator('#transcript .w[tabindex="0"]').focus()
    for key in ("m", "ArrowRight", "ArrowRight", "m"):
        page.keyboard.press(key)
    page.keyboard.type("Named at once.")
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.locator(".mark-row")).to_have_count(2)
    expect(page.locator(".mark-row q").first).to_have_text("Good evening, this")
    with site.store.sessions() as session:
        begins = [row.begin for row in session.scalars(select(Mark))]
    assert sorted(begins) == [19.4, 25.2]
