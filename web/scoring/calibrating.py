"""Calibrations: which there are, beginning one, scoring in it, what it came to."""

import uuid
from dataclasses import dataclass, field

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from library import playlists
from library.playlists import items_of
from ringback.messages import Message
from ringback.store.base import utc
from scoring import calibrations, cards
from scoring.agreement import SURE, TENTATIVE
from scoring.calibrations import GraderFigures
from scoring.errors import ScoringError
from scoring.models import Calibration, ScorecardVersion
from web import access
from web.context import db, needs, now, person
from web.documents.facts import Document
from web.documents.library import heard_documents
from web.i18n import told
from web.library.form import key_of
from web.library.people import active
from web.scoring import blueprint

SHOWN = 50
PLAYLISTS = 50


@dataclass(frozen=True)
class CalibrationRow:
    """A calibration as lists show it."""

    page: str
    title: str
    reviewers: list[str]
    begun_at: str
    over: bool


@dataclass(frozen=True)
class CalibrationsPage:
    """Everything that scoring/calibrations.html shows."""

    rows: list[CalibrationRow]
    leads: bool
    """Whether who asks may begin one."""
    cards: list[tuple[str, str]]
    playlists: list[tuple[str, str]]
    people: list[str]
    """Who may score."""
    graded: list[tuple[str, GraderFigures]]
    """How far reviewers agree with leads; of who asks alone, unless he or she is a lead."""
    chosen: list[str] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)
    fault: Message | None = None


@dataclass(frozen=True)
class CalibrationCallRow:
    """One of the calls."""

    call: Document
    agent: str
    page: str | None
    """Who looks has begun to score it, here."""
    score: str | None
    """Where who looks begins; None: it is begun, over, or not for who looks."""
    done: int
    """How many have handed it in."""
    percents: list[tuple[str, str]]
    """Of a calibration that is over: reviewer and score."""
    points: list[tuple[str, list[tuple[str, str]]]]
    """Of a calibration that is over: criterion, and what each reviewer gave, with the comment."""


@dataclass(frozen=True)
class AgreementRow:
    """How far they agree in one criterion, in words of figures."""

    title: str
    """Empty: all together."""
    interval: str
    nominal: str
    values: int
    tone: str


@dataclass(frozen=True)
class CalibrationPage:
    """Everything that scoring/calibration.html shows."""

    id: str
    title: str
    card: str
    reviewers: list[str]
    over: bool
    gone: int
    may_close: bool
    left: int
    """Evaluations that are still to be handed in."""
    calls: list[CalibrationCallRow]
    hidden: int
    """Calls that who looks may not hear."""
    agreement: list[AgreementRow]
    drift: list[tuple[str, str, int]]


@blueprint.get("/scoring/calibrations")
@needs("train")
def all_calibrations() -> ResponseReturnValue:
    return render_template("scoring/calibrations.html", **vars(_list_page()))


@blueprint.post("/scoring/calibrations")
@needs("grade")
def begin_calibration() -> ResponseReturnValue:
    """Of the calls of a playlist, by a card, for two and more people."""
    title, card, playlist = request.form.get("title", ""), key_of("card"), key_of("playlist")
    may = set(_reviewers())
    chosen = [each for each in request.form.getlist("reviewer") if each in may]
    calls = [item.call_id for item in items_of(db(), playlist)] if playlist else []
    heard = access.heard_calls(db(), person(), calls)
    try:
        if card is None:
            raise ScoringError("scoring.no_card")
        kept = [call for call in calls if call in heard]
        row = calibrations.begin(db(), title, card, kept, chosen, person().name, utc(now()))
    except ScoringError as error:
        db().rollback()
        page = _list_page(error.message, chosen, request.form.to_dict())
        return make_response(render_template("scoring/calibrations.html", **vars(page)), 400)
    db().commit()
    return redirect(url_for("scoring.calibration", calibration_id=row.id), 303)


@blueprint.get("/scoring/calibrations/<uuid:calibration_id>")
@needs("train")
def calibration(calibration_id: uuid.UUID) -> ResponseReturnValue:
    return render_template("scoring/calibration.html", **vars(_page(_there(calibration_id))))


@blueprint.post("/scoring/calibrations/<uuid:calibration_id>/calls/<call_id>")
@needs("train")
def score_in(calibration_id: uuid.UUID, call_id: str) -> ResponseReturnValue:
    """Begins the own evaluation of one of the calls, or leads to it."""
    row = _there(calibration_id)
    if person().name not in row.reviewers or not access.may_score(db(), person(), call_id):
        abort(403)
    try:
        made = calibrations.score(db(), row, call_id, person().name, utc(now()))
    except ScoringError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("scoring.calibration", calibration_id=calibration_id), 303)
    db().commit()
    return redirect(url_for("scoring.evaluation", evaluation_id=made.id), 303)


