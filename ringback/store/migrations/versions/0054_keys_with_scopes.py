"""keys with scopes and an end, what programs were answered, calls that an agent asked for.

A key that was made before has no scopes of its own; what its rights mean is `web.policy.SCOPES_OF_RIGHT`'s.
"""

import sqlalchemy as sa
from alembic import op

revision = '0054'
down_revision = '0055'


def upgrade() -> None:
    # Not in batches: for a default SQLite would be given new tables, to which others refer.
    op.add_column('api_key', sa.Column('scopes', sa.JSON(none_as_null=True), server_default='[]', nullable=False))
    op.add_column('api_key', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('callback', sa.Column('for_agent', sa.String(), nullable=True))
    op.add_column('callback', sa.Column('once', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_table(
        'api_answer',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('key_id', sa.Uuid(), nullable=False),
        sa.Column('idempotency_key', sa.String(), nullable=False),
        sa.Column('fingerprint', sa.String(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('headers', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('body', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_answer')),
        sa.UniqueConstraint('key_id', 'idempotency_key', name=op.f('uq_api_answer_key_id')),
    )
    with op.batch_alter_table('api_answer', schema=None) as batch_op:
        batch_op.create_index('ix_api_answer_at', ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('api_answer')
    op.drop_column('callback', 'once')
    op.drop_column('callback', 'for_agent')
    op.drop_column('api_key', 'expires_at')
    op.drop_column('api_key', 'scopes')
