"""What the page of one person shows: facts, who may do what, and what was typed where a form was refused."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from calls.models import Contact
from contacts.editing import FIELDS
from contacts.listing import list_contacts
from ringback.messages import Message
from web import access
from web.context import db, person, settings
from web.documents.contacts import person_document, persons_document
from web.documents.facts import Document
from web.i18n import told

CANDIDATES = 10
"""Persons that a search for the same person shows."""


@dataclass(frozen=True)
class RefusedChange:
    """What a form of the page could not do, beside the field that it is about."""

    form: str = ""
    """edit, point, consent, merge; empty: nothing was refused."""
    fault: Message | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)
    """Field -> what somebody else wrote there meanwhile."""

    @property
    def words(self) -> str:
        return told(self.fault) if self.fault else ""


@dataclass(frozen=True)
class PersonPage:
    """Everything that contacts/contact.html shows."""

    person: Document
    values: dict[str, str]
    """Of the fields: what was typed, else what is stored."""
    base: dict[str, str]
    """What is stored: what a change begins with."""
    seen: set[str]
    """The calls whose page who asks may open."""
    seen_tickets: set[int]
    languages: list[str]
    may_edit: bool
    may_erase: bool
    may_export: bool
    refused: RefusedChange
    wanted: str
    """Who was searched to be merged with."""
    candidates: list[Document]
    """Who may be the same person: those who share a number or an address, or who were searched."""


def person_page(row: Contact, refused: RefusedChange = RefusedChange(), wanted: str = "") -> PersonPage:
    """The page of a person whom who asks may see."""
    document = person_document(db(), row)
    stored = {name: str(document[name] or "") for name in FIELDS}
    who = person()
    typed = refused.typed if refused.form == "edit" else {}
    return PersonPage(
        person=document,
        values={name: typed.get(name, stored[name]) for name in FIELDS},
        base=stored,
        seen=access.seen_calls(db(), who, [call["call_id"] for call in document["calls"]]),
        seen_tickets=access.seen_tickets(db(), who, [ticket["number"] for ticket in document["tickets"]]),
        languages=sorted({line.language for line in settings().lines} | ({row.language} if row.language else set())),
        may_edit=who.may("contacts"),
        may_erase=who.may("erase"),
        may_export=who.may("contacts"),
        refused=refused,
        wanted=wanted,
        candidates=_candidates(document, wanted) if who.may("contacts") else [],
    )


def _candidates(document: Document, wanted: str) -> list[Document]:
    """Whom the person may be merged with; only those whom who asks may see."""
    me = uuid.UUID(document["id"])
    if wanted.strip():
        found = list_contacts(
            db(), wanted, None, CANDIDATES + 1, countries=countries(), only=access.own_contacts(db(), person())
        ).persons
    else:
        ids = {uuid.UUID(other["id"]) for point in document["points"] for other in point["others"]}
        found = [row for each in sorted(access.seen_contacts(db(), person(), ids)) if (row := db().get(Contact, each))]
    return persons_document(db(), [row for row in found if row.id != me][:CANDIDATES])


def countries() -> list[str]:
    """In which numbers are read as people dial them."""
    return sorted({line.default_country for line in settings().lines}) or ["US"]
