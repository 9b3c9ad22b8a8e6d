"""What callers were told of their wait, what the line has learned, and an index for the list of calls."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('line_memory',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('data', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('saved_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_line_memory'))
    )
    op.create_table('wait_told',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('queue', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('expected_seconds', sa.Float(), nullable=False),
    sa.Column('bound_minutes', sa.Integer(), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.Column('waited_seconds', sa.Float(), nullable=False),
    sa.Column('served', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wait_told'))
    )
    with op.batch_alter_table('wait_told', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wait_told_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_wait_told_linkedid'), ['linkedid'], unique=False)
    op.create_index("ix_call_arrived", "call", ["arrived_at", "linkedid"])



def downgrade() -> None:
    op.drop_index("ix_call_arrived", "call")
    with op.batch_alter_table('wait_told', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_wait_told_linkedid'))
        batch_op.drop_index(batch_op.f('ix_wait_told_at'))

    op.drop_table('wait_told')
    op.drop_table('line_memory')
