"""imports of another system's history, and the visits to queues that they brought."""

import sqlalchemy as sa
from alembic import op

revision = '0061'
down_revision = '0070'


def upgrade() -> None:
    op.create_table(
        'history_import',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('files', sa.JSON(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by', sa.String(), nullable=True),
        sa.Column('begins', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ends', sa.DateTime(timezone=True), nullable=True),
        sa.Column('counts', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_history_import')),
    )
    with op.batch_alter_table('history_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_history_import_sha256'), ['sha256'], unique=False)
        batch_op.create_index('ix_history_import_state', ['state', 'started_at'], unique=False)

    op.create_table(
        'imported_visit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('import_id', sa.Uuid(), nullable=False),
        sa.Column('source_key', sa.String(length=32), nullable=False),
        sa.Column('call_key', sa.String(length=24), nullable=False),
        sa.Column('line', sa.String(), nullable=True),
        sa.Column('queue', sa.String(), nullable=False),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('wait_seconds', sa.Float(), nullable=True),
        sa.Column('outcome', sa.String(), nullable=False),
        sa.Column('agent', sa.String(), nullable=True),
        sa.Column('talk_seconds', sa.Float(), nullable=True),
        sa.Column('hold_seconds', sa.Float(), nullable=True),
        sa.Column('wrap_seconds', sa.Float(), nullable=True),
        sa.Column('caller', sa.String(length=64), nullable=True),
        sa.Column('ended_by', sa.String(), nullable=True),
        sa.Column('transferred', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ['import_id'], ['history_import.id'], name=op.f('fk_imported_visit_import_id_history_import')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_visit')),
        sa.UniqueConstraint('source_key', name=op.f('uq_imported_visit_source_key')),
    )
    with op.batch_alter_table('imported_visit', schema=None) as batch_op:
        batch_op.create_index('ix_imported_visit_caller', ['caller'], unique=False)
        batch_op.create_index('ix_imported_visit_entered', ['entered_at', 'queue'], unique=False)
        batch_op.create_index('ix_imported_visit_import', ['import_id'], unique=False)
