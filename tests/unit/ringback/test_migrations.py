"""The schema that migrations make is the one that the models describe, and old data gets there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, select, text
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from ringback.store import migrate
from ringback.store.base import uuid7
from ringback.store.engine import open_store
from ringback.store.schema import is_described, metadata
from tests.support.version_before.folder import FACTS, at_revision, copy


def test_models_and_migrations_agree(store: sessionmaker[Session]) -> None:
    with store() as session:
        connection = session.connection()
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_described})
        assert compare_metadata(context, metadata()) == []


def test_one_open_promise_a_number_is_a_rule_of_the_store(store: sessionmaker[Session]) -> None:
    with store() as session:
        indexes = {each["name"]: each for each in inspect(session.connection()).get_indexes("callback")}
    rule = indexes["uq_callback_open_number"]
    assert rule["unique"]
    assert [str(value) for key, value in rule["dialect_options"].items() if key.endswith("_where")]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any schema."""
    if request.param == "sqlite":
        engine = open_store(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        make: Callable[[], str] = request.getfixturevalue("new_postgresql")
        engine = open_store(make())
    yield engine
    engine.dispose()


def test_promises_from_before_are_kept_and_never_dialled(empty: Engine) -> None:
    at_revision(empty, "0002")
    columns = "id, source, source_key, number, language, line, state, arrived_at, requested_at"
    with empty.begin() as connection:
        for key in ("a.json", "b.json"):  # the same number twice: that was allowed
            values = {"id": uuid7().hex, "key": key, "at": "2026-11-20 10:00:00.000000"}
            zone = "+00:00" if empty.dialect.name == "postgresql" else ""
            connection.execute(
                text(
                    f"INSERT INTO callback ({columns}) VALUES "
                    f"(:id, 'fallback', :key, '+12025550123', 'en', '1000', 'requested', '{values['at']}{zone}', "
                    f"'{values['at']}{zone}')"
                ),
                {"id": values["id"], "key": key},
            )
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    with Session(empty) as session:
        rows = session.scalars(select(Callback).order_by(Callback.source_key)).all()
    assert [(row.source_key, row.state, row.attempts, row.menu_path) for row in rows] == [
        ("a.json", "cancelled", 0, []),
        ("b.json", "cancelled", 0, []),
    ]
    assert all(row.expires_at - row.requested_at == timedelta(hours=24) for row in rows)


def test_going_back_leaves_the_words_of_older_programs_as_they_are(empty: Engine) -> None:
    at_revision(empty, "0022")
    ours = '{"code": "ringback.lease_lost", "facts": {}}'
    zone = "+00:00" if empty.dialect.name == "postgresql" else ""
    with empty.begin() as connection:
        for name, trouble in (("web", ours), ("worker", "database is locked"), ("controller", None)):
            connection.execute(
                text(
                    "INSERT INTO process (name, pid, started_at, beat_at, trouble) VALUES "
                    f"(:name, 1, '2026-11-20 10:00:00{zone}', '2026-11-20 10:00:00{zone}', :trouble)"
                ),
                {"name": name, "trouble": trouble},
            )
    at_revision(empty, "0021")
    with empty.connect() as connection:
        found = dict(connection.execute(text("SELECT name, trouble FROM process")).tuples().all())
    sentence = "Another worker has taken this over: nothing from this attempt is kept."
    assert found == {"web": sentence, "worker": "database is locked", "controller": None}


class Killed(Exception):
    """The process is gone: nothing of what it began is committed."""


@pytest.mark.parametrize("statement", range(5, 130, 31))
def test_a_start_killed_half_way_leaves_a_store_that_the_next_one_opens(statement: int, tmp_path: Path) -> None:
    before = copy(tmp_path / "data")
    engine = open_store(before.store_url)
    said = 0

    def kill(*_: object) -> None:
        nonlocal said
        said += 1
        if said == statement:
            raise Killed

    event.listen(engine, "before_cursor_execute", kill)
    with pytest.raises(Killed):
        migrate.upgrade(engine)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM call WHERE call_id IS NOT NULL")) == FACTS["tables"]["call"]
        assert connection.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


def test_tables_of_others_keep_their_names(empty: Engine) -> None:
    """Asterisk's own records of calls may lie in the same database."""
    at_revision(empty, "0019")
    with empty.begin() as connection:
        connection.execute(
            text("CREATE TABLE cel (id INTEGER, linkedid TEXT, CONSTRAINT uq_cel_linkedid UNIQUE (linkedid))")
        )
        connection.execute(text("CREATE INDEX cel_linkedid ON cel (linkedid, id)"))
    migrate.upgrade(empty)
    found = inspect(empty)
    assert [each["name"] for each in found.get_unique_constraints("cel")] == ["uq_cel_linkedid"]
    assert "cel_linkedid" in {each["name"] for each in found.get_indexes("cel")}
    assert {column["name"] for column in found.get_columns("cel")} == {"id", "linkedid"}
