"""Brings the store's schema to the newest version, with the views that others read it by (`views.py`)."""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from ringback.store import views

TRIGGERS = "reports.triggers"
"""Has `clear`, `install` and `are_newest` of a connection: triggers are of the newest schema, as views are. A name, so
that the store imports no room."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Runs the migrations that are missing up to `revision`, all or none; none missing is fast and changes nothing."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver begins before rows are written and not before tables are changed: without this, a start
            # that is killed half-way would leave tables that no later start understands.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade_in(connection, revision)


def upgrade_in(connection: Connection, revision: str = "head") -> None:
    """The same within a transaction that somebody else has begun, and ends."""
    config = _config()
    newest = ScriptDirectory.from_config(config).get_current_head()
    becomes_newest = revision in ("head", newest)
    triggers = import_module(TRIGGERS)
    are_newest = becomes_newest and _revision_of(connection) == newest
    if are_newest and views.are_newest(connection) and triggers.are_newest(connection):
        return
    views.clear(connection)
    triggers.clear(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if becomes_newest:
        views.make(connection)
        triggers.install(connection)


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether this program has the migration `revision`; one that a newer program made, it has not."""
    try:
        found = ScriptDirectory.from_config(_config()).get_revision(revision)
        return found is not None and found.revision == revision  # a beginning of a name is none
    except CommandError:
        return False


def write_revision(engine: Engine, revision: str, message: str) -> None:
    """For developers: migration `revision` (0002, ...) from what the models say beyond the store at hand."""
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, rev_id=revision, autogenerate=True)
