"""Who talked in a call, and leaving something out of its recording, on its page."""

import json
import re
from datetime import timedelta

from sqlalchemy import select

from calls.models import Call, CallSegment, QueueVisit
from ringback.messages import message
from ringback.store.base import utcnow
from ringback.store.bus import Request
from tests.support.calls import EVIL, EVIL_TICKET, MISSING, OPEN, WHOLE, Store
from tests.support.pages import Client, post


def talk(store: Store, call_id: str, *kinds: tuple[str, str | None, str | None], open_last: bool = False) -> None:
    """Stretches of 10 s each, one after another."""
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
        for seq, (kind, agent, why) in enumerate(kinds):
            begins = call.arrived_at + timedelta(seconds=10 * seq)
            ends = None if open_last and seq == len(kinds) - 1 else begins + timedelta(seconds=10)
            span = CallSegment(call_id=call_id, seq=seq, kind=kind, agent=agent, started_at=begins)
            span.ended_at, span.why = ends, why
            session.add(span)
        if open_last:
            call.state, call.connected_at = "talking", utcnow()


def test_the_page_tells_who_talked_and_what_was_left_out(signed: Client, store: Store) -> None:
    talk(store, WHOLE, ("talk", "anna", "queue"), ("hold", "anna", None), ("talk", "boris", "attended"))
    page = signed("eva").get(f"/calls/{WHOLE}")
    assert [part in page.text for part in ("Who talked", "transferred after consulting", "0:20")] == [True] * 3
    assert "Pause the recording" not in page.text, "the call is over"
    document = signed("eva").get(f"/api/calls/{WHOLE}").json
    assert document is not None
    turns = document["transcript"]["turns"]
    assert [(turn["start"], turn["agent"]) for turn in turns if turn["speaker"] == "agent"] == [
        (19.4, "anna"),
        (32.6, "boris"),
        (45.8, "boris"),
        (55.1, "boris"),
    ]
    document = signed("eva").get(f"/api/calls/{WHOLE}").json
    assert document is not None and document["stretches"] == document["segments"], "the name before is read still"
    assert [(part["kind"], part["start"], part["end"]) for part in document["segments"]] == [
        ("talk", 0.0, 10.0),
        ("hold", 10.0, 20.0),
        ("talk", 20.0, 30.0),
    ]


