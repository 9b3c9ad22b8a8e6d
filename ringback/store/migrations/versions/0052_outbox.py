"""what leaves the house: events, their deliveries, and how receivers are."""

import sqlalchemy as sa
from alembic import op

revision = '0052'
down_revision = '0050'


def upgrade() -> None:
    op.create_table(
        'outbox_event',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('body', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('receiver', sa.String(), nullable=True),
        sa.Column('fanned_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_event')),
    )
    new = sa.text('fanned_at IS NULL')
    with op.batch_alter_table('outbox_event', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_event_at', ['at'], unique=False)
        batch_op.create_index('ix_outbox_event_new', ['id'], unique=False, sqlite_where=new, postgresql_where=new)
    op.create_table(
        'outbox_delivery',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Uuid(), nullable=False),
        sa.Column('receiver', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', sa.String(), nullable=True),
        sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['event_id'],
            ['outbox_event.id'],
            name=op.f('fk_outbox_delivery_event_id_outbox_event'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_delivery')),
        sa.UniqueConstraint('event_id', 'receiver', name=op.f('uq_outbox_delivery_event_id')),
    )
    waiting, dead = sa.text("state = 'waiting'"), sa.text("state = 'dead'")
    with op.batch_alter_table('outbox_delivery', schema=None) as batch_op:
        batch_op.create_index(
            'ix_outbox_delivery_waiting',
            ['receiver', 'key', 'id'],
            unique=False,
            sqlite_where=waiting,
            postgresql_where=waiting,
        )
        batch_op.create_index(
            'ix_outbox_delivery_oldest',
            ['receiver', 'id'],
            unique=False,
            sqlite_where=waiting,
            postgresql_where=waiting,
        )
        batch_op.create_index(
            'ix_outbox_delivery_dead',
            ['receiver', 'id'],
            unique=False,
            sqlite_where=dead,
            postgresql_where=dead,
        )
    op.create_table(
        'outbox_receiver',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('locked_out_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('away_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('slow_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.String(), nullable=True),
        sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_outbox_receiver')),
    )


def downgrade() -> None:
    op.drop_table('outbox_receiver')
    op.drop_table('outbox_delivery')
    op.drop_table('outbox_event')
