"""drills can be changed: what they were before, and which version an attempt was made with."""

import sqlalchemy as sa
from alembic import op

revision = '0079'
down_revision = '0076'


def upgrade() -> None:
    op.create_table(
        'drill_version',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('drill_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('begin', sa.Float(), nullable=False),
        sa.Column('stop', sa.Float(), nullable=False),
        sa.Column('end', sa.Float(), nullable=False),
        sa.Column('points', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('hint', sa.String(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_version_drill_id_drill')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_version')),
        sa.UniqueConstraint('drill_id', 'number', name=op.f('uq_drill_version_drill_id')),
    )
    op.add_column('drill', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('drill', sa.Column('changed_by', sa.String(), nullable=True))
    op.add_column('drill', sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('drill_attempt', sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def downgrade() -> None:
    op.drop_column('drill_attempt', 'version')
    for name in ('changed_at', 'changed_by', 'version'):
        op.drop_column('drill', name)
    op.drop_table('drill_version')
