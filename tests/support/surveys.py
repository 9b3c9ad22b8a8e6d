"""Calls after which people were asked, with answers, words of their own, and one that went badly."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from calls.models import Call, CallSegment
from ringback import secrets
from ringback.fingerprints import fingerprint
from ringback.store.base import utcnow
from survey.models import SurveyAnswer, SurveyOptOut, SurveyRun
from tests.support.calls import EVIL_NAME, TICKET, Store, words
from tickets import poor_answers
from transcripts.models import Segment, Transcript

POOR = "1763700000.1"
"""A call of anna's that began with boris: a hold, a silence, both at once, and a poor answer."""
NUMBER = "+14155550150"
KEYS = ["1"] * 14 + ["2"] * 3 + ["3"] * 4 + [""] * 5 + ["hung_up"] * 4 + ["9"] + ["lately"] * 3
"""What callers pressed, or what became of them otherwise."""
LABELS = {"1": ("Yes", "good"), "2": ("Partly", "fair"), "3": ("No", "poor")}
OUTCOMES = {"": "silent", "hung_up": "hung_up", "9": "opted_out", "lately": "not_asked"}


def seed_surveys(store: Store, now: datetime | None = None) -> None:
    """So many calls of the last weeks that shares can be told, and the poor one."""
    now = now or utcnow()
    with store.sessions() as session, session.begin():
        for number, key in enumerate(KEYS):
            at = now - timedelta(days=1 + number * 2)
            _asked(session, f"17637001{number:02}.1", at, key, "anna" if number % 3 else "boris")
        caller = fingerprint(NUMBER, secrets.load_or_create(store.settings)[0].number_key)
        _poor(session, now - timedelta(hours=2), caller)
        session.add(SurveyOptOut(caller=caller))
    with store.sessions() as session, session.begin():
        poor_answers.tell(session, POOR)


def _asked(session: Session, call_id: str, at: datetime, key: str, agent: str) -> None:
    path = [{"menu": "main", "key": "1", "label": "Something does not work"}] if agent == "anna" else []
    session.add(
        Call(
            call_id=call_id,
            line="1000",
            language="en",
            caller_number=NUMBER,
            caller_name="",
            state="ended",
            result="served",
            queue="support",
            agent=agent,
            menu_path=path,
            arrived_at=at - timedelta(seconds=200),
            queued_at=at - timedelta(seconds=190),
            connected_at=at - timedelta(seconds=180),
            released_at=at,
            ended_at=at + timedelta(seconds=12),
            survey_outcome=OUTCOMES.get(key, "answered"),
        )
    )
    session.flush()
    outcome, not_asked = OUTCOMES.get(key, "answered"), key if key == "lately" else None
    session.add(
        SurveyRun(
            call_id=call_id,
            survey="solved",
            at=at,
            outcome=outcome,
            not_asked=not_asked,
            agent=agent,
            queue="support",
            poor=key == "3",
        )
    )
    if key in LABELS:
        _answer(session, call_id, at, key)


def _answer(session: Session, call_id: str, at: datetime, key: str) -> None:
    label, means = LABELS[key]
    question = "Did we solve your problem?"
    session.add(
        SurveyAnswer(
            call_id=call_id, survey="solved", name="1", question=question, key=key, label=label, means=means, at=at
        )
    )


def _poor(session: Session, arrived: datetime, fingerprinted: str) -> None:
    def at(seconds: float) -> datetime:
        return arrived + timedelta(seconds=seconds)

    session.add(
        Call(
            call_id=POOR,
            line="1000",
            language="en",
            caller_number=NUMBER,
            caller_name="Robin Vale",
            state="ended",
            result="served",
            queue="support",
            agent="anna",
            survey_outcome="answered",
            arrived_at=arrived,
            menu_path=[{"menu": "main", "key": "1", "label": "Something does not work"}],
            ticket_number=TICKET,
            queued_at=at(10),
            connected_at=at(20),
            released_at=at(140),
            ended_at=at(170),
        )
    )
    session.flush()
    for seq, (kind, agent, start, end, why) in enumerate(
        (("talk", "boris", 20, 60, "queue"), ("hold", "boris", 30, 52, None), ("talk", "anna", 60, 140, "blind"))
    ):
        row = CallSegment(call_id=POOR, seq=seq, kind=kind, agent=agent, started_at=at(start), why=why)
        row.ended_at = at(end)
        session.add(row)
    transcript = Transcript(call_id=POOR, state="done", language="en", engine="vosk")
    said = (
        ("agent", 21.0, "Please hold the line"),
        ("caller", 62.0, "I have told this three times now and nobody has ever listened to me"),
        ("agent", 64.0, "I can see that here in front of me"),
        ("caller", 125.0, "Are you still there"),
        ("caller", 152.0, f"Nobody knew what the other had said {EVIL_NAME}"),
    )
    for seq, (speaker, start, text) in enumerate(said):
        spoken = words(start, text)
        end = float(spoken[-1][1])  # type: ignore[arg-type]
        transcript.segments.append(
            Segment(seq=seq, speaker=speaker, start=start, end=end, text=text, confidence=0.9, words=spoken)
        )
    session.add(transcript)
    session.add(
        SurveyRun(
            call_id=POOR,
            survey="solved",
            at=at(140),
            outcome="answered",
            agent="anna",
            queue="support",
            poor=True,
            follow_up=True,
            comment_from=150.0,
            comment_to=165.0,
            caller=fingerprinted,
        )
    )
    _answer(session, POOR, at(146), "3")
