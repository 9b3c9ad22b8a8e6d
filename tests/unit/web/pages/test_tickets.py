"""The work list and what people do on a ticket's page."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from calls.models import Call
from ringback.config.network import Trunk
from ringback.config.queues import Queue
from ringback.config.tickets import TicketWord
from ringback.store.base import utcnow
from tests.support.calls import EVIL_TICKET, MISSING, TICKET, WHOLE, Store
from tests.support.pages import Client, app_of, post, signed_in
from tickets.models import Ticket
from web.tickets import dialling

AFTERNOON = 1_764_536_400.0
"""In San Francisco, where the caller's number is: nobody is called there at night."""


def change(client: FlaskClient, number: int = TICKET, **fields: str) -> TestResponse:
    """Sends the form of the page with some fields different; `was` is what the page shows now."""
    page = client.get(f"/tickets/{number}").text
    was = dict(re.findall(r'name="was-(\w+)" value="([^"]*)"', page.partition('id="save"')[0]))
    return post(client, f"/tickets/{number}/change", **{f"was-{name}": value for name, value in was.items()}, **fields)


def ticket_of(store: Store, number: int = TICKET) -> Ticket:
    with store.sessions() as session:
        return session.get_one(Ticket, number)


def set_ticket(store: Store, number: int = TICKET, **values: object) -> None:
    with store.sessions() as session, session.begin():
        for name, value in values.items():
            setattr(session.get_one(Ticket, number), name, value)


def test_an_agent_begins_with_the_own_tickets(signed: Client) -> None:
    page = signed("anna").get("/tickets").text
    assert f'id="t-{TICKET}"' in page and f'id="t-{EVIL_TICKET}"' not in page
    assert 'id="view-mine"' in page and 'id="view-queues"' in page


def test_a_supervisor_sees_all_and_a_trainer_changes_none(signed: Client) -> None:
    page = signed("eva").get("/tickets").text
    assert f'id="t-{TICKET}"' in page and f'id="t-{EVIL_TICKET}"' in page and 'id="view-queues"' not in page
    assert "&lt;img src=x onerror" in page and "<img src=x" not in page
    assert 'id="view-mine"' not in signed("tom").get("/tickets").text
    assert 'id="save"' not in signed("tom").get(f"/tickets/{TICKET}").text


@pytest.mark.parametrize("view", ["mine", "mentions", "due", "overdue", "waiting", "closed", "unowned", "queues", "x"])
def test_every_view_has_an_address_and_an_empty_state(store: Store, signed: Client, view: str) -> None:
    set_ticket(store, owner="anna", status="open")
    answer = signed("eva").get(f"/tickets?view={view}&queue=nowhere")
    assert answer.status_code == 200 and ('class="card empty"' in answer.text) == (view not in ("x",))


def test_an_address_of_a_page_that_is_none_leads_to_the_first(signed: Client) -> None:
    answer = signed("eva").get("/tickets?view=open&after=none")
    assert (answer.status_code, answer.location) == (302, "/tickets?view=open")


def test_a_list_that_did_not_change_is_not_sent_again(store: Store, signed: Client) -> None:
    client = signed("eva")
    tag = re.search(
        r"If-None-Match&#34;: &#34;(\S+?)&#34;}", client.get("/tickets?view=open").text.partition('id="tickets"')[2]
    )
    assert tag is not None
    headers = {"HX-Request": "true", "If-None-Match": tag[1].replace("\\&#34;", '"').replace("\\", "")}
    assert client.get("/tickets?view=open", headers=headers).status_code == 304
    set_ticket(store, subject="Another one")
    assert "Another one" in client.get("/tickets?view=open", headers=headers).text


def test_fields_are_changed_and_the_history_says_so(store: Store, signed: Client) -> None:
    client = signed("eva")
    answer = change(client, owner="boris", priority="urgent", next_step="Call Dana", due_at="2030-01-02T09:30")
    assert answer.status_code == 303
    ticket = ticket_of(store)
    assert (ticket.owner, ticket.priority, ticket.next_step) == ("boris", "urgent", "Call Dana")
    assert ticket.due_at is not None and ticket.due_at.isoformat() == "2030-01-02T09:30:00+00:00"
    page = client.get(f"/tickets/{TICKET}").text
    assert "Owner: Anna → Boris" in page and 'value="2030-01-02T09:30"' in page
    assert change(client, due_at="2030-01-02T09:30").status_code == 303 and ticket_of(store).version == ticket.version


