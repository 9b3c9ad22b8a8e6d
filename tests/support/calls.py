"""A store with calls in it, as the controller and the worker leave them: for the tests of the pages.

The rows are written with the real models; the sound is a real stereo FLAC finished by the real recorder.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, Contact
from recording import encoding
from recording.models import Recording
from ringback.config import Settings
from ringback.store import views
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Process
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata
from survey.models import SurveyAnswer, SurveyRun
from tests.support.contacts import add_person
from tickets.models import Ticket, TicketEntry
from transcripts.models import Segment, Transcript
from transcripts.redaction.models import Redaction

EVIL_NAME = "<img src=x onerror=alert(1)>"
EVIL_NUMBER = "=cmd"
WHOLE = "1763764800.7"
EVIL = "1763764900.9"
TRUNCATED = "1763764700.5"
MISSING = "1763764600.3"
OPEN = "1763765000.11"
TICKET, EVIL_TICKET = 1042, 1043

TURNS = [
    ("agent", 19.4, "Good evening, this is Anna. I see that something does not work. What happened?"),
    ("caller", 25.2, "Hello Anna. Since this morning the router shows a red light and we have no internet at all."),
    ("agent", 32.6, "I am sorry about that. Please hold the small button at the back for ten seconds."),
    ("caller", 39.1, "All right, I am pressing it now. The light went off, and now it is green again."),
    ("agent", 45.8, "Then you are back online. Is there anything else that I can do for you?"),
    ("caller", 51.5, "No, that was quick, thank you very much."),
    ("agent", 55.1, "Thank you for calling. One short question comes after this, good bye."),
]
SECONDS = 71.0


@dataclass(frozen=True)
class Store:
    """What the tests work on."""

    settings: Settings
    sessions: sessionmaker[Session]


def open_empty(folder: Path, **changes: object) -> Store:
    """A store with its schema and nothing in it."""
    settings = Settings(data=folder, **changes)  # type: ignore[arg-type]
    settings.recordings.mkdir(parents=True, exist_ok=True)
    engine = open_store(settings.store_url)
    with engine.begin() as connection:
        metadata().create_all(connection)
        views.make(connection)
    return Store(settings, sessions(engine))


def open_copy(template: Path, folder: Path) -> Store:
    """A store of its own with what `template`, a data folder that nobody uses now, has in it."""
    shutil.copytree(template, folder)
    settings = Settings(data=folder)
    return Store(settings, sessions(open_store(settings.store_url)))


def words(start: float, text: str) -> list[list[object]]:
    """Words one after another, 2.7 in a second; the last but one is uncertain."""
    said = text.split()
    return [
        [round(start + at * 0.37, 2), round(start + at * 0.37 + 0.33, 2), 0.41 if at == len(said) - 2 else 0.94, word]
        for at, word in enumerate(said)
    ]


def write_sound(settings: Settings, name: str) -> tuple[str, str, str]:
    """A stereo recording in which each speaker hums while it is his or her turn: path, peaks, sha256."""
    rate = 8000
    sound = np.zeros((int(SECONDS * rate), 2), np.int16)
    random = np.random.default_rng(7)
    turns = [("prompt", 0.3, 11.0), ("prompt", 14.5, 3.0), ("prompt", 61.5, 5.5)]
    turns += [(who, start, len(text.split()) * 0.37) for who, start, text in TURNS]
    for who, start, seconds in turns:
        time = np.arange(int(seconds * rate)) / rate
        syllables = random.random(int(seconds / 0.16) + 2)
        loud = 16000 * np.interp(time, np.arange(len(syllables)) * 0.16, syllables) ** 2
        pitch = 180 if who == "caller" else 240
        begin = int(start * rate)
        sound[begin : begin + len(time), 0 if who == "caller" else 1] = loud * np.sin(2 * np.pi * pitch * time)
    raw = settings.data / f"{name}.raw"
    raw.write_bytes(sound.astype("<i2").tobytes())
    target, peaks = settings.recordings / f"{name}.flac", settings.recordings / f"{name}.peaks.json"
    done = encoding.finish(raw, target, peaks, "test", lambda: None)
    raw.unlink()
    return target.name, peaks.name, done.sha256


def seed(store: Store, now: datetime | None = None) -> None:
    """The calls of an evening: a whole one, a hostile one, a truncated one, one without sound, one going on."""
    now = now or utcnow()
    with store.sessions() as session, session.begin():
        contact = add_person(session, "+14155550123", name="Dana Whitfield", language="en")
        ticket = Ticket(subject="Something does not work", contact_id=contact.id)
        ticket.number = TICKET
        evil = Ticket(subject=f"About {EVIL_NAME}", contact_id=None)
        evil.number = EVIL_TICKET
        ticket.owner, evil.owner = "anna", "boris"
        session.add_all([ticket, evil])
        session.flush()
        _whole(session, store.settings, now - timedelta(minutes=9), contact, ticket)
        _short(session, MISSING, now - timedelta(minutes=42), "left", "missing", "The disk was full when it began.")
        _short(session, TRUNCATED, now - timedelta(minutes=21), "abandoned", "truncated", "Asterisk was stopped.")
        _evil(session, now - timedelta(minutes=5), evil)
        _open(session, now - timedelta(seconds=48))
        _floor(session, now)


def _whole(session: Session, settings: Settings, arrived: datetime, contact: Contact, ticket: Ticket) -> None:
    path, peaks, sha256 = write_sound(settings, "whole")

    def at(seconds: float) -> datetime:
        return arrived + timedelta(seconds=seconds)

    session.add(
        Call(
            call_id=WHOLE, line="1000", language="en", caller_number="+14155550123", caller_name="Dana Whitfield",
            state="ended", result="served", queue="support", agent="anna", survey_outcome="answered",
            menu_path=[{"menu": "main", "key": "1", "label": "Something does not work"}],
            arrived_at=arrived, queued_at=at(11.6),
            connected_at=at(19.2), released_at=at(60.9), ended_at=at(SECONDS), contact_id=contact.id,
            ticket_number=ticket.number,
        )
    )  # fmt: skip
    session.flush()
    transcript = Transcript(
        call_id=WHOLE, state="done", language="en", engine="whisper", model="base", audio_seconds=SECONDS,
        speech_seconds=34.0, took_seconds=5.3, finished_at=at(SECONDS + 9),
    )  # fmt: skip
    for number, (speaker, start, text) in enumerate(TURNS):
        said = words(start, text)
        transcript.segments.append(
            Segment(
                seq=number,
                speaker=speaker,
                start=start,
                end=float(said[-1][1]),
                text=text,
                confidence=0.93,  # type: ignore[arg-type]
                words=said,
            )
        )
    session.add_all(
        [
            transcript,
            Recording(
                call_id=WHOLE, state="stored", path=path, peaks_path=peaks, seconds=SECONDS,
                answered_seconds=SECONDS, sha256=sha256, keep_until=at(365 * 86400),
            ),
            SurveyRun(call_id=WHOLE, survey="solved", at=at(60.9), outcome="answered", agent="anna", queue="support"),
            SurveyAnswer(
                call_id=WHOLE, survey="solved", question="Did we solve your problem?", key="1", label="Yes",
                at=at(SECONDS - 2),
            ),
            TicketEntry(ticket_number=ticket.number, kind="opened", text="Opened by a call.", at=at(SECONDS)),
            TicketEntry(ticket_number=ticket.number, kind="answer", text="Did we solve your problem? Yes", at=at(72)),
            TicketEntry(ticket_number=ticket.number, kind="transcript", text=TURNS[1][2], at=at(80)),
        ]
    )  # fmt: skip
    session.flush()
    session.add(Redaction(transcript_id=transcript.id, state="clean"))


def _short(session: Session, call_id: str, arrived: datetime, result: str, state: str, reason: str) -> None:
    session.add(
        Call(
            call_id=call_id, line="1001", language="ru", caller_number="+74955550110", caller_name="Павел",
            state="ended", result=result, arrived_at=arrived, ended_at=arrived + timedelta(seconds=31),
            queued_at=arrived + timedelta(seconds=12) if result == "abandoned" else None,
            queue="support" if result == "abandoned" else None,
        )
    )  # fmt: skip
    session.flush()
    session.add(Recording(call_id=call_id, state=state, reason=reason, answered_seconds=31.0))
    session.add(Transcript(call_id=call_id, state="none", language="ru"))


def _evil(session: Session, arrived: datetime, ticket: Ticket) -> None:
    session.add(
        Call(
            call_id=EVIL, line="1000", language="en", caller_number=EVIL_NUMBER, caller_name=EVIL_NAME, state="ended",
            result="served", menu_path=[{"menu": "main", "key": "2", "label": "An order or a bill"}], queue="billing",
            agent="boris", survey_outcome="silent", arrived_at=arrived, queued_at=arrived + timedelta(seconds=9),
            connected_at=arrived + timedelta(seconds=12), released_at=arrived + timedelta(seconds=40),
            ended_at=arrived + timedelta(seconds=49), ticket_number=ticket.number,
        )
    )  # fmt: skip
    session.flush()
    run = SurveyRun(call_id=EVIL, survey="solved", at=arrived, outcome="silent", agent="boris", queue="billing")
    session.add(run)
    transcript = Transcript(call_id=EVIL, state="done", language="en", engine="vosk")
    transcript.segments.append(
        Segment(
            seq=0,
            speaker="caller",
            start=14.0,
            end=15.0,
            text=EVIL_NAME,
            confidence=0.5,
            words=[[14.0, 15.0, 0.5, EVIL_NAME]],
        )
    )
    session.add_all([transcript, TicketEntry(ticket_number=ticket.number, kind="note", text=EVIL_NAME)])


def _open(session: Session, arrived: datetime) -> None:
    session.add(
        Call(
            call_id=OPEN, line="1000", language="en", caller_number="+14155550177", caller_name="Sam Ortiz",
            state="waiting", menu_path=[{"menu": "main", "key": "2", "label": "An order or a bill"}], queue="billing",
            arrived_at=arrived, queued_at=arrived + timedelta(seconds=14),
        )
    )  # fmt: skip


def _floor(session: Session, now: datetime) -> None:
    session.add_all(
        [
            AgentState(agent="anna", display="Anna", extension="201", state="free", since=now - timedelta(seconds=94)),
            AgentState(
                agent="boris", display="Boris", extension="202", state="paused", reason="missed",
                since=now - timedelta(seconds=310),
            ),
            Process(name="controller", pid=11, started_at=now, beat_at=now + timedelta(hours=1)),
            Process(name="worker", pid=12, started_at=now, beat_at=now + timedelta(hours=1)),
            Process(name="web", pid=13, started_at=now, beat_at=now + timedelta(hours=1)),
        ]
    )  # fmt: skip
