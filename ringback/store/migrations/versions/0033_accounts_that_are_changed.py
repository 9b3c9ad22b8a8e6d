"""accounts that are changed, deactivated and signed out, with their history."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0033'
down_revision = '0028'


def upgrade() -> None:
    op.create_table('account_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('before', sa.String(), nullable=False),
    sa.Column('after', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_change'))
    )
    with op.batch_alter_table('account_change', schema=None) as batch_op:
        batch_op.create_index('ix_account_change_account', ['account_id', 'at'], unique=False)
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deactivated_at', ringback.store.base.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('session_mark', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.alter_column('session_mark', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_column('session_mark')
        batch_op.drop_column('deactivated_at')
    op.drop_table('account_change')
