"""Exemplars: suggested by what came of a call, decided by a person, withdrawn by themselves at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls.models import Call
from library import erasing, exemplars
from recording.models import Recording
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from survey.models import SurveyAnswer
from tests.support.calls import TICKET, WHOLE, Store
from tests.support.library import make_good
from tests.support.pages import Client, post
from tickets import work
from tickets.models import SOLVED, Ticket

ACCEPT = f"/library/exemplars/{WHOLE}/accept"


@pytest.fixture
def good(store: Store) -> Store:
    make_good(store)
    return store


def part_of(page: str, name: str) -> str:
    begin = page.index(f'id="{name}"')
    return page[begin : page.index("</section>", begin)]


def call_again(session: Session, after: timedelta) -> None:
    first = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
    at = first.arrived_at + after
    again = Call(
        call_id="1799999999.1",
        line=first.line,
        language="en",
        caller_number=first.caller_number,
        caller_name="",
        state="ended",
        result="abandoned",
        arrived_at=at,
        ended_at=at + timedelta(seconds=9),
    )
    again.contact_id = first.contact_id
    session.add(again)


@pytest.mark.usefixtures("good")
def test_a_suggestion_is_accepted_with_a_reason_which_stays(signed: Client) -> None:
    tom = signed("tom")
    assert WHOLE in part_of(tom.get("/library/exemplars").text, "suggested")
    refused = post(tom, ACCEPT, words="  ")
    assert refused.status_code == 400 and "Say why, in a few words." in refused.text
    assert post(tom, ACCEPT, words="Asks <b>first</b>, then explains.").status_code == 303
    page = tom.get("/library/exemplars").text
    assert "Asks &lt;b&gt;first&lt;/b&gt;, then explains." in part_of(page, "standing")
    assert WHOLE not in part_of(page, "suggested")
    assert post(tom, "/library/add", call=WHOLE, title="Examples").status_code == 303
    assert post(tom, f"/library/exemplars/{WHOLE}/refuse", words="Too easy.").status_code == 303
    assert "Too easy." in part_of(tom.get("/library/exemplars").text, "refused")
    assert post(signed("anna"), ACCEPT, words="Mine!").status_code == 403


@pytest.mark.usefixtures("good")
def test_an_exemplar_begins_the_first_day(signed: Client) -> None:
    post(signed("tom"), ACCEPT, words="Calm.")
    address = post(signed("tom"), "/library/first-day").location
    assert "An exemplar: somebody listened and said so." in signed("tom").get(address).text


def reopen(session: Session) -> None:
    work.reopen(session, TICKET)


def solve_again(session: Session) -> None:
    work.reopen(session, TICKET)
    solved = {"status": SOLVED, "solved_at": utcnow()}
    session.execute(update(Ticket).where(Ticket.number == TICKET).values(solved))


def end_its_time(session: Session) -> None:
    session.execute(update(Recording).where(Recording.call_id == WHOLE).values(keep_until=utcnow()))


def give_poor(session: Session) -> None:
    session.execute(update(SurveyAnswer).where(SurveyAnswer.call_id == WHOLE).values(means="poor"))


def lose_the_sound(session: Session) -> None:
    session.execute(update(Recording).where(Recording.call_id == WHOLE).values(path=None, state="missing"))


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (reopen, "Its ticket was opened again."),
        (solve_again, "Its ticket was opened again."),
        (lambda session: call_again(session, timedelta(days=6)), "The same person called again."),
        (end_its_time, "The time to keep the recording is over."),
        (give_poor, "The caller gave a poor answer."),
        (lose_the_sound, "Its sound is not there any more."),
    ],
)
def test_what_is_true_no_more_withdraws_an_exemplar_and_suggests_nothing(
    good: Store, signed: Client, happens: Callable[[Session], None], why: str
) -> None:
    tom = signed("tom")
    with good.sessions.begin() as session:
        exemplars.decide(session, WHOLE, accepted=True, by="tom", words="Calm.", at=utcnow() - timedelta(days=1))
        assert exemplars.standing(session, good.settings, utcnow()) == {WHOLE}
        happens(session)
    with good.sessions.begin() as session:
        assert exemplars.standing(session, good.settings, utcnow()) == set()
    page = tom.get("/library/exemplars").text
    assert why in part_of(page, "withdrawn")
    assert WHOLE not in part_of(page, "standing")


def test_a_call_after_the_time_withdraws_nothing(good: Store) -> None:
    with good.sessions.begin() as session:
        exemplars.decide(session, WHOLE, accepted=True, by="tom", words="Calm.", at=utcnow())
        call_again(session, timedelta(days=8))
        assert exemplars.standing(session, good.settings, utcnow()) == {WHOLE}


def test_nobody_who_called_again_or_whose_ticket_is_open_is_suggested(good: Store) -> None:
    def suggested() -> list[str]:
        return [each.call_id for each in exemplars.suggestions(session, good.settings, utcnow())]

    with good.sessions() as session:
        assert suggested() == [WHOLE]
        for happens in (reopen, give_poor, end_its_time, lambda each: call_again(each, timedelta(days=2))):
            happens(session)
            session.flush()
            assert suggested() == []
            session.rollback()


def test_erasing_takes_the_reason_and_leaves_that_it_was_one(good: Store, signed: Client) -> None:
    with good.sessions.begin() as session:
        exemplars.decide(session, WHOLE, accepted=True, by="tom", words="The router story.", at=utcnow())
        erasing.erase(session, good.settings, Scope(call_ids=(WHOLE,)))
        assert erasing.erase(session, good.settings, Scope(call_ids=(WHOLE,))) == []
    page = signed("tom").get("/library/exemplars").text
    assert "The call was erased." in part_of(page, "withdrawn") and "The router story." not in page
