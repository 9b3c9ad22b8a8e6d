"""Legal holds, receipts of listening, erasures with their certificates."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.create_table('erasure',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('linkedids', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=True),
    sa.Column('asked_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.Column('preview', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('confirmed_by', sa.String(), nullable=True),
    sa.Column('confirmed_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('removed', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('kept', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('certificate', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('finished_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_state'), ['state'], unique=False)
        batch_op.create_index('uq_erasure_one_by_age', ['cause'], unique=True, sqlite_where=sa.text("cause = 'keep-until' AND finished_at IS NULL"), postgresql_where=sa.text("cause = 'keep-until' AND finished_at IS NULL"))

    op.create_table('hold',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('placed_by', sa.String(), nullable=False),
    sa.Column('placed_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('released_by', sa.String(), nullable=True),
    sa.Column('released_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('release_reason', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold'))
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index('uq_hold_standing', ['kind', 'subject'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    op.create_table('erased_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('erasure_id', sa.Uuid(), nullable=False),
    sa.Column('room', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('removed_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['erasure_id'], ['erasure.id'], name=op.f('fk_erased_file_erasure_id_erasure')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erased_file')),
    sa.UniqueConstraint('erasure_id', 'room', 'name', name=op.f('uq_erased_file_erasure_id'))
    )
    op.create_table('access_receipt',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('until', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('original', sa.Boolean(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('fetched_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('played_seconds', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['linkedid'], ['call.linkedid'], name=op.f('fk_access_receipt_linkedid_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_receipt'))
    )
    with op.batch_alter_table('access_receipt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_receipt_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_receipt_linkedid'), ['linkedid'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_receipt_person'), ['person'], unique=False)


def downgrade() -> None:
    op.drop_table('access_receipt')
    op.drop_table('erased_file')
    op.drop_table('hold')
    op.drop_table('erasure')
