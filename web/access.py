"""Who may see and hear what: the one rule that pages and API ask, for people of every role and programs with keys.

A call belongs to every agent who talked with its caller, in any part of it, and one that nobody answered to the agents
of the queue for which it was left: a message, a caller who gave up. Such an agent sees the call, reads its text and
hears its sound; so does whoever has the right to all calls, or to listen. What was assigned to somebody is lent by who
gave it, entry by entry (`lent_calls`). A ticket is the work of its queue: its agents
see it, and may change it; so do those with a call or a promise on it. A person is seen through calls and tickets. Owns
no row and no right: `policy` says what a role may do. What asks about several calls takes one query.
"""

from collections.abc import Collection, Set
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union
from sqlalchemy.orm import Session

from callback.models import BROKEN_STATES, LIVE_STATES, Callback
from calls.models import Call, Contact
from calls.service import (
    OwnCalls,
    belongs_to,
    left_calls,
    own_calls_of,
    own_calls_of_each,
    owners_of,
    talked_in,
    talks_of,
)
from library.drill.models import Drill
from library.models import Assignment
from scoring.models import Evaluation
from tickets.listing import Range
from tickets.models import Ticket, TicketMention
from web.context import Person, Program, settings
from web.documents.report_views import ReportRange
from web.models import User
from web.policy import Right

Who = TypeVar("Who", bound="Asker")

SOME = 200
"""Tickets of a person, the latest, of which one must be seen for the person to be."""
NOT_KEPT = (*LIVE_STATES, *BROKEN_STATES)
"""States of a promise whose ticket somebody still needs; once it is kept there is a call of its agent."""


class Asker(Protocol):
    """Who asks: a person who signed in, or a program with a key."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...

    def may(self, right: Right) -> bool: ...


def is_agent(who: Asker) -> bool:
    """Whether calls can be the own of who asks: of agents alone, whose sign-in name is the name in the settings."""
    return who.role == "agent"


# -- calls ---------------------------------------------------------------------------------------------


def only_own(session: Session, who: Asker) -> OwnCalls | None:
    """What alone lists may show to who asks; None: the right to all calls opens them all."""
    return None if who.may("all_calls") else own_calls_of(session, settings(), who.name)


def own_calls(session: Session, who: Asker, call_ids: Collection[str]) -> set[str]:
    """Those of the calls in which who asks talked with the caller, or which were left for a queue of his or hers."""
    if not is_agent(who) or not call_ids:
        return set()
    own = belongs_to(own_calls_of(session, settings(), who.name))
    return set(session.scalars(select(Call.call_id).where(Call.call_id.in_(call_ids), own)))


def seen_calls(session: Session, who: Asker, call_ids: Collection[str | None]) -> set[str]:
    """Those of the calls whose page and text who asks may read; the words of a call that goes on are its text."""
    asked = {call_id for call_id in call_ids if call_id is not None}
    return asked if who.may("all_calls") else own_calls(session, who, asked)


def seen_calls_of_each(
    session: Session, people: Collection[Who], call_ids: Collection[str | None]
) -> dict[Who, frozenset[str]]:
    """`seen_calls` of everybody at once, with as many queries as for one."""
    asked = frozenset(call_id for call_id in call_ids if call_id is not None)
    agents = {who.name for who in people if is_agent(who)}
    if not agents or not asked:
        return {who: asked if who.may("all_calls") else frozenset() for who in people}
    owners = owners_of(session, asked)
    own = own_calls_of_each(session, settings(), agents)
    mine = {name: frozenset(each for each in asked if owners[each].have(calls)) for name, calls in own.items()}
    return {who: asked if who.may("all_calls") else mine.get(who.name, frozenset()) for who in people}


def heard_calls(session: Session, who: Asker, call_ids: Collection[str | None]) -> set[str]:
    """Those of the calls whose sound who asks may hear; others than its agents with a reason, which is noted."""
    asked = {call_id for call_id in call_ids if call_id is not None}
    return asked if who.may("listen") else own_calls(session, who, asked)


def lent_calls(session: Session, who: Asker, assignment: Assignment, call_ids: Collection[str]) -> set[str]:
    """Those of the calls whose entries an assignment opens to who asks: to its person, while it stands, as far as who
    gave it may hear them now."""
    if assignment.person != who.name or assignment.ended_at is not None or isinstance(who, Program):
        return set()
    active = User.name == assignment.given_by, User.deactivated_at.is_(None)
    giver = session.scalars(select(User).where(*active)).one_or_none()
    return heard_calls(session, Person(giver), call_ids) if giver is not None and Person(giver).may("train") else set()


def may_try_drill(session: Session, who: Asker, drill: Drill) -> bool:
    """See `open_drills`."""
    return drill.id in open_drills(session, who, [drill])


def open_drills(session: Session, who: Asker, drills: Collection[Drill]) -> set[UUID]:
    """Those that who asks may try: whoever trains and may hear the call; and those to whom one is given, as far as who
    made it may hear that now."""
    if isinstance(who, Program):
        return set()
    own = heard_calls(session, who, {each.call_id for each in drills}) if who.may("train") else set()
    found = {each.id for each in drills if each.call_id in own}
    given = [each for each in drills if each.id not in found and (each.everyone or who.name in each.people)]
    makers = {each.person for each in given}
    active = User.name.in_(makers), User.deactivated_at.is_(None)
    for maker in map(Person, session.scalars(select(User).where(*active)) if makers else ()):
        theirs = [each for each in given if each.person == maker.name]
        if maker.may("train"):
            heard = heard_calls(session, maker, {each.call_id for each in theirs})
            found |= {each.id for each in theirs if each.call_id in heard}
    return found


def owned_by(session: Session, who: Asker, call_id: str) -> Literal["talked", "left"] | None:
    """How the call is one of who asks: by talking in it, or because it was left for the agent's queue."""
    if not own_calls(session, who, [call_id]):
        return None
    talked = session.scalar(select(Call.id).where(Call.call_id == call_id, talked_in(who.name)))
    return "left" if talked is None else "talked"


