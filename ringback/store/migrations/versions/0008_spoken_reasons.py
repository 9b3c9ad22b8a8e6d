"""Spoken reasons lie in the recording of the call that asked; agents' states say which queues they chose."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    with op.batch_alter_table('agent_state', schema=None) as batch_op:
        batch_op.add_column(sa.Column('queues', sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason_linkedid', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('reason_from', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('reason_to', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('reason_text', sa.String(), nullable=True))
        batch_op.create_index(batch_op.f('ix_callback_reason_linkedid'), ['reason_linkedid'], unique=False)
        batch_op.drop_column('reason_path')

    with op.batch_alter_table('wait_told', schema=None) as batch_op:
        batch_op.create_index('ix_wait_told_queue', ['queue', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('wait_told', schema=None) as batch_op:
        batch_op.drop_index('ix_wait_told_queue')

    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason_path', sa.VARCHAR(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_callback_reason_linkedid'))
        batch_op.drop_column('reason_text')
        batch_op.drop_column('reason_to')
        batch_op.drop_column('reason_from')
        batch_op.drop_column('reason_linkedid')

    with op.batch_alter_table('agent_state', schema=None) as batch_op:
        batch_op.drop_column('queues')
