"""The pages of retention and of an erasure: what stands on them, and which buttons they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from calls.models import Contact
from retention import erasure, holds
from retention.models import Erasure, LegalHold
from ringback.config import Queue
from ringback.config.redaction import KINDS
from ringback.errors import RingbackError
from ringback.store import lease
from web.context import db, person, settings
from web.documents.facts import Document
from web.i18n import said, told

RELEASED_SHOWN, BY_AGE_SHOWN = 50, 30
UNDECIDED = ("asked", "previewed", "refused")
"""States of an erasure that may still be given up."""
COUNTED = ("previewed", "refused", "withdrawn")
"""States in which the page shows what would be erased."""


@dataclass(frozen=True)
class HoldLine:
    """A legal hold in a list."""

    row: LegalHold
    subject: str
    """What it names."""
    address: str
    """The page of that; empty: there is none."""


@dataclass(frozen=True)
class RefusedForm:
    """A form of the page that was not taken: what stands beside which of its fields, and what was typed."""

    form: str
    """hold, erase, or release"""
    field: str
    words: str
    typed: Mapping[str, str]
    key: str = ""
    """Of release: the hold."""

    def fault(self, form: str, field: str, key: str = "") -> str:
        """What is wrong with a field; empty: nothing."""
        return self.words if (form, field, key) == (self.form, self.field, self.key) else ""

    def value(self, form: str, field: str, key: str = "") -> str:
        """What was typed into a field."""
        return self.typed.get(field, "") if (form, key) == (self.form, self.key) else ""


NOTHING_REFUSED = RefusedForm("", "", "", {})
FIELDS = {"retention.no_reason": "reason", "retention.nobody_asked": "wish"}
"""Of the faults that are about one field in every form."""


def refused_form(form: str, error: RingbackError, typed: Mapping[str, str], key: str = "") -> RefusedForm:
    """The form with the fault beside its field; what else is wrong is wrong with what the form is about."""
    about = {"hold": "subject", "erase": "number", "release": "reason"}[form]
    return RefusedForm(form, FIELDS.get(error.code, about), told(error.message), typed, key)


@dataclass(frozen=True)
class RetentionPage:
    """Everything that privacy/retention.html shows."""

    queues: Mapping[str, Queue]
    standing: list[HoldLine]
    released: list[HoldLine]
    asked: list[Erasure]
    """Erasures that people asked for."""
    by_age: list[Erasure]
    """Erasures of calls whose retention ended."""
    masked: list[tuple[str, bool]]
    """Kinds of secrets, by the setting's name, and whether they are masked."""
    may_erase: bool
    number: str
    """That the forms begin with."""
    contact: Contact | None
    """The person whom the form of erasing is about; None: whoever has the number."""
    refused: RefusedForm


@dataclass(frozen=True)
class ErasurePage:
    """Everything that privacy/erasure.html shows."""

    row: Erasure
    works: bool
    """Whether the worker is at it, and the page asks again by itself."""
    bad: bool
    """Whether the erasure was refused."""
    error: str | Markup
    """Why it was refused, or what it waits for."""
    preview: Document | None
    """What would be erased, while that is of interest."""
    may_repeat: bool
    """Whether it failed too often, and may be tried again."""
    may_confirm: bool
    may_withdraw: bool
    fault: str
    """Why what was asked just now was not done."""


def _contact(key: str) -> Contact | None:
    """The person whom a form is about; None: it is about a number."""
    try:
        row = db().get(Contact, UUID(key)) if key else None
    except ValueError:
        return None
    return row if row is not None and row.merged_into is None else None


def retention_page(number: str, refused: RefusedForm = NOTHING_REFUSED, contact: str = "") -> RetentionPage:
    return RetentionPage(
        queues=settings().queues,
        standing=[_line(row) for row in holds.holds(db(), standing=True)],
        released=[_line(row) for row in holds.holds(db(), standing=False, limit=RELEASED_SHOWN)],
        asked=list(erasure.erasures(db(), by_age=False)),
        by_age=list(erasure.erasures(db(), by_age=True, limit=BY_AGE_SHOWN)),
        masked=[(kind, kind in settings().redaction.kinds) for kind in KINDS],
        may_erase=person().may("erase"),
        number=number,
        contact=_contact(contact or refused.value("erase", "contact")),
        refused=refused,
    )


def erasure_page_of(row: Erasure, fault: str = "") -> ErasurePage:
    """For the person who looks."""
    working, may = row.state in erasure.WORKING, person().may("erase")
    spent = working and lease.is_spent(row)
    return ErasurePage(
        row=row,
        works=working and not spent,
        bad=row.state == "refused",
        error=said(row.error),
        preview=row.preview if row.state in COUNTED else None,
        may_repeat=spent and may,
        may_confirm=row.state == "previewed" and may,
        may_withdraw=row.state in UNDECIDED and may,
        fault=fault,
    )


def _line(row: LegalHold) -> HoldLine:
    if row.subject == "erased":
        return HoldLine(row, _("erased"), "")
    if row.kind == "call":
        return HoldLine(row, row.subject, url_for("calls.call", call_id=row.subject))
    if row.kind == "ticket":
        return HoldLine(row, row.subject, url_for("tickets.ticket", number=row.subject))
    return HoldLine(row, row.subject, "")
