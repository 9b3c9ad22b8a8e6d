"""evaluations of calls, their evidence and disputes."""

import sqlalchemy as sa
from alembic import op

revision = '0072'
down_revision = '0071'


def upgrade() -> None:
    op.create_table(
        'evaluation',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('version_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('about', sa.Uuid(), nullable=True),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('agent', sa.String(), nullable=False),
        sa.Column('queue', sa.String(), nullable=True),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('percent', sa.Float(), nullable=True),
        sa.Column('failed', sa.Boolean(), nullable=False),
        sa.Column('comment', sa.String(), nullable=False),
        sa.Column('suggestions', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('answer', sa.String(), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_evaluation_call_id_call')),
        sa.ForeignKeyConstraint(
            ['version_id'], ['scorecard_version.id'], name=op.f('fk_evaluation_version_id_scorecard_version')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation')),
    )
    op.create_index('ix_evaluation_about', 'evaluation', ['about'], unique=False)
    op.create_index('ix_evaluation_agent', 'evaluation', ['agent', 'kind', 'done_at', 'id'], unique=False)
    op.create_index('ix_evaluation_call', 'evaluation', ['call_id'], unique=False)
    op.create_index('ix_evaluation_done', 'evaluation', ['kind', 'done_at', 'id'], unique=False)
    op.create_index('ix_evaluation_person', 'evaluation', ['person', 'kind', 'done_at', 'id'], unique=False)
    op.create_table(
        'evaluation_point',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('evaluation_id', sa.Uuid(), nullable=False),
        sa.Column('criterion', sa.String(), nullable=False),
        sa.Column('points', sa.Float(), nullable=True),
        sa.Column('skipped', sa.Boolean(), nullable=False),
        sa.Column('causes', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('comment', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ['evaluation_id'], ['evaluation.id'], name=op.f('fk_evaluation_point_evaluation_id_evaluation')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_point')),
        sa.UniqueConstraint('evaluation_id', 'criterion', name=op.f('uq_evaluation_point_evaluation_id')),
    )
    op.create_table(
        'evaluation_evidence',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('evaluation_id', sa.Uuid(), nullable=False),
        sa.Column('criterion', sa.String(), nullable=False),
        sa.Column('mark_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ['evaluation_id'], ['evaluation.id'], name=op.f('fk_evaluation_evidence_evaluation_id_evaluation')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_evidence')),
    )
    op.create_index('ix_evaluation_evidence_evaluation', 'evaluation_evidence', ['evaluation_id'], unique=False)
    op.create_table(
        'evaluation_dispute',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('evaluation_id', sa.Uuid(), nullable=False),
        sa.Column('criterion', sa.String(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('points_before', sa.Float(), nullable=False),
        sa.Column('points_after', sa.Float(), nullable=True),
        sa.Column('answered_by', sa.String(), nullable=True),
        sa.Column('answer', sa.String(), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['evaluation_id'], ['evaluation.id'], name=op.f('fk_evaluation_dispute_evaluation_id_evaluation')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation_dispute')),
        sa.UniqueConstraint('evaluation_id', 'criterion', name=op.f('uq_evaluation_dispute_evaluation_id')),
    )
    op.create_index('ix_evaluation_dispute_state', 'evaluation_dispute', ['state', 'due_at'], unique=False)


def downgrade() -> None:
    for name in ('evaluation_dispute', 'evaluation_evidence', 'evaluation_point', 'evaluation'):
        op.drop_table(name)
