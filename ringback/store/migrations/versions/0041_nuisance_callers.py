"""numbers from which calls are refused."""

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0039'


def upgrade() -> None:
    op.create_table(
        'nuisance_caller',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.String(), nullable=False),
        sa.Column('came_from', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=True),
        sa.Column('created_by', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by', sa.String(), nullable=True),
        sa.Column('refused', sa.Integer(), nullable=False),
        sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_nuisance_caller')),
    )
    stands = sa.text('ended_at IS NULL')
    with op.batch_alter_table('nuisance_caller', schema=None) as batch_op:
        batch_op.create_index('ix_nuisance_caller_created', ['created_at'], unique=False)
        batch_op.create_index(
            'uq_nuisance_caller_standing',
            ['number', 'came_from'],
            unique=True,
            sqlite_where=stands,
            postgresql_where=stands,
        )


def downgrade() -> None:
    op.drop_table('nuisance_caller')
