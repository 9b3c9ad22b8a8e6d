"""Calls of some weeks of which everything can be reported: each figure, each way in which calls are told apart."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import AgentStateChange, Call, CallSegment, Contact, LegQuality, QueueVisit
from recording.models import Recording
from survey.models import SurveyAnswer, SurveyRun
from tickets.models import Ticket
from topics.models import CallTopic, Topic
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction

OUTCOMES = (
    "answered",
    "abandoned",
    "answered",
    "callback",
    "answered",
    "overflow",
    "answered",
    "message",
    "answered",
    "closed",
    "answered",
    "lost",
    "answered",
    "transferred",
)
AGENTS = ("anna", "boris")
QUEUES = ("support", "old-line")
"""Of the second the settings know nothing any more."""
STATES = ((-500, "free"), (-400, "talking"), (-300, "wrap-up"), (-200, "free"), (-5, "logged out"))
"""Of each day, minutes before its end."""
A_DAY = 14
"""Calls."""


class Reported:
    """Adds calls to a store: the same ones each time, ending at `now`."""

    def __init__(self, session: Session, now: datetime, days: int = 8) -> None:
        self._session, self._now, self._days = session, now, days
        self._contacts = [Contact(number=f"+1202555020{number}") for number in range(5)]
        self._topics = [Topic(words={"en": ["router", "light"]}, name="Router"), Topic(words={"en": ["invoice"]})]
        self._tickets = [Ticket(subject=f"Case {word}", contact_id=None) for word in ("solved", "none", "gone")]
        for ticket in self._tickets[::2]:
            ticket.disposition = ticket.subject.removeprefix("Case ")

    def add(self) -> None:
        self._session.add_all([*self._contacts, *self._topics, *self._tickets])
        self._session.flush()
        for day in range(self._days):
            for number in range(A_DAY):
                back = timedelta(days=self._days - 1 - day, minutes=(A_DAY - number) * 37)
                self._call(day * A_DAY + number, self._now - back)
            self._agents_day(self._now - timedelta(days=self._days - 1 - day))
        self._session.flush()

    def _call(self, number: int, at: datetime) -> None:
        outcome = OUTCOMES[number % len(OUTCOMES)]
        wait = timedelta(seconds=2 + number * 7.5 % 90)
        answered = outcome in ("answered", "transferred")
        agent = AGENTS[number % 3 == 0] if answered else None
        call = Call(
            call_id=f"r-{number:05}",
            line=("1000", "1001")[number % 5 == 0],
            language=("en", "ru")[number % 4 == 0],
            caller_number=f"+1202555020{number % 6}",
            caller_name="",
            state="ended",
            result="served" if answered else "abandoned",
            ended_by=("caller", "agent", None)[number % 3],
            menu_path=[{"menu": "main", "key": str(1 + number % 2), "label": "x"}] if number % 3 else [],
            queue=QUEUES[number % 4 == 1],
            agent=agent,
            arrived_at=at,
            queued_at=at,
            connected_at=at + wait if answered else None,
            released_at=at + wait + timedelta(seconds=200) if answered else None,
            ended_at=at + wait + timedelta(seconds=210 if answered else 0),
            contact_id=self._contacts[number % 5].id if number % 6 else None,
            ticket_number=self._tickets[number % 3].number if number % 2 else None,
        )
        self._session.add(call)
        self._session.flush()
        self._visits(call, number, outcome, wait)
        if answered:
            self._talk(call, number)
            self._after(call, number)
        if number % 4:
            topic = self._topics[number % 2].id if number % 8 else None
            self._session.add(
                CallTopic(
                    call_id=call.call_id, language="en", arrived_at=at, vector=b"", at=0.0, topic_id=topic, likeness=0.9
                )
            )
        if outcome == "callback" or number % 9 == 0:
            self._promise(call, number)

    def _visits(self, call: Call, number: int, outcome: str, wait: timedelta) -> None:
        at = call.arrived_at
        rows = [("menu", outcome, at, at + wait)]
        if outcome == "overflow":
            rows.append(("overflow", "abandoned", at + wait, at + wait + timedelta(seconds=3)))
        if number % 11 == 0:
            rows.append(("callback", "answered", at + wait, at + wait))
        for seq, (came_by, became, entered, left) in enumerate(rows):
            self._session.add(
                QueueVisit(
                    call_id=call.call_id,
                    seq=seq,
                    queue=call.queue or "support",
                    entered_at=entered,
                    came_by=came_by,
                    left_at=left,
                    outcome=became,
                    told_minutes=(None, 1, 61)[number % 3],
                    agent=call.agent if became in ("answered", "transferred") else None,
                    reason="waiting" if became == "abandoned" else None,
                )
            )

    def _talk(self, call: Call, number: int) -> None:
        begins, ends = call.connected_at, call.released_at
        assert begins is not None and ends is not None
        middle = begins + timedelta(seconds=100)
        rows = [("talk", call.agent, begins, middle if number % 5 == 0 else ends, "queue")]
        if number % 5 == 0:
            rows.append(("talk", "boris", middle, ends, "blind"))
        if number % 3 == 0:
            rows.append(
                ("hold", None, begins + timedelta(seconds=10), begins + timedelta(seconds=10 + number % 60), None)
            )
        for seq, (kind, agent, since, until, why) in enumerate(rows):
            self._session.add(
                CallSegment(
                    call_id=call.call_id, seq=seq, kind=kind, agent=agent, started_at=since, ended_at=until, why=why
                )
            )

    def _after(self, call: Call, number: int) -> None:
        call_id, at = call.call_id, call.ended_at or call.arrived_at
        outcome = ("answered", "answered", "silent", "not_asked")[number % 4]
        self._session.add(
            SurveyRun(
                call_id=call_id,
                survey="solved",
                at=at,
                outcome=outcome,
                agent=call.agent,
                queue=call.queue,
                poor=outcome == "answered" and number % 5 == 0,
            )
        )
        if outcome == "answered":
            means = "poor" if number % 5 == 0 else "good"
            self._session.add(
                SurveyAnswer(call_id=call_id, survey="solved", question="?", key="1", label="x", at=at, means=means)
            )
        state = ("stored", "stored", "missing", "truncated", "not_recorded")[number % 5]
        fault = "changed" if state == "stored" and number % 7 == 0 else None
        text = Transcript(call_id=call_id, language="en", state="failed" if number % 6 == 0 else "done")
        self._session.add_all([Recording(call_id=call_id, state=state, fault=fault), text])
        self._session.flush()
        masked = ("clean", "passed", "failed", "waiting")[number % 4]
        self._session.add(Redaction(transcript_id=text.id, state=masked))
        for leg, agent in enumerate((None, call.agent)):
            mos = None if number % 7 == leg else 3.0 + number % 10 / 8
            self._session.add(
                LegQuality(
                    call_id=call_id, channel=f"{call_id}-{leg}", agent=agent, at=at, received_mos=mos, sent_mos=mos
                )
            )

    def _promise(self, call: Call, number: int) -> None:
        state = ("done", "failed", "cancelled", "requested", "done")[number % 5]
        at = call.arrived_at
        self._session.add(
            Callback(
                source="queue",
                source_key=call.call_id,
                number=f"+1303555{number:04}",
                language=call.language,
                line=call.line,
                queue=call.queue or "support",
                arrived_at=at,
                requested_at=at,
                due_at=at,
                expires_at=at,
                state=state,
                agent="anna" if state == "done" else None,
                ended_at=at + timedelta(minutes=5) if state in ("done", "failed", "cancelled") else None,
                asked_call_id=call.call_id if number % 2 else None,
                once=number % 10 == 9,
            )
        )

    def _agents_day(self, at: datetime) -> None:
        for agent in AGENTS:
            for minutes, state in (
                (-500, "free"),
                (-400, "talking"),
                (-300, "wrap-up"),
                (-200, "free"),
                (-5, "logged out"),
            ):
                self._session.add(
                    AgentStateChange(
                        agent=agent, at=at + timedelta(minutes=minutes), state=state, reason=None, reachable=True
                    )
                )
