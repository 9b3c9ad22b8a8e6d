"""An evaluation as its page shows it: the card beside the text, evidence and suggestions with seconds, disputes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for

from calls.service import agents_of
from library.models import Mark
from ringback.messages import Message
from ringback.store.base import utc
from scoring import disputes, evaluations
from scoring.models import Evaluation, EvaluationDispute, Scorecard, ScorecardVersion
from scoring.policy import CallScore, Criterion, Given, score
from scoring.suggestions import Suggestion, suggestion_of
from web import access
from web.calls.masking import masking_of
from web.calls.playback_access import listening_to, player_of
from web.calls.turns import TurnPart, turn_parts
from web.context import db, now, person, settings
from web.documents.calls import call_document
from web.documents.facts import Document
from web.documents.library import heard_documents, quotes_of
from web.i18n import span
from web.labels import label, masked
from web.player import PlayerPart


@dataclass(frozen=True)
class PlaceRow:
    """A place of the call that may be played."""

    begin: float
    end: float
    time: str
    page: str
    """The call, at this second."""
    side: str = ""
    words: str = ""
    """What is said there now, masked where it is masked."""
    mark: str = ""
    """Of evidence: its mark."""
    kind: str = ""
    """Of a suggestion: as `Suggestion.kind`."""
    likeness: int | None = None
    """Of what was said: in hundredths."""


@dataclass(frozen=True)
class DisputeRow:
    """A dispute as both of its sides see it."""

    id: str
    person: str
    reason: str
    at: str
    due_at: str
    standing: str
    """open, late, kept, changed"""
    before: str
    after: str
    answered_by: str | None
    answer: str
    answered_at: str | None
    may_answer: bool
    criterion: str = ""
    evaluation: str = ""
    agent: str = ""


@dataclass(frozen=True)
class CriterionRow:
    """One criterion with what was given for it."""

    key: str
    title: str
    help: str
    most: str
    weight: str
    must_pass: bool
    may_skip: bool
    points: str
    """As it stands in the field, or is read; empty: not decided."""
    skipped: bool
    causes: list[tuple[str, bool]]
    """To choose from, each with whether it is chosen."""
    templates: list[str]
    comment: str
    evidence: list[PlaceRow]
    suggestions: list[PlaceRow]
    failed: bool
    dispute: DisputeRow | None
    may_dispute: bool
    beside: str
    """Of a lead's, once it is handed in: what the reviewer gave; empty: nothing is beside it."""


@dataclass(frozen=True)
class EvaluationPage:
    """Everything that scoring/evaluation.html shows."""

    id: str
    call: Document
    """As lists of the library show it."""
    language: str
    kind: str
    card: str
    version: int
    agent: str
    person: str
    writing: bool
    """Whether it is a draft of who looks."""
    percent: float | None
    failed: bool
    missing: int
    done_at: str | None
    comment: str
    rows: list[CriterionRow]
    turns: list[TurnPart]
    sound: PlayerPart | None
    """None: a reason to listen is asked for first, on the call's page."""
    own: bool
    """Whether it is about who looks."""
    dispute_until: str | None
    """Until when the agent may dispute; None: no more."""
    answer: str
    answered_at: str | None
    session: str | None
    """Of a calibration: its page; of a lead's: the review that it is beside."""
    grade: str | None
    """Where who looks may score beside it, or has done so; None: not for who asks."""
    fault: Message | None = None
    fault_at: str = ""
    """write, answer, the key of a criterion that is disputed, or of a dispute that is answered."""
    typed: Mapping[str, str] = field(default_factory=dict)


def evaluation_page(
    row: Evaluation, fault: Message | None = None, fault_at: str = "", typed: Mapping[str, str] | None = None
) -> EvaluationPage:
    """For the person who looks at it now, who may."""
    version = db().get_one(ScorecardVersion, row.version_id)
    card = db().get_one(Scorecard, version.card_id)
    criteria = evaluations.criteria(db(), row)
    given = evaluations.given_of(db(), [row.id])[row.id]
    document = call_document(db(), row.call_id) or {}
    writing = row.done_at is None and row.person == person().name
    own = row.agent == person().name and access.is_agent(person())
    last = disputes.until(row, settings().scoring.dispute_days)
    open_ = own and last is not None and utc(now()) <= last
    text = document.get("transcript")
    counted = score(criteria, given)
    return EvaluationPage(
        id=str(row.id),
        call=heard_documents(db(), [row.call_id])[row.call_id],
        language=document["call"]["language"],
        kind=row.kind,
        card=card.title,
        version=version.number,
        agent=row.agent,
        person=row.person,
        writing=writing,
        percent=row.percent if row.done_at else counted.percent,
        failed=row.failed if row.done_at else bool(counted.failed),
        missing=len(counted.missing),
        done_at=row.done_at.isoformat() if row.done_at else None,
        comment=row.comment,
        rows=_rows(row, criteria, given, counted, may_dispute=open_),
        turns=turn_parts(document) if text and text["turns"] else [],
        sound=_player(document),
        own=own,
        dispute_until=last.isoformat() if open_ and last else None,
        answer=row.answer,
        answered_at=row.answered_at.isoformat() if row.answered_at else None,
        session=_session(row),
        grade=_grade(row),
        fault=fault,
        fault_at=fault_at,
        typed=typed or {},
    )


