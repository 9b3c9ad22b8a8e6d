"""which text the suggestions of an evaluation are of."""

import sqlalchemy as sa
from alembic import op

revision = '0080'
down_revision = '0077'


def upgrade() -> None:
    op.add_column('evaluation', sa.Column('suggested_of', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('evaluation', 'suggested_of')
