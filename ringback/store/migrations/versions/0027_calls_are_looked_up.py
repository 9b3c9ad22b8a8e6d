"""What the list of calls is narrowed and sorted by has columns and indexes of its own."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from ringback.store.base import UtcTime

revision = '0027'
down_revision = '0032'

CALL = sa.table(
    'call', sa.column('call_id', sa.String), sa.column('caller_name', sa.String), sa.column('caller_number', sa.String),
    sa.column('found_by', sa.String), sa.column('wait_seconds', sa.Float), sa.column('talk_seconds', sa.Float),
    *(sa.column(name, UtcTime()) for name in ('queued_at', 'connected_at', 'released_at', 'ended_at')),
)
INDEXES = {
    'call': {
        'ix_call_line': ['line', 'arrived_at', 'call_id'],
        'ix_call_result': ['result', 'arrived_at', 'call_id'],
        'ix_call_agent': ['agent', 'arrived_at', 'call_id'],
        'ix_call_queue': ['queue', 'arrived_at', 'call_id'],
        'ix_call_wait': ['wait_seconds', 'arrived_at', 'call_id'],
        'ix_call_talk': ['talk_seconds', 'arrived_at', 'call_id'],
        'ix_call_found_by': ['found_by', 'call_id'],
    },
    'queue_visit': {'ix_queue_visit_queue': ['queue', 'call_id']},
    'call_segment': {'ix_call_segment_agent': ['agent', 'call_id']},
    'answer': {'ix_answer_label': ['label', 'call_id']},
}
CHUNK = 2000


def upgrade() -> None:
    with op.batch_alter_table('call') as batch_op:
        batch_op.add_column(sa.Column('wait_seconds', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('talk_seconds', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('found_by', sa.String(), server_default='', nullable=False))
    _fill()
    for table, indexes in INDEXES.items():
        for name, columns in indexes.items():
            op.create_index(name, table, columns)


def downgrade() -> None:
    for table, indexes in INDEXES.items():
        for name in indexes:
            op.drop_index(name, table)
    with op.batch_alter_table('call') as batch_op:
        for name in ('found_by', 'talk_seconds', 'wait_seconds'):
            batch_op.drop_column(name)


def _fill() -> None:
    connection, after = op.get_bind(), ''
    change = sa.update(CALL).where(CALL.c.call_id == sa.bindparam('of')).values(
        {name: sa.bindparam(f'new_{name}') for name in ('found_by', 'wait_seconds', 'talk_seconds')}
    )
    while rows := connection.execute(
        sa.select(CALL).where(CALL.c.call_id > after).order_by(CALL.c.call_id).limit(CHUNK)
    ).all():
        connection.execute(change, [
            {
                'of': row.call_id,
                'new_found_by': _found_by(row.caller_name, row.caller_number),
                'new_wait_seconds': _seconds(row.queued_at, row.connected_at or row.ended_at),
                'new_talk_seconds': _seconds(row.connected_at, row.released_at or row.ended_at),
            }
            for row in rows
        ])
        after = rows[-1].call_id


def _seconds(start, end):
    return None if start is None or end is None else max(0.0, round((end - start).total_seconds(), 3))


def _found_by(name: str, number: str) -> str:
    if number == 'erased':
        return ''
    words = re.findall(r'[^\W_]+', _fold(name))[:20]
    if re.fullmatch(r'\+?[0-9 ()./-]+', number):
        words.append(''.join(re.findall(r'[0-9]', number))[:30])
    else:
        words += re.findall(r'[^\W_]+', _fold(number))[:6]
    return ''.join(f' {word}' for word in words if word)[:160]


def _fold(text: str) -> str:
    text = unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', text).casefold())
    plain = ''.join(
        'е' if letter == 'ё' else letter if '\u0400' <= letter <= '\u052f' else unicodedata.normalize('NFD', letter)
        for letter in text
    )
    return re.sub('[\u0300-\u036f]', '', plain)
