"""The inbox of voice messages: who sees what, hearing, taking, giving back, calling back, answering."""

import io
import re
import uuid

import pytest
import soundfile
from sqlalchemy import select, update

from callback.models import Callback
from calls.models import Call
from recording.models import Recording
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from ringback.store.bus import AgentState
from tests.support.calls import EVIL_NAME, TICKET, Store
from tests.support.pages import Client, post
from tests.support.voicemail import SAID, add_message, seed_messages
from tickets.models import TicketEntry
from voicemail.models import VoiceMessage

Keys = dict[str, uuid.UUID]
BADGE = re.compile(r'<a href="/messages"[^>]*>Messages(?: <span class="badge warn number"[^>]*>(\d+))?')
TILE = re.compile(r'id="to-messages"[^>]*>(\d+)<')


@pytest.fixture
def left(store: Store) -> Keys:
    """A message in each state."""
    return seed_messages(store)


def listed(page: str) -> list[str]:
    return re.findall(r'id="m-([0-9a-f-]{36})"', page)


def row_of(store: Store, key: uuid.UUID) -> VoiceMessage:
    with store.sessions() as session:
        return session.get_one(VoiceMessage, key)


def test_the_inbox_lists_what_waits_the_oldest_first_with_its_words(signed: Client, left: Keys) -> None:
    page = signed("eva").get("/messages").text
    assert listed(page) == [str(left[name]) for name in ("before", "new", "hostile", "heard", "owned")]
    assert SAID[:60] in page and "0:08" in page
    assert EVIL_NAME not in page and "&lt;img src=x" in page
    for shown, names in (("mine", []), ("answered", ["answered"]), ("silent", ["silent"])):
        found = signed("eva").get(f"/messages?show={shown}").text
        assert listed(found) == [str(left[name]) for name in names]
    assert listed(signed("anna").get("/messages?show=mine").text) == [str(left["owned"])]
    assert listed(signed("eva").get("/messages?queue=support").text) == [
        str(left[name]) for name in ("before", "new", "heard", "owned")
    ]


def test_an_empty_inbox_says_what_would_be_there(signed: Client) -> None:
    page = signed("anna").get("/messages").text
    assert "No message waits for an answer" in page and "Callers who find the line closed" in page


def test_an_agent_has_the_messages_of_the_queues_and_lines_of_his_or_hers(
    signed: Client, store: Store, left: Keys
) -> None:
    with store.sessions() as session, session.begin():
        session.get_one(AgentState, "anna").queues = ["billing"]
    assert listed(signed("anna").get("/messages").text) == [str(left["hostile"])], "left before any queue"
    assert signed("anna").get(f"/messages/{left['new']}").status_code == 404
    assert post(signed("anna"), f"/messages/{left['new']}/take").status_code == 404
    assert post(signed("anna"), f"/messages/{left['new']}/listen").status_code == 404
    assert row_of(store, left["new"]).owner is None


def test_unheard_ones_are_counted_in_the_menu_and_on_now_for_whoever_may_see_them(
    signed: Client, store: Store, left: Keys
) -> None:
    def counts(name: str) -> list[str | None]:
        page = signed(name).get("/now").text
        return [found.group(1) for regex in (BADGE, TILE) if (found := regex.search(page))]

    assert counts("eva") == ["3", "3"] == counts("anna")
    assert signed("eva").get("/api/now").json["messages"] == 3  # type: ignore[index]
    with store.sessions() as session, session.begin():
        session.get_one(AgentState, "anna").queues = ["billing"]
    assert counts("anna") == ["1", "1"]
    with store.sessions() as session, session.begin():
        session.execute(update(VoiceMessage).values(heard_at=utcnow()))
    assert counts("eva") == [None, "0"]


