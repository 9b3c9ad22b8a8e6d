"""how often callers were asked by each menu, and their tries without a choice."""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0036'


def upgrade() -> None:
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.add_column(sa.Column('menus', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_column('menus')
