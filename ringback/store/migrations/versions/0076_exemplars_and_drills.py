"""decisions on exemplars; drills with their attempts and the voices that were kept."""

import sqlalchemy as sa
from alembic import op

revision = '0076'
down_revision = '0073'


def upgrade() -> None:
    op.create_table(
        'exemplar',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('accepted', sa.Boolean(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_exemplar_call_id_call')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_exemplar')),
        sa.UniqueConstraint('call_id', name=op.f('uq_exemplar_call_id')),
    )
    op.create_table(
        'drill',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('begin', sa.Float(), nullable=False),
        sa.Column('stop', sa.Float(), nullable=False),
        sa.Column('end', sa.Float(), nullable=False),
        sa.Column('points', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('hint', sa.String(), nullable=False),
        sa.Column('people', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('everyone', sa.Boolean(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_drill_call_id_call')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_drill')),
    )
    op.create_index('ix_drill_at', 'drill', ['at', 'id'], unique=False)
    op.create_index('ix_drill_call', 'drill', ['call_id'], unique=False)
    op.create_table(
        'drill_attempt',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('drill_id', sa.Uuid(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('spoken', sa.Boolean(), nullable=False),
        sa.Column('points', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_attempt_drill_id_drill')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_attempt')),
    )
    op.create_index('ix_drill_attempt_drill', 'drill_attempt', ['drill_id', 'at'], unique=False)
    op.create_index('ix_drill_attempt_person', 'drill_attempt', ['person', 'at'], unique=False)
    op.create_table(
        'drill_voice',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('attempt_id', sa.Uuid(), nullable=False),
        sa.Column('sound', sa.LargeBinary(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['attempt_id'], ['drill_attempt.id'], name=op.f('fk_drill_voice_attempt_id_drill_attempt')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_voice')),
        sa.UniqueConstraint('attempt_id', name=op.f('uq_drill_voice_attempt_id')),
    )


def downgrade() -> None:
    for name in ('drill_voice', 'drill_attempt', 'drill', 'exemplar'):
        op.drop_table(name)
