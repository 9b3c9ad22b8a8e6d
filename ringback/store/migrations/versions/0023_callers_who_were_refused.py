"""How many callers were refused in a minute, because more came than can be served."""

import sqlalchemy as sa
from alembic import op

from ringback.store.base import UtcTime

revision = '0023'
down_revision = '0022'


def upgrade() -> None:
    op.create_table(
        "refused_calls",
        sa.Column("minute", UtcTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name=op.f("pk_refused_calls")),
    )