def may_see(session: Session, who: Asker, call_id: str) -> bool:
    return call_id in seen_calls(session, who, [call_id])


def may_hear(session: Session, who: Asker, call_id: str) -> bool:
    return call_id in heard_calls(session, who, [call_id])


def sees_receipts(who: Asker) -> bool:
    """Whether there are calls of which who asks may know who heard them."""
    return who.may("receipts") or is_agent(who)


def may_see_receipts(session: Session, who: Asker, call_id: str) -> bool:
    """Whether who asks may know who heard the call."""
    return who.may("receipts") or owned_by(session, who, call_id) is not None


def may_know_of(seen: bool, agent: str | None) -> bool:
    """Whether who asks is told that a call goes on: one that may be seen, and one that nobody has answered yet, which
    may become anybody's."""
    return seen or agent is None


# -- evaluations ---------------------------------------------------------------------------------------


def may_score(session: Session, who: Asker, call_id: str) -> bool:
    """Whether who asks may score the call: with the right to, and as far as he or she may hear it."""
    return who.may("train") and may_hear(session, who, call_id)


def seen_evaluations(session: Session, who: Asker, rows: Collection[Evaluation]) -> list[Evaluation]:
    """Those of the evaluations that who asks may see, in their order. A draft is its person's alone. A review that was
    handed in is seen by those who may score the call and by the agent whom it is about, and by no other agent. What a
    lead scored beside it is seen by the two of them; of a calibration everybody sees the own alone, here: what others
    gave is told by its session, once it is over. No program sees any."""
    if isinstance(who, Program):
        return []
    heard = heard_calls(session, who, {row.call_id for row in rows}) if who.may("train") else set()
    graded = {row.about for row in rows if row.kind == "grade" and row.done_at is not None}
    mine = select(Evaluation.id).where(Evaluation.id.in_(graded), Evaluation.person == who.name)
    of_mine = set(session.scalars(mine)) if graded else set()

    def sees(row: Evaluation) -> bool:
        if row.person == who.name:
            return who.may("train")
        if row.done_at is None or row.kind == "calibration":
            return False
        if row.kind == "grade":
            return row.about in of_mine
        return row.call_id in heard or (is_agent(who) and row.agent == who.name)

    return [row for row in rows if sees(row)]


def may_see_evaluation(session: Session, who: Asker, row: Evaluation) -> bool:
    return bool(seen_evaluations(session, who, [row]))


# -- promises and tickets ------------------------------------------------------------------------------


def may_hear_reason(who: Asker, promise_agent: str | None) -> bool:
    """Whether who asks may hear why a promised call is wanted without the right to the call in which it was said: as
    the agent who is to make the promised call. Others hear the call itself, for a reason of their own."""
    return is_agent(who) and promise_agent == who.name


def queues_of_agent(session: Session, who: Asker) -> tuple[str, ...]:
    """The queues whose tickets are the work of who asks: those of the settings and those chosen at login."""
    if not is_agent(who):
        return ()
    chosen = own_calls_of(session, settings(), who.name).queues
    return tuple(name for name, queue in settings().queues.items() if who.name in queue.agents or name in chosen)


def ticket_range(session: Session, who: Asker) -> Range:
    """The tickets that lists show to who asks."""
    queues = queues_of_agent(session, who)
    return Range(who.name, None if who.may("all_calls") else queues, queues)