def test_its_agent_hears_the_message_alone_and_is_the_first_who_did(signed: Client, store: Store, left: Keys) -> None:
    anna, path = signed("anna"), f"/messages/{left['new']}"
    assert anna.get(f"{path}/sound.flac").status_code == 403, "not before it is noted"
    assert "no reason is needed" in anna.get(path).text
    assert row_of(store, left["new"]).heard_by is None, "opening the page is no hearing"
    answer = post(anna, f"{path}/listen", path)
    assert answer.location == f"{path}?play=1#sound"
    assert re.search(
        rf'<audio id="message-sound" controls autoplay [^>]*src="{path}/sound.flac"', anna.get(f"{path}?play=1").text
    )
    sound = anna.get(f"{path}/sound.flac")
    assert (sound.status_code, sound.mimetype) == (200, "audio/flac")
    assert "no-store" in sound.headers["Cache-Control"]
    samples, rate = soundfile.read(io.BytesIO(sound.data))
    assert samples.ndim == 1 and len(samples) / rate == pytest.approx(8.0, abs=0.01)
    with store.sessions() as session:
        receipt = session.scalars(select(AccessReceipt)).one()
        assert (receipt.call_id, receipt.person, receipt.reason) == ("2.new", "anna", "left")
        assert receipt.fetched_at is not None
    assert row_of(store, left["new"]).heard_by == "anna"
    assert "Anna" in signed("eva").get("/messages").text


def test_others_say_why_they_listen(signed: Client, store: Store, left: Keys) -> None:
    eva, path = signed("eva"), f"/messages/{left['new']}"
    refused = post(eva, f"{path}/listen", path)
    assert refused.status_code == 403 and 'id="fault"' in refused.text
    assert post(eva, f"{path}/listen", path, reason="quality").status_code == 303
    assert eva.get(f"{path}/sound.flac").status_code == 200
    with store.sessions() as session:
        assert session.scalars(select(AccessReceipt.reason)).one() == "quality"


def test_hearing_the_call_on_its_page_is_hearing_the_message(signed: Client, store: Store, left: Keys) -> None:
    anna = signed("anna")
    page = anna.get(post(anna, "/calls/2.new/listen").location.partition("#")[0]).text
    address = re.search(r'<audio id="sound"[^>]* src="([^"]+)"', page)
    assert address is not None
    with anna.get(address.group(1)) as sound:
        assert sound.status_code in (200, 206)
    assert row_of(store, left["new"]).heard_by == "anna"


@pytest.mark.parametrize(
    ("state", "path", "words"),
    [
        ("spooled", None, "The recording is being processed."),
        ("missing", None, "There is no recording of this message."),
        ("erased", None, "The recording was erased."),
    ],
)
def test_without_sound_it_says_why(
    signed: Client, store: Store, left: Keys, state: str, path: str | None, words: str
) -> None:
    with store.sessions() as session, session.begin():
        where = Recording.call_id == "2.new"
        session.execute(update(Recording).where(where).values(state=state, path=path))
    anna, address = signed("anna"), f"/messages/{left['new']}"
    assert words in anna.get(address).text
    assert post(anna, f"{address}/listen", address).status_code == 404
    assert anna.get(f"{address}/sound.flac").status_code == 404


def test_one_from_before_its_place_was_noted_is_heard_on_the_calls_page(signed: Client, left: Keys) -> None:
    page = signed("anna").get(f"/messages/{left['before']}").text
    assert 'href="/calls/2.before#player"' in page


def test_of_two_who_take_it_the_second_is_told_who_has_it(signed: Client, store: Store, left: Keys) -> None:
    path = f"/messages/{left['new']}"
    assert post(signed("anna"), f"{path}/take", path).status_code == 303
    second = post(signed("eva"), f"{path}/take", path)
    assert second.status_code == 409 and "Anna has this message already." in second.text
    assert "I take it" not in signed("eva").get(path).text
    assert row_of(store, left["new"]).owner == "anna"


def test_it_is_given_back_by_its_owner_or_a_supervisor(signed: Client, store: Store, left: Keys) -> None:
    path = f"/messages/{left['owned']}"
    with store.sessions() as session, session.begin():
        session.execute(update(VoiceMessage).where(VoiceMessage.id == left["owned"]).values(owner="boris"))
    assert "Give it back" not in signed("anna").get(path).text
    assert post(signed("anna"), f"{path}/release").status_code == 403
    assert "Give it back" in signed("eva").get(path).text
    assert post(signed("eva"), f"{path}/release").status_code == 303
    assert row_of(store, left["owned"]).owner is None


