"""what is due of a queue and of an owner is read in its order."""

import sqlalchemy as sa
from alembic import op

revision = '0059'
down_revision = '0056'
IS_DUE = sa.text('due_at IS NOT NULL')


def upgrade() -> None:
    for name, column in (('ix_ticket_queue_due', 'queue'), ('ix_ticket_owner_due', 'owner')):
        op.create_index(
            name, 'ticket', [column, 'due_at', 'number'], sqlite_where=IS_DUE, postgresql_where=IS_DUE
        )


def downgrade() -> None:
    for name in ('ix_ticket_queue_due', 'ix_ticket_owner_due'):
        op.drop_index(name, table_name='ticket')