def seen_tickets(session: Session, who: Asker, numbers: Collection[int | None]) -> set[int]:
    """Those of the tickets that who asks may read. An agent: those of his or her queues and those of nobody, what he or
    she owns or is named in, one whose newest call nobody answered, and one with a call or a promise of the own."""
    asked = {number for number in numbers if number is not None}
    if who.may("all_calls") or not asked:
        return asked
    if not is_agent(who):
        return set()
    work = or_(
        Ticket.owner == who.name,
        and_(Ticket.queue.is_(None), Ticket.owner.is_(None)),
        Ticket.queue.in_(queues_of_agent(session, who)),
        _names(who),
    )
    found = set(session.scalars(select(Ticket.number).where(Ticket.number.in_(asked), work)))
    if found == asked:
        return found
    calls = select(Call.ticket_number, Call.agent).where(Call.ticket_number.in_(asked))
    newest = dict(session.execute(calls.order_by(Call.arrived_at)).tuples().all())
    found |= {number for number, agent in newest.items() if number is not None and agent is None}
    mine = belongs_to(own_calls_of(session, settings(), who.name))
    own = session.scalars(select(Call.ticket_number).where(Call.ticket_number.in_(asked), mine))
    ticket = func.coalesce(Callback.ticket_number, Call.ticket_number)
    keeper = func.coalesce(Callback.agent, Callback.for_agent)
    promised = session.scalars(
        select(ticket)
        .outerjoin(Call, Call.call_id == Callback.asked_call_id)
        .where(ticket.in_(asked), Callback.state.in_(NOT_KEPT), keeper.is_(None) | (keeper == who.name))
    )
    return found | {number for number in (*own, *promised) if number is not None}


def _names(who: Asker) -> ColumnElement[bool]:
    """Of a query over Ticket: who asks is named in a note of it."""
    return exists().where(TicketMention.ticket_number == Ticket.number, TicketMention.person == who.name)


def may_see_ticket(session: Session, who: Asker, number: int | None) -> bool:
    return number in seen_tickets(session, who, [number])


def may_work_on(session: Session, who: Asker, number: int | None) -> bool:
    """Whether who asks may change the ticket, and write on it."""
    return who.may("work") and may_see_ticket(session, who, number)


# -- persons -------------------------------------------------------------------------------------------


def own_contacts(session: Session, who: Asker) -> Select[Any] | None:
    """What alone lists of persons may show to who asks: the persons of his or her own calls, and of the tickets that he
    or she owns or that are in a queue of his or hers; None: the right to all calls opens them all."""
    if who.may("all_calls"):
        return None
    if not is_agent(who):
        return select(Contact.id).where(false())
    own = own_calls_of(session, settings(), who.name)
    calls = union(*talks_of([own.agent]), *left_calls(own)).subquery()
    called = select(Call.contact_id).where(Call.call_id.in_(select(calls.c.call_id)), Call.contact_id.is_not(None))
    mine = or_(Ticket.owner == own.agent, Ticket.queue.in_(queues_of_agent(session, who)))
    written = select(Ticket.contact_id).where(mine, Ticket.contact_id.is_not(None))
    return select(union(called, written).subquery().c.contact_id)


def seen_contacts(session: Session, who: Asker, ids: Collection[UUID]) -> set[UUID]:
    """Those of the persons whom who asks may see: of lists, and of every ticket that may be read."""
    asked, only = set(ids), own_contacts(session, who)
    if only is None or not asked:
        return asked
    seen = set(session.scalars(select(Contact.id).where(Contact.id.in_(asked), Contact.id.in_(only))))
    if rest := asked - seen:
        tickets = select(Ticket.number, Ticket.contact_id).where(Ticket.contact_id.in_(rest))
        found = dict(session.execute(tickets.order_by(Ticket.number.desc()).limit(SOME)).tuples().all())
        seen |= {whose for number in seen_tickets(session, who, found) if (whose := found[number]) is not None}
    return seen


def may_see_contact(session: Session, who: Asker, contact_id: UUID) -> bool:
    return contact_id in seen_contacts(session, who, [contact_id])


def may_see_contact_of(session: Session, who: Asker, key: str) -> bool:
    """`may_see_contact`, by the key as documents have it."""
    return may_see_contact(session, who, UUID(key))


def may_know_caller(who: Asker, agent: str) -> bool:
    """Whether who asks is told before the answer who calls `agent` and what the caller said last time, and may hear it:
    as the agent whose phone rings, until the call is over. The sound is heard under a receipt, as all sound is."""
    return is_agent(who) and agent == who.name


# -- alarms --------------------------------------------------------------------------------------------


def may_know_of_alarm(who: Asker, kind: str) -> bool:
    """Whether who asks is told of an alarm. What a supervisor's saved search is called is not for every person; a
    program with the right to all calls reads what a supervisor reads."""
    return kind != "search.match" or who.may("alarms") or who.role == "program"


# -- reports -------------------------------------------------------------------------------------------


class ReportReader(Asker, Protocol):
    """Who may be shown reports: a person."""

    @property
    def queues(self) -> frozenset[str] | None: ...


def report_range(who: ReportReader) -> ReportRange | None:
    """What reports show to who asks: supervisors and admins their queues, agents themselves alone; None: no report."""
    if who.may("reports"):
        return ReportRange(who.queues)
    return ReportRange(agents=frozenset({who.name})) if is_agent(who) else None


# -- agents --------------------------------------------------------------------------------------------


def may_set(who: Asker, agent: str) -> bool:
    """Whether who asks may pause an agent, log the agent in or out, and choose queues: a supervisor anybody's, an agent
    his or her own."""
    return agent in settable(who, {agent})


def settable(who: Asker, agents: Set[str]) -> Set[str]:
    """Those of the agents whom who asks may set."""
    if who.may("pause"):
        return agents
    return agents & {who.name} if is_agent(who) else frozenset()
