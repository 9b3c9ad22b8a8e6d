"""Surveys have several questions, words of one's own, and a number is asked once in a while.

What was asked before becomes a run of its survey. Which number it was is not made up later: the first question to each
number after the upgrade may come sooner than a week after the last.
"""

import uuid

import sqlalchemy as sa
from alembic import op

import ringback.store.base
from ringback.store.base import uuid7

revision = '0036'
down_revision = '0037'

CHUNK = 2000


def upgrade() -> None:
    op.create_table('survey_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.String(), nullable=False),
    sa.Column('survey', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('not_asked', sa.String(), nullable=True),
    sa.Column('agent', sa.String(), nullable=True),
    sa.Column('queue', sa.String(), nullable=True),
    sa.Column('caller', sa.String(), nullable=True),
    sa.Column('comment_from', sa.Float(), nullable=True),
    sa.Column('comment_to', sa.Float(), nullable=True),
    sa.Column('follow_up', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('poor', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_survey_run_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_run')),
    sa.UniqueConstraint('call_id', name=op.f('uq_survey_run_call_id'))
    )
    op.create_index('ix_survey_run_at', 'survey_run', ['at', 'survey'])
    op.create_index('ix_survey_run_agent', 'survey_run', ['agent', 'at'])
    op.create_index('ix_survey_run_caller', 'survey_run', ['caller', 'at'])
    op.create_table('survey_opt_out',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('caller', sa.String(), nullable=False),
    sa.Column('at', ringback.store.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_opt_out')),
    sa.UniqueConstraint('caller', name=op.f('uq_survey_opt_out_caller'))
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name', sa.String(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('means', sa.String(), nullable=True))
        batch_op.drop_constraint('uq_answer_call_id', type_='unique')
        batch_op.create_unique_constraint('uq_answer_call_id', ['call_id', 'survey', 'name'])
    op.execute("UPDATE call SET survey_outcome = 'hung_up' WHERE survey_outcome = 'offered' AND snapshot IS NULL")
    _make_runs()


def downgrade() -> None:
    op.execute("UPDATE call SET survey_outcome = 'offered' WHERE survey_outcome = 'hung_up'")
    op.execute("UPDATE call SET survey_outcome = 'silent' WHERE survey_outcome = 'opted_out'")
    op.execute(
        'DELETE FROM answer WHERE EXISTS (SELECT 1 FROM answer AS other WHERE other.call_id = answer.call_id '
        'AND other.survey = answer.survey AND other.name < answer.name)'
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.drop_constraint('uq_answer_call_id', type_='unique')
        batch_op.create_unique_constraint('uq_answer_call_id', ['call_id', 'survey'])
        batch_op.drop_column('means')
        batch_op.drop_column('name')
    op.drop_table('survey_opt_out')
    op.drop_table('survey_run')


def _make_runs() -> None:
    """One for each call that was asked; which survey it was, the answer tells, and the settings had one by default."""
    at, uid = ringback.store.base.UtcTime(timezone=True), sa.Uuid()
    call = sa.table(
        'call', sa.column('call_id'), sa.column('survey_outcome'), sa.column('agent'), sa.column('queue'),
        sa.column('released_at', at), sa.column('ended_at', at), sa.column('arrived_at', at),
    )
    answer = sa.table('answer', sa.column('call_id'), sa.column('survey'))
    run = sa.table(
        'survey_run', sa.column('id', uid), sa.column('call_id'), sa.column('survey'), sa.column('at', at),
        sa.column('outcome'), sa.column('agent'), sa.column('queue'),
    )
    began = sa.func.coalesce(call.c.released_at, call.c.ended_at, call.c.arrived_at, type_=at)
    named = sa.select(sa.func.min(answer.c.survey)).where(answer.c.call_id == call.c.call_id).scalar_subquery()
    query = sa.select(
        call.c.call_id, sa.func.coalesce(named, 'solved'), began, call.c.survey_outcome, call.c.agent, call.c.queue
    )
    connection, after = op.get_bind(), ''
    while True:
        some = query.where(call.c.survey_outcome.is_not(None), call.c.call_id > after)
        rows = connection.execute(some.order_by(call.c.call_id).limit(CHUNK)).all()
        if not rows:
            return
        after = rows[-1][0]
        made = [_run(uuid7(), row) for row in rows]
        connection.execute(sa.insert(run), made)


def _run(made: uuid.UUID, row: sa.Row) -> dict[str, object]:
    names = ('call_id', 'survey', 'at', 'outcome', 'agent', 'queue')
    return {'id': made, **dict(zip(names, row, strict=True))}
