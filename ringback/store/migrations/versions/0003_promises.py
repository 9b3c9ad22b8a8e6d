"""Promises to call back get their whole life: states, times, attempts; and alarms for those that were broken.

Promises from before were given to people as tickets and are never dialled: they end here as cancelled.
"""

import datetime

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = "0003"
down_revision = "0002"

OPEN = sa.text("state IN ('requested', 'due', 'dialling_agent', 'dialling_customer')")
STANDING = sa.text("cleared_at IS NULL")


def _time() -> ringback.store.base.UtcTime:
    return ringback.store.base.UtcTime(timezone=True)


def upgrade() -> None:
    _alarms()
    _columns()
    _end_old_promises()
    with op.batch_alter_table("callback") as batch:
        for name in ("queue", "notes"):
            batch.alter_column(name, existing_type=sa.String(), nullable=False)
        for name in ("due_at", "expires_at"):
            batch.alter_column(name, existing_type=_time(), nullable=False)
        batch.alter_column("menu_path", existing_type=sa.JSON(none_as_null=True), nullable=False)
        batch.alter_column("attempts", existing_type=sa.Integer(), nullable=False)
    op.create_index(
        "uq_callback_open_number", "callback", ["number"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_callback_state", "callback", ["state", "expires_at"])
    op.create_index("ix_callback_ended_at", "callback", ["ended_at"])
    op.create_index("ix_callback_asked_linkedid", "callback", ["asked_linkedid"])
    op.create_index("ix_callback_connected_linkedid", "callback", ["connected_linkedid"])
    _wishes_and_attempts()


def _alarms() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("raised_at", _time(), nullable=False),
        sa.Column("cleared_at", _time(), nullable=True),
        sa.Column("cleared_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
    )
    op.create_index(
        "uq_alarm_standing", "alarm", ["kind", "subject"], unique=True, sqlite_where=STANDING, postgresql_where=STANDING
    )


def _columns() -> None:
    with op.batch_alter_table("callback") as batch:
        for name in ("queue", "notes", "reason_path", "last_outcome", "agent", "asked_linkedid", "connected_linkedid"):
            batch.add_column(sa.Column(name, sa.String(), nullable=True))
        for name in ("end_reason", "created_by"):
            batch.add_column(sa.Column(name, sa.String(), nullable=True))
        for name in ("due_at", "told_by", "expires_at", "last_attempt_at", "next_attempt_at", "ended_at", "reported_at"):
            batch.add_column(sa.Column(name, _time(), nullable=True))
        batch.add_column(sa.Column("menu_path", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("snapshot", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("attempts", sa.Integer(), nullable=True))


def _end_old_promises() -> None:
    json = sa.JSON(none_as_null=True)
    table = sa.table(
        "callback",
        sa.column("id", sa.Uuid()),
        sa.column("requested_at", _time()),
        sa.column("due_at", _time()),
        sa.column("expires_at", _time()),
        sa.column("ended_at", _time()),
        sa.column("menu_path", json),
        *(sa.column(name, sa.String()) for name in ("state", "queue", "notes", "end_reason")),
        sa.column("attempts", sa.Integer()),
    )
    connection = op.get_bind()
    for old, asked in connection.execute(sa.select(table.c.id, table.c.requested_at)).all():
        connection.execute(
            table.update()
            .where(table.c.id == old)
            .values(
                due_at=asked,
                expires_at=asked + datetime.timedelta(hours=24),
                ended_at=asked,
                menu_path=[],
                state="cancelled",
                queue="",
                notes="",
                end_reason="Its ticket was given to a person.",
                attempts=0,
            )
        )


def _wishes_and_attempts() -> None:
    op.create_table(
        "callback_wish",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("requested_at", _time(), nullable=False),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name="fk_callback_wish_callback_id_callback"),
        sa.PrimaryKeyConstraint("source_key", name="pk_callback_wish"),
    )
    op.create_index("ix_callback_wish_callback_id", "callback_wish", ["callback_id"])
    op.create_table(
        "callback_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("at", _time(), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name="fk_callback_attempt_callback_id_callback"),
        sa.PrimaryKeyConstraint("id", name="pk_callback_attempt"),
        sa.UniqueConstraint("callback_id", "attempt", name="uq_callback_attempt_callback_id"),
    )
    op.create_index("ix_callback_attempt_number_at", "callback_attempt", ["number", "at"])
    op.create_index("ix_callback_attempt_at", "callback_attempt", ["at"])


def downgrade() -> None:
    for table in ("callback_attempt", "callback_wish", "alarm"):
        op.drop_table(table)
    for index in ("open_number", "state", "ended_at", "asked_linkedid", "connected_linkedid"):
        op.drop_index(f"{'uq' if index == 'open_number' else 'ix'}_callback_{index}", "callback")
    with op.batch_alter_table("callback") as batch:
        for name in (
            "queue", "notes", "reason_path", "last_outcome", "agent", "asked_linkedid", "connected_linkedid",
            "end_reason", "created_by", "due_at", "told_by", "expires_at", "last_attempt_at", "next_attempt_at",
            "ended_at", "reported_at", "menu_path", "snapshot", "attempts",
        ):  # fmt: skip
            batch.drop_column(name)
