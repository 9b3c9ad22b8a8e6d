"""Who calls: told to the agent whose phone rings and to nobody else, with why, the ticket, and the last words."""

import re

import pytest
from sqlalchemy import select, update

from callback.models import Callback
from calls.models import Call
from contacts.models import ContactPoint
from contacts.service import find_by_number
from ringback.store.bus import AgentState
from tests.support.calls import OPEN, TICKET, WHOLE, Store
from tests.support.contacts import add_person
from tests.support.front import RunningFront
from tests.support.pages import Client, app_of, post
from tests.support.promises import add
from tests.support.stream import Stream
from transcripts.models import Segment, Transcript

DANA = "+14155550123"


def offer(
    store: Store, agent: str = "anna", state: str = "ringing", call_id: str | None = OPEN, **facts: object
) -> None:
    """The caller of an open call is Dana, and this agent's phone rings for it."""
    with store.sessions.begin() as session:
        dana = find_by_number(session, DANA)[0]
        values = {"caller_number": DANA, "contact_id": dana, "ticket_number": None, **facts}
        session.execute(update(Call).where(Call.call_id == OPEN).values(values))
        session.execute(update(AgentState).where(AgentState.agent == agent).values(state=state, call_id=call_id))


def pop(text: str) -> str:
    found = re.search(r'<div id="pop"[^>]*>\s*(?:</div>|<section class="pop".*?</section>)', text, re.DOTALL)
    return found[0] if found else ""


def test_the_agent_whose_phone_rings_is_told_who_and_why(store: Store, signed: Client) -> None:
    offer(store)
    shown = pop(signed("anna").get("/calls").text)
    for words in ("Your phone is ringing", "Dana Whitfield", DANA, f"/tickets/{TICKET}", "Something does not work"):
        assert words in shown, words
    assert "No, that was quick, thank you very much." in shown, "the last words of the last call"
    assert f"/calls/{WHOLE}" in shown, "the call was anna's"
    assert pop(signed("eva").get("/calls").text) == "", "supervisors have no phone here"
    offer(store, state="talking")
    assert "You are talking with" in pop(signed("anna").get("/now").text)
    offer(store, state="free", call_id=None)
    assert "Dana" not in pop(signed("anna").get("/calls").text)


def test_of_a_number_that_a_family_shares_nobody_is_told(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        add_person(session, DANA, name="Robin")
    offer(store, contact_id=None)
    shown = pop(signed("anna").get("/calls").text)
    assert "Several people have this number" in shown
    assert "Dana" not in shown and "Robin" not in shown and "quick, thank you" not in shown


def test_hostile_words_and_secrets_are_words_and_masked(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        session.execute(update(ContactPoint).values(label="<b>"))
        row = session.scalars(select(Transcript).where(Transcript.call_id == WHOLE)).one()
        last = max((each for each in row.segments if each.speaker == "caller"), key=lambda each: each.seq)
        session.execute(
            update(Segment).where(Segment.id == last.id).values(words=[[1, 2, 1, "<script>"], [2, 3, 1, "•card•"]])
        )
    offer(store, caller_name="<script>")
    shown = pop(signed("anna").get("/calls").text)
    assert "<script>" not in shown and "&lt;script&gt;" in shown and "•card•" not in shown


def test_the_last_words_are_heard_under_a_receipt_while_the_call_is_there(store: Store, signed: Client) -> None:
    anna = signed("anna")
    assert post(anna, f"/pop/{WHOLE}/words").status_code == 404
    offer(store)
    assert anna.get(f"/pop/{WHOLE}/words.flac").status_code == 403
    assert post(anna, f"/pop/{WHOLE}/words").location == f"/pop/{WHOLE}/words.flac"
    sound = anna.get(f"/pop/{WHOLE}/words.flac")
    assert sound.mimetype == "audio/flac" and sound.data[:4] == b"fLaC"
    assert "Last words of somebody who calls again" in signed("admin").get("/heard").text
    assert post(anna, f"/pop/{OPEN}/words").status_code == 404
    assert post(signed("eva"), f"/pop/{WHOLE}/words").status_code == 404
    offer(store, state="free", call_id=None)
    assert anna.get(f"/pop/{WHOLE}/words.flac").status_code == 404


def test_a_promised_call_says_why_it_was_asked_for(store: Store, signed: Client) -> None:
    key = add(store, "+14155550144", "dialling_agent", agent="anna", notes="The router <b>")
    shown = pop(signed("anna").get("/calls").text)
    assert "The router &lt;b&gt;" in shown and f"/promises/{key}" in shown and "+14155550144" in shown
    with store.sessions.begin() as session:
        session.execute(update(Callback).values(state="done"))
    assert "The router" not in pop(signed("anna").get("/calls").text)


@pytest.fixture
def front(store: Store, cookies: dict[str, str]) -> "RunningFront":
    return RunningFront(app_of(store), threads=4)


def test_open_pages_are_told_within_a_moment(store: Store, cookies: dict[str, str], front: RunningFront) -> None:
    name = str(app_of(store).config["SESSION_COOKIE_NAME"])
    try:
        with (
            Stream(front.port, "/stream?show=alarms", f"{name}={cookies['anna']}") as mine,
            Stream(front.port, "/stream?show=alarms", f"{name}={cookies['eva']}") as another,
        ):
            assert "pop" in mine.until('id="pop"').parts
            another.until('id="alarms"')
            offer(store)
            told = mine.until("Dana Whitfield")
            assert set(told.parts) == {"pop"}, "nothing else of the page was looked at for it"
            offer(store, state="free", call_id=None)
            assert "Dana" not in mine.until('id="pop"').html
    finally:
        front.end()