def test_a_word_answers_it_on_the_ticket_too_and_can_be_taken_back(signed: Client, store: Store, left: Keys) -> None:
    anna, path = signed("anna"), f"/messages/{left['owned']}"
    empty = post(anna, f"{path}/answer", path, how=" ")
    assert empty.status_code == 400 and "Say in a few words how it was answered." in empty.text
    assert post(anna, f"{path}/answer", path, how=f"from my mobile {EVIL_NAME}").status_code == 303
    page = anna.get(path).text
    assert "Replied to" in page and EVIL_NAME not in page and "Call this person back" not in page
    with store.sessions() as session:
        entry = session.scalars(
            select(TicketEntry).where(TicketEntry.ticket_number == TICKET).order_by(TicketEntry.at.desc())
        ).first()
        assert entry is not None and entry.text.startswith("Voice message answered: from my mobile")
        assert entry.author == "anna"
    assert post(anna, f"{path}/reopen", path).status_code == 303
    assert "Call this person back" in anna.get(path).text


def test_calling_back_promises_a_call_on_its_ticket_and_answers_it_once_it_was_made(
    signed: Client, store: Store, left: Keys
) -> None:
    key = add_message(store, "2.ticket", ticket_number=TICKET, caller_number="+14155550178")
    anna, path = signed("anna"), f"/messages/{key}"
    once = re.search(r'name="back-once"[^>]*value="([^"]+)"', anna.get(path).text)
    assert once is not None
    form = {
        "back-number": "+14155550178",
        "back-queue": "support",
        "back-once": once.group(1),
        "back-at": "",
        "back-note": "",
    }
    assert post(anna, f"{path}/callback", path, **form).location == path
    row = row_of(store, key)
    assert row.owner == "anna" and row.callback_id is not None
    with store.sessions() as session, session.begin():
        promised = session.get_one(Callback, row.callback_id)
        assert (promised.ticket_number, promised.asked_call_id, promised.number) == (TICKET, "2.ticket", "+14155550178")
        promised.state, promised.ended_at, promised.agent = "done", utcnow(), "boris"
    page = anna.get("/messages?show=answered").text
    assert str(key) in listed(page) and "called back, Boris" in page
    wrong = post(
        anna,
        f"/messages/{left['new']}/callback",
        f"/messages/{left['new']}",
        **{**form, "back-number": "x", "back-once": "2"},
    )
    assert wrong.status_code == 400 and "This number cannot be called" in wrong.text


def test_trainers_read_and_hear_and_change_nothing(signed: Client, store: Store, left: Keys) -> None:
    tom, path = signed("tom"), f"/messages/{left['new']}"
    assert "I take it" not in tom.get(path).text and "I take it" not in tom.get("/messages").text
    assert post(tom, f"{path}/take").status_code == 403


def test_in_russian(signed: Client, left: Keys) -> None:
    anna = signed("anna")
    post(anna, "/look", language="ru")
    assert "Голосовые сообщения" in anna.get("/messages").text
    assert "Беру" in anna.get(f"/messages/{left['new']}").text
    post(anna, f"/messages/{left['owned']}/answer", how="по почте")
    assert "На это сообщение уже ответили." in post(anna, f"/messages/{left['owned']}/answer", how="x").text


def test_the_inbox_asks_again_and_is_told_nothing_while_nothing_changed(
    signed: Client, store: Store, left: Keys
) -> None:
    anna = signed("anna")
    living = anna.get("/messages").text.partition('id="messages"')[2]
    tag = re.search(r"[0-9a-f]{20}", living)
    assert tag is not None
    headers = {"HX-Request": "true", "If-None-Match": f'"{tag.group()}"'}
    assert anna.get("/messages", headers=headers).status_code == 304
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == "2.new").values(caller_name="Somebody Else"))
    assert "Somebody Else" in anna.get("/messages", headers=headers).text
