"""scorecards and their versions."""

import sqlalchemy as sa
from alembic import op

revision = '0071'
down_revision = '0064'


def upgrade() -> None:
    op.create_table(
        'scorecard',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('queues', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('lines', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard')),
    )
    op.create_table(
        'scorecard_version',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('card_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('criteria', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('changed_by', sa.String(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_by', sa.String(), nullable=True),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['card_id'], ['scorecard.id'], name=op.f('fk_scorecard_version_card_id_scorecard')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard_version')),
        sa.UniqueConstraint('card_id', 'number', name=op.f('uq_scorecard_version_card_id')),
    )


def downgrade() -> None:
    for name in ('scorecard_version', 'scorecard'):
        op.drop_table(name)
