"""The pipeline's step `topic`: what a call's problem means, and the topic that is nearest, or none.

Follows the summary: the sentences that say the call's problem are what it is about. A call that says none has no row.
"""

from sqlalchemy import delete, select

from calls.models import Call
from calls.service import is_self_call
from summary.service import summaries_of
from topics import vectors
from topics.centres import Centres
from topics.models import CallTopic
from transcripts.engines.meaning import encoder
from transcripts.stages import Work


def make(work: Work) -> None:
    """Waits for nobody: before topics are found, a call is of none."""
    with work.sessions() as session:
        call = session.scalars(select(Call).where(Call.call_id == work.call_id)).one()
        found = None if is_self_call(session, call) else summaries_of(session, [work.call_id]).get(work.call_id)
    said = found.points["problem"] if found is not None else []
    meaning = vectors.packed(vectors.of_sentences(encoder().vectors([each.text for each in said]))) if said else None
    with work.finish() as session:
        session.execute(delete(CallTopic).where(CallTopic.call_id == work.call_id))
        if meaning is None or found is None:
            return
        topic, likeness = Centres.load(session).nearest(vectors.unpacked([meaning]))[0]
        session.add(
            CallTopic(
                call_id=work.call_id,
                language=found.language,
                arrived_at=call.arrived_at,
                vector=meaning,
                at=said[0].start,
                topic_id=topic,
                likeness=likeness,
            )
        )
