"""/api/v1/contacts: persons with their numbers and addresses, found, read, made and changed.

Of two who change the same person at once neither loses anything (`contacts/editing.py`). Merging, importing and erasing
persons are people's work, on the pages.
"""

import uuid

from calls.models import Contact
from contacts import editing
from contacts.errors import ContactError
from contacts.listing import list_contacts
from contacts.models import ContactPoint
from contacts.service import points_of, settle
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.operations import ApiReply, operation, still_as
from web.api.v1.reading import wrong_field
from web.api.v1.shapes.contacts import (
    ApiContact,
    ApiContactChange,
    ApiContactPage,
    ApiContactsAsked,
    ApiNewContact,
    ApiNewPoint,
)
from web.context import db, settings
from web.problem_details import UNDER, ApiProblem

CURSOR = "contacts"
IN_THE_WAY = frozenset({"contacts.has_it", "contacts.of_another", "contacts.gone", "contacts.enough_points"})
"""What the store has already; everything else is wrong with what was sent."""
OF_POINT = ("id", "kind", "value", "label", "consent")
OF_CONTACT = ("id", "name", "language", "notes", "created_at", "merged_into")


@operation(
    "GET",
    "/contacts",
    scope="contacts:read",
    summary="List contacts",
    query=ApiContactsAsked,
    answers=ApiContactPage,
)
def list_persons(asker: Asker, query: ApiContactsAsked) -> ApiContactPage:
    """Persons in the order of their names; with `text` those whom it finds."""
    place = None if query.cursor is None else str(cursors.read(CURSOR, query.cursor, (str,))[0])
    only = access.own_contacts(db(), asker)
    countries = tuple(dict.fromkeys(line.default_country for line in settings().lines))
    try:
        found = list_contacts(db(), query.text, place, query.limit, countries=countries, only=only)
    except ValueError:
        raise ApiProblem(400, "web.cursor_wrong") from None
    points = points_of(db(), [person.id for person in found.persons])
    return ApiContactPage(
        items=[_shape(person, points[person.id]) for person in found.persons],
        next=None if found.next is None else cursors.write(CURSOR, found.next),
    )


@operation(
    "GET",
    "/contacts/<uuid:contact_id>",
    scope="contacts:read",
    summary="Read a contact",
    answers=ApiContact,
    problems=(404,),
    tagged=True,
)
def read_contact(asker: Asker, contact_id: uuid.UUID) -> ApiContact:
    """One person with all numbers and addresses."""
    return _whole(_person(asker, contact_id))


@operation(
    "POST",
    "/contacts",
    scope="contacts:write",
    summary="Make a contact",
    body=ApiNewContact,
    answers=ApiContact,
    status=201,
    problems=(409,),
)
def make_contact(asker: Asker, body: ApiNewContact) -> ApiReply:
    """A new person. 409 where somebody else has one of the numbers or addresses, and nobody said that it is shared."""
    name = editing.clean("name", body.name)
    if not name:
        raise wrong_field("name", "This has no letter that could be shown.")
    person = Contact(name=name, language=body.language, notes=editing.clean("notes", body.notes), named_by=asker.name)
    db().add(person)
    db().flush()
    settle(db(), person)
    for point in body.points:
        _add(person, point, asker.name)
    where = {"Location": f"{UNDER}/contacts/{person.id}"}
    return ApiReply(_whole(person), headers=where)


@operation(
    "PATCH",
    "/contacts/<uuid:contact_id>",
    scope="contacts:write",
    summary="Change a contact",
    body=ApiContactChange,
    answers=ApiContact,
    problems=(404, 409),
    tagged=True,
    matched=True,
)
def change_contact(asker: Asker, contact_id: uuid.UUID, body: ApiContactChange) -> ApiContact:
    """Changes the fields that are sent. A name that is written here stays, whatever the network says later."""
    person = _person(asker, contact_id)
    still_as(_whole(person))
    new = {name: getattr(body, name) or "" for name in body.model_fields_set}
    base = {name: getattr(person, name) or "" for name in new}
    try:
        done = editing.change(db(), contact_id, asker.name, base, new)
    except ContactError as error:
        raise _refused(error) from None
    if done.conflicts:
        raise ApiProblem(409, "web.changed_since")
    return _whole(_person(asker, contact_id))


@operation(
    "POST",
    "/contacts/<uuid:contact_id>/points",
    scope="contacts:write",
    summary="Add a number or an address",
    body=ApiNewPoint,
    answers=ApiContact,
    status=201,
    problems=(404, 409),
)
def add_point(asker: Asker, contact_id: uuid.UUID, body: ApiNewPoint) -> ApiReply:
    """One more number or address of the person, who is answered whole."""
    person = _person(asker, contact_id)
    _add(person, body, asker.name)
    return ApiReply(_whole(person))


@operation(
    "POST",
    "/contacts/<uuid:contact_id>/points/<uuid:point_id>/remove",
    scope="contacts:write",
    summary="Remove a number or an address",
    answers=ApiContact,
    problems=(404, 409),
)
def remove_point(asker: Asker, contact_id: uuid.UUID, point_id: uuid.UUID) -> ApiContact:
    """Takes a number or an address from the person; if others have it, it stays theirs. Twice is once."""
    person = _person(asker, contact_id)
    try:
        editing.remove_point(db(), person, point_id)
    except ContactError as error:
        raise _refused(error) from None
    return _whole(person)


def _person(asker: Asker, contact_id: uuid.UUID) -> Contact:
    row = db().get(Contact, contact_id, populate_existing=True)
    if row is None or not access.may_see_contact(db(), asker, contact_id):
        raise ApiProblem(404, "web.http_nothing_there")
    return row


def _add(person: Contact, point: ApiNewPoint, by: str) -> None:
    country = settings().lines[0].default_country
    try:
        editing.add_point(
            db(), person, point.kind, point.value, by, country=country, label=point.label, shared=point.shared
        )
    except ContactError as error:
        raise _refused(error) from None


def _refused(error: ContactError) -> ApiProblem:
    return ApiProblem(409 if error.code in IN_THE_WAY else 422, error.code, **error.facts)


def _whole(person: Contact) -> ApiContact:
    db().refresh(person)
    return _shape(person, points_of(db(), [person.id])[person.id])


def _shape(person: Contact, points: list[ContactPoint]) -> ApiContact:
    return ApiContact.model_validate(
        {
            **{name: getattr(person, name) for name in OF_CONTACT},
            "points": [{name: getattr(point, name) for name in OF_POINT} for point in points],
        }
    )
