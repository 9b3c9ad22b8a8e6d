"""What a call was about, on its page, its ticket's and in the API: sentences with seconds, for who may read."""

from typing import Any

import pytest
from sqlalchemy import select, update

from calls.models import Call, CallSegment
from summary import step
from summary.models import CallSummary
from tests.support.calls import TICKET, WHOLE, Store
from tests.support.pages import Client
from transcripts import stages
from transcripts.models import Segment, Transcript, TranscriptStage


@pytest.fixture
def summarised(store: Store) -> Store:
    with store.sessions() as session, session.begin():
        stages.changed(session, session.scalars(select(Transcript.id)).first(), done=("turns", "redact"))  # type: ignore[arg-type]
    assert stages.run(stages.Step("summary", step.make), store.sessions, store.settings, WHOLE) == "done"
    return store


@pytest.mark.usefixtures("summarised")
def test_a_call_shows_what_it_was_about_and_plays_from_there(signed: Client) -> None:
    page = signed("anna").get(f"/calls/{WHOLE}").text
    part = page[page.index('id="summary-title"') : page.index('id="transcript"')]
    assert part.index("Problem") < part.index("Since this morning the router shows a red light") < part.index("Outcome")
    assert 'data-go="25.94"' in part and "Play from 0:25" in part
    russian = signed("anna").get(f"/calls/{WHOLE}", headers={"Accept-Language": "ru"}).text
    assert "Краткое содержание" in russian and "Проблема" in russian


def test_a_ticket_shows_it_for_each_call_whose_page_may_be_opened(summarised: Store, signed: Client) -> None:
    page = signed("anna").get(f"/tickets/{TICKET}").text
    assert f"/calls/{WHOLE}?at=25.9" in page and "the router shows a red light" in page
    with summarised.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == WHOLE).values(agent="clara"))
        session.execute(update(CallSegment).where(CallSegment.call_id == WHOLE).values(agent="clara"))
    assert f"/calls/{WHOLE}?at=" not in signed("anna").get(f"/tickets/{TICKET}").text
    assert f"/calls/{WHOLE}?at=25.9" in signed("eva").get(f"/tickets/{TICKET}").text


def test_the_api_tells_it_and_its_words_are_those_of_the_text(summarised: Store, signed: Client) -> None:
    def told() -> Any:
        return signed("eva").get(f"/api/calls/{WHOLE}").get_json()["transcript"]["summary"]

    assert told()["problem"][0]["speaker"] == "caller" and told()["told_by"] is None
    with summarised.sessions() as session, session.begin():
        session.execute(update(Transcript).values(revision=Transcript.revision + 1))
    assert told() is None


def test_what_callers_say_is_shown_as_text(summarised: Store, signed: Client) -> None:
    with summarised.sessions() as session, session.begin():
        turn = session.scalars(select(Segment).where(Segment.seq == 1)).one()
        turn.words = [[*word[:3], "<script>alert(1)</script>"] for word in turn.words]
        row = session.scalars(select(CallSummary)).one()
        row.told, row.told_by = {"problem": "<b>bold</b> claim"}, "<i>model</i>"
    page = signed("anna").get(f"/calls/{WHOLE}").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page
    assert "<b>bold" not in page and "&lt;b&gt;bold" in page and "&lt;i&gt;model" in page
    assert "Written by a machine" in page


def test_a_summary_that_comes_is_waited_for_and_one_that_says_nothing_says_so(store: Store, signed: Client) -> None:
    with store.sessions() as session, session.begin():
        stages.changed(session, session.scalars(select(Transcript.id)).first())  # type: ignore[arg-type]
    page = signed("anna").get(f"/calls/{WHOLE}").text
    assert "The summary is being made" in page and "#call-summary" in page
    with store.sessions() as session, session.begin():
        session.execute(update(TranscriptStage).where(TranscriptStage.stage == "summary").values(state="failed"))
    assert "The summary could not be made." in signed("anna").get(f"/calls/{WHOLE}").text
    with store.sessions() as session, session.begin():
        session.execute(update(Segment).values(text="Mhm.", words=[[1.0, 1.2, 0.9, "Mhm."]]))
        stages.changed(session, session.scalars(select(Transcript.id)).first(), done=("turns", "redact"))  # type: ignore[arg-type]
    assert stages.run(stages.Step("summary", step.make), store.sessions, store.settings, WHOLE) == "done"
    assert "No sentence of this call tells what it was about." in signed("anna").get(f"/calls/{WHOLE}").text
