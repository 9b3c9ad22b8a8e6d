"""The calls that could be scored, with what speaks for each, and how far reviewers are with their week."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from calls.models import Call, CallSegment
from calls.service import of_customers
from recording.models import Recording
from retention.models import AccessReceipt
from scoring.errors import ScoringError
from scoring.models import Evaluation, ReviewGoal
from scoring.sampling import Risk, ScorableCall
from survey.models import SurveyAnswer
from transcripts.models import Transcript
from transcripts.text.models import CallMeasure

DAYS = 14
"""Before today: calls of these days are offered."""
LOOKED_AT = 2000
"""Of them, the newest."""
LATELY = timedelta(days=28)
"""In which it is counted how often each agent was scored."""
LEAST_TALK, MOST_TALK = 20.0, 1800.0
"""Seconds."""
LONG_SILENCE, LONG_HOLD = 20.0, 60.0
"""Seconds from which on they are a risk."""
MOST_A_WEEK = 100


def candidates(session: Session, now: datetime, zone: ZoneInfo, reviewer: str, again_hours: int) -> list[ScorableCall]:
    """Answered calls of the days before today with sound and text that nobody has begun to score and the reviewer has
    not listened to, the newest first. `again_hours`: how long before these days somebody may have called first."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    before = aliased(Call)
    again = exists().where(
        before.contact_id == Call.contact_id,
        before.arrived_at < Call.arrived_at,
        before.arrived_at >= today - timedelta(days=DAYS, hours=again_hours),
        before.result == "served",
    )
    poor = exists().where(SurveyAnswer.call_id == Call.call_id, SurveyAnswer.means == "poor")
    passed = exists().where(
        CallSegment.call_id == Call.call_id, CallSegment.kind == "talk", CallSegment.why.in_(("blind", "attended"))
    )
    query = (
        select(Call.call_id, Call.agent, poor, CallMeasure.longest_silence, again, passed, CallMeasure.longest_hold)
        .join(Recording, Recording.call_id == Call.call_id)
        .join(Transcript, Transcript.call_id == Call.call_id)
        .outerjoin(CallMeasure, CallMeasure.transcript_id == Transcript.id)
        .where(
            Call.arrived_at >= today - timedelta(days=DAYS),
            Call.arrived_at < today,
            Call.result == "served",
            Call.agent.is_not(None),
            Call.talk_seconds.between(LEAST_TALK, MOST_TALK),
            Recording.state == "stored",
            Transcript.state == "done",
            of_customers(),
            ~exists().where(Evaluation.call_id == Call.call_id),
            ~exists().where(and_(AccessReceipt.call_id == Call.call_id, AccessReceipt.person == reviewer)),
        )
        .order_by(Call.arrived_at.desc(), Call.call_id)
        .limit(LOOKED_AT)
    )
    found = []
    for call_id, agent, unhappy, silence, twice, moved, hold in session.execute(query).tuples():
        speaks: dict[Risk, bool] = {
            "unhappy": unhappy,
            "silence": (silence or 0.0) >= LONG_SILENCE,
            "repeat": twice,
            "transfer": moved,
            "hold": (hold or 0.0) >= LONG_HOLD,
        }
        found.append(ScorableCall(call_id, str(agent), tuple(name for name, so in speaks.items() if so)))
    return found


def scored_lately(session: Session, now: datetime) -> dict[str, int]:
    """By agent: reviews that were handed in."""
    done = Evaluation.kind == "review", Evaluation.done_at >= now - LATELY
    query = select(Evaluation.agent, func.count()).where(*done).group_by(Evaluation.agent)
    return dict(session.execute(query).tuples().all())


# -- the week of a reviewer ------------------------------------------------------------------------------


def week_of(now: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    """What this week is called, and when it began: on Monday, in the zone of the house."""
    here = now.astimezone(zone)
    monday = (here - timedelta(days=here.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    year, number, _day = here.isocalendar()
    return f"{year}-W{number:02}", monday


def goals(session: Session) -> dict[str, int]:
    """By reviewer: how many calls a week."""
    return {row.person: row.per_week for row in session.scalars(select(ReviewGoal).order_by(ReviewGoal.person))}


def set_goal(session: Session, person: str, per_week: int, by: str, at: datetime) -> None:
    """0: no goal. Raises ScoringError."""
    if not 0 <= per_week <= MOST_A_WEEK:
        raise ScoringError("scoring.no_goal", most=MOST_A_WEEK)
    row = session.scalars(select(ReviewGoal).where(ReviewGoal.person == person)).one_or_none()
    if not per_week:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(ReviewGoal(person=person, per_week=per_week, set_by=by, set_at=at))
    elif row.per_week != per_week:
        row.per_week, row.set_by, row.set_at = per_week, by, at
    session.flush()


def done_since(session: Session, since: datetime, people: Collection[str]) -> Counter[str]:
    """By reviewer: reviews that were handed in."""
    done = Evaluation.kind == "review", Evaluation.done_at >= since, Evaluation.person.in_(list(people))
    query = select(Evaluation.person, func.count()).where(*done).group_by(Evaluation.person)
    return Counter(dict(session.execute(query).tuples().all()))
