"""what the likeliest sentences of a summary weigh."""

import sqlalchemy as sa
from alembic import op

revision = '0075'
down_revision = '0072'


def upgrade() -> None:
    with op.batch_alter_table('call_summary', schema=None) as batch_op:
        batch_op.add_column(sa.Column('likely', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('call_summary', schema=None) as batch_op:
        batch_op.drop_column('likely')
