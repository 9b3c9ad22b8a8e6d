"""tickets of systems beside: which of theirs is which of ours, and how far each system was asked."""

import sqlalchemy as sa
from alembic import op

revision = '0058'
down_revision = '0057'


def upgrade() -> None:
    op.create_table(
        'outside_ticket',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('connector', sa.String(), nullable=False),
        sa.Column('ticket_number', sa.Integer(), nullable=False),
        sa.Column('opened_as', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('outside_id', sa.String(), nullable=True),
        sa.Column('url', sa.String(), nullable=False),
        sa.Column('status_seen', sa.String(), nullable=True),
        sa.Column('status_ours', sa.String(), nullable=True),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('noting', sa.Uuid(), nullable=True),
        sa.Column('noted', sa.Uuid(), nullable=True),
        sa.Column('synced_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.String(), nullable=True),
        sa.Column('held_by', sa.String(), nullable=True),
        sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['ticket_number'], ['ticket.number'], name=op.f('fk_outside_ticket_ticket_number_ticket')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outside_ticket')),
        sa.UniqueConstraint('connector', 'opened_as', name=op.f('uq_outside_ticket_connector')),
    )
    with op.batch_alter_table('outside_ticket', schema=None) as batch_op:
        batch_op.create_index('ix_outside_ticket_outside', ['connector', 'outside_id'], unique=False)
        batch_op.create_index('ix_outside_ticket_seen', ['connector', 'state', 'synced_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outside_ticket_ticket_number'), ['ticket_number'], unique=False)
    op.create_table(
        'connector_state',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('polled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cursor', sa.String(), nullable=True),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('error', sa.String(), nullable=True),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_connector_state')),
    )


def downgrade() -> None:
    op.drop_table('connector_state')
    op.drop_table('outside_ticket')
