"""first schema."""

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('agent_state',
    sa.Column('agent', sa.String(), nullable=False),
    sa.Column('display', sa.String(), nullable=False),
    sa.Column('extension', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('since', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('agent', name=op.f('pk_agent_state'))
    )
    op.create_table('contact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=True),
    sa.Column('notes', sa.String(), nullable=False),
    sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('number', name=op.f('uq_contact_number'))
    )
    op.create_table('process',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('started_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('beat_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('trouble', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_process'))
    )
    op.create_table('request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=True),
    sa.Column('asked_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('done_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request'))
    )
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_done_at'), ['done_at'], unique=False)

    op.create_table('sign_in_failure',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure'))
    )
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_failure_address'), ['address'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_failure_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_failure_name'), ['name'], unique=False)

    op.create_table('user_account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('name', name=op.f('uq_user_account_name'))
    )
    op.create_table('ticket',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('priority', sa.String(), nullable=False),
    sa.Column('category', sa.String(), nullable=True),
    sa.Column('disposition', sa.String(), nullable=True),
    sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_ticket_contact_id_contact')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_ticket')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_contact_id'), ['contact_id'], unique=False)

    op.create_table('call',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('caller_number', sa.String(), nullable=False),
    sa.Column('caller_name', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=True),
    sa.Column('menu_path', sa.JSON(), nullable=False),
    sa.Column('queue', sa.String(), nullable=True),
    sa.Column('agent', sa.String(), nullable=True),
    sa.Column('survey_outcome', sa.String(), nullable=True),
    sa.Column('arrived_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('queued_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('connected_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('released_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('ended_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('snapshot', sa.JSON(), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_number', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_call_contact_id_contact')),
    sa.ForeignKeyConstraint(['ticket_number'], ['ticket.number'], name=op.f('fk_call_ticket_number_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    sa.UniqueConstraint('linkedid', name=op.f('uq_call_linkedid'))
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index('ix_call_open', ['ended_at', 'arrived_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_ticket_number'), ['ticket_number'], unique=False)

    op.create_table('callback',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('source_key', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('arrived_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('requested_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('ticket_number', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['ticket_number'], ['ticket.number'], name=op.f('fk_callback_ticket_number_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callback')),
    sa.UniqueConstraint('source_key', name=op.f('uq_callback_source_key'))
    )
    op.create_table('ticket_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(), nullable=True),
    sa.Column('source_key', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['ticket_number'], ['ticket.number'], name=op.f('fk_ticket_entry_ticket_number_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_entry')),
    sa.UniqueConstraint('source_key', name=op.f('uq_ticket_entry_source_key'))
    )
    with op.batch_alter_table('ticket_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_entry_ticket_number'), ['ticket_number'], unique=False)

    op.create_table('answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('survey', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['linkedid'], ['call.linkedid'], name=op.f('fk_answer_linkedid_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer')),
    sa.UniqueConstraint('linkedid', 'survey', name=op.f('uq_answer_linkedid'))
    )
    op.create_table('call_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['linkedid'], ['call.linkedid'], name=op.f('fk_call_event_linkedid_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_event')),
    sa.UniqueConstraint('linkedid', 'seq', name=op.f('uq_call_event_linkedid'))
    )
    op.create_table('recording',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('path', sa.String(), nullable=True),
    sa.Column('seconds', sa.Float(), nullable=True),
    sa.Column('answered_seconds', sa.Float(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('peaks_path', sa.String(), nullable=True),
    sa.Column('keep_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['linkedid'], ['call.linkedid'], name=op.f('fk_recording_linkedid_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recording')),
    sa.UniqueConstraint('linkedid', name=op.f('uq_recording_linkedid'))
    )
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recording_state'), ['state'], unique=False)

    op.create_table('transcript',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('linkedid', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('engine', sa.String(), nullable=True),
    sa.Column('model', sa.String(), nullable=True),
    sa.Column('audio_seconds', sa.Float(), nullable=True),
    sa.Column('speech_seconds', sa.Float(), nullable=True),
    sa.Column('took_seconds', sa.Float(), nullable=True),
    sa.Column('finished_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['linkedid'], ['call.linkedid'], name=op.f('fk_transcript_linkedid_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transcript')),
    sa.UniqueConstraint('linkedid', name=op.f('uq_transcript_linkedid'))
    )
    with op.batch_alter_table('transcript', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transcript_state'), ['state'], unique=False)

    op.create_table('segment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('transcript_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('speaker', sa.String(), nullable=False),
    sa.Column('start', sa.Float(), nullable=False),
    sa.Column('end', sa.Float(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['transcript_id'], ['transcript.id'], name=op.f('fk_segment_transcript_id_transcript')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segment')),
    sa.UniqueConstraint('transcript_id', 'seq', name=op.f('uq_segment_transcript_id'))
    )


def downgrade() -> None:
    op.drop_table('segment')
    with op.batch_alter_table('transcript', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transcript_state'))

    op.drop_table('transcript')
    with op.batch_alter_table('recording', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recording_state'))

    op.drop_table('recording')
    op.drop_table('call_event')
    op.drop_table('answer')
    with op.batch_alter_table('ticket_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_entry_ticket_number'))

    op.drop_table('ticket_entry')
    op.drop_table('callback')
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_ticket_number'))
        batch_op.drop_index(batch_op.f('ix_call_state'))
        batch_op.drop_index('ix_call_open')
        batch_op.drop_index(batch_op.f('ix_call_contact_id'))

    op.drop_table('call')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_contact_id'))

    op.drop_table('ticket')
    op.drop_table('user_account')
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_failure_name'))
        batch_op.drop_index(batch_op.f('ix_sign_in_failure_at'))
        batch_op.drop_index(batch_op.f('ix_sign_in_failure_address'))

    op.drop_table('sign_in_failure')
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_request_done_at'))

    op.drop_table('request')
    op.drop_table('process')
    op.drop_table('contact')
    op.drop_table('agent_state')
