"""topics over all calls, what each call is about, and topics that rise.

"""

import sqlalchemy as sa
from alembic import op
import ringback.store.base

revision = '0056'
down_revision = '0053'


def upgrade() -> None:
    op.create_table(
        'topic',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('words', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('name', sa.String(), nullable=True),
        sa.Column('kept', sa.Boolean(), nullable=False),
        sa.Column('changed_by', sa.String(), nullable=True),
        sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_topic')),
    )
    op.create_table(
        'topic_centre',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('topic_id', sa.Uuid(), nullable=False),
        sa.Column('vector', sa.LargeBinary(), nullable=False),
        sa.Column('reach', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_centre_topic_id_topic')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_centre')),
    )
    with op.batch_alter_table('topic_centre', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_centre_topic_id'), ['topic_id'], unique=False)
    op.create_table(
        'call_topic',
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('language', sa.String(), nullable=False),
        sa.Column('arrived_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('vector', sa.LargeBinary(), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        sa.Column('topic_id', sa.Uuid(), nullable=True),
        sa.Column('likeness', sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_call_topic_call_id_call')),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_call_topic_topic_id_topic')),
        sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_topic')),
    )
    with op.batch_alter_table('call_topic', schema=None) as batch_op:
        batch_op.create_index('ix_call_topic_calls', ['topic_id', 'arrived_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_topic_arrived_at'), ['arrived_at'], unique=False)
    op.create_table(
        'topic_rise',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('topic_id', sa.Uuid(), nullable=False),
        sa.Column('since', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('calls', sa.Integer(), nullable=False),
        sa.Column('expected', sa.Float(), nullable=False),
        sa.Column('found_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('seen_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('ended_by', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_rise_topic_id_topic')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_rise')),
    )
    with op.batch_alter_table('topic_rise', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_rise_topic_id'), ['topic_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_rise_state'), ['state'], unique=False)
    op.create_table(
        'topic_clustering',
        sa.Column('id', sa.Integer(), nullable=False, autoincrement=False),
        sa.Column('calls', sa.Integer(), nullable=False),
        sa.Column('finished_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('took_seconds', sa.Float(), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', sa.String(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_clustering')),
    )


def downgrade() -> None:
    for table in ('topic_clustering', 'topic_rise', 'call_topic', 'topic_centre', 'topic'):
        op.drop_table(table)