def test_each_agents_words_are_under_the_agents_own_name(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        for seq, (agent, begin, end) in enumerate((("anna", 15, 30), ("boris", 30, 90))):
            begins = call.arrived_at + timedelta(seconds=begin)
            segment = CallSegment(call_id=WHOLE, seq=seq, kind="talk", agent=agent, started_at=begins)
            segment.ended_at = call.arrived_at + timedelta(seconds=end)
            session.add(segment)
        call.agent = "boris"
    eva = signed("eva")
    written = eva.get(f"/calls/{WHOLE}/transcript.txt").text.splitlines()
    names = [line.split(" ", 1)[1].split(":")[0] for line in written]
    document = eva.get(f"/api/calls/{WHOLE}").json
    assert document is not None and document["agents"] == ["anna", "boris"]
    shown = {"anna": "Anna", "boris": "Boris"}
    said = [turn["agent"] for turn in document["transcript"]["turns"]]
    assert [shown[agent] for agent in said if agent] == [name for name in names if name in shown.values()]
    assert set(said) == {None, "anna", "boris"}
    made = json.loads(eva.get(f"/calls/{WHOLE}/transcript.vcon").text)
    assert [party["name"] for party in made["parties"][1:]] == ["Anna", "Boris"]
    assert [(each["party"], each["event"]) for each in made["dialog"][0]["party_history"]] == [
        (1, "join"),
        (1, "drop"),
        (2, "join"),
        (2, "drop"),
    ]
    assert [turn["party"] for turn in made["analysis"][0]["body"]["turns"]] == [
        {None: 0, "anna": 1, "boris": 2}[agent] for agent in said
    ]
    page = eva.get(f"/calls/{WHOLE}").text
    assert re.search(r'class="lane-name agent">Anna, Boris<', page), "whose voices the lane is"


def test_a_card_number_can_be_left_out_while_it_is_said(signed: Client, store: Store) -> None:
    talk(store, OPEN, ("talk", "anna", "queue"), open_last=True)
    eva = signed("eva")
    assert "Pause the recording" in eva.get(f"/calls/{OPEN}").text
    asked = post(eva, f"/calls/{OPEN}/recording/pause", reason="card")
    assert asked.status_code == 302
    with store.sessions() as session:
        wish = session.scalars(select(Request).where(Request.kind == "recording.pause")).one()
    assert (wish.subject, wish.args, wish.asked_by) == (OPEN, {"by": "eva", "reason": "card"}, "eva")
    assert "Requested just now." in eva.get(f"/calls/{OPEN}").text


def test_the_way_back_is_offered_while_it_is_left_out_and_a_refusal_is_told(signed: Client, store: Store) -> None:
    talk(store, OPEN, ("talk", "anna", "queue"), ("unrecorded", "anna", "card"), open_last=True)
    with store.sessions() as session, session.begin():
        wish = Request(kind="recording.resume", subject=OPEN, args={"by": "eva"})
        wish.done_at, wish.error = utcnow(), message("controller.call_over")
        session.add(wish)
    page = signed("eva").get(f"/calls/{OPEN}").text
    assert "Resume the recording" in page and "The recording is paused" in page
    assert "This call is over." in page


def test_nobody_pauses_the_recording_of_a_call_that_is_not_theirs(signed: Client, store: Store) -> None:
    anna = signed("anna")
    assert post(anna, f"/calls/{OPEN}/recording/pause").status_code == 404
    assert post(anna, f"/calls/{OPEN}/recording/burn").status_code == 404
    with store.sessions() as session:
        assert not session.scalars(select(Request).where(Request.kind.startswith("recording"))).all()


def visit(store: Store, call_id: str, *visits: tuple[str, float, float | None, str | None]) -> None:
    """Stays in queues, from and to in seconds of the call."""
    with store.sessions() as session, session.begin():
        at = session.scalars(select(Call.arrived_at).where(Call.call_id == call_id)).one()
        for seq, (queue, begin, end, outcome) in enumerate(visits):
            row = QueueVisit(
                call_id=call_id, seq=seq, queue=queue, entered_at=at + timedelta(seconds=begin), came_by=""
            )
            row.left_at, row.outcome = None if end is None else at + timedelta(seconds=end), outcome
            session.add(row)


def test_hold_and_a_pause_show_with_their_time_on_the_page_and_now(signed: Client, store: Store) -> None:
    talk(store, OPEN, ("talk", "anna", "queue"), ("hold", "anna", None), open_last=True)
    eva = signed("eva")
    for address in (f"/calls/{OPEN}", "/now"):
        page = eva.get(address).text
        assert 'class="badge warn">On hold <span class="number" data-since=' in page, address
        assert "Recording paused" not in page
    with store.sessions() as session, session.begin():
        session.scalars(select(CallSegment).where(CallSegment.kind == "hold")).one().kind = "unrecorded"
    for address in (f"/calls/{OPEN}", "/now"):
        page = eva.get(address).text
        assert 'class="badge warn">Recording paused <span class="number" data-since=' in page, address
        assert "On hold" not in page
    page = eva.get(f"/calls/{OPEN}").text
    assert "The recording is paused" in page and "in progress and being recorded" not in page
    document = eva.get("/api/now").json
    assert document is not None
    assert [call["unrecorded_since"] is None for call in document["calls"]] == [False]


def test_each_wait_has_its_own_row_and_is_no_survey(signed: Client, store: Store) -> None:
    """Passed on to a queue, where the caller gave up: nobody was asked anything."""
    talk(store, WHOLE, ("talk", "anna", "queue"))
    visit(store, WHOLE, ("support", 0, 4, "answered"), ("billing", 10, 70, "abandoned"))
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        call.survey_outcome, call.released_at = None, call.arrived_at + timedelta(seconds=10)
    page = signed("eva").get(f"/calls/{WHOLE}").text
    waits = re.findall(r"<dt>Waited for</dt><dd>(.*?)</dd>", page)
    assert [re.sub("<[^>]*>", "", wait) for wait in waits] == ["Support, 0:04", "Billing, 1:00 (hung up)"]
    legend = re.sub("<[^>]*>", "", re.search(r'<ul class="legend[^>]*>(.*?)</ul>', page)[1])  # type: ignore[index]
    assert "Waiting 1:00" in legend and "Survey" not in legend


def test_a_callback_that_was_taken_is_not_a_hang_up(signed: Client, store: Store) -> None:
    visit(store, MISSING, ("billing", 0, 52, "callback"))
    page = signed("eva").get(f"/calls/{MISSING}").text
    assert "(took a callback)" in page and "(hung up)" not in page


def test_everybody_who_talked_has_the_call_in_the_list_the_filter_and_on_the_ticket(
    signed: Client, store: Store
) -> None:
    talk(store, EVIL, ("talk", "anna", "queue"), ("talk", "boris", "blind"))
    anna = signed("anna")
    listed = anna.get("/api/calls?agent=anna").json
    assert listed is not None
    assert EVIL in {call["call_id"] for call in listed["calls"]}
    assert "Anna, Boris" in anna.get("/calls").text
    ticket = anna.get(f"/tickets/{EVIL_TICKET}").text
    assert f'href="/calls/{EVIL}"' in ticket and "Anna, Boris" in ticket
    assert anna.get(f"/api/calls/{EVIL}").status_code == 200
