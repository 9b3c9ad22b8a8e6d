"""Evaluations: begun from a call, written beside its text, handed in; what the agent answers and disputes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from calls.models import Call
from library.errors import LibraryError
from recording.models import Recording
from ringback.messages import Message
from ringback.store.base import utc
from scoring import calibrations, cards, disputes, evaluations
from scoring.errors import ScoringError
from scoring.evaluations import Evidence
from scoring.models import Calibration, Evaluation, EvaluationDispute, ScorecardVersion
from scoring.policy import Given
from scoring.suggestions import suggestion_of
from web import access
from web.context import db, needs, now, person, settings
from web.i18n import told
from web.library.form import time_of
from web.library.people import active
from web.scoring import blueprint
from web.scoring.evaluation_page import evaluation_page, talked
from web.scoring.form import number


@dataclass(frozen=True)
class CallScoreRow:
    """An evaluation as the page of its call shows it."""

    page: str
    person: str
    agent: str
    percent: float | None
    failed: bool
    done: bool
    kind: str
    at: str


@dataclass(frozen=True)
class CallScores:
    """Everything that scoring/_call.html shows."""

    call_id: str
    rows: list[CallScoreRow]
    cards: list[tuple[str, str]]
    """By which the call can be scored: key and name; none: not by who asks."""
    agents: list[str]
    """Whose part can be scored."""
    no_card: bool
    """Whether who asks could score, had anybody published a card for it."""


def scores_of(call_id: str) -> CallScores:
    """For the person who looks at this call now."""
    rows = access.seen_evaluations(db(), person(), evaluations.of_call(db(), call_id))
    may = access.may_score(db(), person(), call_id)
    call = db().scalars(select(Call).where(Call.call_id == call_id)).one() if may else None
    agents = talked(call_id) if call is not None and call.ended_at is not None else []
    found = cards.for_call(db(), call.queue, call.line) if call is not None and agents else []
    return CallScores(
        call_id=call_id,
        rows=[
            CallScoreRow(
                page=url_for("scoring.evaluation", evaluation_id=row.id),
                person=row.person,
                agent=row.agent,
                percent=row.percent,
                failed=row.failed,
                done=row.done_at is not None,
                kind=row.kind,
                at=(row.done_at or row.begun_at).isoformat(),
            )
            for row in rows
        ],
        cards=[(str(card.id), card.title) for card, _version in found],
        agents=agents,
        no_card=bool(agents) and not found,
    )


@blueprint.post("/calls/<call_id>/score")
def score_call(call_id: str) -> ResponseReturnValue:
    """Begins an evaluation, or leads to the one that was begun."""
    call = db().scalars(select(Call).where(Call.call_id == call_id)).one_or_none()
    if call is None or not access.may_see(db(), person(), call_id):
        abort(404)
    if not access.may_score(db(), person(), call_id):
        abort(403)
    asked = request.form.get("card", "")
    fit = [
        version for card, version in cards.for_call(db(), call.queue, call.line) if not asked or str(card.id) == asked
    ]
    try:
        if not fit:
            raise ScoringError("scoring.no_card")
        row = evaluations.begin(db(), call, fit[0], person().name, utc(now()), agent=request.form.get("agent", ""))
    except ScoringError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("calls.call", call_id=call_id, _anchor="scores"), 303)
    db().commit()
    return redirect(url_for("scoring.evaluation", evaluation_id=row.id), 303)


@blueprint.get("/scoring/evaluations/<uuid:evaluation_id>")
def evaluation(evaluation_id: uuid.UUID) -> ResponseReturnValue:
    """To write on, to its person; to read, to those who may see it."""
    row = there(evaluation_id)
    if row.agent == person().name and row.seen_at is None and row.done_at is not None:
        row.seen_at = utc(now())
        db().commit()
    if row.person == person().name and evaluations.suggest_again(db(), row):
        db().commit()
    return render_template("scoring/evaluation.html", **vars(evaluation_page(row)))


@blueprint.post("/scoring/evaluations/<uuid:evaluation_id>/write")
def write(evaluation_id: uuid.UUID) -> ResponseReturnValue:
    """Everything of the form is kept; `do` says what else: save, hand_in, use (a suggestion), hide (evidence)."""
    row, at = _own(evaluation_id), utc(now())
    do, _colon, which = request.form.get("do", "save").partition(":")
    anchor = "main"
    try:
        evaluations.write(db(), row, _given(row), request.form.get("comment", ""))
        for key in _places(row):
            anchor = f"criterion-{key}"
        if do == "use":
            anchor = _use(row, which)
        elif do == "hide":
            evaluations.hide(db(), row, _uuid(which))
        elif do == "hand_in":
            evaluations.hand_in(db(), row, at)
            if row.kind == "calibration" and row.about is not None:
                calibrations.look(db(), db().get_one(Calibration, row.about), at)
    except (ScoringError, LibraryError) as error:
        db().rollback()
        return refused(evaluation_id, error.message, "write", request.form.to_dict())
    db().commit()
    if do == "hand_in":
        flash(_("The evaluation is handed in."))
    elif do == "save":
        flash(_("Saved."))
    return redirect(url_for("scoring.evaluation", evaluation_id=row.id, _anchor=anchor), 303)


@blueprint.post("/scoring/evaluations/<uuid:evaluation_id>/discard")
def discard(evaluation_id: uuid.UUID) -> ResponseReturnValue:
    row = _own(evaluation_id)
    call_id = row.call_id
    try:
        evaluations.discard(db(), row)
    except (ScoringError, LibraryError) as error:
        db().rollback()
        return refused(evaluation_id, error.message, "write")
    db().commit()
    flash(_("The draft is discarded."))
    return redirect(url_for("calls.call", call_id=call_id, _anchor="scores"), 303)


@blueprint.post("/scoring/evaluations/<uuid:evaluation_id>/<any(answer,dispute):action>")
def say(evaluation_id: uuid.UUID, action: str) -> ResponseReturnValue:
    """What the agent has to say to an evaluation, or to one criterion of it."""
    row, at = there(evaluation_id), utc(now())
    if row.agent != person().name or not access.is_agent(person()):
        abort(403)
    words, criterion = request.form.get("words", ""), request.form.get("criterion", "")
    allowed = settings().scoring
    try:
        if action == "answer":
            evaluations.answer(db(), row, words, at)
        else:
            days, answer = allowed.dispute_days, allowed.answer_days
            may_answer = [each.name for each in active() if access.may_score(db(), each, row.call_id)]
            disputes.dispute(db(), row, criterion, person().name, words, at, days=days, answer=answer, told=may_answer)
    except ScoringError as error:
        db().rollback()
        return refused(evaluation_id, error.message, criterion or "answer", request.form.to_dict())
    db().commit()
    flash(_("A second person will answer.") if action == "dispute" else _("Your answer is there."))
    anchor = f"criterion-{criterion}" if action == "dispute" else "answer"
    return redirect(url_for("scoring.evaluation", evaluation_id=row.id, _anchor=anchor), 303)


@blueprint.post("/scoring/evaluations/<uuid:evaluation_id>/grade")
@needs("grade")
def grade(evaluation_id: uuid.UUID) -> ResponseReturnValue:
    """A lead scores the call of a finished review, too: by the same version, beside it."""
    row, at = there(evaluation_id), utc(now())
    if not access.may_score(db(), person(), row.call_id):
        abort(403)
    call = db().scalars(select(Call).where(Call.call_id == row.call_id)).one()
    version = db().get_one(ScorecardVersion, row.version_id)
    try:
        if row.kind != "review" or row.done_at is None or row.person == person().name:
            raise ScoringError("scoring.not_graded")
        made = evaluations.begin(db(), call, version, person().name, at, agent=row.agent, kind="grade", about=row.id)
    except ScoringError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(url_for("scoring.evaluation", evaluation_id=evaluation_id), 303)
    db().commit()
    return redirect(url_for("scoring.evaluation", evaluation_id=made.id), 303)


@blueprint.post("/scoring/disputes/<uuid:dispute_id>/answer")
@needs("train")
def answer_dispute(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """By a second person: what was given is kept, or these points are given instead."""
    row = db().get(EvaluationDispute, dispute_id)
    if row is None:
        abort(404)
    scored = there(row.evaluation_id)
    if not access.may_score(db(), person(), scored.call_id):
        abort(403)
    points = None
    try:
        if request.form.get("do") == "change":
            points = number(request.form.get("points", ""))
            if points is None:
                raise ScoringError("scoring.no_number")
        disputes.answer(db(), dispute_id, person().name, request.form.get("words", ""), points, utc(now()))
    except ScoringError as error:
        db().rollback()
        return refused(scored.id, error.message, str(dispute_id), request.form.to_dict())
    db().commit()
    flash(_("The dispute is answered."))
    anchor = f"criterion-{row.criterion}"
    return redirect(url_for("scoring.evaluation", evaluation_id=row.evaluation_id, _anchor=anchor), 303)


def there(key: uuid.UUID) -> Evaluation:
    """One that who asks may see; 404 for any other."""
    row = db().get(Evaluation, key)
    if row is None or not access.may_see_evaluation(db(), person(), row):
        abort(404)
    return row


def refused(
    key: uuid.UUID, fault: Message, fault_at: str, typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The evaluation's page with what is wrong, beside the form that was sent."""
    page = evaluation_page(there(key), fault, fault_at, typed)
    return make_response(render_template("scoring/evaluation.html", **vars(page)), 400)


