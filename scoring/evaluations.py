"""Evaluations of calls: begun, written, handed in, answered by the agent; with their evidence.

Works in the caller's transaction. Who may score and see which is asked before (`web/access.py`). Evidence is a mark of
whoever scores: private while the evaluation is a draft, shared with the call when a review is handed in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import agents_of
from letters import service as letters
from library import marks
from library.marks import NewMark
from library.models import Mark
from retention import holds
from ringback.store.erasing import quietly
from scoring.cards import criteria_of
from scoring.errors import ScoringError
from scoring.models import Evaluation, EvaluationDispute, EvaluationEvidence, EvaluationPoint, ScorecardVersion
from scoring.policy import CallScore, Criterion, Given, lost, score
from scoring.suggestions import revision_of, suggest, suggestion_of

Kind = Literal["review", "calibration", "grade"]
MOST_WORDS = 2000
MOST_TAG = 40


@dataclass(frozen=True)
class Evidence:
    """A place that shows what a criterion was scored by."""

    criterion: str
    begin: float
    end: float
    speaker: str = ""


def begin(
    session: Session,
    call: Call,
    version: ScorecardVersion,
    by: str,
    at: datetime,
    *,
    agent: str = "",
    kind: Kind = "review",
    about: UUID | None = None,
) -> Evaluation:
    """The person's draft of this call, or a new one with what is suggested. `agent`: whose part of the call; empty: who
    had it last. Raises ScoringError."""
    talked = agents_of(session, [call.call_id])[call.call_id]
    agent = agent or next(iter(talked), "")
    if agent not in talked:
        raise ScoringError("scoring.no_agent")
    if agent == by:
        raise ScoringError("scoring.own_call")
    same = (
        Evaluation.call_id == call.call_id,
        Evaluation.person == by,
        Evaluation.agent == agent,
        Evaluation.kind == kind,
        Evaluation.about.is_(None) if about is None else Evaluation.about == about,
    )
    for row in session.scalars(select(Evaluation).where(*same).order_by(Evaluation.id)):
        other = row.version_id != version.id and session.get_one(ScorecardVersion, row.version_id).card_id
        if not other or other == version.card_id:
            if row.done_at is not None:
                raise ScoringError("scoring.scored")
            return row
    row = Evaluation(
        call_id=call.call_id,
        version_id=version.id,
        kind=kind,
        about=about,
        person=by,
        agent=agent,
        queue=call.queue,
        begun_at=at,
        suggestions=[each.as_json() for each in suggest(session, call, criteria_of(version))],
        suggested_of=revision_of(session, call.call_id),
    )
    session.add(row)
    session.flush()
    return row


def suggest_again(session: Session, row: Evaluation) -> bool:
    """Whether the suggestions of a draft were sought again, because the text has changed since. Of a criterion that was
    decided, or has evidence, they stay as they were; points, comments and evidence stay in any case."""
    revision = revision_of(session, row.call_id)
    if row.done_at is not None or row.suggested_of == revision:
        return False
    given = given_of(session, [row.id])[row.id]
    decided = {key for key, each in given.items() if each.points is not None or each.skipped}
    decided |= evidence_of(session, row).keys()
    stays = [each for each in map(suggestion_of, row.suggestions) if each.criterion in decided]
    asked = criteria(session, row)
    order = {each.key: at for at, each in enumerate(asked)}
    left = [each for each in asked if each.key not in {one.criterion for one in stays}]
    call = session.scalars(select(Call).where(Call.call_id == row.call_id)).one()
    found = sorted([*stays, *suggest(session, call, left)], key=lambda each: order[each.criterion])
    row.suggestions, row.suggested_of = [each.as_json() for each in found], revision
    session.flush()
    return True


def criteria(session: Session, row: Evaluation) -> list[Criterion]:
    """Those that it is made by."""
    return criteria_of(session.get_one(ScorecardVersion, row.version_id))


def given_of(session: Session, keys: Collection[UUID]) -> dict[UUID, dict[str, Given]]:
    """By evaluation and criterion."""
    found: dict[UUID, dict[str, Given]] = {key: {} for key in keys}
    for row in session.scalars(select(EvaluationPoint).where(EvaluationPoint.evaluation_id.in_(list(keys)))):
        causes = tuple(str(each) for each in row.causes)
        found[row.evaluation_id][row.criterion] = Given(row.points, row.skipped, causes, row.comment)
    return found


def write(session: Session, row: Evaluation, given: Mapping[str, Given], comment: str) -> CallScore:
    """What stands in a draft from now on. Raises ScoringError."""
    _draft(row)
    asked = {each.key: each for each in criteria(session, row)}
    rows = {
        each.criterion: each
        for each in session.scalars(select(EvaluationPoint).where(EvaluationPoint.evaluation_id == row.id))
    }
    checked = {key: _checked(criterion, given.get(key, Given())) for key, criterion in asked.items()}
    row.comment = _words(comment)
    for key, mark in checked.items():
        stored = rows.get(key)
        if stored is None:
            stored = EvaluationPoint(evaluation_id=row.id, criterion=key)
            session.add(stored)
        stored.points, stored.skipped, stored.causes, stored.comment = (
            mark.points,
            mark.skipped,
            list(mark.causes),
            mark.comment,
        )
    session.flush()
    return score(list(asked.values()), checked)


def hand_in(session: Session, row: Evaluation, at: datetime) -> CallScore:
    """From now on it counts, and nobody but a second person in a dispute changes it. The agent is written to of a
    review. Raises ScoringError."""
    _draft(row)
    found = standing(session, row)
    if found.missing:
        raise ScoringError("scoring.not_decided", count=len(found.missing))
    row.percent, row.failed, row.done_at = found.percent, bool(found.failed), at
    if row.kind == "review":
        for mark in evidence_of(session, row).values():
            for each in mark:
                each.shared = True
        letters.tell(session, "scored", row.agent, row.id, at)
    session.flush()
    return found


def standing(session: Session, row: Evaluation) -> CallScore:
    """What its points come to now."""
    return score(criteria(session, row), given_of(session, [row.id])[row.id])


def discard(session: Session, row: Evaluation) -> None:
    """A draft goes with its evidence. Raises ScoringError."""
    _draft(row)
    if holds.held_among(session, [row.call_id]):
        raise ScoringError("scoring.held")
    for each in [mark for found in evidence_of(session, row).values() for mark in found]:
        marks.remove(session, each, row.person)
    for rows in (EvaluationPoint, EvaluationEvidence):
        quietly(session, delete(rows).where(rows.evaluation_id == row.id))
    session.delete(row)
    session.flush()


# -- evidence --------------------------------------------------------------------------------------------


def show(session: Session, row: Evaluation, place: Evidence, at: datetime, seconds: float | None) -> Mark:
    """A mark on the call for a criterion. Raises ScoringError, LibraryError."""
    _draft(row)
    asked = next((each for each in criteria(session, row) if each.key == place.criterion), None)
    if asked is None:
        raise ScoringError("scoring.criterion_gone")
    new = NewMark(row.call_id, place.begin, place.end, place.speaker, tag=asked.title[:MOST_TAG])
    mark = marks.add(session, new, row.person, at, seconds)
    session.add(EvaluationEvidence(evaluation_id=row.id, criterion=asked.key, mark_id=mark.id))
    session.flush()
    return mark


def hide(session: Session, row: Evaluation, mark: UUID) -> None:
    """Takes evidence of a draft away, and its mark. Raises ScoringError, LibraryError."""
    _draft(row)
    mine = EvaluationEvidence.evaluation_id == row.id, EvaluationEvidence.mark_id == mark
    if not quietly(session, delete(EvaluationEvidence).where(*mine)).rowcount:
        raise ScoringError("scoring.evidence_gone")
    found = session.get(Mark, mark)
    if found is not None:
        marks.remove(session, found, row.person)
        session.flush()


def let_go(session: Session, mark: UUID) -> None:
    """Asked before a mark goes, or is hidden from others. Raises ScoringError: it is evidence of what was handed in,
    which the agent has read and may dispute."""
    shows = (
        select(EvaluationEvidence.id)
        .join(Evaluation, Evaluation.id == EvaluationEvidence.evaluation_id)
        .where(EvaluationEvidence.mark_id == mark, Evaluation.done_at.is_not(None))
    )
    if session.scalars(shows.limit(1)).first() is not None:
        raise ScoringError("scoring.evidence_stays")


def evidence_of(session: Session, row: Evaluation) -> dict[str, list[Mark]]:
    """By criterion, in the order of the call."""
    query = (
        select(EvaluationEvidence.criterion, Mark)
        .join(Mark, Mark.id == EvaluationEvidence.mark_id)
        .where(EvaluationEvidence.evaluation_id == row.id)
        .order_by(Mark.begin, Mark.id)
    )
    found: dict[str, list[Mark]] = {}
    for criterion, mark in session.execute(query).tuples():
        found.setdefault(criterion, []).append(mark)
    return found


# -- reading ---------------------------------------------------------------------------------------------


def of_call(session: Session, call_id: str) -> list[Evaluation]:
    """Of every kind, drafts among them, the oldest first."""
    return list(session.scalars(select(Evaluation).where(Evaluation.call_id == call_id).order_by(Evaluation.id)))


def of_agent(
    session: Session, agent: str, *, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[Evaluation]:
    """Reviews that were handed in, the newest first."""
    return _newest(session, [Evaluation.agent == agent], limit, before)


def listing(session: Session, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Evaluation]:
    """Of everybody: reviews that were handed in, the newest first."""
    return _newest(session, [], limit, before)


def drafts_of(session: Session, person: str, *, limit: int = 20) -> list[Evaluation]:
    """What the person has not handed in yet, the newest first."""
    mine = Evaluation.person == person, Evaluation.done_at.is_(None)
    return list(session.scalars(select(Evaluation).where(*mine).order_by(Evaluation.id.desc()).limit(limit)))


def count_unseen(session: Session, agent: str) -> int:
    """Reviews that the agent has not looked at."""
    unseen = (
        Evaluation.agent == agent,
        Evaluation.kind == "review",
        Evaluation.done_at.is_not(None),
        Evaluation.seen_at.is_(None),
    )
    return len(session.scalars(select(Evaluation.id).where(*unseen).limit(100)).all())


def disputes_of(session: Session, keys: Iterable[UUID]) -> dict[UUID, list[EvaluationDispute]]:
    """By evaluation, the oldest first."""
    found: dict[UUID, list[EvaluationDispute]] = {}
    query = select(EvaluationDispute).where(EvaluationDispute.evaluation_id.in_(list(keys)))
    for row in session.scalars(query.order_by(EvaluationDispute.id)):
        found.setdefault(row.evaluation_id, []).append(row)
    return found


def answer(session: Session, row: Evaluation, words: str, at: datetime) -> None:
    """The agent says something to a review. Raises ScoringError."""
    words = _words(words)
    if not words:
        raise ScoringError("scoring.no_words")
    if row.done_at is None or row.kind != "review":
        raise ScoringError("scoring.not_done")
    row.answer, row.answered_at = words, at
    session.flush()


def _newest(
    session: Session, narrowed: Sequence[object], limit: int, before: tuple[datetime, UUID] | None
) -> list[Evaluation]:
    query = select(Evaluation).where(Evaluation.kind == "review", Evaluation.done_at.is_not(None), *narrowed)  # type: ignore[arg-type]
    if before is not None:
        at, key = before
        query = query.where((Evaluation.done_at < at) | ((Evaluation.done_at == at) & (Evaluation.id < key)))
    return list(session.scalars(query.order_by(Evaluation.done_at.desc(), Evaluation.id.desc()).limit(limit)))


def _draft(row: Evaluation) -> None:
    if row.done_at is not None:
        raise ScoringError("scoring.handed_in")


def _checked(asked: Criterion, mark: Given) -> Given:
    """As far as the criterion allows it."""
    if mark.skipped and not asked.may_skip:
        raise ScoringError("scoring.always_applies", title=asked.title)
    if mark.points is not None and not 0 <= mark.points <= asked.points:
        raise ScoringError("scoring.other_points", title=asked.title, most=f"{asked.points:g}")
    points = None if mark.skipped or mark.points is None else round(mark.points, 2)
    kept = Given(points, mark.skipped, (), _words(mark.comment))
    causes = tuple(each for each in mark.causes if each in asked.causes) if lost(asked, kept) else ()
    return Given(points, mark.skipped, causes, kept.comment)


def _words(text: str) -> str:
    words = text.strip()
    if len(words) > MOST_WORDS:
        raise ScoringError("scoring.long_words", most=MOST_WORDS)
    return words
