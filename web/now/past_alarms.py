"""Past alarms: what was wrong, from when to when, who saw to it, and who had been told."""

import uuid
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from alarms.service import told_of
from ringback.store.bus import Alarm
from web import access
from web.alarms import AlarmLine, alarm_lines
from web.context import db, needs, person
from web.documents.facts import iso
from web.documents.promises import alarm_facts
from web.labels import agent_name
from web.now import blueprint

PAGE = 50


@dataclass(frozen=True)
class PastAlarm:
    """A row of now/past_alarms.html."""

    line: AlarmLine
    cleared_at: str | None
    lasted: float
    """Seconds."""
    ended_by: str
    """Who saw to it; empty: nobody had to."""
    seen_at: str | None
    told: list[str]
    """Who had been told, as the settings call them."""


@blueprint.get("/alarms/past")
@needs("alarms")
def past_alarms() -> ResponseReturnValue:
    """Newest first."""
    try:
        before = uuid.UUID(request.args.get("before", ""))
    except ValueError:
        before = None
    query = select(Alarm).where(Alarm.cleared_at.is_not(None)).order_by(Alarm.id.desc()).limit(PAGE + 1)
    rows = list(db().scalars(query if before is None else query.where(Alarm.id < before)))
    older = url_for("now.past_alarms", before=rows[PAGE - 1].id) if len(rows) > PAGE else None
    known = [row for row in rows[:PAGE] if access.may_know_of_alarm(person(), row.kind)]
    return render_template("now/past_alarms.html", past=_past(known), older=older, further=before)


def _past(rows: list[Alarm]) -> list[PastAlarm]:
    told = told_of(db(), [row.id for row in rows])
    lines = alarm_lines([alarm_facts(row) for row in rows])
    return [
        PastAlarm(
            line=line,
            cleared_at=iso(row.cleared_at),
            lasted=(row.cleared_at - row.raised_at).total_seconds() if row.cleared_at else 0.0,
            ended_by=agent_name(row.cleared_by or row.seen_by),
            seen_at=iso(row.seen_at),
            told=list(dict.fromkeys(f"{each.recipient} ({each.address})" for each in told.get(row.id, []))),
        )
        for row, line in zip(rows, lines, strict=True)
    ]
