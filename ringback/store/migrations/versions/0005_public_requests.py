"""What was sent to the public callback form, so that a flood is seen by every web process."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "public_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("at", ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_public_request"),
    )
    for name in ("address", "number", "at"):
        op.create_index(f"ix_public_request_{name}", "public_request", [name])


def downgrade() -> None:
    op.drop_table("public_request")
