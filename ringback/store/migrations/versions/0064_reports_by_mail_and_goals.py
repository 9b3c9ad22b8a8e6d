"""reports that are sent by mail, the address and zone of accounts, and goals of figures."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0064'
down_revision = '0065'


def upgrade() -> None:
    op.create_table(
        'report_goal',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('figure', sa.String(), nullable=False),
        sa.Column('queue', sa.String(), nullable=False),
        sa.Column('target', sa.Float(), nullable=False),
        sa.Column('at_least', sa.Boolean(), nullable=False),
        sa.Column('by_date', sa.Date(), nullable=False),
        sa.Column('set_by', sa.String(), nullable=False),
        sa.Column('set_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('ended_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('ended_by', sa.String(), nullable=True),
        sa.Column('value', sa.Float(), nullable=True),
        sa.Column('n', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report_goal')),
    )
    op.create_index('uq_report_goal_open', 'report_goal', ['figure', 'queue'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table(
        'report_schedule',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('owner', sa.String(), nullable=False),
        sa.Column('view', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('recipients', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('every', sa.String(), nullable=False),
        sa.Column('weekday', sa.Integer(), nullable=False),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('at', sa.String(), nullable=False),
        sa.Column('file_format', sa.String(), nullable=False),
        sa.Column('since', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('paused_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report_schedule')),
    )
    op.create_table(
        'report_letter',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('schedule_id', sa.Uuid(), nullable=False),
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('purpose', sa.String(), nullable=False),
        sa.Column('occasion', sa.String(), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('due_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('address', sa.String(), nullable=False),
        sa.Column('about', ringback.store.base.MessageText(), nullable=True),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('finished_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', ringback.store.base.MessageText(), nullable=True),
        sa.ForeignKeyConstraint(['schedule_id'], ['report_schedule.id'], name=op.f('fk_report_letter_schedule_id_report_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report_letter')),
        sa.UniqueConstraint('schedule_id', 'account_id', 'occasion', name=op.f('uq_report_letter_schedule_id')),
    )
    op.create_index(op.f('ix_report_letter_schedule_id'), 'report_letter', ['schedule_id'], unique=False)
    op.create_index('ix_report_letter_waiting', 'report_letter', ['state', 'id'], unique=False)

    op.add_column('user_account', sa.Column('email', sa.String(), server_default='', nullable=False))
    op.add_column('user_account', sa.Column('timezone', sa.String(), server_default='', nullable=False))



def downgrade() -> None:
    op.drop_column('user_account', 'timezone')
    op.drop_column('user_account', 'email')
    op.drop_table('report_letter')
    op.drop_table('report_schedule')
    op.drop_table('report_goal')
