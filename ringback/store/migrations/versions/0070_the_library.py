"""marks, clips, playlists and what was given to whom to hear."""

import sqlalchemy as sa
from alembic import op

revision = '0070'
down_revision = '0060'


def upgrade() -> None:
    op.create_table(
        'playlist',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('note', sa.String(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('items', sa.Integer(), nullable=False),
        sa.Column('gone', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_playlist')),
    )
    op.create_index('ix_playlist_changed', 'playlist', ['changed_at', 'id'], unique=False)
    op.create_table(
        'assignment',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('playlist_id', sa.Uuid(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('given_by', sa.String(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['playlist_id'], ['playlist.id'], name=op.f('fk_assignment_playlist_id_playlist')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    )
    op.create_index('ix_assignment_given', 'assignment', ['ended_at', 'due_at'], unique=False)
    op.create_index('ix_assignment_person', 'assignment', ['person', 'ended_at'], unique=False)
    op.create_index('ix_assignment_playlist', 'assignment', ['playlist_id'], unique=False)
    op.create_table(
        'clip',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('begin', sa.Float(), nullable=False),
        sa.Column('end', sa.Float(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_clip_call_id_call')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_clip')),
    )
    op.create_index('ix_clip_call', 'clip', ['call_id'], unique=False)
    op.create_table(
        'mark',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('begin', sa.Float(), nullable=False),
        sa.Column('end', sa.Float(), nullable=False),
        sa.Column('speaker', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('tag', sa.String(), nullable=False),
        sa.Column('shared', sa.Boolean(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_mark_call_id_call')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mark')),
    )
    op.create_index('ix_mark_call', 'mark', ['call_id', 'begin'], unique=False)
    op.create_index('ix_mark_person', 'mark', ['person', 'id'], unique=False)
    op.create_index('ix_mark_shared', 'mark', ['shared', 'id'], unique=False)
    op.create_index('ix_mark_tag', 'mark', ['tag', 'shared', 'id'], unique=False)
    op.create_table(
        'playlist_item',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('playlist_id', sa.Uuid(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('call_id', sa.String(), nullable=False),
        sa.Column('begin', sa.Float(), nullable=False),
        sa.Column('end', sa.Float(), nullable=True),
        sa.Column('note', sa.String(), nullable=False),
        sa.Column('question', sa.String(), nullable=False),
        sa.Column('why', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(['call_id'], ['call.call_id'], name=op.f('fk_playlist_item_call_id_call')),
        sa.ForeignKeyConstraint(['playlist_id'], ['playlist.id'], name=op.f('fk_playlist_item_playlist_id_playlist')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_playlist_item')),
    )
    op.create_index('ix_playlist_item_call', 'playlist_item', ['call_id'], unique=False)
    op.create_index('ix_playlist_item_place', 'playlist_item', ['playlist_id', 'place'], unique=False)
    op.create_table(
        'assignment_progress',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('assignment_id', sa.Uuid(), nullable=False),
        sa.Column('item_id', sa.Uuid(), nullable=False),
        sa.Column('heard', sa.JSON(none_as_null=True), nullable=False),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('complete', sa.Boolean(), nullable=False),
        sa.Column('answer', sa.String(), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_assignment_progress_assignment_id_assignment')),
        sa.ForeignKeyConstraint(['item_id'], ['playlist_item.id'], name=op.f('fk_assignment_progress_item_id_playlist_item')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_progress')),
        sa.UniqueConstraint('assignment_id', 'item_id', name=op.f('uq_assignment_progress_assignment_id')),
    )
    op.create_index('ix_assignment_progress_item', 'assignment_progress', ['item_id'], unique=False)
    op.create_table(
        'mark_answer',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('mark_id', sa.Uuid(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['mark_id'], ['mark.id'], name=op.f('fk_mark_answer_mark_id_mark')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mark_answer')),
    )
    op.create_index(op.f('ix_mark_answer_mark_id'), 'mark_answer', ['mark_id'], unique=False)
    op.create_table(
        'mark_mention',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('mark_id', sa.Uuid(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['mark_id'], ['mark.id'], name=op.f('fk_mark_mention_mark_id_mark')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mark_mention')),
        sa.UniqueConstraint('mark_id', 'person', name=op.f('uq_mark_mention_mark_id')),
    )
    op.create_index('ix_mark_mention_person', 'mark_mention', ['person', 'seen_at'], unique=False)


def downgrade() -> None:
    for name in (
        'mark_mention', 'mark_answer', 'assignment_progress', 'playlist_item', 'mark', 'clip', 'assignment', 'playlist',
    ):
        op.drop_table(name)
