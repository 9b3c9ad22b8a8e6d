"""the ticket that a caller says a call is about."""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0035'


def upgrade() -> None:
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about_ticket', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_column('about_ticket')
