"""A person with everything that Ringback can know of one, beside a stranger of whom nothing may change."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.erasing_rooms import erasing_rooms
from callback.models import Callback, CallbackAttempt
from calls.models import Call, CallEvent, Contact
from recording.models import Recording
from retention import erasure, holds
from retention.models import Erasure
from ringback.config import Settings
from ringback.fingerprints import fingerprint
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.schema import metadata
from survey.models import SurveyAnswer, SurveyRun
from tests.support.contacts import add_person
from tickets import work
from tickets.models import Ticket, TicketEntry
from tickets.service import has_ticket
from transcripts.models import Segment, Transcript
from transcripts.redaction.models import Redaction, RedactionPlace
from web.models import PublicRequest

NUMBER, NAME, SECRET = "+14155550123", "Dana Whitfield", "xylophone"
"""A word that nobody else says."""
STRANGER, STRANGER_SAYS = "+14155550199", "marimba"
place_hold = partial(holds.place, has_ticket=has_ticket)


@dataclass(frozen=True)
class ErasureCase:
    """A store with both in it, and the files."""

    sessions: sessionmaker[Session]
    settings: Settings
    eraser: erasure.Eraser
    calls: tuple[str, ...]
    stranger: str

    def sound(self, call_id: str) -> Path:
        return self.settings.recordings / f"{call_id}.flac"

    def run(self) -> list[str]:
        """Lets the worker do what is due, to the end; the states it came to."""
        came_to = []
        for _ in range(20):
            with self.sessions() as session:
                keys = erasure.due(session)
            if not keys:
                break
            came_to += [str(erasure.work(self.eraser, key)) for key in keys]
        return came_to


def build(store: sessionmaker[Session], settings: Settings, calls: int = 2) -> ErasureCase:
    """`calls` of the person, one of the stranger, a promise, a form and an alarm of each."""
    settings.recordings.mkdir(parents=True, exist_ok=True)
    settings.spool.mkdir(parents=True, exist_ok=True)
    now = utcnow()
    call_ids = tuple(f"1763764800.{number}" for number in range(1, calls + 1))
    with store() as session, session.begin():
        for number, name, word, ids in (
            (NUMBER, NAME, SECRET, call_ids),
            (STRANGER, "Sam Ortiz", STRANGER_SAYS, ("1763764900.1",)),
        ):
            contact = add_person(session, number, name=name, language="en", notes=f"{name} likes {word}")
            ticket = Ticket(subject=f"About {name}", contact_id=contact.id)
            session.add(ticket)
            session.flush()
            for call_id in ids:
                _call(session, settings, call_id, contact, ticket, word, now - timedelta(days=3))
            _besides(session, number, name, word, ids[0], ticket, now)
            step = {"next_step": f"Ask {name} about {word}"}
            work.change(session, ticket.number, "anna", {"next_step": None}, step, settings=settings)
            work.note(session, ticket.number, "anna", f"{name} told me of {word}, @eva", people=("eva",))
    eraser = erasure.Eraser(store, settings, erasing_rooms())
    return ErasureCase(store, settings, eraser, call_ids, "1763764900.1")


def _call(
    session: Session, settings: Settings, call_id: str, contact: Contact, ticket: Ticket, word: str, at: datetime
) -> None:
    assert contact.number is not None and contact.name is not None
    session.add(
        Call(
            call_id=call_id, line="1000", language="en", caller_number=contact.number, caller_name=contact.name,
            state="ended", result="served", queue="support", agent="anna", arrived_at=at,
            menu_path=[{"menu": "main", "key": "1", "label": "Something does not work"}],
            ended_at=at + timedelta(seconds=60), contact_id=contact.id, ticket_number=ticket.number,
        )
    )  # fmt: skip
    session.flush()
    for suffix in (".flac", ".peaks.json"):
        (settings.recordings / f"{call_id}{suffix}").write_bytes(word.encode() * 100)
    (settings.spool / f"{call_id}.raw").write_bytes(word.encode() * 100)
    transcript = Transcript(call_id=call_id, state="done", language="en", engine="vosk", model="m")
    transcript.segments.append(
        Segment(
            seq=0,
            speaker="caller",
            start=1.0,
            end=2.0,
            text=f"I lost my {word}",
            confidence=0.9,
            words=[[1.0, 2.0, 0.9, word]],
        )
    )
    session.add_all(
        [
            transcript,
            Recording(
                call_id=call_id, state="stored", path=f"{call_id}.flac", peaks_path=f"{call_id}.peaks.json",
                seconds=60.0, sha256="ab" * 32, keep_until=at + timedelta(days=365),
            ),
            SurveyRun(call_id=call_id, survey="solved", at=at, outcome="answered", agent="anna", caller=fingerprint(contact.number, "key"), comment_from=1.0, comment_to=2.0),  # noqa: E501
            SurveyAnswer(call_id=call_id, survey="solved", question="Solved?", key="1", label="Yes", at=at),
            CallEvent(call_id=call_id, seq=0, at=at, kind="Arrived", data={"line": "1000", "caller_number": contact.number}),  # noqa: E501
            CallEvent(call_id=call_id, seq=1, at=at, kind="AgentAnswered", data={"agent": "anna"}),
            TicketEntry(ticket_number=ticket.number, kind="opened", text=f"Opened by {contact.number}", source_key=f"opened:{call_id}"),  # noqa: E501
            TicketEntry(ticket_number=ticket.number, kind="call", text="It lasted 1:00.", source_key=f"call:{call_id}"),
            TicketEntry(ticket_number=ticket.number, kind="transcript", text=f'"I lost my {word}"', source_key=f"transcript:{call_id}"),  # noqa: E501
            TicketEntry(ticket_number=ticket.number, kind="note", text=f"{contact.name} again, about the {word}"),
            Redaction(transcript_id=transcript.id, state="clean"),
            RedactionPlace(transcript_id=transcript.id, kind="card", speaker="caller", start=3.0, end=4.0, source="text"),  # noqa: E501
        ]
    )  # fmt: skip


def _besides(session: Session, number: str, name: str, word: str, call_id: str, ticket: Ticket, now: datetime) -> None:
    promise = Callback(
        source="queue", source_key=f"call:{call_id}", number=number, language="en", line="1000", queue="support",
        notes=f"{name}: {word}", arrived_at=now, due_at=now, expires_at=now + timedelta(days=1),
        asked_call_id=call_id, ticket_number=ticket.number, reason_call_id=call_id,
        snapshot={"number": number},
    )  # fmt: skip
    session.add(promise)
    session.flush()
    session.add(CallbackAttempt(callback_id=promise.id, attempt=1, number=number, at=now))
    session.add(PublicRequest(address="192.0.2.7", number=number))
    raise_alarm(
        session, "callback.broken", str(promise.id), message("callback.broken.failed", number=number), "red", now
    )


def ask(case: ErasureCase, number: str = NUMBER) -> str:
    with case.sessions() as session, session.begin():
        return str(erasure.ask_person(session, case.settings, number, "admin", "letter of 3 March").id)


def confirm(case: ErasureCase, key: str) -> None:
    with case.sessions() as session, session.begin():
        erasure.confirm(session, row_of(session, key).id, "admin", utcnow())


def row_of(session: Session, key: str) -> Erasure:
    return next(row for row in session.scalars(select(Erasure)) if str(row.id) == key)


def everything(case: ErasureCase) -> str:
    """All rows of all tables as text, but for what our own people wrote down about the erasure."""
    with case.sessions() as session:
        rows: list[Any] = []
        for table in metadata().sorted_tables:
            rows += [(table.name, *map(str, row)) for row in session.execute(select(table))]
    return json.dumps(rows, ensure_ascii=False)


def erase(case: ErasureCase) -> str:
    key = ask(case)
    assert case.run() == ["previewed"]
    confirm(case, key)
    assert case.run()[-1] == "done"
    return key
