"""Calls that nobody answered are work for the agents of their queue: listed, found, heard, on the ticket."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from calls.models import Call, QueueVisit
from recording.models import Recording
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from ringback.store.bus import AgentState
from tests.support.calls import Store, open_copy
from tests.support.pages import Client, app_of, come_in, make_people, post
from tests.support.promises import add as add_promise
from tests.support.search import add as add_text
from tests.support.search import index_all
from tickets.models import Ticket
from tickets.service import note_call, open_ticket
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction

GAVE_UP, SHUT, QUEUED_SHUT, UNTIL_CLOSED = "1.gave-up", "2.shut", "3.queued-shut", "4.until-closed"
LEFT = (GAVE_UP, SHUT, QUEUED_SHUT, UNTIL_CLOSED)
SAID = [("caller", "The router burned down tonight.")]


@pytest.fixture
def left(store: Store) -> Store:
    """One gave up in support's line, one left a message while the line was shut, one while support was, and one waited
    until support closed."""
    for number, (call_id, result, queue) in enumerate(
        [
            (GAVE_UP, "abandoned", "support"),
            (SHUT, "message", None),
            (QUEUED_SHUT, "message", "support"),
            (UNTIL_CLOSED, "closed", "support"),
        ]
    ):
        at = utcnow() - timedelta(minutes=90 - number)
        add_text(
            store.sessions,
            call_id,
            SAID,
            at=at,
            result=result,
            queue=queue,
            agent=None,
            connected_at=None,
            released_at=None,
            caller_number=f"+1415555012{number}",
        )
        with store.sessions() as session, session.begin():
            session.add(Recording(call_id=call_id, state="stored", path="whole.flac", seconds=71.0))
            text = session.scalars(select(Transcript.id).where(Transcript.call_id == call_id)).one()
            session.add(Redaction(transcript_id=text, state="clean"))
            if call_id in (GAVE_UP, UNTIL_CLOSED):
                outcome = "abandoned" if call_id == GAVE_UP else "closed"
                session.add(_visit(call_id, 0, "support", at, 40, outcome))
    index_all(store)
    return store


def _visit(call_id: str, seq: int, queue: str, at: object, seconds: float, outcome: str) -> QueueVisit:
    return QueueVisit(
        call_id=call_id,
        seq=seq,
        queue=queue,
        entered_at=at,
        came_by="menu",
        left_at=at + timedelta(seconds=seconds),  # type: ignore[operator, arg-type]
        outcome=outcome,
    )


def _chose_billing(store: Store, agent: str) -> None:
    with store.sessions() as session, session.begin():
        session.get_one(AgentState, agent).queues = ["billing"]


def _listed(client: FlaskClient, address: str = "/api/calls") -> set[str]:
    return {call["call_id"] for call in client.get(address).json["calls"]}  # type: ignore[index]


def test_an_agent_of_the_queue_sees_finds_and_opens_what_was_left(left: Store, signed: Client) -> None:
    anna = signed("anna")
    assert set(LEFT) <= _listed(anna)
    assert set(LEFT) <= _listed(anna, "/api/search?q=router+burned")
    assert [anna.get(f"/calls/{call_id}").status_code for call_id in LEFT] == [200] * 4
    page = anna.get("/calls").text
    assert all(f'href="/calls/{call_id}"' in page for call_id in LEFT)


def test_an_agent_who_took_other_queues_has_only_messages_of_a_line_that_leads_there(
    left: Store, signed: Client
) -> None:
    _chose_billing(left, "anna")
    anna = signed("anna")
    assert _listed(anna) & set(LEFT) == {SHUT}
    assert _listed(anna, "/api/search?q=router+burned") == {SHUT}
    assert [anna.get(f"/calls/{call_id}").status_code for call_id in LEFT] == [404, 200, 404, 404]


def test_what_was_left_is_heard_without_a_reason_and_the_receipt_says_what_it_was(left: Store, signed: Client) -> None:
    anna = signed("anna")
    assert "This was left for your queue: no reason is needed." in anna.get(f"/calls/{SHUT}").text
    assert post(anna, f"/calls/{SHUT}/listen").status_code == 303
    with left.sessions() as session:
        assert session.scalars(select(AccessReceipt.reason)).all() == ["left"]
    assert "Left for the agent" in signed("eva").get(f"/calls/{SHUT}").text


def test_it_is_listed_as_not_answered_until_somebody_talks_or_promises(left: Store, signed: Client) -> None:
    eva = signed("eva")
    unanswered = "/api/calls?result=unanswered"
    assert _listed(eva, unanswered) == set(LEFT)
    with left.sessions() as session, session.begin():
        for call_id in (GAVE_UP, SHUT):
            open_ticket(session, call_id, settings=left.settings)
        number = session.scalars(select(Call.ticket_number).where(Call.call_id == GAVE_UP)).one()
        later = utcnow()
        session.add(
            Call(
                call_id="9.later",
                line="1000",
                language="en",
                caller_number="+14155550120",
                caller_name="",
                state="ended",
                result="served",
                agent="boris",
                arrived_at=later,
                connected_at=later,
                ended_at=later,
                ticket_number=number,
            )
        )
    add_promise(left, number="+14155550121", asked_call_id=SHUT)
    assert _listed(eva, unanswered) == {QUEUED_SHUT, UNTIL_CLOSED}
    assert '<option value="unanswered">Not answered yet</option>' in eva.get("/calls").text


@pytest.mark.parametrize(
    ("call_id", "language", "subject"),
    [
        (GAVE_UP, "en", "Gave up waiting for Support"),
        (SHUT, "en", "Voice message"),
        (QUEUED_SHUT, "ru", "Голосовое сообщение: Поддержка"),
    ],
)
def test_the_ticket_says_what_it_is_about(left: Store, call_id: str, language: str, subject: str) -> None:
    with left.sessions() as session, session.begin():
        session.scalars(select(Call).where(Call.call_id == call_id)).one().language = language
        number = open_ticket(session, call_id, settings=left.settings).number
        note_call(session, call_id, [], settings=left.settings)
        assert session.get_one(Ticket, number).subject == subject


def test_an_agent_who_has_no_queue_sees_nothing_of_it(left: Store, cookies: dict[str, str], tmp_path: object) -> None:
    queues = {name: queue.model_copy(update={"agents": ["boris"]}) for name, queue in left.settings.queues.items()}
    client = app_of(left, queues=queues).test_client()
    client.set_cookie(f"ringback-{left.settings.web.port}", cookies["anna"])
    assert _listed(client) & set(LEFT) == set()


@pytest.mark.parametrize(
    ("agents", "queues", "says"),
    [
        (["anna"], ["anna"], "Queues: Support, Billing."),
        (["anna"], ["boris"], "You are in no queue: a supervisor can choose some for you"),
        (["boris"], ["boris"], "the settings have no agent named anna: no call can be yours."),
    ],
)
def test_an_empty_list_says_why_and_who_can_mend_it(
    tmp_path: Path, agents: list[str], queues: list[str], says: str
) -> None:
    folder = make_people(tmp_path / "made")
    store = open_copy(folder, tmp_path / "data")
    app = app_of(
        store,
        agents=[agent for agent in store.settings.agents if agent.name in agents],
        queues={name: queue.model_copy(update={"agents": queues}) for name, queue in store.settings.queues.items()},
    )
    client = app.test_client()
    come_in(client, "anna")
    page = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", client.get("/calls").text))
    assert "No calls yet" in page and html.escape(says, quote=True) in page
    assert "Dial one of the lines" not in page
