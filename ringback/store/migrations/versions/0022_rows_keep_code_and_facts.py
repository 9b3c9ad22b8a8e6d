"""Rows keep what happened as code and facts, and no sentence: `{"code": ..., "facts": {...}}` as text.

Old sentences that had one form alone get their code. All others stay as they are, with the code `text`, and pages show
them as English. Alarms get a column for the code of their sentence; those that stand keep their English one.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from ringback.messages import from_json

revision = '0022'
down_revision = '0021'

COLUMNS = (
    ("process", "trouble"), ("request", "error"), ("recording", "error"), ("recording_upload", "error"),
    ("transcript", "error"), ("transcript_stage", "error"), ("erasure", "error"), ("work_failure", "error"),
    ("callback", "end_reason"),
)
KILLER = ("Every worker that took this up died of it (6 tries): it is set aside until somebody looks at it.",
          "ringback.killer", {"count": 6})
OUTCOMES = ("busy", "no_answer", "machine", "refused", "unreachable", "wrong_number")
KNOWN: dict[tuple[str, str], tuple[tuple[str, str, dict[str, Any]], ...]] = {
    ("erasure", "error"): (
        ("held", "retention.held", {}),
        ("It waits for a call that goes on, or whose recording is in work.", "retention.waits_for_call", {}),
        ("It waits until nobody reads an older state of the database.", "retention.waits_for_readers", {}),
        ("It waits for a promised call that is being made.", "callback.waits_for_call", {}),
    ),
    ("recording", "error"): (KILLER,),
    ("recording_upload", "error"): (KILLER,),
    ("transcript", "error"): (
        KILLER,
        ("There is no recording to transcribe.", "transcripts.no_recording", {}),
        ("The recording has no file.", "recording.none", {}),
    ),
    ("transcript_stage", "error"): (KILLER,),
    ("callback", "end_reason"): (
        ("served", "callback.kept.served", {}),
        ("promised", "callback.kept.promised", {}),
        ("message", "callback.kept.message", {}),
        ("nobody could call in time", "callback.expired", {}),
        ("nobody could be found in time", "callback.expired", {}),
        ("the customer called in", "callback.called_in", {}),
        ("ended elsewhere", "callback.elsewhere", {}),
        ("cancelled by a person", "callback.cancelled", {}),
        ("a newer promise stands", "callback.newer", {}),
        ("the customer's data was erased on request", "callback.erased", {}),
        ("Its ticket was given to a person.", "callback.given_away", {}),
        *((each, "callback.last_attempt", {"outcome": {"code": f"callback.outcome.{each}", "facts": {}}})
          for each in OUTCOMES),
    ),
}
"""Sentences of old, whole, with their code and facts."""


def upgrade() -> None:
    op.add_column("alarm", sa.Column("code", sa.String(), nullable=True))
    bind = op.get_bind()
    made = "json_object" if bind.dialect.name == "sqlite" else "json_build_object"
    for table, column in COLUMNS:
        for old, code, facts in KNOWN.get((table, column), ()):
            new = json.dumps({"code": code, "facts": facts})
            one = sa.text(f'UPDATE "{table}" SET {column} = :new WHERE {column} = :old')
            bind.execute(one, {"new": new, "old": old})
        rest = sa.text(
            f"UPDATE \"{table}\" SET {column} = "
            f"CAST({made}('code', 'text', 'facts', {made}('text', {column})) AS VARCHAR) "
            f"WHERE {column} IS NOT NULL AND {column} NOT LIKE :ours"
        )
        bind.execute(rest, {"ours": '{"code"%'})


def _words(found: str) -> str:
    """The English sentence; what an older program wrote meanwhile is one already."""
    try:
        return str(from_json(json.loads(found)) or found)
    except ValueError:
        return found


def downgrade() -> None:
    bind = op.get_bind()
    for table, column in COLUMNS:
        rows = bind.execute(sa.text(f'SELECT DISTINCT {column} FROM "{table}" WHERE {column} IS NOT NULL'))
        for (found,) in rows.all():
            one = sa.text(f'UPDATE "{table}" SET {column} = :new WHERE {column} = :old')
            bind.execute(one, {"new": _words(found), "old": found})
    op.drop_column("alarm", "code")
