"""Scorecards: which there are, and the editor of one."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ringback.messages import Message
from ringback.store.base import utc
from scoring import cards
from scoring.errors import ScoringError
from scoring.models import Scorecard, ScorecardVersion
from scoring.policy import WATCHES, Criterion
from web.context import db, needs, now, person, settings
from web.i18n import told
from web.labels import label, queue_name
from web.scoring import blueprint, form
from web.scoring.form import chosen


@dataclass(frozen=True)
class CardRow:
    """A card as lists show it."""

    id: str
    title: str
    queues: list[str]
    """As people call them; none: all."""
    lines: list[str]
    version: int | None
    """In force; None: nothing was published yet."""
    criteria: int
    draft: bool
    retired: bool


@dataclass(frozen=True)
class CardsPage:
    """Everything that scoring/cards.html shows."""

    cards: list[CardRow]
    fault: Message | None = None


@dataclass(frozen=True)
class CriterionForm:
    """What the form of one criterion has in it."""

    key: str
    """Empty: a new one."""
    title: str = ""
    help: str = ""
    points: str = "1"
    weight: str = "1"
    must_pass: bool = False
    may_skip: bool = True
    causes: str = ""
    comments: str = ""
    wordings: str = ""
    watch: str = ""


@dataclass(frozen=True)
class CardVersionRow:
    """A version among others."""

    number: int
    page: str
    at: str
    by: str
    published: bool
    shown: bool


@dataclass(frozen=True)
class CardPage:
    """Everything that scoring/card.html shows."""

    id: str
    title: str
    retired: bool
    number: int
    """Of the version that is shown."""
    draft: bool
    """Whether it may be changed."""
    published: bool
    """Whether any version was published."""
    has_draft: bool
    criteria: list[Criterion]
    forms: list[CriterionForm]
    """Of a draft: one for each criterion, then an empty one."""
    versions: list[CardVersionRow]
    queues: list[tuple[str, str, bool]]
    """Name, as people call it, ticked."""
    lines: list[tuple[str, str, bool]]
    watches: list[tuple[str, str]]
    fault: Message | None = None
    fault_at: str = ""
    """Which form was refused: the key of a criterion, new, describe, or empty for the page itself."""
    typed: dict[str, str] = field(default_factory=dict)


@blueprint.get("/scoring/cards")
@needs("train")
def all_cards() -> ResponseReturnValue:
    return render_template("scoring/cards.html", **vars(_cards_page()))


@blueprint.post("/scoring/cards")
@needs("train")
def new_card() -> ResponseReturnValue:
    try:
        row = cards.create(db(), request.form.get("title", ""), person().name, utc(now()))
    except ScoringError as error:
        db().rollback()
        return make_response(render_template("scoring/cards.html", **vars(_cards_page(error.message))), 400)
    db().commit()
    return redirect(url_for("scoring.card", card_id=row.id), 303)


@blueprint.get("/scoring/cards/<uuid:card_id>")
@needs("train")
def card(card_id: uuid.UUID) -> ResponseReturnValue:
    """The draft, if there is one, else what is in force; `version`: that one, to be read."""
    return render_template("scoring/card.html", **vars(card_page(_there(card_id))))


@blueprint.post("/scoring/cards/<uuid:card_id>/<any(describe,draft,drop,publish,retire,delete):action>")
@needs("train")
def change_card(card_id: uuid.UUID, action: str) -> ResponseReturnValue:
    row, by, at = _there(card_id), person().name, utc(now())

    def describe() -> None:
        queues, numbers = chosen("queue", settings().queues), chosen("line", _lines())
        cards.describe(db(), card_id, request.form.get("title", ""), queues, numbers)

    does: dict[str, Callable[[], object]] = {
        "describe": describe,
        "draft": lambda: cards.begin_draft(db(), card_id, by, at),
        "drop": lambda: cards.drop_draft(db(), card_id),
        "publish": lambda: cards.publish(db(), card_id, by, at),
        "retire": lambda: cards.retire(db(), card_id, at),
        "delete": lambda: cards.remove(db(), card_id),
    }
    try:
        does[action]()
    except ScoringError as error:
        return _refused(row.id, error, "describe" if action == "describe" else "")
    db().commit()
    if action in ("retire", "delete"):
        flash(_("The scorecard is deleted.") if action == "delete" else _("The scorecard is out of use."))
        return redirect(url_for("scoring.all_cards"), 303)
    if action == "publish":
        flash(_("From now on calls are scored by this version."))
    return redirect(url_for("scoring.card", card_id=card_id), 303)


@blueprint.post("/scoring/cards/<uuid:card_id>/criteria")
@needs("train")
def put_criterion(card_id: uuid.UUID) -> ResponseReturnValue:
    """A new one, or the one that is named, as the form says."""
    row, key = _there(card_id), request.form.get("key", "")
    try:
        made = cards.put(db(), card_id, form.criterion(key, request.form), person().name, utc(now()))
    except ScoringError as error:
        return _refused(row.id, error, key or "new")
    db().commit()
    return redirect(url_for("scoring.card", card_id=card_id, _anchor=f"criterion-{made.key}"), 303)


@blueprint.post("/scoring/cards/<uuid:card_id>/criteria/<criterion>/<any(up,down,remove):action>")
@needs("train")
def change_criterion(card_id: uuid.UUID, criterion: str, action: str) -> ResponseReturnValue:
    row, by, at = _there(card_id), person().name, utc(now())
    try:
        if action == "remove":
            cards.take_out(db(), card_id, criterion, by, at)
        else:
            cards.move(db(), card_id, criterion, -1 if action == "up" else 1, by, at)
    except ScoringError as error:
        return _refused(row.id, error, "")
    db().commit()
    anchor = "criteria" if action == "remove" else f"criterion-{criterion}"
    return redirect(url_for("scoring.card", card_id=card_id, _anchor=anchor), 303)


def card_page(row: Scorecard, fault: Message | None = None, fault_at: str = "") -> CardPage:
    versions = cards.versions_of(db(), row.id)
    shown = _shown(versions)
    criteria = cards.criteria_of(shown)
    draft = shown.published_at is None and row.retired_at is None
    return CardPage(
        id=str(row.id),
        title=row.title,
        retired=row.retired_at is not None,
        number=shown.number,
        draft=draft,
        published=any(each.published_at is not None for each in versions),
        has_draft=any(each.published_at is None for each in versions),
        criteria=criteria,
        forms=_forms(criteria, fault_at) if draft else [],
        versions=[_version_row(row, each, shown) for each in versions],
        queues=[(name, queue_name(name), name in row.queues) for name in settings().queues],
        lines=[(number, name, number in row.lines) for number, name in _lines().items()],
        watches=[(each, str(label("watch", each))) for each in WATCHES if each],
        fault=fault,
        fault_at=fault_at,
        typed=request.form.to_dict() if fault else {},
    )


def card_row(row: Scorecard) -> CardRow:
    versions = cards.versions_of(db(), row.id)
    force = next((each for each in versions if each.published_at is not None), None)
    names = _lines()
    return CardRow(
        id=str(row.id),
        title=row.title,
        queues=[queue_name(str(each)) for each in row.queues],
        lines=[names.get(str(each), str(each)) for each in row.lines],
        version=force.number if force else None,
        criteria=len((force or versions[0]).criteria),
        draft=versions[0].published_at is None,
        retired=row.retired_at is not None,
    )


def _cards_page(fault: Message | None = None) -> CardsPage:
    return CardsPage([card_row(row) for row in cards.listing(db(), retired=True)], fault)


def _shown(versions: list[ScorecardVersion]) -> ScorecardVersion:
    """The one that the address asks for, else the newest."""
    asked = request.args.get("version", type=int)
    found = next((each for each in versions if each.number == asked), None)
    if asked is not None and found is None:
        abort(404)
    return found or versions[0]


def _version_row(card: Scorecard, row: ScorecardVersion, shown: ScorecardVersion) -> CardVersionRow:
    return CardVersionRow(
        number=row.number,
        page=url_for("scoring.card", card_id=card.id, version=row.number),
        at=(row.published_at or row.changed_at).isoformat(),
        by=row.published_by or row.changed_by,
        published=row.published_at is not None,
        shown=row.id == shown.id,
    )


def _forms(criteria: list[Criterion], fault_at: str) -> list[CriterionForm]:
    """What was sent stands in the form that was refused."""
    stored = [
        CriterionForm(
            key=each.key,
            title=each.title,
            help=each.help,
            points=f"{each.points:g}",
            weight=f"{each.weight:g}",
            must_pass=each.must_pass,
            may_skip=each.may_skip,
            causes="\n".join(each.causes),
            comments="\n".join(each.comments),
            wordings="\n".join(each.wordings),
            watch=each.watch,
        )
        for each in criteria
    ]
    return [_sent(each.key) if fault_at == (each.key or "new") else each for each in (*stored, CriterionForm(""))]


def _sent(key: str) -> CriterionForm:
    sent = request.form
    names = ("title", "help", "points", "weight", "causes", "comments", "wordings", "watch")
    ticked = {name: sent.get(name) == "yes" for name in ("must_pass", "may_skip")}
    return CriterionForm(key, **{name: sent.get(name, "")[:8000] for name in names}, **ticked)  # type: ignore[arg-type]


def _lines() -> dict[str, str]:
    return {each.number: each.name for each in settings().lines}


def _there(key: uuid.UUID) -> Scorecard:
    row = db().get(Scorecard, key)
    if row is None:
        abort(404)
    return row


def _refused(key: uuid.UUID, error: ScoringError, fault_at: str) -> ResponseReturnValue:
    """The card's page with what is wrong, beside the form that was sent."""
    db().rollback()
    row = db().get(Scorecard, key)
    if row is None:
        flash(told(error.message))
        return redirect(url_for("scoring.all_cards"), 303)
    return make_response(render_template("scoring/card.html", **vars(card_page(row, error.message, fault_at))), 400)
