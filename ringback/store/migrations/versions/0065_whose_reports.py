"""reports of some queues alone can be shown to a supervisor."""

import sqlalchemy as sa
from alembic import op

revision = '0065'
down_revision = '0061'


def upgrade() -> None:
    op.add_column('user_account', sa.Column('queues', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('user_account', 'queues')
