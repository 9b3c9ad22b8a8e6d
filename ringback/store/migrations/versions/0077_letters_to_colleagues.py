"""letters to colleagues, and what they want no mail of."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0077'
down_revision = '0079'


def upgrade() -> None:
    op.create_table(
        'colleague_letter',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('about', sa.Uuid(), nullable=False),
        sa.Column('occasion', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
        sa.Column('finished_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', ringback.store.base.MessageText(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_colleague_letter')),
        sa.UniqueConstraint('about', 'kind', 'person', 'occasion', name=op.f('uq_colleague_letter_about')),
    )
    op.create_index('ix_colleague_letter_waiting', 'colleague_letter', ['state', 'id'], unique=False)
    op.create_index('ix_colleague_letter_person', 'colleague_letter', ['person'], unique=False)
    op.add_column('user_account', sa.Column('unwanted_mail', sa.JSON(none_as_null=True), server_default='[]', nullable=False))


def downgrade() -> None:
    op.drop_column('user_account', 'unwanted_mail')
    op.drop_table('colleague_letter')
