"""The words of a spoken reason are read from the transcript of its call: no second copy of them."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.drop_column('reason_text')


def downgrade() -> None:
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason_text', sa.VARCHAR(), nullable=True))
