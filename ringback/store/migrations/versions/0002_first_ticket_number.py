"""The first ticket is number 1001: people say it aloud, and "ticket 1" sounds like a joke.

Both stores keep the last number they gave; it is set once, before there is any ticket.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'ticket', 1000 "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'ticket')"
        )
    else:
        op.execute("SELECT setval(pg_get_serial_sequence('ticket', 'number'), 1000)")


def downgrade() -> None:
    """Nothing: numbers that were given stay given."""
