"""What tests share: a store on SQLite and on a real PostgreSQL, settings in a folder of their own, a deadline.

A server that is missing is a skip with a reason on a laptop and an error where CI=true.
"""

import gc
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.store import migrate
from ringback.store.engine import open_store, sessions

POSTGRESQL = Path("/usr/lib/postgresql")
MEMORY = Path("/dev/shm")
MEMORY_WANTED = 1 << 30
"""Bytes that must be free there for a PostgreSQL of the tests."""
LEFT = 4
"""Databases that are kept; a test makes one, or two."""

hypothesis.settings.register_profile("ringback", deadline=None)  # how long a machine takes is no fault
hypothesis.settings.load_profile("ringback")


LONGEST_FIRST = ("live", "speech", "browser", "unit", "replay")
"""The folders, for files of tests that run side by side: whoever is done early takes from the short ones at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side (pytest-xdist) the files that take long begin; one after another the quick ones do, as listed."""
    here = Path(__file__).parent
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: LONGEST_FIRST.index(item.path.relative_to(here).parts[0]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported and collected stays: the collector of garbage need not walk through it at every test."""
    gc.collect()
    gc.freeze()


def missing(what: str) -> None:
    """Ends the test: an error in CI, a skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing", pytrace=False)
    pytest.skip(f"{what} is missing")


def until(found: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The first true answer of `found`, asked until the deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (answer := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.005)
    return answer


@pytest.fixture(name="missing", scope="session")
def missing_fixture() -> Callable[[str], None]:
    """`missing(what)`: ends the test, as an error in CI and as a skip elsewhere."""
    return missing


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., Any]:
    """`until(found, seconds=10)`: the first true answer of `found`; fails at the deadline."""
    return until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults with a data folder of the test's own; its folders are there."""
    made = Settings(data=tmp_path / "data")
    for folder in (made.spool, made.fallback_spool, made.recordings):
        folder.mkdir(parents=True)
    return made


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A private PostgreSQL in a temporary folder, reached by a unix socket; the URL without a database's name.

    In memory where there is room for it: each test has a database of its own, of some 300 files.
    """
    found = sorted(POSTGRESQL.glob("*/bin/initdb"))
    if not found:
        missing("PostgreSQL (Debian's package postgresql)")
    programs = found[-1].parent
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_WANTED
    folder = Path(tempfile.mkdtemp(prefix="ringback-pg-", dir=MEMORY if in_memory else None))
    as_user: list[str] = []
    if os.geteuid() == 0:  # initdb refuses root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder)

    cluster, log = str(folder / "cluster"), str(folder / "log")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("initdb", "-D", cluster, "-U", "ringback", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    run("pg_ctl", "-D", cluster, "-l", log, "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://ringback@/{{name}}?host={folder}"
    finally:
        run("pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgresql(postgresql: str) -> Iterator[Callable[..., str]]:
    """`new_postgresql(template="template0")`: makes a database, without any schema or as `template`; its URL.

    All are made over one connection: coming in takes longer than making one. Those that nobody is in any more go with
    the next but LEFT of them.
    """
    engine = create_engine(postgresql.format(name="postgres"), isolation_level="AUTOCOMMIT")
    copies: list[str] = []
    with engine.connect() as connection:

        def make(template: str = "template0") -> str:
            name = f"t{uuid.uuid4().hex}"
            if template != "template0":
                copies.append(name)
            for old in copies[:-LEFT]:
                connection.execute(text(f"DROP DATABASE {old} WITH (FORCE)"))
            del copies[:-LEFT]
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
            return postgresql.format(name=name)

        yield make
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(new_postgresql: Callable[..., str]) -> str:
    """The name of a database with the newest schema, to be copied."""
    engine = open_store(new_postgresql())
    migrate.upgrade(engine)
    engine.dispose()
    assert engine.url.database is not None
    return engine.url.database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    engine = open_store(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture
def sqlite_store(settings: Settings, sqlite_template: Path) -> Iterator[sessionmaker[Session]]:
    """An empty store on SQLite, where `settings` say it is."""
    shutil.copyfile(sqlite_template, settings.data / "ringback.db")
    engine = open_store(settings.store_url)
    yield sessions(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[sessionmaker[Session]]:
    """An empty store with the newest schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    make: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    engine = open_store(make(request.getfixturevalue("postgresql_template")))
    yield sessions(engine)
    engine.dispose()
