"""goals of reviewers and calibrations."""

import sqlalchemy as sa
from alembic import op

revision = '0073'
down_revision = '0075'


def upgrade() -> None:
    op.create_table(
        'review_goal',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('per_week', sa.Integer(), nullable=False),
        sa.Column('set_by', sa.String(), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_review_goal')),
        sa.UniqueConstraint('person', name=op.f('uq_review_goal_person')),
    )
    op.create_table(
        'calibration',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('version_id', sa.Uuid(), nullable=False),
        sa.Column('reviewers', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('begun_by', sa.String(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('gone', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['version_id'], ['scorecard_version.id'], name=op.f('fk_calibration_version_id_scorecard_version')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calibration')),
    )
    op.create_index('ix_calibration_begun', 'calibration', ['begun_at', 'id'], unique=False)
    op.create_table(
        'calibration_call',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('calibration_id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('agent', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ['calibration_id'], ['calibration.id'], name=op.f('fk_calibration_call_calibration_id_calibration')
        ),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_calibration_call_call_id_call')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calibration_call')),
        sa.UniqueConstraint('calibration_id', 'call_id', name=op.f('uq_calibration_call_calibration_id')),
    )
    op.create_index('ix_calibration_call_call', 'calibration_call', ['call_id'], unique=False)


def downgrade() -> None:
    for name in ('calibration_call', 'calibration', 'review_goal'):
        op.drop_table(name)
