"""Calls that are made findable, as the worker does it, and asked for: for the tests of the search and of its pages."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from calls.service import OwnCalls
from survey.service import choices_of
from tests.support.calls import Store
from transcripts import stages
from transcripts.models import Segment, Transcript
from transcripts.search import index, saved
from transcripts.search.form import query_of
from transcripts.search.service import SearchResults, search

Sessions = sessionmaker[Session]
Turns = list[tuple[str, str]]
STEP = stages.Step("index", partial(index.make, answers=choices_of))
BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
REFUND = [
    ("agent", "Good evening, this is Anna. What happened?"),
    ("caller", "The router shows a red light. I want a refund for my order, the refund of everything."),
    ("agent", "I am sorry about that. Where is my glass? Sorry."),
]
RUSSIAN = [
    ("caller", "Здравствуйте, мне пришёл счёт, а заказа всё нет. Роутер не работает."),
    ("agent", "Проверю ваши заказы и верну деньги за счета."),
]


def index_all(store: Store) -> None:
    """Does what is due."""
    with store.sessions() as session:
        due = stages.due(session, STEP.name, full=True)
    assert {stages.run(STEP, store.sessions, store.settings, call_id) for call_id in due} == {"done"}


def add(store: Sessions, call_id: str, turns: Turns, *, at: datetime = BEGAN, gap: float = 0.5, **facts: Any) -> None:
    """A call with its transcript, as the controller and the pipeline's first stages leave it."""
    told: dict[str, Any] = {
        "line": "1000", "language": "en", "caller_number": "+14155550123", "caller_name": "", "result": "served",
        "queue": "support", "agent": "anna", "connected_at": at + timedelta(seconds=10),
        "released_at": at + timedelta(seconds=100), "ended_at": at + timedelta(seconds=110),
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Call(call_id=call_id, state="ended", arrived_at=at, **{**told, **facts}))
        session.flush()
        transcript = Transcript(call_id=call_id, state="done", language=facts.get("language", "en"))
        session.add(transcript)
        session.flush()
        say(session, transcript, turns, gap)


def say(session: Session, transcript: Transcript, turns: Turns, gap: float = 0.5) -> None:
    """The segments of a transcript, half a second a word; whatever was there is gone."""
    session.execute(delete(Segment).where(Segment.transcript_id == transcript.id))
    start = 20.0
    for seq, (speaker, text) in enumerate(turns):
        timed = [[start + 0.5 * place, start + 0.5 * place + 0.4, 0.9, word] for place, word in enumerate(text.split())]
        end = start + 0.5 * len(timed)
        segment = Segment(
            seq=seq, speaker=speaker, start=start, end=end, text=text, confidence=0.9, words=timed
        )  # fmt: skip
        segment.transcript_id = transcript.id
        session.add(segment)
        start = end + gap
    stages.changed(session, transcript.id, done=("turns", "redact"))


def ask(
    store: Sessions, text: str = "", *, only_agent: str | None = None, page: int = 1, **fields: str
) -> SearchResults:
    only = None if only_agent is None else OwnCalls(only_agent)
    with store() as session:
        return search(session, query_of({"q": text, **fields}, NOW.date()), NOW, BERLIN, only=only, page=page)


def found(store: Sessions, text: str = "", **fields: Any) -> list[str]:
    return [hit.call_id for hit in ask(store, text, **fields).hits]


def keep(store: Sessions, name: str, text: str, *, alert: bool = True, **values: Any) -> Any:
    told: dict[str, Any] = {"only_agent": None, "alarms": True, "now": BEGAN, **values}
    with store() as session, session.begin():
        return saved.keep(session, "susan", name, {"q": text}, alert=alert, **told).id
