"""promises and tickets are found by the day on which they began."""

from alembic import op

revision = '0063'
down_revision = '0059'


def upgrade() -> None:
    op.create_index('ix_callback_requested', 'callback', ['requested_at'])
    op.create_index('ix_ticket_created', 'ticket', ['created_at'])


def downgrade() -> None:
    op.drop_index('ix_ticket_created', table_name='ticket')
    op.drop_index('ix_callback_requested', table_name='callback')
