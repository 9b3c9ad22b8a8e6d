"""Words of calls that go on, on the pages: who sees them, what is masked, that they are text and nothing else."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from calls.models import Call, CallSegment
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from tests.support.calls import OPEN, Store
from tests.support.pages import Client
from transcripts.live.models import LivePhrase
from transcripts.live.service import ALARM, alarm_subject

SAID = [
    ("caller", 2.0, "my card is •card• <b>really</b>", True, 0.0),
    ("agent", 9.0, "one moment please", True, 7.2),
    ("caller", 14.0, "I call my", False, 0.0),
]


@pytest.fixture
def talk(store: Store) -> str:
    """A call of Boris that goes on, with words and a flag."""
    with store.sessions() as session, session.begin():
        facts = {"agent": "boris", "state": "talking", "connected_at": utcnow() - timedelta(seconds=9)}
        session.execute(update(Call).where(Call.call_id == OPEN).values(**facts))
        for seq, (speaker, start, text, settled, skipped) in enumerate(SAID):
            session.add(
                LivePhrase(
                    call_id=OPEN, seq=seq, speaker=speaker, start=start, end=start + 3, text=text, settled=settled,
                    skipped=skipped,
                )
            )  # fmt: skip
        raise_alarm(
            session, ALARM, alarm_subject(OPEN, "lawyer*"), message("transcripts.word_of_caller", word="lawyers"),
            "yellow", utcnow(), call_id=OPEN, speaker="caller",
        )  # fmt: skip
    return OPEN


def test_the_words_of_a_call_that_was_passed_on_are_under_the_name_of_who_talked(
    signed: Client, store: Store, talk: str
) -> None:
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == talk)).one()
        for seq, (agent, begin) in enumerate((("anna", 1), ("boris", 12))):
            at = call.arrived_at + timedelta(seconds=begin)
            session.add(CallSegment(call_id=talk, seq=seq, kind="talk", agent=agent, started_at=at))
    for page in ("/now", f"/calls/{talk}"):
        assert re.search(r">Anna</(span|strong)>(?:(?!speaker).)*one moment please", signed("eva").get(page).text, re.S)


@pytest.mark.parametrize("name", ["eva", "tom", "admin"])
def test_the_floor_and_the_call_show_the_words(signed: Client, talk: str, name: str) -> None:
    client = signed(name)
    for page in ("/now", f"/calls/{talk}"):
        shown = client.get(page).text
        assert "my card is •••• card number &lt;b&gt;really&lt;/b&gt;" in shown
        assert "[7 s not listened to]" in shown
        assert "Said: lawyers" in shown
    (call,) = client.get("/api/now").get_json()["calls"]
    assert [phrase["text"] for phrase in call["words"]] == [text for _, _, text, _, _ in SAID]
    assert call["alerts"] == ["lawyers"]
    assert [phrase["seq"] for phrase in client.get(f"/api/calls/{talk}").get_json()["live_words"]] == [0, 1, 2]


def test_an_agent_sees_the_words_of_own_calls_alone(signed: Client, store: Store, talk: str) -> None:
    anna = signed("anna")
    assert anna.get("/api/now").get_json()["calls"] == []
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == talk).values(agent=None, state="waiting"))
    (waiting,) = anna.get("/api/now").get_json()["calls"]
    assert (waiting["words"], waiting["alerts"]) == ([], [])
    assert "my card" not in anna.get("/now").text
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == talk).values(agent="anna", state="talking"))
    assert "one moment please" in anna.get("/now").text
    assert "one moment please" in anna.get(f"/calls/{talk}").text


def test_a_new_word_is_news_for_a_page_that_asks_again(signed: Client, store: Store, talk: str) -> None:
    client = signed("eva")
    asked = {"HX-Request": "true"}

    def tag(page: str) -> str:
        """What the living part sends along when it asks again."""
        return page.partition("hx-headers=")[2].partition(" data-now")[0]

    before = tag(client.get("/now", headers=asked).text)
    assert before == tag(client.get("/now", headers=asked).text)
    with store.sessions() as session, session.begin():
        session.execute(update(LivePhrase).where(LivePhrase.seq == 2).values(text="I call my lawyers"))
    again = client.get("/now", headers=asked).text
    assert tag(again) != before
    assert "I call my lawyers" in again
