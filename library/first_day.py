"""A newcomer's first day: which of the calls at hand are worth hearing, and why each.

Pure in `choose`; `candidates` reads what it needs. A call is at hand that was answered, is short enough to listen to,
has sound and text, and whose caller did not say that it went badly or had to call again about a ticket that is open.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment
from calls.service import of_customers
from library.playlists import NewItem
from recording.models import Recording
from ringback.messages import Message, message
from survey.models import SurveyAnswer
from tickets.models import ACTIVE, Ticket
from topics.models import CallTopic, Topic
from transcripts.models import Transcript

LOOKED_AT = 400
"""Calls, the newest."""
LEAST_TALK, MOST_TALK = 20.0, 600.0
"""Seconds."""
SHORT = 240.0
"""Seconds of a talk that shows a call from beginning to end."""
MOST_CALLS = 8
EXEMPLARS = 2
"""Of the calls that somebody accepted as examples, at most."""
EACH_ABOUT = 3
"""Calls that stand for topics, menus or queues at most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What speaks for a call."""

    call_id: str
    talk: float
    exemplar: bool = False
    """Somebody accepted it as an example, and it still is one."""
    good: bool = False
    """The caller said that it went well."""
    solved: bool = False
    """It has a ticket, and nothing of it is left to do."""
    topic: str = ""
    """What people call what it is about; empty: nobody gave that a name."""
    menu: str = ""
    """What the caller chose first."""
    queue: str = ""
    held: bool = False
    passed_on: bool = False


def choose(calls: Collection[Candidate], most: int = MOST_CALLS) -> list[NewItem]:
    """In the order in which they are to be heard, each once: the easy ones first, then what is common, then what takes
    more. `calls` are the newest first; of several that are as good the newer one is taken."""
    chosen: dict[str, Message] = {}

    def take(found: Iterable[Candidate], why: Message) -> None:
        fresh = [call for call in found if call.call_id not in chosen]
        if fresh and len(chosen) < most:
            chosen[max(fresh, key=_worth).call_id] = why

    for _ in range(EXEMPLARS):
        take((call for call in calls if call.exemplar), message("library.why_exemplar"))
    short = [call for call in calls if call.talk <= SHORT]
    take((call for call in short if call.good), message("library.why_good"))
    take((call for call in short if call.solved), message("library.why_short"))
    for why, name in (("library.why_topic", "topic"), ("library.why_menu", "menu"), ("library.why_queue", "queue")):
        common = Counter(value for call in calls if (value := getattr(call, name)))
        for value, _ in common.most_common(EACH_ABOUT):
            about = (call for call in calls if getattr(call, name) == value)
            take(about, message(why, **{name: value}))
    take((call for call in calls if call.held and _ends_well(call)), message("library.why_hold"))
    take((call for call in calls if call.passed_on and _ends_well(call)), message("library.why_transfer"))
    return [NewItem(call_id, why=why) for call_id, why in chosen.items()]


def _ends_well(call: Candidate) -> bool:
    return call.good or call.solved


def _worth(call: Candidate) -> tuple[bool, bool, bool, bool]:
    return call.exemplar, call.good, call.solved, call.talk <= SHORT


def candidates(session: Session, exemplars: Collection[str] = ()) -> list[Candidate]:
    """The calls at hand, the newest first, and the exemplars, however old; who may see which is asked by whoever shows
    them."""
    poor = exists().where(SurveyAnswer.call_id == Call.call_id, SurveyAnswer.means == "poor")
    query = (
        select(Call, Ticket.status)
        .join(Recording, Recording.call_id == Call.call_id)
        .join(Transcript, Transcript.call_id == Call.call_id)
        .outerjoin(Ticket, Ticket.number == Call.ticket_number)
        .where(
            Call.result == "served",
            Call.agent.is_not(None),
            Call.talk_seconds.between(LEAST_TALK, MOST_TALK),
            Recording.state == "stored",
            Recording.path.is_not(None),
            Transcript.state == "done",
            ~poor,
            of_customers(),
        )
        .order_by(Call.call_id.in_(exemplars).desc(), Call.arrived_at.desc())
        .limit(LOOKED_AT)
    )
    rows = session.execute(query).tuples().all()
    ids = [call.call_id for call, _ in rows]
    good = set(
        session.scalars(select(SurveyAnswer.call_id).where(SurveyAnswer.call_id.in_(ids), SurveyAnswer.means == "good"))
    )
    topics = select(CallTopic.call_id, Topic.name).join(Topic, Topic.id == CallTopic.topic_id)
    named = {key: name or "" for key, name in session.execute(topics.where(CallTopic.call_id.in_(ids)))}
    parts = select(CallSegment.call_id, CallSegment.kind, CallSegment.why).where(CallSegment.call_id.in_(ids))
    held, passed_on = set(), set()
    for call_id, kind, why in session.execute(parts):
        if kind == "hold":
            held.add(call_id)
        elif kind == "talk" and why in ("blind", "attended"):
            passed_on.add(call_id)
    return [
        Candidate(
            call.call_id,
            call.talk_seconds or 0.0,
            exemplar=call.call_id in exemplars,
            good=call.call_id in good,
            solved=status is not None and status not in ACTIVE,
            topic=named.get(call.call_id, ""),
            menu=str((call.menu_path or [{}])[0].get("label") or ""),
            queue=call.queue or "",
            held=call.call_id in held,
            passed_on=call.call_id in passed_on,
        )
        for call, status in rows
    ]
