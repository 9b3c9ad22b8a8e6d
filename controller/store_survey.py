"""Writes what came of surveys as rows: only what has changed since the last time. Shaped as `store_parts.PartBook`."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert

from calls.numbers import contact_number, country_of
from ivr.facts import CallRecord
from ringback.config import Settings
from ringback.fingerprints import fingerprint
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utc, uuid7
from survey.models import SurveyAnswer, SurveyOptOut, SurveyRun

_run, _answer, _opt_out = (cast("Table", model.__table__) for model in (SurveyRun, SurveyAnswer, SurveyOptOut))
Rows = list[dict[str, Any]]
"""The run, then its answers; empty: there was none."""


class SurveyBook:
    """What the rows say, by call, as far as this process wrote them."""

    def __init__(self, settings: Settings, number_key: str) -> None:
        self._settings = settings
        self._number_key = number_key
        self._written: dict[str, Rows] = {}
        self._unread: set[str] = set()

    def take_settings(self, settings: Settings) -> None:
        """Rows are written by these from now on."""
        self._settings = settings

    def restore(self, call_ids: Iterable[str]) -> None:
        """Calls of which another process wrote rows: they are written anew."""
        self._unread = set(call_ids)

    def write(self, connection: Connection, facts: CallRecord) -> Rows | None:
        """Brings the rows of one call in line; returns what they say then, for `wrote`; None: nothing was to do."""
        call_id, is_unread = facts.call_id, facts.call_id in self._unread
        now, before = self._rows(facts), [] if is_unread else self._written.get(call_id, [])
        if now == before and not is_unread:
            return None
        if before or is_unread:
            for table in (_answer, _run):
                connection.execute(delete(table).where(table.c.call_id == call_id))
        if now:
            connection.execute(insert(_run).values(id=uuid7(), **now[0]))
        if answers := [{"id": uuid7(), **answer} for answer in now[1:]]:
            connection.execute(insert(_answer), answers)
        if now and now[0]["outcome"] == "opted_out" and (caller := now[0]["caller"]) is not None:
            connection.execute(insert_or_leave(_opt_out).values(id=uuid7(), caller=caller, at=now[0]["at"]))
        return now

    def wrote(self, call_id: str, said: Rows, *, over: bool) -> None:
        """The transaction was committed."""
        self._unread.discard(call_id)
        if over:
            self._written.pop(call_id, None)
        else:
            self._written[call_id] = said

    def _rows(self, facts: CallRecord) -> Rows:
        """What the facts mean."""
        if facts.survey is None and facts.survey_not_asked is None:
            return []
        queue = self._settings.queues.get(facts.queue or "")
        survey = facts.survey or (queue.survey if queue else None) or ""
        began = facts.survey_at if facts.survey is not None else facts.released_at
        arrived, begun = facts.arrived_at or 0.0, facts.comment_from
        run = {
            "call_id": facts.call_id,
            "survey": survey,
            "at": utc(began or facts.ended_at or arrived),
            "outcome": "not_asked" if facts.survey is None else facts.survey_outcome,
            "not_asked": facts.survey_not_asked if facts.survey is None else None,
            "agent": facts.agent,
            "queue": facts.queue,
            "caller": self._fingerprint(facts),
            "comment_from": None if begun is None else begun - arrived,
            "comment_to": None if begun is None or facts.comment_to is None else facts.comment_to - arrived,
            "follow_up": facts.follow_up,
            "poor": any(answer["means"] == "poor" for answer in facts.survey_answers),
        }
        answers = [{**each, "call_id": facts.call_id, "survey": survey} for each in facts.survey_answers]
        return [run, *({**each, "at": utc(each["at"])} for each in answers)]

    def _fingerprint(self, facts: CallRecord) -> str | None:
        """Of a number outside; one inside may be anybody's, and is asked each time."""
        number = contact_number(facts.caller_number, country_of(self._settings, facts.line))
        return fingerprint(number, self._number_key) if number is not None and number.startswith("+") else None
