"""A ticket's page shows where the ticket is in other systems, how it stands there, and what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.models import OutsideTicket
from ringback.messages import message
from ringback.store.base import utcnow
from tests.support.calls import TICKET, Store
from tests.support.pages import Client


@pytest.fixture
def outside(store: Store, signed: Client) -> Callable[..., str]:
    """The page of a ticket that is so in another system."""

    def shown(language: str = "en", **facts: Any) -> str:
        values = {"connector": "desk", "ticket_number": TICKET, "opened_as": TICKET}
        row = OutsideTicket(**{**values, "url": "https://rt.example/Ticket/Display.html?id=7", **facts})
        with store.sessions() as session, session.begin():
            session.add(row)
        return signed("eva").get(f"/tickets/{TICKET}", headers={"Accept-Language": language}).text

    return shown


def test_a_ticket_that_is_nowhere_else_says_nothing_of_it(signed: Client) -> None:
    assert 'id="outside"' not in signed("eva").get(f"/tickets/{TICKET}").text


def test_it_is_shown_with_its_link_and_status(outside: Callable[..., str]) -> None:
    page = outside(state="there", outside_id="7", status_seen="<stalled>", synced_at=utcnow())
    assert 'href="https://rt.example/Ticket/Display.html?id=7" rel="noreferrer noopener"' in page
    assert "Ticket 7</a>" in page and "&lt;stalled&gt;" in page and "<stalled>" not in page and "seen " in page


def test_a_jira_ticket_is_called_by_its_key(outside: Callable[..., str]) -> None:
    assert "Ticket SUP-12</a>" in outside(state="there", outside_id="10012", url="https://jira.example/browse/SUP-12")


def test_no_other_kind_of_address_becomes_a_link(outside: Callable[..., str]) -> None:
    page = outside(state="there", outside_id="7", url="javascript:alert(1)", status_seen="open")
    assert "javascript:" not in page and "<span>Ticket 7</span>" in page


@pytest.mark.parametrize(("state", "words"), [("creating", "is being made there"), ("gone", "was deleted there")])
def test_what_is_made_or_gone_is_said(outside: Callable[..., str], state: str, words: str) -> None:
    assert words in outside(state=state, outside_id="7")


def test_what_it_does_not_take_and_what_was_merged_is_said(outside: Callable[..., str]) -> None:
    why = message("connectors.no_way", status="Done", ways="To Do")
    fault = message("connectors.status_refused", system="desk", status="Done", why=why)
    page = outside(state="there", outside_id="7", status_seen="open", opened_as=TICKET + 5, error=fault)
    assert f"of the merged ticket {TICKET + 5}" in page and "its workflow has no step to" in page
