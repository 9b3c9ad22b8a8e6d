"""An installation that is backed up and put back, for the tests of both."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app import backup_run
from app.backup import making
from calls.models import Call
from recording.models import Recording
from ringback import secrets
from ringback.config import Settings
from ringback.config.network import StoreSettings
from ringback.store.engine import open_store, sessions
from tests.support.storage import finished
from tickets.models import Ticket

Sessions = sessionmaker[Session]


def with_store(settings: Settings, store: Sessions) -> Settings:
    """`settings` that name the store at hand."""
    url = store.kw["bind"].url
    if url.get_backend_name() == "sqlite":
        return settings
    told = url.render_as_string(hide_password=False)
    return settings.model_copy(update={"store": StoreSettings(url=told)})


def furnish(settings: Settings, store: Sessions) -> None:
    """One of everything: recordings, what waits in the spool, a prompt of the owner's, secrets, settings, a ticket."""
    finished(store, settings)
    (settings.spool / "1700000000.2.raw").write_bytes(b"\1\2" * 4000)
    (settings.fallback_spool / "1700000000.3.json").write_text("{}")
    own = settings.data / "sounds" / "ru" / "приветствие.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"RIFF")
    with store() as session, session.begin():
        session.add(Ticket(subject="Роутер", contact_id=None))
    secrets.load_or_create(settings)
    (settings.data.parent / "ringback.yaml").write_text("timezone: Europe/Moscow\n")


def back_up(settings: Settings, place: Path | str, **wish: Any) -> making.BackupMade:
    wanted: dict[str, Any] = {"sounds": True, "secrets": True, "keep_days": None} | wish
    source = settings.data.parent / "ringback.yaml"
    return making.make(settings, source, making.BackupWish(str(place), **wanted), lambda _line: None)


def put_back(settings: Settings, place: Path | str, key: str | None, name: str | None = None) -> str:
    """Restores the newest, or `name`; without a key unproven."""
    file = settings.data.parent / "key"
    file.parent.mkdir(exist_ok=True)
    file.write_text(key or "")
    found = backup_run.chosen(settings, str(place), name, file, unproven=key is None)
    return backup_run.restore(settings, found, lambda _line: None)


def elsewhere(settings: Settings, tmp_path: Path, url: str = "") -> Settings:
    """Settings of a new machine."""
    return settings.model_copy(update={"data": tmp_path / "new" / "data", "store": StoreSettings(url=url)})


def names_of(settings: Settings) -> set[str]:
    """Every file of a data folder but locks, which no backup has."""
    return {
        p.relative_to(settings.data).as_posix() for p in settings.data.rglob("*") if p.is_file() and p.suffix != ".lock"
    }


def rows_of(settings: Settings) -> tuple[list[str], list[tuple[str, str | None]], list[int]]:
    """Calls, recordings with their checksums, numbers of tickets."""
    engine = open_store(settings.store_url)
    try:
        with sessions(engine)() as session:
            calls = sorted(session.scalars(Call.__table__.select().with_only_columns(Call.call_id)))
            sounds = [(row.call_id, row.sha256) for row in session.query(Recording)]
            return calls, sounds, sorted(row.number for row in session.query(Ticket))
    finally:
        engine.dispose()


def killed(work: Callable[[], object]) -> None:
    """Runs in a child process, which has to be killed by SIGKILL while it works."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(status := os.waitpid(child, 0)[1])
    assert os.WTERMSIG(status) == signal.SIGKILL


def die(*_arguments: object, **_named: object) -> None:
    """What a process does whose power is cut."""
    os.kill(os.getpid(), signal.SIGKILL)
