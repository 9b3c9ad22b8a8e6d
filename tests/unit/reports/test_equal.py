"""Whatever happens to calls, and in whatever order it is written: cells are what a recount of the rows says."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import AgentStateChange, Call, CallSegment, Contact, LegQuality, QueueVisit
from recording.models import Recording
from reports import cells
from reports.asking import Asked
from reports.collecting import Cells, Collected
from reports.counting import Counter, recount
from reports.measures import FACT_KINDS
from reports.models import ReportCell, ReportCounting, ReportDue
from reports.service import answer
from reports.slots import SLOT, day_bounds, day_of, slot_of
from reports.tally import Tally
from ringback.config import Settings
from ringback.store.base import Base
from ringback.store.engine import open_store
from survey.models import SurveyAnswer, SurveyRun
from tickets.models import Ticket
from topics.models import CallTopic, Topic
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction

BEGAN = datetime(2026, 10, 24, 20, tzinfo=UTC)
"""In Berlin the evening before the day of 25 hours."""
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC")
AGENTS = ("anna", "boris")
STATES = ("free", "talking", "wrap-up", "paused", "logged out", "ringing")
OUTCOMES = ("answered", "abandoned", "callback", "overflow", "message", "closed", "transferred", "lost")


class History:
    """Changes rows at random as the rooms do, and as they should not."""

    def __init__(self, session: Session, random: Random) -> None:
        self._session, self._random = session, random
        self._calls = 0
        self.now = BEGAN + timedelta(hours=1)

    def step(self) -> None:
        kinds: list[Callable[[], None]] = [
            self._arrive,
            self._arrive,
            self._visit,
            self._end,
            self._end,
            self._talk,
            self._state,
            self._state,
            self._late_state,
            self._survey,
            self._topic,
            self._disposition,
            self._same_person,
            self._erase,
            self._promise,
            self._keep,
            self._record,
            self._text,
            self._sound,
            self._correct,
            self._remove,
        ]
        self._random.choice(kinds)()
        self._session.flush()

    def _at(self, back: float = 6.0) -> datetime:
        return self.now - timedelta(seconds=round(self._random.uniform(0, back * 3600), 3))

    def _some_call(self) -> Call | None:
        calls = self._session.scalars(select(Call).order_by(Call.call_id)).all()
        return self._random.choice(calls) if calls else None

    def _one(self, kind: type[Base]) -> object | None:
        rows = sorted(self._session.scalars(select(kind)), key=lambda row: str(getattr(row, "id", "")))
        return self._random.choice(rows) if rows else None

    def _arrive(self) -> None:
        self._calls += 1
        contacts = self._session.scalars(select(Contact).order_by(Contact.number)).all()
        if len(contacts) < 3 and self._random.random() < 0.3:
            contact: Contact | None = Contact(number=f"+1202555010{len(contacts)}")
            self._session.add(contact)
        else:
            contact = self._random.choice([*contacts, None])
        self._session.flush()
        at = self._at()
        self._session.add(
            Call(
                call_id=f"c-{self._calls:03}",
                line=self._random.choice(["1000", "1001"]),
                language=self._random.choice(["en", "ru"]),
                caller_number=self._random.choice(["+12025550100", "+12025550101"]),
                caller_name="",
                state="ended" if self._random.random() < 0.5 else "talking",
                result=self._random.choice(["served", "abandoned", "told"]),
                menu_path=self._random.choice([[], [{"menu": "main", "key": "1", "label": "x"}]]),
                queue=self._random.choice(["support", "billing", None]),
                agent=self._random.choice([*AGENTS, None]),
                arrived_at=at,
                connected_at=at + timedelta(seconds=30) if self._random.random() < 0.7 else None,
                ended_at=at + timedelta(seconds=self._random.randint(31, 4000))
                if self._random.random() < 0.5
                else None,
                contact_id=contact.id if contact else None,
            )
        )

    def _visit(self) -> None:
        if (call := self._some_call()) is None:
            return
        seq = len(self._session.scalars(select(QueueVisit).where(QueueVisit.call_id == call.call_id)).all())
        entered = call.arrived_at + timedelta(seconds=self._random.randint(0, 1800))
        over = self._random.random() < 0.8
        self._session.add(
            QueueVisit(
                call_id=call.call_id,
                seq=seq + 10 * self._calls,
                queue=self._random.choice(["support", "billing"]),
                entered_at=entered,
                came_by=self._random.choice(["menu", "overflow", "callback"]),
                left_at=entered + timedelta(seconds=self._random.uniform(0, 900)) if over else None,
                outcome=self._random.choice(OUTCOMES) if over else None,
                told_minutes=self._random.choice([None, 2, 5, 61]),
                agent=self._random.choice([*AGENTS, None]),
                reason=self._random.choice([None, "waiting"]),
            )
        )

    def _end(self) -> None:
        if (call := self._some_call()) is not None and call.ended_at is None:
            call.ended_at = call.arrived_at + timedelta(seconds=self._random.randint(40, 4000))
            call.ended_by = self._random.choice(["caller", "agent", None])

    def _talk(self) -> None:
        if (call := self._some_call()) is None:
            return
        begins = call.arrived_at + timedelta(seconds=self._random.randint(10, 600))
        self._session.add(
            CallSegment(
                call_id=call.call_id,
                seq=self._calls * 100 + self._random.randint(0, 10**6),
                kind=self._random.choice(["talk", "talk", "hold", "consult", "unrecorded"]),
                agent=self._random.choice([*AGENTS, None]),
                started_at=begins,
                ended_at=begins + timedelta(seconds=self._random.randint(1, 900)),
                why=self._random.choice(["queue", "blind", None]),
            )
        )

    def _state(self) -> None:
        self._add_state(self.now)

    def _late_state(self) -> None:
        self._add_state(self._at(30))

    def _add_state(self, at: datetime) -> None:
        state = self._random.choice(STATES)
        reason = "coffee" if state == "paused" else None
        self._session.add(
            AgentStateChange(agent=self._random.choice(AGENTS), at=at, state=state, reason=reason, reachable=True)
        )

    def _survey(self) -> None:
        call = self._some_call()
        if call is None or self._session.scalar(select(SurveyRun.id).where(SurveyRun.call_id == call.call_id)):
            return
        run = SurveyRun(
            call_id=call.call_id, survey="solved", at=self.now, outcome="answered", agent="anna", queue="billing"
        )
        answer_ = SurveyAnswer(
            call_id=call.call_id, survey="solved", question="?", key="1", label="yes", at=self.now, means="good"
        )
        self._session.add_all([run, answer_])

    def _topic(self) -> None:
        topics = self._session.scalars(select(Topic)).all()
        if len(topics) < 2:
            self._session.add(Topic(words={}))
            return
        if (call := self._some_call()) is None:
            return
        found = self._session.get(CallTopic, call.call_id)
        topic = self._random.choice([topics[0].id, topics[1].id, None])
        if found is None:
            self._session.add(
                CallTopic(
                    call_id=call.call_id, language="en", arrived_at=call.arrived_at, vector=b"", at=0.0, topic_id=topic
                )
            )
        elif self._random.random() < 0.2:
            self._session.delete(found)
        else:
            found.topic_id = topic

    def _disposition(self) -> None:
        ticket = self._one(Ticket)
        if not isinstance(ticket, Ticket) or self._random.random() < 0.3:
            ticket = Ticket(subject="x", contact_id=None)
            self._session.add(ticket)
            self._session.flush()
        ticket.disposition = self._random.choice(["done", "open", None])
        if (call := self._some_call()) is not None:
            call.ticket_number = self._random.choice([ticket.number, None])

    def _same_person(self) -> None:
        """Two persons turn out to be one: all at once, as merging does it."""
        ids = self._session.scalars(select(Contact.id)).all()
        if len(ids) > 1:
            merged = update(Call).where(Call.contact_id == self._random.choice(ids))
            self._session.execute(merged.values(contact_id=self._random.choice(ids)))

    def _erase(self) -> None:
        if self._random.random() < 0.5 and (call := self._some_call()) is not None:
            erased = update(Call).where(Call.contact_id == call.contact_id)
            self._session.execute(erased.values(contact_id=None, caller_number="erased"))

    def _promise(self) -> None:
        at = self._at()
        self._session.add(
            Callback(
                source="queue",
                source_key=str(self._random.random()),
                number=f"+1202555{self._random.random()}",
                language="en",
                line="1000",
                queue="support",
                arrived_at=at,
                requested_at=at,
                due_at=at,
                expires_at=at,
                once=self._random.random() < 0.2,
            )
        )

    def _keep(self) -> None:
        promise = self._one(Callback)
        if isinstance(promise, Callback):
            promise.state = self._random.choice(["done", "failed", "cancelled", "connected"])
            promise.ended_at = promise.requested_at + timedelta(seconds=self._random.randint(1, 9000))
            call = self._some_call()
            promise.connected_call_id = call.call_id if call else None

    def _record(self) -> None:
        if (call := self._some_call()) is None:
            return
        found = self._session.scalar(select(Recording).where(Recording.call_id == call.call_id))
        if found is None:
            self._session.add(Recording(call_id=call.call_id, state="spooled"))
        else:
            found.state, found.fault = self._random.choice(["stored", "missing"]), self._random.choice([None, "gone"])

    def _text(self) -> None:
        if (call := self._some_call()) is None:
            return
        found = self._session.scalar(select(Transcript).where(Transcript.call_id == call.call_id))
        if found is None:
            self._session.add(Transcript(call_id=call.call_id, language="en"))
            return
        found.state = self._random.choice(["done", "failed"])
        masked = self._session.scalar(select(Redaction).where(Redaction.transcript_id == found.id))
        if masked is None:
            self._session.add(Redaction(transcript_id=found.id))
        else:
            masked.state = self._random.choice(["clean", "failed"])

    def _sound(self) -> None:
        if (call := self._some_call()) is not None:
            channel = str(self._random.random())
            self._session.add(
                LegQuality(
                    call_id=call.call_id, channel=channel, agent=None, at=self.now, received_mos=4.2, sent_mos=None
                )
            )

    def _correct(self) -> None:
        """A row is not what it was: a time, a queue, who it was."""
        if (call := self._some_call()) is not None:
            call.language = self._random.choice(["en", "ru"])
            call.queue = self._random.choice(["support", "billing"])
            call.arrived_at = self._at()
        visit = self._one(QueueVisit)
        if isinstance(visit, QueueVisit) and visit.left_at is not None:
            visit.entered_at = visit.left_at - timedelta(seconds=self._random.randint(0, 4000))

    def _remove(self) -> None:
        """Rows that go: of what a call was made of, never the call."""
        kind = self._random.choice([QueueVisit, CallSegment, LegQuality, AgentStateChange])
        row = self._one(kind)
        if row is not None and self._random.random() < 0.3:
            self._session.execute(delete(kind).where(kind.id == row.id))  # type: ignore[attr-defined]


def stored(session: Session, level: str, kind: str) -> dict[datetime, Cells]:
    query = select(ReportCell.begins_at, ReportCell.packed).where(ReportCell.level == level, ReportCell.kind == kind)
    unpacked = {at: cells.unpack(packed) for at, packed in session.execute(query).tuples()}
    found = {at: cells.cells_of(cell) for at, cell in unpacked.items() if cell is not None}
    return {at: cell for at, cell in found.items() if cell}


def differences(session: Session, zone: ZoneInfo, now: datetime) -> list[object]:
    """Where cells are not what the rows say."""
    begins = slot_of(BEGAN - timedelta(days=3))
    slots, _ = recount(session, begins, slot_of(now) + SLOT, now)
    apart: list[object] = []
    for kind in (*FACT_KINDS, "states"):
        expected = {at: dict(collected.kinds.get(kind, {})) for at, collected in slots.items()}
        expected = {at: {k: t for k, t in cell.items() if any(t.plain())} for at, cell in expected.items()}
        expected = {at: cell for at, cell in expected.items() if cell}
        for level in ("slot", "day"):
            if level == "day":
                expected = by_day(expected, zone)
            found = stored(session, level, kind)
            apart += [
                (level, kind, at, expected.get(at), found.get(at))
                for at in expected.keys() | found.keys()
                if expected.get(at) != found.get(at)
            ]
    return apart


def by_day(slots: dict[datetime, Cells], zone: ZoneInfo) -> dict[datetime, Cells]:
    days: dict[datetime, Collected] = {}
    for at, cell in slots.items():
        begins, _ = day_bounds(day_of(at, zone), zone)
        days.setdefault(begins, Collected()).merge(Collected({"total": cell}))
    return {at: collected.kinds["total"] for at, collected in days.items()}


def live(sessions: sessionmaker[Session], settings: Settings, random: Random, steps: int) -> datetime:
    """A history with counting in between, by counters that are begun anew and that are behind at times."""
    with sessions() as session:
        history = History(session, random)
        for _ in range(steps):
            history.step()
            session.commit()
            if random.random() < 0.3:
                history.now += timedelta(minutes=random.choice([1, 10, 20, 300]))
            if random.random() < 0.1:
                Counter(sessions, settings).count(history.now)  # one piece, and the rest stays due
            elif random.random() < 0.2:
                count_all(sessions, settings, history.now)
        count_all(sessions, settings, history.now)
        return history.now


def count_all(sessions: sessionmaker[Session], settings: Settings, now: datetime) -> None:
    while Counter(sessions, settings).count(now):
        pass


def whole_of(session: Session, now: datetime) -> Tally:
    """Everything at once, as it is in the rows."""
    slots, _ = recount(session, slot_of(BEGAN - timedelta(days=3)), slot_of(now) + SLOT, now)
    whole = Tally()
    for collected in slots.values():
        for kind in ("total", "states"):
            for tally in collected.kinds.get(kind, {}).values():  # type: ignore[call-overload]
                whole.merge(tally)
    return whole


@pytest.fixture(scope="module")
def new_store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], sessionmaker[Session]]:
    folder = tmp_path_factory.mktemp("histories")
    return lambda: new_sessions(Path(shutil.copyfile(sqlite_template, folder / f"{uuid4()}.db")))


def new_sessions(path: Path) -> sessionmaker[Session]:
    return sessionmaker(open_store(f"sqlite:///{path}"), expire_on_commit=False)


@given(seed=st.integers(0, 2**32), zone=st.sampled_from(ZONES))
@hypothesis_settings(max_examples=6, deadline=None)
def test_cells_are_what_a_recount_says(new_store: Callable[[], sessionmaker[Session]], seed: int, zone: str) -> None:
    assert stays_equal(new_store(), Settings(timezone=zone), seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_so_they_are_on_both_stores(store: sessionmaker[Session], seed: int) -> None:
    assert stays_equal(store, Settings(timezone="Europe/Berlin"), seed)


def stays_equal(sessions: sessionmaker[Session], settings: Settings, seed: int) -> bool:
    """True, where nothing failed before."""
    now = live(sessions, settings, Random(seed), 60)
    zone = ZoneInfo(settings.timezone)
    with sessions() as session:
        assert differences(session, zone, now) == []
        whole = whole_of(session, now)
        first = day_of(BEGAN, zone) - timedelta(days=3)
        for interval in ("all", "day", "week_hours"):
            asked = Asked(first, day_of(now, zone), interval, "total")  # type: ignore[arg-type]
            total = answer(session, asked, settings, now).total.tally
            counted = {name: count for name, count in whole.counts.items() if count}
            if interval == "week_hours":  # tells nothing of agents' states
                counted = {name: count for name, count in counted.items() if not name.startswith(("state:", "pause:"))}
            assert {name: count for name, count in total.counts.items() if count} == counted
            assert total.histogram("handled").counts.tolist() == whole.histogram("handled").counts.tolist()
    return True


def test_days_of_a_zone_that_changed_its_rules_are_counted_again(sqlite_store: sessionmaker[Session]) -> None:
    settings = Settings(timezone="Europe/Berlin")
    now = live(sqlite_store, settings, Random(3), 30)
    counter = Counter(sqlite_store, settings)
    with sqlite_store() as session, session.begin():
        # As if the clocks of that night had been changed by a law that came later.
        session.execute(update(ReportCell).where(ReportCell.level == "day").values(ends_at=ReportCell.begins_at))
    assert counter.sum_months(now) == 0
    count_all(sqlite_store, settings, now)
    with sqlite_store() as session:
        assert differences(session, ZoneInfo("Europe/Berlin"), now) == []
        assert session.scalar(select(ReportCell.ends_at).where(ReportCell.ends_at == ReportCell.begins_at)) is None


def test_a_wrap_up_that_goes_on_neither_hides_the_past_nor_keeps_the_counter_busy(
    sqlite_store: sessionmaker[Session],
) -> None:
    settings, now = Settings(timezone="UTC"), BEGAN + timedelta(days=2)
    counter = Counter(sqlite_store, settings)
    assert counter.count(BEGAN), "where it begins"
    with sqlite_store() as session, session.begin():
        for call_id, arrived in (("long ago", BEGAN), ("now", now - timedelta(minutes=10))):
            over = arrived + timedelta(minutes=9)
            times = {"arrived_at": arrived, "connected_at": arrived, "released_at": over, "ended_at": over}
            told = {"line": "1000", "language": "en", "caller_number": "", "caller_name": "", "state": "ended"}
            session.add(Call(call_id=call_id, agent="anna", result="served", **told, **times))
        session.add(AgentStateChange(agent="anna", at=now - timedelta(minutes=1), state="wrap-up", reachable=True))
    pieces = 0
    while counter.count(now):
        pieces += 1
        assert pieces < 10
    with sqlite_store() as session:
        row = session.get_one(ReportCounting, 1)
        assert (row.complete, row.counted_from) == (True, slot_of(BEGAN))
        assert slot_of(now - timedelta(minutes=10)) in {slot_of(at) for at in session.scalars(select(ReportDue.at))}
        assert whole_of(session, now)["wrap_ms"] == 0
        later = now + timedelta(minutes=5)
        session.add(AgentStateChange(agent="anna", at=later, state="free", reachable=True))
        session.commit()
    counter.count(later)
    with sqlite_store() as session:
        assert differences(session, ZoneInfo("UTC"), later) == []
        assert whole_of(session, later)["wrap_ms"] == 360_000
        assert session.scalar(select(ReportDue.id)) is None


def test_a_day_that_does_not_hold_its_slots_is_added_up_again(sqlite_store: sessionmaker[Session]) -> None:
    settings = Settings(timezone="Europe/Berlin")
    now = live(sqlite_store, settings, Random(4), 30)
    with sqlite_store.begin() as session:
        slots = session.scalars(select(ReportCell.begins_at).where(ReportCell.level == "slot")).all()
        session.execute(update(ReportCell).where(ReportCell.level == "day").values(packed=cells.pack({})))
        session.add_all([ReportDue(at=at) for at in set(slots)])
    count_all(sqlite_store, settings, now)
    with sqlite_store() as session:
        assert differences(session, ZoneInfo(settings.timezone), now) == []
