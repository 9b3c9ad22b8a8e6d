"""Who talked in a call, and leaving something out of its recording, on its page."""

import json
import re
from datetime import timedelta

from sqlalchemy import select

from calls.models import Call, CallSegment
from ringback.messages import message
from ringback.store.base import utcnow
from ringback.store.bus import Request
from tests.support.calls import OPEN, WHOLE, Store
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
