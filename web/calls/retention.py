"""What the call's page says of how long its sound is kept, what holds it, and who has heard it."""

from dataclasses import dataclass

from retention import holds, receipts
from retention.models import AccessReceipt, LegalHold
from web import access
from web.context import db, person
from web.documents.facts import Document


@dataclass(frozen=True)
class CallRetention:
    """For the person who looks."""

    holds: list[LegalHold]
    """That stand on this call, its ticket or its caller's number."""
    receipts: list[AccessReceipt] | None
    """Who heard it, newest first; None: not for this person."""
    may_hold: bool
    may_erase: bool


def retention_of(document: Document) -> CallRetention:
    """Of the call that `document` tells."""
    call_id = document["call"]["call_id"]
    sees = access.may_see_receipts(db(), person(), call_id)
    return CallRetention(
        holds=holds.of_call(db(), call_id),
        receipts=receipts.of_call(db(), call_id) if sees else None,
        may_hold=person().may("hold"),
        may_erase=person().may("erase"),
    )
