"""What publishing asks of other rooms: whether settings would do for them, and what must be made before they hold."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app import install
from app.flow_tests.scripts import FILE
from app.flow_tests.service import run_flow_tests
from app.opened import UnreadableStore
from pbx import asterisk_conf
from pbx.errors import AsteriskError
from prompts.service import make_sounds
from publishing.service import Publisher
from ringback import config, secrets
from ringback.config import ConfigError, Settings, in_force
from ringback.config.remarks import Remark
from ringback.messages import Message, message, text
from ringback.secrets import Secrets
from ringback.store.engine import open_store, sessions

log = logging.getLogger("ringback.publishing")

SHARE = Path("/usr/share/asterisk")
"""Any: what is written for a trial is read by nobody."""


def publisher(settings: Callable[[], Settings], store: sessionmaker[Session]) -> Publisher:
    """The one of this installation."""
    return Publisher(
        settings, store, install.remarks, lambda wanted: trial(settings(), wanted), make_ready, flow_test_that_fails
    )


def flow_test_that_fails(wanted: Settings, folder: Path) -> Message | None:
    """The first scripted caller of this folder who fares otherwise than meant; None: all are well."""
    file = folder / FILE
    if not file.exists():
        return None
    try:
        return run_flow_tests(wanted, file).why
    except ConfigError as error:
        return text(str(error)) if error.diagnostics else error.message


def trial(now: Settings, wanted: Settings) -> Iterator[Remark]:
    """Whether Asterisk would understand them, and what the owner of another Asterisk has to do besides."""
    try:
        before, after = _for_own(now), _for_own(wanted)
    except AsteriskError as error:
        yield Remark((), error.message)
        return
    if wanted.ami.external and before != after:
        names = sorted(name for name in after if before.get(name) != after[name])
        yield Remark(("ami", "external"), message("app.own_asterisk_reads", files=names), level="note")


def make_ready(wanted: Settings) -> None:
    """What must be there when the settings begin to hold: passwords of phones of new agents, the sound of words.

    Raises PromptBuildError: words that nobody here can speak.
    """
    secrets.load_or_create(wanted)
    make_sounds(wanted, log.info).refuse()


def _for_own(settings: Settings) -> dict[str, str]:
    """What Asterisk would read. Raises AsteriskError for a value that it would misunderstand."""
    none = dict.fromkeys(("ami_password", "web_key", "admin_password"), "-")
    nobody = Secrets(**none, agent_passwords={agent.name: "-" for agent in settings.agents})
    values = asterisk_conf.values_of(settings, nobody, SHARE)
    return asterisk_conf.texts_for_own(values | {"external": True, "folder": SHARE})


@contextmanager
def of_installation(path: Path | None) -> Iterator[Publisher]:
    """For one command, with what is in force where the settings file says the data lie. Raises UnreadableStore."""
    told = config.read(path, notes=False).settings or config.load(path)
    copy = in_force.file_of(told)
    settings = config.load(copy) if copy.exists() else told
    engine = open_store(settings.store_url)
    try:
        yield publisher(lambda: settings, sessions(engine))
    except SQLAlchemyError as error:
        raise UnreadableStore("app.store_unusable", folder=settings.data, why=type(error).__name__) from error
    finally:
        engine.dispose()
