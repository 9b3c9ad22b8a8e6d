"""The pages of persons: found, corrected by two at once, merged, brought from a file, chosen at a ticket."""

import io
import re
import uuid

from sqlalchemy import func, select, update

from calls.models import Call, Contact
from contacts.models import ContactImport, ContactPoint
from contacts.service import find_by_number
from tests.support.calls import TICKET, WHOLE, Store
from tests.support.contacts import add_person
from tests.support.pages import Client, post, token
from tickets.models import Ticket, TicketEntry

DANA, HOME = "+14155550123", "+14155550177"
EVIL = "<img src=x onerror=alert(1)>\u202e =cmd"


def dana(store: Store) -> str:
    with store.sessions() as session:
        return str(find_by_number(session, DANA)[0])


def test_persons_are_found_by_name_and_number_and_agents_find_their_own(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        add_person(session, HOME, name=EVIL)
    eva, anna = signed("eva"), signed("anna")
    page = eva.get("/contacts?text=whitf").text
    assert "Dana Whitfield" in page and "cmd" not in page
    assert "Dana Whitfield" in eva.get("/contacts?text=415 555 0123").text
    assert "&lt;img src=x" in eva.get("/contacts").text and "<img src=x" not in eva.get("/contacts").text
    assert "Nobody found" in eva.get("/contacts?text=zebra").text
    own = anna.get("/contacts").text
    assert "Dana Whitfield" in own and "cmd" not in own and "Import a file" not in own
    assert eva.get("/contacts?after=odd").status_code == 400


def test_the_list_goes_on_where_it_ended(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        for at in range(60):
            add_person(session, f"+1415556{at:04}", name=f"Person {at:02}")
    eva, found, page = signed("eva"), set[str](), "/contacts?text=pers"
    while page:
        text = eva.get(page).text
        found |= set(re.findall(r"Person \d\d", text))
        more = re.search(r'<a class="button" href="([^"]+after=[^"]+)"', text)
        page = more[1].replace("&amp;", "&") if more else ""
    assert len(found) == 60


def test_two_who_correct_at_once_see_what_the_other_wrote(store: Store, signed: Client) -> None:
    key, eva = dana(store), signed("eva")
    page = f"/contacts/{key}"
    base = {"base-name": "Dana Whitfield", "base-language": "en", "base-notes": ""}
    first = {**base, "name": "Dana W.", "language": "en", "notes": "is deaf"}
    assert post(eva, page, page, **first).status_code == 303
    late = post(signed("admin"), page, page, **{**base, "name": "D. Whitfield", "language": "ru", "notes": ""})
    assert late.status_code == 409 and "Now:" in late.text and "Dana W." in late.text
    assert 'value="D. Whitfield"' in late.text, "what was typed stays"
    with store.sessions() as session:
        row = session.get_one(Contact, uuid.UUID(key))
        assert (row.name, row.named_by, row.language, row.notes) == ("Dana W.", "eva", "ru", "is deaf")


def test_numbers_come_and_go_with_what_was_agreed(store: Store, signed: Client) -> None:
    key, eva = dana(store), signed("eva")
    page = f"/contacts/{key}"
    wrong = post(eva, f"{page}/points", page, value="+1 900", label=EVIL)
    assert wrong.status_code == 400 and "not a phone number" in wrong.text and EVIL not in wrong.text
    assert post(eva, f"{page}/points", page, value="dana@example.com", label="work").status_code == 303
    with store.sessions() as session:
        point = session.scalars(select(ContactPoint).where(ContactPoint.kind == "email")).one()
    answer = post(eva, f"{page}/points/{point.id}/consent", page, consent="yes", how="")
    assert answer.status_code == 400 and "Say how the answer came" in answer.text
    post(eva, f"{page}/points/{point.id}/consent", page, consent="yes", how="by phone")
    shown = eva.get(page).text
    assert "agreed" in shown and "by phone" in shown
    foreign = post(eva, f"{page}/points/{uuid.uuid4()}/consent", page, consent="yes", how="by phone")
    assert foreign.status_code == 404
    post(eva, f"{page}/points/{point.id}/remove", page)
    assert "dana@example.com" not in eva.get(page).text


def test_a_merge_asks_leads_on_and_is_undone(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        other = str(add_person(session, HOME, name="D Whitfield").id)
    key, eva = dana(store), signed("eva")
    assert other in eva.get(f"/contacts/{key}?with=whitf").text
    assert post(eva, f"/contacts/{key}/merge", f"/contacts/{key}", other=other).status_code == 303
    assert eva.get(f"/contacts/{other}").location == f"/contacts/{key}"
    page = eva.get(f"/contacts/{key}").text
    undo = re.search(r'action="(/contacts/[^"]+/merges/[^"]+/undo)"', page)
    assert HOME in page and undo is not None
    assert post(eva, undo[1], f"/contacts/{key}").location == f"/contacts/{other}"
    assert post(eva, undo[1], f"/contacts/{key}").status_code == 400
    assert HOME not in eva.get(f"/contacts/{key}").text


def test_a_file_is_previewed_brought_and_forgotten(store: Store, signed: Client) -> None:
    eva, mark = signed("eva"), {"X-CSRFToken": ""}
    mark["X-CSRFToken"] = token(eva, "/contacts/import")
    upload = uuid.uuid4()
    table = f"name,phone\nAnn,{HOME}\nBob,{DANA}\nCarl,no\n".encode()
    for at in (0, 0, 10):  # one comes twice
        piece = table[at : at + 10] if at == 0 else table[10:]
        answer = eva.post(f"/contacts/import/pieces/{upload}/{at}", data=piece, headers=mark)
        assert answer.status_code == 200, answer.text
    gap = eva.post(f"/contacts/import/pieces/{upload}/9999", data=b"x", headers=mark)
    assert gap.status_code == 400 and "did not arrive" in gap.json["fault"]  # type: ignore[index]
    answer = eva.post("/contacts/import", data={"upload": str(upload), "name": "list.csv"}, headers=mark)
    preview = answer.json["at"]  # type: ignore[index]
    shown = eva.get(preview).text
    assert "This is not a phone number: no" in shown and "line 4" in shown and "list.csv" in shown
    assert signed("anna").get(preview).status_code == 403
    with store.sessions.begin() as session:
        session.execute(update(Contact).where(Contact.number == DANA).values(named_by="eva"))
    assert "Add them as further people" in eva.get(preview).text
    done = post(eva, f"{preview}/bring", preview, others="add")
    assert done.status_code == 303 and "2 new" in eva.get("/contacts").text
    post(eva, f"{preview}/bring", "/contacts/import")
    assert "has been imported or withdrawn already" in eva.get("/contacts/import").text
    with store.sessions() as session:
        assert len(find_by_number(session, DANA)) == 2
        row = session.scalars(select(ContactImport)).one()
        assert (row.records, row.raw, row.counts["new"]) == (None, None, 2)


def test_a_small_file_needs_no_script_and_a_wrong_one_is_said_beside_its_field(store: Store, signed: Client) -> None:
    eva = signed("eva")
    for name, data, says in (("a.csv", b"Town\nRome\n", "must name the columns"), ("a.vcf", b"", "The file is empty")):
        sent = {"file": (io.BytesIO(data), name), "csrf_token": token(eva, "/contacts/import")}
        answer = eva.post("/contacts/import", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 400 and says in answer.text
    sent = {"file": (io.BytesIO(f"phone\n{HOME}\n".encode()), "a.csv"), "csrf_token": token(eva, "/contacts/import")}
    kept = eva.post("/contacts/import", data=sent, content_type="multipart/form-data")
    assert kept.status_code == 303
    assert post(eva, f"{kept.location}/withdraw", kept.location).status_code == 303
    with store.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ContactImport)) == 0


def test_everybody_and_one_leave_as_files(store: Store, signed: Client) -> None:
    eva, key = signed("eva"), dana(store)
    assert "Dana Whitfield" in eva.get("/contacts.csv").text and f"'{DANA}" in eva.get("/contacts.csv").text
    card = signed("anna").get(f"/contacts/{key}.vcf")
    assert (
        card.mimetype == "text/vcard"
        and f"TEL:{DANA}" in card.text
        and "attachment" in card.headers["Content-Disposition"]
    )
    assert signed("anna").get("/contacts.vcf").status_code == 403


def test_whose_a_ticket_is_a_person_says(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        bob = str(add_person(session, DANA, name="Bob").id)
        session.execute(update(Ticket).where(Ticket.number == TICKET).values(contact_id=None))
        session.execute(update(Call).where(Call.call_id == WHOLE).values(contact_id=None))
    anna, page = signed("anna"), f"/tickets/{TICKET}"
    shown = anna.get(page).text
    assert "nobody has said who called" in shown and "Bob" in shown and "Dana Whitfield" in shown
    assert post(anna, f"{page}/person", page, person=str(uuid.uuid4())).status_code == 404
    assert post(anna, f"{page}/person", page, person=bob).status_code == 303
    assert post(anna, f"{page}/person", page, name="Zoe").status_code == 303
    with store.sessions() as session:
        zoe = session.scalars(select(Contact).where(Contact.name == "Zoe")).one()
        assert (zoe.named_by, len(find_by_number(session, DANA))) == ("anna", 3)
        assert session.get_one(Ticket, TICKET).contact_id == zoe.id
        assert session.scalars(select(Call.contact_id).where(Call.call_id == WHOLE)).one() == zoe.id
        said = session.scalars(select(TicketEntry.author).where(TicketEntry.kind == "change")).all()
        assert said == ["anna", "anna"]


def test_a_caller_without_a_number_becomes_the_person_who_is_named(store: Store, signed: Client) -> None:
    with store.sessions.begin() as session:
        nobody = Contact(name="CALLER 7")
        session.add(nobody)
        session.flush()
        session.execute(update(Ticket).where(Ticket.number == TICKET).values(contact_id=nobody.id))
    anna, page = signed("anna"), f"/tickets/{TICKET}"
    assert post(anna, f"{page}/person", page, person=dana(store)).status_code == 303
    with store.sessions() as session:
        left = session.get_one(Contact, nobody.id)
        assert str(left.merged_into) == dana(store), "nothing of the row is left to be forgotten"


def test_the_form_of_erasing_knows_the_person(store: Store, signed: Client) -> None:
    key, admin = dana(store), signed("admin")
    assert f"/keeping?contact={key}" in admin.get(f"/contacts/{key}").text
    assert "/keeping?contact" not in signed("eva").get(f"/contacts/{key}").text
    assert "Dana Whitfield" in admin.get(f"/keeping?contact={key}").text
    asked = post(admin, "/erasures", "/keeping", contact=key, wish="letter 7")
    assert asked.status_code == 303 and "/erasures/" in asked.location
    assert post(admin, "/erasures", "/keeping", contact="odd", wish="letter 7").status_code == 400
