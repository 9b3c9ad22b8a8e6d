"""What calls were about as documents: sentences of theirs, and what an owner's model says of them."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from ringback.messages import as_document
from summary.extract import POINTS
from summary.service import SummaryOfCall, summaries_of
from web.documents.facts import Document


def summary_documents(session: Session, call_ids: Collection[str]) -> dict[str, Document]:
    """By call; a call without a summary of its text as it is now has none."""
    return {call_id: _document(found) for call_id, found in summaries_of(session, call_ids).items()}


def _document(found: SummaryOfCall) -> Document:
    """Keys: language, problem, promised, outcome (each `[{"speaker", "start", "text"}]`, the most telling first), told
    (by point, in a model's words), told_by (the model; None: none was asked), told_error."""
    return {
        "language": found.language,
        **{
            point: [{"speaker": each.speaker, "start": each.start, "text": each.text} for each in found.points[point]]
            for point in POINTS
        },
        "told": found.told,
        "told_by": found.told_by,
        **as_document("told_error", found.told_error),
    }
