"""how recordings are kept."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.create_table('recording_wish',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['linkedid'], ['call.linkedid'], name=op.f('fk_recording_wish_linkedid_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording_wish'))
    )

    with op.batch_alter_table('recording_wish', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recording_wish_linkedid'), ['linkedid'], unique=False)

    op.create_table('recording_upload',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('upload_id', sa.String(), nullable=True),
    sa.Column('part_bytes', sa.Integer(), nullable=True),
    sa.Column('parts', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('begun_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['linkedid'], ['recording.linkedid'], name=op.f('fk_recording_upload_linkedid_recording')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording_upload')),
    sa.UniqueConstraint('linkedid', name=op.f('uq_recording_upload_linkedid'))
    )

    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notes', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('size', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('levels', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('gaps', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('checked_at', ringback.store.base.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('fault', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('remote_url', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('remote_at', ringback.store.base.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('local', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.create_index(batch_op.f('ix_recording_checked_at'), ['checked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_fault'), ['fault'], unique=False)
        batch_op.create_index(batch_op.f('ix_recording_remote_at'), ['remote_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recording_remote_at'))
        batch_op.drop_index(batch_op.f('ix_recording_fault'))
        batch_op.drop_index(batch_op.f('ix_recording_checked_at'))
        batch_op.drop_column('local')
        batch_op.drop_column('remote_at')
        batch_op.drop_column('remote_url')
        batch_op.drop_column('fault')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('gaps')
        batch_op.drop_column('levels')
        batch_op.drop_column('size')
        batch_op.drop_column('notes')

    op.drop_table('recording_upload')
    with op.batch_alter_table('recording_wish', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recording_wish_linkedid'))

    op.drop_table('recording_wish')
