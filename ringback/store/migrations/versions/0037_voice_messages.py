"""messages that callers left are rows with an owner; those of the last two weeks are listed, too."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0038'

NOTED = """
INSERT INTO voice_message (id, call_id, left_at, silent, heard_at, heard_by, how)
SELECT :id, c.call_id, c.ended_at, :silent, l.at, l.by, ''
FROM call c LEFT JOIN first_look l ON l.kind = 'message' AND l.key = c.call_id
WHERE c.call_id = :call_id
"""
"""Where a message lies in the recording was written down nowhere; who opened its call first stands for who heard it."""


def upgrade() -> None:
    op.create_table(
        'voice_message',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('from_seconds', sa.Float(), nullable=True),
        sa.Column('to_seconds', sa.Float(), nullable=True),
        sa.Column('silent', sa.Boolean(), nullable=False),
        sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('heard_by', sa.String(), nullable=True),
        sa.Column('owner', sa.String(), nullable=True),
        sa.Column('owned_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answered_by', sa.String(), nullable=True),
        sa.Column('how', sa.String(), nullable=False),
        sa.Column('callback_id', sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_voice_message_call_id_call')),
        sa.ForeignKeyConstraint(['callback_id'], ['callback.id'], name=op.f('fk_voice_message_callback_id_callback')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_message')),
        sa.UniqueConstraint('call_id', name=op.f('uq_voice_message_call_id')),
    )
    with op.batch_alter_table('voice_message', schema=None) as batch_op:
        batch_op.create_index('ix_voice_message_left', ['left_at', 'id'], unique=False)
        batch_op.create_index('ix_voice_message_open', ['answered_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_voice_message_callback_id'), ['callback_id'], unique=False)
    connection = op.get_bind()
    recent = "ended_at > datetime('now', '-14 days')"
    if connection.dialect.name == 'postgresql':
        recent = "ended_at > now() - interval '14 days'"
    calls = connection.execute(sa.text(f"SELECT call_id FROM call WHERE result = 'message' AND {recent}"))
    noted = sa.text(NOTED).bindparams(sa.bindparam('id', type_=sa.Uuid()), sa.bindparam('silent', type_=sa.Boolean()))
    for (call_id,) in calls.fetchall():
        connection.execute(noted, {'id': uuid.uuid4(), 'call_id': call_id, 'silent': False})


def downgrade() -> None:
    op.drop_table('voice_message')