@blueprint.post("/scoring/calibrations/<uuid:calibration_id>/close")
@needs("grade")
def close_calibration(calibration_id: uuid.UUID) -> ResponseReturnValue:
    """From now on its people see what the others gave."""
    row = _there(calibration_id)
    try:
        calibrations.close(row, utc(now()))
    except ScoringError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("scoring.calibration", calibration_id=calibration_id), 303)
    db().commit()
    return redirect(url_for("scoring.calibration", calibration_id=calibration_id), 303)


def _there(key: uuid.UUID) -> Calibration:
    """One of which who asks is, or any of them, for a lead; 404 for others."""
    row = db().get(Calibration, key)
    if row is None or not _is_of(row):
        abort(404)
    return row


def _is_of(row: Calibration) -> bool:
    return person().name in row.reviewers or person().may("grade")


def _reviewers() -> list[str]:
    return sorted(each.name for each in active() if each.may("train"))


def _list_page(
    fault: Message | None = None, chosen: list[str] | None = None, typed: dict[str, str] | None = None
) -> CalibrationsPage:
    leads = person().may("grade")
    found = [row for row in calibrations.listing(db(), limit=SHOWN) if _is_of(row)]
    graded = calibrations.graded(db())
    return CalibrationsPage(
        rows=[
            CalibrationRow(
                page=url_for("scoring.calibration", calibration_id=row.id),
                title=row.title,
                reviewers=[str(each) for each in row.reviewers],
                begun_at=row.begun_at.isoformat(),
                over=row.closed_at is not None,
            )
            for row in found
        ],
        leads=leads,
        cards=[(str(row.id), row.title) for row in cards.listing(db()) if cards.in_force(db(), row.id)],
        playlists=[(str(row.id), row.title) for row in playlists.listing(db(), limit=PLAYLISTS)] if leads else [],
        people=_reviewers() if leads else [],
        graded=[(who, each) for who, each in sorted(graded.items()) if leads or who == person().name],
        chosen=chosen or [],
        typed=typed or {},
        fault=fault,
    )


def _page(row: Calibration) -> CalibrationPage:
    found, made = calibrations.result(db(), row), calibrations.evaluations_of(db(), row.id)
    places = calibrations.calls_of(db(), row.id)
    heard = access.heard_calls(db(), person(), [each.call_id for each in places])
    documents = heard_documents(db(), heard)
    version = db().get_one(ScorecardVersion, row.version_id)
    criteria = cards.criteria_of(version)
    card = next(each for each in cards.listing(db(), retired=True) if each.id == version.card_id)
    mine, over = person().name in row.reviewers, row.closed_at is not None
    calls = []
    for place in places:
        if place.call_id not in heard:
            continue
        own = made.get((place.call_id, person().name))
        begin = url_for("scoring.score_in", calibration_id=row.id, call_id=place.call_id)
        given = {who: each for (call, who), each in found.given.items() if call == place.call_id}
        percents = {who: each for (call, who), each in found.percents.items() if call == place.call_id}
        calls.append(
            CalibrationCallRow(
                call=documents[place.call_id],
                agent=place.agent,
                page=url_for("scoring.evaluation", evaluation_id=own.id) if own else None,
                score=begin if own is None and mine and not over else None,
                done=sum(1 for (call, _who), each in made.items() if call == place.call_id and each.done_at),
                percents=[(who, "–" if each is None else f"{each:.0f} %") for who, each in sorted(percents.items())],
                points=[
                    (each.title, [(who, _given(marks.get(each.key))) for who, marks in sorted(given.items())])
                    for each in criteria
                ]
                if given
                else [],
            )
        )
    done = sum(1 for each in made.values() if each.done_at is not None)
    return CalibrationPage(
        id=str(row.id),
        title=row.title,
        card=card.title,
        reviewers=[str(each) for each in row.reviewers],
        over=over,
        gone=row.gone,
        may_close=not over and person().may("grade"),
        left=len(places) * len(row.reviewers) - done,
        calls=calls,
        hidden=len(places) - len(calls),
        agreement=[
            AgreementRow(each.title, _alpha(each.interval), _alpha(each.nominal), each.values, _tone(each.interval))
            for each in found.agreement
        ],
        drift=[(who, f"{more:+.1f}", calls_) for who, (more, calls_) in sorted(found.drift.items())],
    )


def _given(mark: object) -> str:
    points, skipped = getattr(mark, "points", None), getattr(mark, "skipped", False)
    comment = getattr(mark, "comment", "")
    said = _("does not apply") if skipped else "–" if points is None else f"{points:g}"
    return f"{said}: {comment}" if comment else said


def _alpha(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _tone(value: float | None) -> str:
    return "" if value is None else "good" if value >= SURE else "warn" if value >= TENTATIVE else "bad"
