"""Keeps the index up with the calls: the pipeline's stage `index`, and calls whose facts changed afterwards.

Only the turns of the one call are read and only its own rows are written, in the one transaction with which the stage
is done (`transcripts/stages.py`), so a worker that dies leaves the call as it was, still due. Rows keep their
numbers, and the store's own index follows them by itself. What is indexed is what the segments show to everybody:
where words are masked, the mask.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from calls.service import agents_of, left_to
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import ERASED
from transcripts import stages
from transcripts.models import Segment, Transcript
from transcripts.search import saved
from transcripts.search.answering import Token, Without
from transcripts.search.document import (
    CURRENT,
    EVERY,
    SLOTS,
    CallFacts,
    IndexedPart,
    IndexedTurn,
    compounds,
    fact,
    left_line,
    longest_silence,
    parts,
    spoken,
)
from transcripts.search.lookup import matching
from transcripts.search.models import SearchPart
from transcripts.stages import Work

log = logging.getLogger("ringback.transcripts.search")

Answers = Callable[[Session, str], list[tuple[str, str]]]
"""call_id -> (key, label) of each answer that the caller gave in the survey."""
SETTLING = timedelta(days=1)
"""How long after its end a call's ticket and result are looked at again."""


def make(work: Work, answers: Answers) -> None:
    """The stage: the call's parts as they are now, and the saved searches that find it."""
    with work.sessions() as session:
        made, call = _read(session, work, answers)
    with work.finish() as session:
        write(session, work.call_id, made, call.arrived_at)
        saved.tell(
            session, call.call_id, (call.arrived_at, call.ended_at), made, work.settings, _zone(work.settings), utcnow()
        )


def _zone(settings: Settings) -> tzinfo:
    """Our own time zone. One that does not exist keeps the pages from starting, not calls from being indexed."""
    try:
        return ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _read(session: Session, work: Work, answers: Answers) -> tuple[list[IndexedPart], Call]:
    call = session.scalars(select(Call).where(Call.call_id == work.call_id)).one()
    transcript = session.get_one(Transcript, work.transcript_id)
    if transcript.state == ERASED:
        return [], call
    rows = session.scalars(select(Segment).where(Segment.transcript_id == transcript.id).order_by(Segment.seq)).all()
    turns = [
        IndexedTurn(row.seq, row.speaker, spoken(row.words, row.text), compounds(row.words, row.text)) for row in rows
    ]
    silence = longest_silence((row.start, row.end) for row in rows)
    facts = facts_of(session, work.settings, call, answers(session, call.call_id))
    return parts(turns, replace(facts, language=transcript.language, silence_seconds=silence)), call


def facts_of(session: Session, settings: Settings, call: Call, given: Iterable[tuple[str, str]]) -> CallFacts:
    """What the rows tell of a call besides its words."""
    talk = None
    if call.connected_at is not None and (over := call.released_at or call.ended_at) is not None:
        talk = max(0.0, (over - call.connected_at).total_seconds())
    agents = agents_of(session, [call.call_id])[call.call_id]
    displays = [agent.display for agent in settings.agents if agent.name in agents]
    queue = settings.queues.get(call.queue or "")
    left_queues, left_lines = left_to(session, call)
    return CallFacts(
        own=tuple(agents),
        agents=(*agents, *displays),
        queues=(call.queue, *([queue.name, *queue.names.values()] if queue else [])) if call.queue else (),
        lines=(call.line, *[line.name for line in settings.lines if line.number == call.line]),
        language=call.language,
        result=call.result,
        survey=tuple(part for part in (call.survey_outcome, *_answers(settings, given)) if part),
        ticket=call.ticket_number,
        number=call.caller_number,
        talk_seconds=talk,
        silence_seconds=None,
        left=(*left_queues, *map(left_line, left_lines)),
    )


def _answers(settings: Settings, given: Iterable[tuple[str, str]]) -> list[str]:
    """Keys and labels, these in every language in which the settings have them."""
    options = [
        option
        for survey in settings.surveys.values()
        for question in survey.questions
        for option in question.options.values()
    ]
    known = [{option.label, *option.labels.values()} for option in options]
    found: dict[str, None] = {}
    for key, label in given:
        found |= dict.fromkeys(
            [key, label, *(other for labels in known if label in labels for other in sorted(labels))]
        )
    return list(found)


def write(session: Session, call_id: str, made: list[IndexedPart], arrived_at: datetime) -> None:
    """Makes the call's rows say `made`, in the caller's transaction."""
    there = {row.part: row for row in session.scalars(select(SearchPart).where(SearchPart.call_id == call_id))}
    for number, row in there.items():
        if number >= len(made):
            session.delete(row)
    fresh = _free_ids(session, call_id, arrived_at, len(made) - len(there))
    for number, part in enumerate(made):
        if number in there:
            row = there[number]
            row.words, row.facts, row.said, row.stems = part.words, part.facts, part.said, part.stems
            row.tokens, row.talk_seconds, row.silence_seconds = part.tokens, part.talk_seconds, part.silence_seconds
        else:
            session.add(
                SearchPart(
                    id=fresh.pop(),
                    call_id=call_id,
                    part=number,
                    words=part.words,
                    facts=part.facts,
                    said=part.said,
                    stems=part.stems,
                    tokens=part.tokens,
                    talk_seconds=part.talk_seconds,
                    silence_seconds=part.silence_seconds,
                )
            )
    session.flush()


def _free_ids(session: Session, call_id: str, arrived_at: datetime, count: int) -> list[int]:
    """Numbers for new rows: of the call's second, beginning at a slot of its own; of a later one where that is full.

    Two workers that take the same number at the same time: the second cannot commit, and its stage is made again.
    """
    base = int(arrived_at.timestamp()) * SLOTS
    found: list[int] = []
    while len(found) < count:
        taken = set(session.scalars(select(SearchPart.id).where(SearchPart.id.between(base, base + SLOTS - 1))))
        slots = (base + (crc32(call_id.encode()) + step) % SLOTS for step in range(SLOTS))
        found += islice((slot for slot in slots if slot not in taken), count - len(found))
        base += SLOTS
    return found[::-1]


class Refresh:
    """Has calls indexed anew whose facts changed after their turns did, or that older rules of ours indexed."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def __call__(self) -> None:
        with self._sessions() as session, session.begin():
            stale = self._settled_later(session) | self._by_older_rules(session)
            for call_id in sorted(stale):
                stages.reprocess(session, "index", call_id=call_id)
        if stale:
            log.info("%d calls are indexed anew", len(stale))

    def _settled_later(self, session: Session) -> set[str]:
        query = (
            select(Call.call_id, Call.ticket_number, Call.result, Call.agent, SearchPart.facts)
            .join(SearchPart, SearchPart.call_id == Call.call_id)
            .where(Call.ended_at >= utcnow() - SETTLING)
        )
        stale = set()
        for call_id, ticket, result, agent, facts in session.execute(query):
            now = [fact("ticket", str(ticket))] if ticket is not None else []
            now += [fact("result", result)] if result else []
            now += [fact("own", agent)] if agent else []
            if not set(now) <= set(facts.split()):
                stale.add(call_id)
        return stale

    def _by_older_rules(self, session: Session) -> set[str]:
        ids = matching(session, Without(Token(EVERY), Token(CURRENT)), limit=1000).ids
        return set(session.scalars(select(SearchPart.call_id).where(SearchPart.id.in_(ids)))) if ids else set()
