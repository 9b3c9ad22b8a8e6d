"""known problems, who wants to be told when they are fixed, and promises that only tell something."""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0041'


def upgrade() -> None:
    # Not in a batch: for a default SQLite would be given a new table, to which others refer.
    op.add_column('callback', sa.Column('tells', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_table(
        'known_problem',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('lines', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('words', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('prompt', sa.String(), nullable=False),
        sa.Column('created_by', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by', sa.String(), nullable=True),
        sa.Column('fixed', sa.Boolean(), nullable=False),
        sa.Column('heard', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_known_problem')),
    )
    with op.batch_alter_table('known_problem', schema=None) as batch_op:
        batch_op.create_index('ix_known_problem_ended', ['ended_at', 'created_at'], unique=False)
    op.create_table(
        'problem_subscriber',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('problem_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.String(), nullable=False),
        sa.Column('own_number', sa.Boolean(), nullable=False),
        sa.Column('came_from', sa.String(), nullable=False),
        sa.Column('language', sa.String(), nullable=False),
        sa.Column('line', sa.String(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('callback_id', sa.Uuid(), nullable=True),
        sa.Column('error', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ['problem_id'], ['known_problem.id'], name=op.f('fk_problem_subscriber_problem_id_known_problem')
        ),
        sa.ForeignKeyConstraint(
            ['callback_id'], ['callback.id'], name=op.f('fk_problem_subscriber_callback_id_callback')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_problem_subscriber')),
        sa.UniqueConstraint('problem_id', 'number', name=op.f('uq_problem_subscriber_problem_id')),
    )
    with op.batch_alter_table('problem_subscriber', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_problem_subscriber_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_problem_subscriber_callback_id'), ['callback_id'], unique=False)


def downgrade() -> None:
    op.drop_table('problem_subscriber')
    op.drop_table('known_problem')
    op.drop_column('callback', 'tells')
