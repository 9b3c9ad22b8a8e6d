"""What erasing takes from scoring: all that was scored of a call, with the call.

What is under a legal hold is not erased, and neither is what was scored of it. Averages of a time lose what is erased.
"""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from scoring.models import (
    Calibration,
    CalibrationCall,
    Evaluation,
    EvaluationDispute,
    EvaluationEvidence,
    EvaluationPoint,
)


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.call_ids:
        return []
    scored = select(Evaluation.id).where(Evaluation.call_id.in_(scope.call_ids))
    for rows in (EvaluationPoint, EvaluationEvidence, EvaluationDispute):
        quietly(session, delete(rows).where(rows.evaluation_id.in_(scored)))
    of_it = CalibrationCall.call_id.in_(scope.call_ids)
    counted = select(CalibrationCall.calibration_id, func.count()).where(of_it).group_by(CalibrationCall.calibration_id)
    for key, count in session.execute(counted).tuples().all():
        quietly(session, update(Calibration).where(Calibration.id == key).values(gone=Calibration.gone + count))
    quietly(session, delete(CalibrationCall).where(of_it))
    gone = quietly(session, delete(Evaluation).where(Evaluation.call_id.in_(scope.call_ids)))
    return changed("evaluation", gone)


ROOM = Room(
    name="scoring",
    erased={
        "evaluation": "deleted with the call's content",
        "evaluation_point": "deleted with its evaluation",
        "evaluation_evidence": "deleted with its evaluation; the mark goes with the library",
        "evaluation_dispute": "deleted with its evaluation",
        "calibration_call": "deleted with the call's content; the calibration counts it",
    },
    harmless={
        "scorecard": "by what our own people score calls",
        "scorecard_version": "the same, as it stood for a while",
        "review_goal": "how many calls our own people are to score",
        "calibration": "which of our own people score the same calls",
    },
    erase=erase,
)
