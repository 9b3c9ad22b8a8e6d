"""Exemplars: what is suggested, what stands, and what was withdrawn, when and why; accepting and refusing."""

from dataclasses import dataclass, field

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from library import exemplars, playlists
from library.errors import LibraryError
from library.models import Exemplar
from ringback.messages import Message
from ringback.store.base import utc
from web import access
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.library import heard_documents
from web.library import blueprint
from web.library.call_marks import AddTo, add_to

SUGGESTED = 12
DECIDED = 200


@dataclass(frozen=True)
class SuggestionRow:
    """A call that may be an example."""

    call: Document
    topic: str
    good: int
    sure: int
    """Percent."""


@dataclass(frozen=True)
class ExemplarRow:
    """A call that somebody decided on."""

    call: Document
    person: str
    words: str
    at: str
    withdrawn_at: str | None = None
    why: Message | None = None


@dataclass(frozen=True)
class ExemplarsPage:
    """Everything that library/exemplars.html shows."""

    suggested: list[SuggestionRow]
    standing: list[ExemplarRow]
    withdrawn: list[ExemplarRow]
    refused: list[ExemplarRow]
    hidden: int
    """Decisions on calls that who asks may not hear."""
    hours: int
    """Within which a second call says that the first one did not help."""
    add_to: AddTo | None
    fault: Message | None = None
    fault_at: str = ""
    """The call whose form is refused."""
    typed: dict[str, str] = field(default_factory=dict)


@blueprint.get("/library/exemplars")
@needs("train")
def all_exemplars() -> ResponseReturnValue:
    return render_template("library/exemplars.html", **vars(_page()))


@blueprint.post("/library/exemplars/<call_id>/<any(accept,refuse):action>")
@needs("train")
def decide(call_id: str, action: str) -> ResponseReturnValue:
    """With a reason, which is kept; what was accepted may be refused later, and the other way round."""
    if not playlists.known(db(), [call_id]) or not access.may_hear(db(), person(), call_id):
        abort(404)
    try:
        exemplars.decide(
            db(),
            call_id,
            accepted=action == "accept",
            by=person().name,
            words=request.form.get("words", ""),
            at=utc(now()),
        )
    except LibraryError as error:
        db().rollback()
        page = _page(error.message, call_id, request.form.to_dict())
        return make_response(render_template("library/exemplars.html", **vars(page)), 400)
    db().commit()
    flash(_("It is an exemplar now.") if action == "accept" else _("It is no exemplar."))
    return redirect(url_for("library.all_exemplars"), 303)


def _page(fault: Message | None = None, fault_at: str = "", typed: dict[str, str] | None = None) -> ExemplarsPage:
    at = utc(now())
    found, rows = exemplars.suggestions(db(), settings(), at), exemplars.decided(db(), limit=DECIDED)
    heard = access.heard_calls(db(), person(), {each.call_id for each in found} | {row.call_id for row in rows})
    shown = [each for each in found if each.call_id in heard][:SUGGESTED]
    mine = [row for row in rows if row.call_id in heard]
    calls = heard_documents(db(), {each.call_id for each in shown} | {row.call_id for row in mine})
    gone = exemplars.withdrawn(db(), settings(), mine, at)

    def shown_as(row: Exemplar) -> ExemplarRow:
        why = gone.get(row.call_id)
        return ExemplarRow(
            calls[row.call_id],
            row.person,
            row.words,
            row.at.isoformat(),
            why.at.isoformat() if why else None,
            why.why if why else None,
        )

    return ExemplarsPage(
        suggested=[SuggestionRow(calls[each.call_id], each.topic, each.good, round(100 * each.sure)) for each in shown],
        standing=[shown_as(row) for row in mine if row.accepted and row.call_id not in gone],
        withdrawn=[shown_as(row) for row in mine if row.call_id in gone],
        refused=[shown_as(row) for row in mine if not row.accepted],
        hidden=len(rows) - len(mine),
        hours=settings().reports.first_contact_hours,
        add_to=add_to(),
        fault=fault,
        fault_at=fault_at,
        typed=typed or {},
    )
