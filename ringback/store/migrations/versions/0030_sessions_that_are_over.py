"""sessions that are over."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0030'
down_revision = '0024'


def upgrade() -> None:
    op.create_table('ended_session',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ended_session'))
    )
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ended_session_at'), ['at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ended_session_at'))

    op.drop_table('ended_session')
