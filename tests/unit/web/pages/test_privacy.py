"""Legal holds and erasures at the pages: who may, what is asked, and what the certificate says."""

import html
import json
import re

import pytest
from sqlalchemy import select

from app.erasing_rooms import erasing_rooms
from calls.models import Call
from retention import certificate, erasure
from retention.models import Erasure, LegalHold
from tests.support.calls import TICKET, WHOLE, Store
from tests.support.pages import Client, post

NUMBER = "+14155550123"


def work(store: Store) -> None:
    """Lets the worker do what is due."""
    eraser = erasure.Eraser(store.sessions, store.settings, erasing_rooms())
    with store.sessions() as session:
        keys = erasure.due(session)
    for key in keys:
        erasure.work(eraser, key)


def only(store: Store) -> Erasure:
    with store.sessions() as session:
        return session.scalars(select(Erasure)).one()


@pytest.mark.parametrize("name", ["eva", "tom", "anna"])
def test_holds_and_erasures_are_the_admins(signed: Client, store: Store, name: str) -> None:
    client = signed(name)
    assert client.get("/keeping").status_code == 403
    assert post(client, "/holds", kind="call", subject=WHOLE, reason="court case").status_code == 403
    assert post(client, "/erasures", number=NUMBER, wish="letter").status_code == 403
    assert "Erase this call" not in client.get(f"/calls/{WHOLE}").text
    with store.sessions() as session:
        assert session.scalars(select(LegalHold)).all() == [] and session.scalars(select(Erasure)).all() == []


def test_a_hold_from_placing_to_releasing(signed: Client, store: Store) -> None:
    admin = signed("admin")
    page = f"/calls/{WHOLE}"
    answer = post(admin, "/holds", kind="call", subject=WHOLE, reason="court <case>", next=page)
    assert answer.location == page
    assert "court &lt;case&gt;" in admin.get(page).text and "court &lt;case&gt;" in admin.get("/keeping").text
    assert "court &lt;case&gt;" in signed("eva").get(page).text
    assert post(admin, "/holds", kind="call", subject=WHOLE, reason="again").status_code == 400
    with store.sessions() as session:
        hold = session.scalars(select(LegalHold)).one()
    assert (hold.placed_by, hold.reason) == ("admin", "court <case>")
    assert post(admin, f"/holds/{hold.id}/release", reason="").status_code == 400
    assert post(admin, f"/holds/{hold.id}/release", reason="it is over").status_code == 302
    assert post(admin, f"/holds/{hold.id}/release", reason="it is over").status_code == 400
    assert "it is over" in admin.get("/keeping").text
    for kind, subject in (("ticket", str(TICKET)), ("number", "(415) 555-0123")):
        assert post(admin, "/holds", kind=kind, subject=subject, reason="court case").status_code == 302
    with store.sessions() as session:
        assert NUMBER in session.scalars(select(LegalHold.subject)).all()


@pytest.mark.parametrize(
    ("path", "typed", "field", "says"),
    [
        ("/holds", {"kind": "ticket", "subject": "7<7", "reason": "court"}, "subject", "There is no such ticket"),
        ("/holds", {"kind": "number", "subject": "=cmd", "reason": "court"}, "subject", "This is not a phone number"),
        ("/holds", {"kind": "call", "subject": WHOLE, "reason": "x"}, "reason", "Give a reason in a few words."),
        ("/erasures", {"number": "=cmd", "wish": "letter 7"}, "number", "This is not a phone number"),
        ("/erasures", {"number": NUMBER, "wish": ""}, "wish", "Say at whose request"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    signed: Client, path: str, typed: dict[str, str], field: str, says: str
) -> None:
    admin = signed("admin")
    answer = post(admin, path, **typed)
    assert answer.status_code == 400
    wrong = re.search(
        rf'<input id="{field}"[^>]*aria-invalid="true"[^>]*>\s*<span class="fault"[^>]*>([^<]+)', answer.text
    )
    assert wrong is not None and says in wrong[1]
    for name, value in typed.items():
        if name != "kind":
            assert f'name="{name}"' in answer.text and f'value="{html.escape(value)}"' in answer.text
    assert admin.get(path).location == "/keeping"


def test_a_person_from_the_wish_to_the_certificate(signed: Client, store: Store) -> None:
    admin = signed("admin")
    assert post(admin, "/erasures", number="=cmd", wish="letter").status_code == 400
    assert post(admin, "/erasures", number=NUMBER, wish="").status_code == 400
    answer = post(admin, "/erasures", number="+1 415 555 0123", wish="letter <7>")
    assert answer.status_code == 303
    page = answer.location
    assert "every 1s" in admin.get(page).text
    assert post(admin, f"{page}/confirm", sure="yes").status_code == 400  # nobody has seen yet what goes
    work(store)
    text = admin.get(page).text
    assert "Turns of transcripts" in text and "letter &lt;7&gt;" in text and "every 1s" not in text
    assert post(admin, f"{page}/confirm").status_code == 400
    assert post(admin, f"{page}/confirm", sure="yes").status_code == 303
    work(store)
    row = only(store)
    assert row.state == "done" and NUMBER not in (row.number or "")
    file = admin.get(f"{page}/certificate.json")
    assert "attachment" in file.headers["Content-Disposition"]
    given = json.loads(file.text)
    assert certificate.digest(given["certificate"]) == given["sha256"] == row.sha256
    paper = admin.get(f"{page}/certificate").text
    assert given["sha256"] in paper and "What was kept, and why" in paper and "does not match" not in paper
    assert (signed("admin").get("/keeping")).text.count(page) == 1
    call = admin.get(f"/calls/{WHOLE}").text
    assert "The recording was erased" in call and "Dana" not in call and "555-0123" not in call
    with store.sessions() as session, session.begin():
        changed = session.get_one(Erasure, row.id)
        changed.certificate = {**(changed.certificate or {}), "cause": "call"}
    assert "does not match" in admin.get(f"{page}/certificate").text


def test_one_call_is_erased_from_its_page(signed: Client, store: Store) -> None:
    admin = signed("admin")
    page = post(admin, "/erasures", call_id=WHOLE, wish="the caller on the phone").location
    work(store)
    post(admin, f"{page}/confirm", sure="yes")
    work(store)
    with store.sessions() as session:
        assert session.scalars(select(Call.caller_number).where(Call.call_id == WHOLE)).one() == "erased"
    assert ">Erased</span>" in admin.get("/calls").text


def test_nothing_is_erased_that_was_withdrawn(signed: Client, store: Store) -> None:
    admin = signed("admin")
    page = post(admin, "/erasures", number=NUMBER, wish="letter").location
    work(store)
    assert post(admin, f"{page}/withdraw").status_code == 303
    assert post(admin, f"{page}/confirm", sure="yes").status_code == 400
    work(store)
    assert only(store).state == "withdrawn"
    assert "Dana" in admin.get(f"/calls/{WHOLE}").text
    assert admin.get(f"{page}/certificate").status_code == 404


def test_the_owner_sees_which_kinds_of_secrets_are_masked(signed: Client, store: Store) -> None:
    store.settings.redaction.__dict__["pins"] = False
    page = signed("admin").get("/keeping").text
    rows = dict(re.findall(r"<dt>([^<]*)</dt><dd>(?:<span[^>]*>)?([^<]*)", page))
    assert rows["One-time codes"] == rows["Passwords and code words"] == rows["Bank account numbers"] == "masked"
    assert rows["PINs"] == rows["Phone numbers"] == rows["Names on your list"] == "not masked"