def test_two_at_once_lose_nothing(store: Store, signed: Client) -> None:
    eva = signed("eva")
    page = eva.get(f"/tickets/{TICKET}").text
    assert 'name="was-subject" value="Something does not work"' in page
    change(signed("anna"), subject="The router blinks")
    answer = post(
        eva,
        f"/tickets/{TICKET}/change",
        **{
            "was-subject": "Something does not work",
            "subject": "Router, second floor",
            "was-priority": "normal",
            "priority": "high",
        },
    )
    assert answer.status_code == 409 and ticket_of(store).priority == "high"
    assert "It is now: The router blinks" in answer.text and 'value="Router, second floor"' in answer.text
    assert 'name="was-subject" value="The router blinks"' in answer.text  # saved again it is taken
    assert ticket_of(store).subject == "The router blinks"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"due_at": "tomorrow"}, "is not a date and a time"),
        ({"owner": "nobody-here"}, "There is nobody called"),
        ({"status": "gone"}, "is not one of the choices"),
        ({"subject": "  "}, "needs a subject"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    store: Store, signed: Client, fields: dict[str, str], says: str
) -> None:
    answer = change(signed("eva"), next_step="Call Dana", **fields)
    assert answer.status_code == 400 and says in answer.text and 'value="Call Dana"' in answer.text
    assert ticket_of(store).version == 1


def test_a_queue_has_its_own_words(store: Store, cookies: dict[str, str]) -> None:
    words = {"login": TicketWord(label="Signing in", labels={"ru": "Вход"})}
    queue = Queue(name="Support", agents=["anna"], categories=words)
    set_ticket(store, queue="support")
    client = signed_in(app_of(store, queues={"support": queue}), cookies, "eva")
    assert '<option value="login">Signing in</option>' in client.get(f"/tickets/{TICKET}").text
    assert change(client, category="login").status_code == 303 and ticket_of(store).category == "login"
    assert 'id="f-disposition"' not in client.get(f"/tickets/{TICKET}").text


def test_a_note_calls_a_colleague_who_sees_it(store: Store, signed: Client) -> None:
    answer = post(signed("eva"), f"/tickets/{TICKET}/note", note="@anna, <b>look</b> please\nThank you")
    assert answer.status_code == 303
    anna = signed("anna")
    assert f'id="t-{TICKET}"' in anna.get("/tickets?view=mentions").text
    assert "@anna, &lt;b&gt;look&lt;/b&gt; please" in anna.get(f"/tickets/{TICKET}").text
    assert f'id="t-{TICKET}"' not in anna.get("/tickets?view=mentions").text
    empty = post(anna, f"/tickets/{TICKET}/note", note="  ")
    assert empty.status_code == 400 and "Write something first." in empty.text


def test_who_takes_a_ticket_second_is_told_who_has_it(store: Store, signed: Client) -> None:
    set_ticket(store, owner=None)
    there = "/tickets?view=unowned"
    assert post(signed("anna"), f"/tickets/{TICKET}/take", next=there).location == there
    eva = signed("eva")
    assert post(eva, f"/tickets/{TICKET}/take", next="https://evil.example/").location == f"/tickets/{TICKET}"
    assert "Anna has taken it already." in eva.get(f"/tickets/{TICKET}").text
    assert ticket_of(store).owner == "anna"


def test_a_merge_leads_to_the_other_ticket_and_is_undone_there(store: Store, signed: Client) -> None:
    eva = signed("eva")
    answer = post(eva, f"/tickets/{TICKET}/merge", other=f"#{EVIL_TICKET}")
    assert answer.location == f"/tickets/{EVIL_TICKET}"
    assert f"/calls/{WHOLE}" in eva.get(f"/tickets/{EVIL_TICKET}").text
    assert 'id="merged-into"' in eva.get(f"/tickets/{TICKET}").text
    undo = re.search(rf'action="(/tickets/{EVIL_TICKET}/undo/[^"]+)"', eva.get(f"/tickets/{EVIL_TICKET}").text)
    assert undo is not None and post(eva, undo[1]).status_code == 303
    assert f"/calls/{WHOLE}" in eva.get(f"/tickets/{TICKET}").text
    assert "nothing to undo" in post(eva, undo[1]).text