def _own(key: uuid.UUID) -> Evaluation:
    row = there(key)
    if row.person != person().name or not access.may_score(db(), person(), row.call_id):
        abort(403)
    return row


def _given(row: Evaluation) -> dict[str, Given]:
    """What the form says of each criterion. Raises ScoringError."""
    form, found = request.form, {}
    for each in evaluations.criteria(db(), row):
        text = form.get(f"points-{each.key}", "").strip()
        points = number(text)
        if text and points is None:
            raise ScoringError("scoring.other_points", title=each.title, most=f"{each.points:g}")
        words, template = form.get(f"comment-{each.key}", "").strip(), form.get(f"template-{each.key}", "")
        if template in each.comments and template not in words:
            words = f"{words}\n{template}".strip()
        causes = tuple(form.getlist(f"cause-{each.key}"))
        found[each.key] = Given(points, form.get(f"skip-{each.key}") == "yes", causes, words)
    return found


def _places(row: Evaluation) -> list[str]:
    """Makes evidence of the times that are filled in; of which criteria. Raises ScoringError, LibraryError."""
    found = []
    for each in evaluations.criteria(db(), row):
        begin, end = time_of(f"from-{each.key}"), time_of(f"to-{each.key}")
        if begin is None and end is None:
            continue
        if begin is None or end is None:
            raise LibraryError("library.no_place")
        evaluations.show(db(), row, Evidence(each.key, begin, end), utc(now()), _seconds(row))
        found.append(each.key)
    return found


def _use(row: Evaluation, which: str) -> str:
    """Makes evidence of a suggestion; where the page goes on. Raises ScoringError, LibraryError."""
    key, _at, begin = which.partition("@")
    for each in map(suggestion_of, row.suggestions):
        if each.criterion == key and f"{each.begin:g}" == begin and each.is_place:
            side = "agent" if each.kind == "said" else ""
            evaluations.show(db(), row, Evidence(key, each.begin, each.end, side), utc(now()), _seconds(row))
            return f"criterion-{key}"
    raise ScoringError("scoring.evidence_gone")


def _seconds(row: Evaluation) -> float | None:
    return db().scalar(select(Recording.seconds).where(Recording.call_id == row.call_id))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ScoringError("scoring.evidence_gone") from None