def _player(document: Document) -> PlayerPart | None:
    """Under the receipt that who looks has; None: without one, and where nothing of it may be heard now."""
    listening, masking = listening_to(document), masking_of(document)
    if masking is not None and masking.withheld:
        return None
    known = document["recording"]["peaks_path"]
    return player_of(
        document, listening, quiet=url_for("calls.peaks", call_id=document["call"]["call_id"]) if known else ""
    )


def dispute_row(row: EvaluationDispute, scored: Evaluation, title: str = "") -> DisputeRow:
    """For who looks at it now."""
    second = person().name not in (scored.person, scored.agent, row.person)
    return DisputeRow(
        id=str(row.id),
        person=row.person,
        reason=row.reason,
        at=row.at.isoformat(),
        due_at=row.due_at.isoformat(),
        standing=disputes.standing(row, utc(now())),
        before=f"{row.points_before:g}",
        after="" if row.points_after is None else f"{row.points_after:g}",
        answered_by=row.answered_by,
        answer=row.answer,
        answered_at=row.answered_at.isoformat() if row.answered_at else None,
        may_answer=row.state == "open" and second and person().may("train"),
        criterion=title,
        evaluation=url_for("scoring.evaluation", evaluation_id=scored.id, _anchor=f"criterion-{row.criterion}"),
        agent=scored.agent,
    )


def talked(call_id: str) -> list[str]:
    """Who can be scored in a call: nobody scores a call of his or her own."""
    return [each for each in agents_of(db(), [call_id])[call_id] if each != person().name]


def _session(row: Evaluation) -> str | None:
    if row.kind == "calibration":
        return url_for("scoring.calibration", calibration_id=row.about)
    return url_for("scoring.evaluation", evaluation_id=row.about) if row.kind == "grade" else None


def _grade(row: Evaluation) -> str | None:
    fit = row.kind == "review" and row.done_at is not None and person().name not in (row.person, row.agent)
    return url_for("scoring.grade", evaluation_id=row.id) if fit and person().may("grade") else None


def _rows(
    row: Evaluation,
    criteria: Sequence[Criterion],
    given: Mapping[str, Given],
    counted: CallScore,
    *,
    may_dispute: bool,
) -> list[CriterionRow]:
    shown = evaluations.evidence_of(db(), row)
    suggested = [suggestion_of(each) for each in row.suggestions] if row.done_at is None else []
    disputed = {each.criterion: each for each in evaluations.disputes_of(db(), [row.id]).get(row.id, [])}
    quotes = _quotes(row.call_id, [mark for found in shown.values() for mark in found], suggested)
    compared = evaluations.given_of(db(), [row.about])[row.about] if row.kind == "grade" and row.about else {}
    found = []
    for each in criteria:
        mark, about = given.get(each.key, Given()), disputed.get(each.key)
        found.append(
            CriterionRow(
                key=each.key,
                title=each.title,
                help=each.help,
                most=f"{each.points:g}",
                weight=f"{each.weight:g}",
                must_pass=each.must_pass,
                may_skip=each.may_skip,
                points="" if mark.points is None else f"{mark.points:g}",
                skipped=mark.skipped,
                causes=[(cause, cause in mark.causes) for cause in each.causes],
                templates=list(each.comments),
                comment=mark.comment,
                evidence=[_evidence(one, quotes) for one in shown.get(each.key, [])],
                suggestions=[
                    _suggested(row.call_id, one, quotes, each) for one in suggested if one.criterion == each.key
                ],
                failed=each.key in counted.failed,
                dispute=dispute_row(about, row, each.title) if about else None,
                may_dispute=may_dispute and about is None and mark.points is not None,
                beside=_beside(compared.get(each.key)) if row.done_at is not None else "",
            )
        )
    return found


def _beside(mark: Given | None) -> str:
    if mark is None or (mark.points is None and not mark.skipped):
        return ""
    return "–" if mark.points is None else f"{mark.points:g}"


Quotes = dict[tuple[float, float, str], str]


def _quotes(call_id: str, marks: Sequence[Mark], suggested: Sequence[Suggestion]) -> Quotes:
    places = {(call_id, mark.begin, mark.end, mark.speaker) for mark in marks}
    places |= {(call_id, each.begin, each.end, "agent") for each in suggested if each.kind == "said"}
    return {
        place[1:]: " ".join(masked(" ".join(one.words)) for one in said)
        for place, said in quotes_of(db(), places).items()
    }


def _evidence(mark: Mark, quotes: Quotes) -> PlaceRow:
    page = url_for("calls.call", call_id=mark.call_id, at=round(mark.begin, 1), _anchor=f"mark-{mark.id}")
    words = quotes.get((mark.begin, mark.end, mark.speaker), "")
    return PlaceRow(
        mark.begin, mark.end, f"{span(mark.begin)}–{span(mark.end)}", page, mark.speaker, words, str(mark.id)
    )


def _suggested(call_id: str, each: Suggestion, quotes: Quotes, criterion: Criterion) -> PlaceRow:
    words = quotes.get((each.begin, each.end, "agent"), "") if each.kind == "said" else str(label("seen", each.kind))
    if each.kind == "none":
        words = f"{label('watch', criterion.watch)}: {words}"
    return PlaceRow(
        begin=each.begin,
        end=each.end,
        time=span(each.begin),
        page=url_for("calls.call", call_id=call_id, at=round(each.begin, 1)),
        side="agent" if each.kind == "said" else "",
        words=words,
        kind=each.kind,
        likeness=None if each.likeness is None else round(each.likeness * 100),
    )
