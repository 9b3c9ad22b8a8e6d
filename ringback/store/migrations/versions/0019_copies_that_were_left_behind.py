"""What an earlier upload left in a storage that was away is known until it is gone."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'


def upgrade() -> None:
    op.create_table('recording_leftover',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['linkedid'], ['recording.linkedid'], name=op.f('fk_recording_leftover_linkedid_recording')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording_leftover')),
    sa.UniqueConstraint('url', name=op.f('uq_recording_leftover_url'))
    )
    op.create_index(op.f('ix_recording_leftover_linkedid'), 'recording_leftover', ['linkedid'])


def downgrade() -> None:
    op.drop_table('recording_leftover')
