"""reports: sums of what calls did, what of them is due, and the order in which a person called.

"""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0060'
down_revision = '0063'


def upgrade() -> None:
    op.create_table(
        'report_cell',
        sa.Column('level', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('begins_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('ends_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('packed', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('level', 'kind', 'begins_at', name=op.f('pk_report_cell')),
    )
    op.create_table(
        'report_counting',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('counted_from', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('counted_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('complete', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('zone', sa.String(), nullable=True),
        sa.Column('layout', sa.Integer(), server_default='0', nullable=False),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', ringback.store.base.MessageText(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report_counting')),
    )
    op.create_table(
        'report_due',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('until', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report_due')),
    )
    op.create_index('ix_call_contact', 'call', ['contact_id', 'arrived_at'])
    op.drop_index(op.f('ix_call_contact_id'), table_name='call')


def downgrade() -> None:
    op.create_index(op.f('ix_call_contact_id'), 'call', ['contact_id'])
    op.drop_index('ix_call_contact', table_name='call')
    op.drop_table('report_due')
    op.drop_table('report_counting')
    op.drop_table('report_cell')
