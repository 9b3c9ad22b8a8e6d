"""several numbers and addresses of a person, by which persons are found; merges and imports."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

import ringback.store.base

revision = '0057'
down_revision = '0054'

BY_BYTES = sa.String().with_variant(sa.String(collation='C'), 'postgresql')

CONTACT = sa.table(
    'contact', sa.column('id', sa.Uuid), sa.column('number', sa.String), sa.column('name', sa.String),
    sa.column('sorted_by', sa.String), sa.column('created_at', ringback.store.base.UtcTime()),
)
POINT = sa.table(
    'contact_point', sa.column('id', sa.Uuid), sa.column('contact_id', sa.Uuid), sa.column('kind'), sa.column('value'),
    sa.column('label'), sa.column('is_first'), sa.column('source'), sa.column('consent'), sa.column('consent_how'),
    sa.column('created_at'),
)
WORD = sa.table('contact_word', sa.column('word', sa.String), sa.column('contact_id', sa.Uuid))
CHUNK = 2000


def upgrade() -> None:
    # Columns one by one and not in a batch: for that SQLite would be given a new table, to which others refer.
    op.add_column('contact', sa.Column('named_by', sa.String(), nullable=True))
    op.add_column('contact', sa.Column('sorted_by', BY_BYTES, nullable=True))
    op.add_column('contact', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('contact', sa.Column('merged_into', sa.Uuid(), nullable=True))
    op.add_column('erasure', sa.Column('contact_id', sa.Uuid(), nullable=True))
    op.create_table('contact_point',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('is_first', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('consent', sa.String(), nullable=False),
    sa.Column('consent_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('consent_by', sa.String(), nullable=True),
    sa.Column('consent_how', sa.String(), nullable=False),
    sa.Column('created_at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_contact_point_contact_id_contact')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_point')),
    sa.UniqueConstraint('contact_id', 'kind', 'value', name=op.f('uq_contact_point_contact_id'))
    )
    op.create_table('contact_word',
    sa.Column('word', BY_BYTES, nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_contact_word_contact_id_contact')),
    sa.PrimaryKeyConstraint('word', 'contact_id', name=op.f('pk_contact_word')),
    sqlite_with_rowid=False
    )
    op.create_table('contact_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('winner_id', sa.Uuid(), nullable=False),
    sa.Column('loser_id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('moved', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('undone_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['winner_id'], ['contact.id'], name=op.f('fk_contact_merge_winner_id_contact')),
    sa.ForeignKeyConstraint(['loser_id'], ['contact.id'], name=op.f('fk_contact_merge_loser_id_contact')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_merge'))
    )
    op.create_table('contact_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('file', sa.String(), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=True),
    sa.Column('records', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('unread', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('done_at', ringback.store.base.UtcTime(timezone=True), nullable=True),
    sa.Column('counts', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_import'))
    )
    _fill()
    first = sa.text('is_first')
    op.create_index('ix_contact_sorted_by', 'contact', ['sorted_by', 'id'])
    op.create_index(op.f('ix_contact_merged_into'), 'contact', ['merged_into'])
    op.create_index('ix_contact_point_value', 'contact_point', ['kind', 'value'])
    op.create_index('uq_contact_point_first', 'contact_point', ['kind', 'value'], unique=True, sqlite_where=first, postgresql_where=first)
    op.create_index('ix_contact_word_contact', 'contact_word', ['contact_id', 'word'])
    op.create_index(op.f('ix_contact_merge_winner_id'), 'contact_merge', ['winner_id'])
    op.create_index(op.f('ix_contact_merge_loser_id'), 'contact_merge', ['loser_id'])
    op.create_index('ix_callback_number', 'callback', ['number', 'requested_at'])
    op.create_index(op.f('ix_contact_import_by'), 'contact_import', ['by'])
    op.create_index(op.f('ix_contact_import_at'), 'contact_import', ['at'])


def _fill() -> None:
    """The number of everybody as a first point, and the words that find the person: each row once, by the keys."""
    connection = op.get_bind()
    point = sa.select(
        CONTACT.c.id, CONTACT.c.id, sa.literal('phone'), CONTACT.c.number, sa.literal(''), sa.true(), sa.literal('call'),
        sa.literal('unknown'), sa.literal(''), CONTACT.c.created_at,
    ).where(CONTACT.c.number.is_not(None))
    connection.execute(sa.insert(POINT).from_select([column.name for column in POINT.columns], point))
    change = sa.update(CONTACT).where(CONTACT.c.id == sa.bindparam('of')).values(sorted_by=sa.bindparam('place'))
    columns = sa.select(CONTACT.c.id, CONTACT.c.number, CONTACT.c.name).order_by(CONTACT.c.id).limit(CHUNK)
    rows = connection.execute(columns).all()
    while rows:
        connection.execute(change, [{'of': row.id, 'place': _sorted_by(row.name, row.number)} for row in rows])
        words = [{'word': each, 'contact_id': row.id} for row in rows for each in _words(row.name, row.number)]
        if words:
            connection.execute(sa.insert(WORD), words)
        rows = connection.execute(columns.where(CONTACT.c.id > rows[-1].id)).all()


def _sorted_by(name: str | None, number: str | None) -> str | None:
    return ' '.join(re.findall(r'[^\W_]+', _fold(name or '')))[:160] or number or None


def _words(name: str | None, number: str | None) -> set[str]:
    found = set(re.findall(r'[^\W_]+', _fold(name or ''))[:12])
    if number:
        digits = number.removeprefix('+')
        found |= {digits, '<' + digits[::-1]}
    return {word[:60] for word in found}


def _fold(text: str) -> str:
    text = unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', text).casefold())
    plain = ''.join(
        'е' if letter == 'ё' else letter if '\u0400' <= letter <= '\u052f' else unicodedata.normalize('NFD', letter)
        for letter in text
    )
    return re.sub('[\u0300-\u036f]', '', plain)


def downgrade() -> None:
    for name in ('contact_import', 'contact_merge', 'contact_word', 'contact_point'):
        op.drop_table(name)
    op.drop_index('ix_callback_number', 'callback')
    op.drop_index(op.f('ix_contact_merged_into'), 'contact')
    op.drop_index('ix_contact_sorted_by', 'contact')
    op.drop_column('erasure', 'contact_id')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        for name in ('merged_into', 'version', 'sorted_by', 'named_by'):
            batch_op.drop_column(name)
