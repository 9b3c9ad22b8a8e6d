"""Runs migrations on the connection that `ringback.store.migrate` hands over."""

from alembic import context

from ringback.store.schema import is_described, metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
    include_object=is_described,
)
with context.begin_transaction():
    context.run_migrations()
