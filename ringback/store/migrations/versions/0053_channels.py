"""what is written to customers and by them, links, who agreed to be written to, and the inboxes of answers."""

import sqlalchemy as sa
from alembic import op

revision = '0053'
down_revision = '0058'


def upgrade() -> None:
    op.create_table(
        'channel_inbox',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('place', sa.String(), nullable=False),
        sa.Column('validity', sa.BigInteger(), nullable=False),
        sa.Column('last', sa.BigInteger(), nullable=False),
        sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('error', sa.String(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_inbox')),
    )
    op.create_table(
        'message_consent',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('address_print', sa.String(), nullable=False),
        sa.Column('agreed', sa.Boolean(), nullable=False),
        sa.Column('how', sa.String(), nullable=False),
        sa.Column('by', sa.String(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_message_consent')),
        sa.UniqueConstraint('channel', 'address_print', name=op.f('uq_message_consent_channel')),
    )
    op.create_table(
        'channel_message',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('address', sa.String(), nullable=False),
        sa.Column('address_print', sa.String(), nullable=False),
        sa.Column('ticket_number', sa.Integer(), nullable=True),
        sa.Column('call_id', sa.String(), nullable=True),
        sa.Column('language', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('purpose', sa.String(), nullable=False),
        sa.Column('token', sa.String(), nullable=False),
        sa.Column('source_key', sa.String(), nullable=True),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('error', sa.String(), nullable=True),
        sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
        sa.Column('event_id', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.String(), nullable=True),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['ticket_number'], ['ticket.number'], name=op.f('fk_channel_message_ticket_number_ticket')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_message')),
        sa.UniqueConstraint('source_key', name=op.f('uq_channel_message_source_key')),
        sa.UniqueConstraint('token', name=op.f('uq_channel_message_token')),
    )
    op.create_index(
        'ix_channel_message_address', 'channel_message', ['channel', 'address_print', 'created_at'], unique=False
    )
    op.create_index(op.f('ix_channel_message_call_id'), 'channel_message', ['call_id'], unique=False)
    op.create_index(op.f('ix_channel_message_event_id'), 'channel_message', ['event_id'], unique=False)
    op.create_index(
        'ix_channel_message_kept',
        'channel_message',
        ['not_before'],
        unique=False,
        sqlite_where=sa.text("state = 'kept'"),
        postgresql_where=sa.text("state = 'kept'"),
    )
    op.create_index('ix_channel_message_ticket', 'channel_message', ['ticket_number', 'created_at'], unique=False)
    op.create_table(
        'telegram_chat',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('chat', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('ticket_number', sa.Integer(), nullable=True),
        sa.Column('contact_id', sa.Uuid(), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_telegram_chat_contact_id_contact')),
        sa.ForeignKeyConstraint(
            ['ticket_number'], ['ticket.number'], name=op.f('fk_telegram_chat_ticket_number_ticket')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_chat')),
        sa.UniqueConstraint('chat', name=op.f('uq_telegram_chat_chat')),
    )
    op.create_index(op.f('ix_telegram_chat_contact_id'), 'telegram_chat', ['contact_id'], unique=False)
    op.create_index(op.f('ix_telegram_chat_ticket_number'), 'telegram_chat', ['ticket_number'], unique=False)
    op.create_table(
        'inbound_message',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('source_key', sa.String(), nullable=False),
        sa.Column('sender', sa.String(), nullable=False),
        sa.Column('sender_name', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('is_cut', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('attachments', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('why', sa.String(), nullable=True),
        sa.Column('ticket_number', sa.Integer(), nullable=True),
        sa.Column('message_id', sa.Uuid(), nullable=True),
        sa.Column('settled_by', sa.String(), nullable=True),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['message_id'], ['channel_message.id'], name=op.f('fk_inbound_message_message_id_channel_message')
        ),
        sa.ForeignKeyConstraint(
            ['ticket_number'], ['ticket.number'], name=op.f('fk_inbound_message_ticket_number_ticket')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_message')),
        sa.UniqueConstraint('source_key', name=op.f('uq_inbound_message_source_key')),
    )
    op.create_index(op.f('ix_inbound_message_message_id'), 'inbound_message', ['message_id'], unique=False)
    op.create_index('ix_inbound_message_sender', 'inbound_message', ['channel', 'sender', 'received_at'], unique=False)
    op.create_index('ix_inbound_message_state', 'inbound_message', ['state', 'received_at'], unique=False)
    op.create_index(op.f('ix_inbound_message_ticket_number'), 'inbound_message', ['ticket_number'], unique=False)
    op.create_table(
        'short_link',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('token', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('target', sa.String(), nullable=False),
        sa.Column('ticket_number', sa.Integer(), nullable=True),
        sa.Column('message_id', sa.Uuid(), nullable=True),
        sa.Column('call_id', sa.String(), nullable=True),
        sa.Column('language', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('clicked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('clicks', sa.Integer(), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['message_id'], ['channel_message.id'], name=op.f('fk_short_link_message_id_channel_message')
        ),
        sa.ForeignKeyConstraint(['ticket_number'], ['ticket.number'], name=op.f('fk_short_link_ticket_number_ticket')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_short_link')),
        sa.UniqueConstraint('token', name=op.f('uq_short_link_token')),
    )
    op.create_index(op.f('ix_short_link_call_id'), 'short_link', ['call_id'], unique=False)
    op.create_index(op.f('ix_short_link_message_id'), 'short_link', ['message_id'], unique=False)
    op.create_index(op.f('ix_short_link_ticket_number'), 'short_link', ['ticket_number'], unique=False)
    op.add_column('problem_subscriber', sa.Column('message_state', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('problem_subscriber', 'message_state')
    for table in (
        'short_link',
        'inbound_message',
        'telegram_chat',
        'channel_message',
        'message_consent',
        'channel_inbox',
    ):
        op.drop_table(table)
