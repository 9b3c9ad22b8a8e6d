"""whose number a promise calls."""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0030'


def upgrade() -> None:
    # Not in a batch: for a default SQLite would be given a new table, to which others refer.
    op.add_column('callback', sa.Column('own_number', sa.Boolean(), server_default=sa.text('true'), nullable=False))


def downgrade() -> None:
    op.drop_column('callback', 'own_number')
