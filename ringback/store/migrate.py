"""Brings the store's schema to the newest version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def upgrade(engine: Engine) -> None:
    """Runs the migrations that are missing, all or none; none missing is fast and changes nothing."""
    config = _config()
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver begins before rows are written and not before tables are changed: without this, a start
            # that is killed half-way would leave tables that no later start understands.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def write_revision(engine: Engine, revision: str, message: str) -> None:
    """For developers: migration `revision` (0002, ...) from what the models say beyond the store at hand."""
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, rev_id=revision, autogenerate=True)
