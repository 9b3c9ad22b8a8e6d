"""tickets have an owner, a queue, a next step and a version; mentions, links, and moves that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = '0051'
down_revision = '0052'
LAST_CALL = (
    "(SELECT {column} FROM call WHERE call.ticket_number = ticket.number AND call.{column} IS NOT NULL"
    " ORDER BY call.arrived_at DESC LIMIT 1)"
)


def upgrade() -> None:
    # Not in a batch: for a default SQLite would be given a new table, to which others refer.
    op.add_column('ticket', sa.Column('queue', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('owner', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('next_step', sa.String(), nullable=True))
    op.add_column('ticket', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'ticket',
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default='1970-01-01 00:00:00', nullable=False),
    )
    op.add_column('ticket', sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('ticket', sa.Column('merged_into', sa.Integer(), nullable=True))
    op.add_column('ticket_entry', sa.Column('said', sa.String(), nullable=True))
    newest = "(SELECT max(at) FROM ticket_entry WHERE ticket_entry.ticket_number = ticket.number)"
    op.execute(
        f"UPDATE ticket SET updated_at = coalesce({newest}, created_at), queue = {LAST_CALL.format(column='queue')}, "
        f"owner = {LAST_CALL.format(column='agent')}, solved_at = CASE WHEN status = 'open' THEN NULL ELSE created_at END"
    )
    op.create_index('ix_ticket_status', 'ticket', ['status', 'updated_at', 'number'])
    op.create_index('ix_ticket_owner', 'ticket', ['status', 'owner', 'updated_at', 'number'])
    op.create_index('ix_ticket_queue', 'ticket', ['status', 'queue', 'updated_at', 'number'])
    op.create_index('ix_ticket_unowned', 'ticket', ['status', 'queue', 'owner', 'updated_at', 'number'])
    op.create_index('ix_ticket_due', 'ticket', ['due_at', 'number'])
    op.create_index('ix_ticket_merged_into', 'ticket', ['merged_into'])
    op.create_table(
        'ticket_mention',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('entry_id', sa.Uuid(), nullable=False),
        sa.Column('ticket_number', sa.Integer(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['entry_id'], ['ticket_entry.id'], name=op.f('fk_ticket_mention_entry_id_ticket_entry')
        ),
        sa.ForeignKeyConstraint(
            ['ticket_number'], ['ticket.number'], name=op.f('fk_ticket_mention_ticket_number_ticket')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_mention')),
        sa.UniqueConstraint('entry_id', 'person', name=op.f('uq_ticket_mention_entry_id')),
    )
    op.create_index('ix_ticket_mention_ticket_number', 'ticket_mention', ['ticket_number'])
    op.create_index('ix_ticket_mention_unseen', 'ticket_mention', ['person', 'seen_at', 'at'])
    op.create_table(
        'ticket_link',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('ticket_number', sa.Integer(), nullable=False),
        sa.Column('other_number', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['ticket_number'], ['ticket.number'], name=op.f('fk_ticket_link_ticket_number_ticket')
        ),
        sa.ForeignKeyConstraint(
            ['other_number'], ['ticket.number'], name=op.f('fk_ticket_link_other_number_ticket')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_link')),
        sa.UniqueConstraint('ticket_number', 'other_number', name=op.f('uq_ticket_link_ticket_number')),
    )
    op.create_index('ix_ticket_link_ticket_number', 'ticket_link', ['ticket_number'])
    op.create_index('ix_ticket_link_other_number', 'ticket_link', ['other_number'])
    op.create_table(
        'ticket_move',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('from_number', sa.Integer(), nullable=False),
        sa.Column('to_number', sa.Integer(), nullable=False),
        sa.Column('rows', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('before', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(['from_number'], ['ticket.number'], name=op.f('fk_ticket_move_from_number_ticket')),
        sa.ForeignKeyConstraint(['to_number'], ['ticket.number'], name=op.f('fk_ticket_move_to_number_ticket')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_move')),
    )
    op.create_index('ix_ticket_move_from_number', 'ticket_move', ['from_number'])
    op.create_index('ix_ticket_move_to_number', 'ticket_move', ['to_number'])


def downgrade() -> None:
    for table in ('ticket_move', 'ticket_link', 'ticket_mention'):
        op.drop_table(table)
    for name in ('status', 'owner', 'queue', 'unowned', 'due', 'merged_into'):
        op.drop_index(f'ix_ticket_{name}', table_name='ticket')
    op.drop_column('ticket_entry', 'said')
    for column in ('merged_into', 'version', 'solved_at', 'updated_at', 'due_at', 'next_step', 'owner', 'queue'):
        op.drop_column('ticket', column)