@pytest.mark.parametrize("other", ["", "x", "99999", str(TICKET), "-1", "9" * 30, "١٢"])
def test_a_merge_into_nothing_changes_nothing(store: Store, signed: Client, other: str) -> None:
    assert post(signed("eva"), f"/tickets/{TICKET}/merge", other=other).status_code == 400
    assert ticket_of(store).merged_into is None


def test_nobody_merges_into_a_ticket_that_he_may_not_see(store: Store, signed: Client) -> None:
    answer = post(signed("anna"), f"/tickets/{TICKET}/merge", other=str(EVIL_TICKET))
    assert answer.status_code == 400 and f"There is no ticket {EVIL_TICKET}." in answer.text
    assert ticket_of(store).merged_into is None


def test_calls_about_something_else_get_their_own_ticket(store: Store, signed: Client) -> None:
    with store.sessions() as session, session.begin():
        session.scalars(select(Call).where(Call.call_id == MISSING)).one().ticket_number = TICKET
    eva = signed("eva")
    nothing = post(eva, f"/tickets/{TICKET}/split")
    assert nothing.status_code == 400 and "Choose the calls" in nothing.text
    new = post(eva, f"/tickets/{TICKET}/split", call=MISSING).location
    assert f"/calls/{MISSING}" in eva.get(new).text and f"/calls/{MISSING}" not in eva.get(f"/tickets/{TICKET}").text


def test_an_agent_says_which_of_the_callers_tickets_a_call_is_about(store: Store, signed: Client) -> None:
    with store.sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        older = Ticket(subject="Delivery", contact_id=call.contact_id, owner="anna")
        session.add(older)
        session.flush()
        number = older.number
    anna = signed("anna")
    assert f'id="join-{number}"' in anna.get(f"/calls/{WHOLE}").text
    answer = post(anna, f"/calls/{WHOLE}/ticket", other=str(number))
    assert answer.location == f"/tickets/{number}" and ticket_of(store).merged_into == number
    assert f"The call is on ticket {number} now." in anna.get(answer.location).text


@pytest.mark.parametrize("other", ["", "x", "99999", str(EVIL_TICKET)])
def test_a_call_goes_to_no_ticket_that_its_agent_may_not_see(store: Store, signed: Client, other: str) -> None:
    anna = signed("anna")
    answer = post(anna, f"/calls/{WHOLE}/ticket", other=other)
    assert f"There is no ticket {other or '?'}." in anna.get(answer.location.partition("#")[0]).text
    assert ticket_of(store).merged_into is None


def test_an_agent_with_a_trunk_calls_with_one_press(
    store: Store, cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "now", lambda: AFTERNOON)
    trunk = Trunk(host="198.51.100.7")
    anna = signed_in(app_of(store, trunk=trunk), cookies, "anna")
    assert "Call +14155550123 now" in anna.get(f"/tickets/{TICKET}").text
    answer = post(anna, f"/tickets/{TICKET}/call")
    assert answer.status_code == 303 and "Your phone rings now" in anna.get(answer.location).text
    for page in (
        signed_in(app_of(store, trunk=trunk), cookies, "eva").get(f"/tickets/{TICKET}"),  # has no phone
        signed_in(app_of(store), cookies, "anna").get(f"/tickets/{TICKET}"),  # nobody can be called
    ):
        assert 'id="save"' in page.text and 'id="call-now"' not in page.text


def test_linked_tickets_are_seen_from_both(store: Store, signed: Client) -> None:
    eva = signed("eva")
    post(eva, f"/tickets/{TICKET}/link", other=str(EVIL_TICKET))
    assert f'href="/tickets/{TICKET}"' in eva.get(f"/tickets/{EVIL_TICKET}").text.partition('id="together-title"')[2]
    post(eva, f"/tickets/{EVIL_TICKET}/unlink", other=str(TICKET))
    assert "Remove the link" not in eva.get(f"/tickets/{TICKET}").text


def test_an_overdue_step_is_marked(store: Store, signed: Client) -> None:
    set_ticket(store, due_at=utcnow() - timedelta(hours=1), next_step="Call")
    page = signed("anna").get("/tickets?view=overdue").text
    assert f'id="t-{TICKET}"' in page and re.search(
        r'id="view-overdue"[^>]*>Overdue <span class="number overdue">1<', page
    )
