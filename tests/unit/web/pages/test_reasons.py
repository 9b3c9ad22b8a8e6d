"""Why a promised call is wanted, in the caller's own words: who reads them, who hears them, and that it is noted."""

import io
import uuid
from typing import Any

import pytest
import soundfile
from sqlalchemy import select, update

from retention.models import AccessReceipt
from tests.support.calls import EVIL_NAME, TICKET, WHOLE, Store
from tests.support.pages import Client, post
from tests.support.promises import add
from transcripts.models import Segment, Transcript
from transcripts.redaction.models import Redaction
from web.documents.reasons import add_reasons

SPOKEN = {"asked_call_id": WHOLE, "reason_call_id": WHOLE, "reason_from": 25.0, "reason_to": 32.0}
"""The caller's second turn; the agent's before and after are not part of it."""
WORDS = "Hello Anna. Since this morning the router shows a red light and we have no internet at all."


@pytest.fixture
def store(store: Store) -> Store:
    """The sound was looked at, and nothing in it is secret."""
    with store.sessions() as session, session.begin():
        transcript = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        if session.scalar(select(Redaction.id).where(Redaction.transcript_id == transcript)) is None:
            session.add(Redaction(transcript_id=transcript, state="clean"))
    return store


def receipts_in(store: Store) -> list[AccessReceipt]:
    with store.sessions() as session:
        return list(session.scalars(select(AccessReceipt)))


@pytest.mark.parametrize("name", ["eva", "anna", "tom"])
def test_the_words_are_on_the_board_the_promise_and_the_ticket(signed: Client, store: Store, name: str) -> None:
    key = add(store, "+14155550123", agent="boris", ticket_number=TICKET, **SPOKEN)
    for page in ("/promises", f"/promises/{key}", f"/tickets/{TICKET}"):
        assert WORDS in signed(name).get(page).text, page
    document = signed(name).get(f"/api/promises/{key}").json
    assert document is not None
    assert {"state": "said", "text": WORDS, "from": 25.0, "to": 32.0}.items() <= document["reason"].items()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "the words are being transcribed"),
        ("running", "the words are being transcribed"),
        ("failed", "there is no text of it"),
        ("none", "there is no text of it"),
        ("erased", "there is no text of it"),
    ],
)
def test_without_a_text_it_says_so(signed: Client, store: Store, state: str, words: str) -> None:
    key = add(store, "+14155550123", **SPOKEN)
    silent = add(store, "+14155550124", **{**SPOKEN, "reason_from": 60.5, "reason_to": 61.0})
    assert "no words were understood" in signed("eva").get(f"/promises/{silent}").text
    with store.sessions() as session, session.begin():
        session.execute(update(Transcript).where(Transcript.call_id == WHOLE).values(state=state))
    page = signed("eva").get(f"/promises/{key}").text
    assert words in page and WORDS not in page


def test_what_is_masked_stays_masked_and_hostile_words_stay_text(signed: Client, store: Store) -> None:
    key = add(store, "+14155550123", **SPOKEN)
    with store.sessions() as session, session.begin():
        for segment in session.scalars(select(Segment).where(Segment.speaker == "caller")):
            segment.words = [[25.2, 26.0, 0.9, EVIL_NAME], [26.0, 27.0, 0.9, "[card]"]]
    page = signed("eva").get(f"/promises/{key}").text
    assert "<img" not in page and "&lt;img src=x" in page
    assert "no internet" not in page


def test_the_agent_who_is_to_call_hears_that_stretch_alone(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        from calls.models import Call

        session.scalars(select(Call).where(Call.call_id == WHOLE)).one().agent = None
    key = add(store, "+14155550123", "dialling_agent", agent="anna", **SPOKEN)
    anna, path = signed("anna"), f"/promises/{key}"
    assert anna.get(f"{path}/reason.flac").status_code == 403, "not before it is noted"
    assert "<audio" not in anna.get(path).text
    assert post(anna, f"{path}/reason", path).location == f"{path}#why"
    assert "<audio" in anna.get(path).text
    answer = anna.get(f"{path}/reason.flac")
    assert (answer.status_code, answer.mimetype) == (200, "audio/flac")
    assert "no-store" in answer.headers["Cache-Control"]
    samples, rate = soundfile.read(io.BytesIO(answer.data))
    assert len(samples) / rate == pytest.approx(7.0, abs=0.01)
    [receipt] = receipts_in(store)
    assert (receipt.call_id, receipt.person, receipt.reason, receipt.what) == (WHOLE, "anna", "promise", "listen")
    assert receipt.fetched_at is not None
    assert anna.get(f"/calls/{WHOLE}").status_code == 404, "the call itself is not opened by it"


@pytest.mark.parametrize(("agent", "name"), [("boris", "anna"), (None, "anna"), ("anna", "tom"), ("anna", "eva")])
def test_nobody_else_hears_it_there(signed: Client, store: Store, agent: str | None, name: str) -> None:
    key = add(store, "+14155550123", agent=agent, **SPOKEN)
    client = signed(name)
    assert post(client, f"/promises/{key}/reason").status_code == 403
    assert client.get(f"/promises/{key}/reason.flac").status_code == 403
    assert receipts_in(store) == []
    page = client.get(f"/promises/{key}").text
    assert (f"/calls/{WHOLE}?at=25.0#player" in page) == (name in ("tom", "eva")), "they listen on the call's page"


def test_where_there_is_no_reason_there_is_nothing_to_hear(signed: Client, store: Store) -> None:
    key = add(store, "+14155550123", agent="anna")
    anna = signed("anna")
    assert post(anna, f"/promises/{key}/reason").status_code == 404
    assert post(anna, f"/promises/{uuid.uuid4()}/reason").status_code == 404
    gone = add(store, "+14155550124", agent="anna", reason_call_id="9.9", reason_from=1.0, reason_to=2.0)
    assert post(anna, f"/promises/{gone}/reason").status_code == 404
    assert "the words are being transcribed" in anna.get(f"/promises/{gone}").text


def test_many_promises_are_read_in_a_few_queries(store: Store) -> None:
    promises: list[dict[str, Any]] = [
        {"reason_call_id": WHOLE, "reason_from": 25.0, "reason_to": 32.0, "language": "en"} for _ in range(50)
    ]
    with store.sessions() as session:
        add_reasons(session, promises)
    assert {promise["reason"]["text"] for promise in promises} == {WORDS}
