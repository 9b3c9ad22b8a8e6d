"""Tells systems beside of calls: that one arrived, was answered, is over, and what its caller answered in a survey.

Written with the rows of the call, each once; shaped as `store_parts.PartBook`. Facts of calls alone: what was said in
one is nobody's outside.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from calls.models import Call, SelfCall, seconds_of
from calls.numbers import clean_name, contact_number, country_of
from controller.store_rows import time
from ivr.facts import CallRecord
from outbox.service import NewEvent, publish_all
from ringback.config import Settings

ARRIVED, ANSWERED, ENDED, SURVEYED = "call.arrived", "call.answered", "call.ended", "survey.answered"
ALL = (ARRIVED, ANSWERED, ENDED, SURVEYED)


class NewsBook:
    """What was told, by call: kinds of events."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._told: dict[str, list[str]] = {}

    def take_settings(self, settings: Settings) -> None:
        """Numbers are read by these from now on."""
        self._settings = settings

    def restore(self, call_ids: Iterable[str]) -> None:
        """Calls that another process told of: `read` says what."""

    def read(self, connection: Connection) -> None:
        """What was told of calls that go on, before anything more is written of them."""
        rows = connection.execute(
            select(Call.call_id, Call.connected_at, Call.ended_at).where(Call.snapshot.is_not(None))
        ).tuples()
        self._told = {
            call_id: [*ALL] if ended_at else [ARRIVED, *([ANSWERED] if connected_at else [])]
            for call_id, connected_at, ended_at in rows
        }

    def write(self, connection: Connection, facts: CallRecord) -> list[str] | None:
        """Tells what is new; returns what is told then, for `wrote`; None: nothing is."""
        told = self._told.get(facts.call_id, [])
        new = [kind for kind in _happened(facts) if kind not in told]
        if not new:
            return None
        if _is_ours(connection, facts):
            return list(ALL)
        body = self._body(facts)
        key = f"call:{facts.call_id}"
        publish_all(
            connection, [NewEvent(kind, key, _answers(body, facts) if kind == SURVEYED else body) for kind in new]
        )
        return [*told, *new]

    def wrote(self, call_id: str, said: list[str], *, over: bool) -> None:
        """The transaction was committed."""
        if over:
            self._told.pop(call_id, None)
        else:
            self._told[call_id] = said

    def _body(self, facts: CallRecord) -> dict[str, Any]:
        """A call as far as it is known."""
        queued, connected, released, ended = map(
            time, (facts.queued_at, facts.connected_at, facts.released_at, facts.ended_at)
        )
        return {
            "call_id": facts.call_id,
            "line": facts.line,
            "number": contact_number(facts.caller_number, country_of(self._settings, facts.line)),
            "caller_name": clean_name(facts.caller_name),
            "language": facts.language,
            "called_back": facts.called_back,
            "menu_path": facts.menu_path,
            "about_ticket": facts.about_ticket,
            "queue": facts.queue,
            "agent": facts.agent,
            "arrived_at": _iso(time(facts.arrived_at)),
            "queued_at": _iso(queued),
            "connected_at": _iso(connected),
            "released_at": _iso(released),
            "ended_at": _iso(ended),
            "wait_seconds": seconds_of(queued, connected, ended),
            "talk_seconds": seconds_of(connected, released, ended),
            "result": facts.result,
            "ended_by": facts.ended_by,
        }


def _happened(facts: CallRecord) -> list[str]:
    """In the order in which it did."""
    is_over = facts.ended_at is not None
    found = (
        (ARRIVED, True),
        (ANSWERED, facts.connected_at is not None),
        (SURVEYED, is_over and bool(facts.survey_answers)),
        (ENDED, is_over),
    )
    return [kind for kind, is_so in found if is_so]


def _answers(body: dict[str, Any], facts: CallRecord) -> dict[str, Any]:
    """What the caller pressed; words of the caller's own are sound."""
    told = ("name", "question", "key", "label", "means")
    answers = [{name: each[name] for name in told} for each in facts.survey_answers]
    of_call = {name: body[name] for name in ("call_id", "line", "number", "queue", "agent")}
    return {**of_call, "survey": facts.survey, "outcome": facts.survey_outcome, "answers": answers}


def _is_ours(connection: Connection, facts: CallRecord) -> bool:
    """Whether Ringback calls its own line: nobody's customer."""
    return connection.scalar(select(exists().where(SelfCall.token == facts.caller_number))) is True


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
