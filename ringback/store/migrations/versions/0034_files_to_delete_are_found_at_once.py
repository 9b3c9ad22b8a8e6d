"""files of masked calls that are still to be deleted are found at once."""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'


def upgrade() -> None:
    doomed = sa.text('doomed IS NOT NULL')
    with op.batch_alter_table('redaction', schema=None) as batch_op:
        batch_op.create_index(
            'ix_redaction_doomed', ['transcript_id'], unique=False, sqlite_where=doomed, postgresql_where=doomed
        )


def downgrade() -> None:
    with op.batch_alter_table('redaction', schema=None) as batch_op:
        batch_op.drop_index('ix_redaction_doomed')
