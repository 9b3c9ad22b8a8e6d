"""Who calls, at the top of every page of the agent whose phone rings: told within a moment, gone when the call is over.

What is shown is `web/documents/pop.py`'s. The last words of the same person's call before are heard as what they are, a
piece of that call, under a receipt of the agent's (`web/calls/piece.py`).
"""

from dataclasses import dataclass

from flask import abort, get_template_attribute, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from recording.models import Recording
from retention import receipts
from ringback.store.base import utc
from web import access
from web.calls.masking import sound_for
from web.calls.piece import give_receipt, heard_now, piece_of
from web.context import db, now, person, settings
from web.desk import blueprint
from web.documents.facts import Document
from web.documents.pop import OfferNow, offers_now, pop_document
from web.security import is_htmx

FOR_THE_CALL = "brief"
"""The reason on the receipt: see `web.privacy.words`."""
SIDE = "caller"


@dataclass(frozen=True)
class ScreenPop:
    """Everything that desk/_pop.html shows."""

    is_agent: bool
    """Whether there are calls for who looks: pages of others have no place for it."""
    offer: Document | None = None
    """None: no call just now."""
    may_open_person: bool = False
    may_open_ticket: bool = False
    seen: frozenset[str] = frozenset()
    """The earlier calls whose page who looks may open."""


def pop_of(session: Session, who: access.Asker, offer: OfferNow | None) -> ScreenPop:
    """What the page says of the call that who looks has just now."""
    if offer is None or not access.may_know_caller(who, offer.agent):
        return ScreenPop(access.is_agent(who))
    document = pop_document(session, offer, settings())
    ticket, contact = document["ticket"], document["person"]
    seen = access.seen_calls(session, who, [call["call_id"] for call in document["calls"]])
    return ScreenPop(
        True,
        document,
        contact is not None and access.may_see_contact_of(session, who, contact["id"]),
        ticket is not None and access.may_see_ticket(session, who, ticket["number"]),
        frozenset(seen),
    )


def screen_pop() -> ScreenPop:
    """Of who asks for a page."""
    who = person()
    if not access.is_agent(who):
        return ScreenPop(False)
    return pop_of(db(), who, offers_now(db(), [who.name]).get(who.name))


def pop_html(pop: ScreenPop) -> str:
    """The part of the page, for who is told it."""
    return str(get_template_attribute("desk/_pop.html", "pop_line")(pop))


@blueprint.get("/pop")
def pop() -> ResponseReturnValue:
    """The part alone, for pages that nothing reaches by itself; else the page of what happens now has it."""
    return pop_html(screen_pop()) if is_htmx() else redirect(url_for("now.now_page"))


@blueprint.post("/pop/<call_id>/words")
def hear_words(call_id: str) -> ResponseReturnValue:
    """Writes the receipt, and gives the player."""
    recording, begin, end = _words(call_id)
    sound_for(recording, original=False)
    give_receipt(call_id, FOR_THE_CALL, end - begin)
    to = url_for("desk.words", call_id=call_id)
    return render_template("desk/_pop_player.html", sound=to) if is_htmx() else redirect(to, 303)


@blueprint.get("/pop/<call_id>/words.flac")
def words(call_id: str) -> ResponseReturnValue:
    """The caller's last words, under an open receipt."""
    recording, begin, end = _words(call_id)
    receipt = heard_now(call_id)
    if receipt is None:
        abort(403)
    sound = piece_of(recording, begin, end, SIDE)
    if receipts.note_fetched(db(), receipt, utc(now())):
        db().commit()
    return sound


def _words(call_id: str) -> tuple[Recording, float, float]:
    """Where the last words lie of the person who calls who asks just now; 404 for any other call."""
    offer = screen_pop().offer
    brief = offer["brief"] if offer else None
    if brief is None or brief["call_id"] != call_id:
        abort(404)
    row = db().scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
    if row is None or not row.path:
        abort(404)
    return row, brief["from"], brief["to"]
