"""which sentences of a call say its problem, what was promised and what came of it.

"""

import sqlalchemy as sa
from alembic import op
import ringback.store.base

revision = '0055'
down_revision = '0051'


def upgrade() -> None:
    op.create_table(
        'call_summary',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('transcript_id', sa.Uuid(), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('sentences', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('told', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('told_by', sa.String(), nullable=True),
        sa.Column('told_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('told_error', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ['transcript_id'], ['transcript.id'], name=op.f('fk_call_summary_transcript_id_transcript')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_summary')),
        sa.UniqueConstraint('transcript_id', name=op.f('uq_call_summary_transcript_id')),
    )


def downgrade() -> None:
    op.drop_table('call_summary')
