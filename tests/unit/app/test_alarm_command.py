"""`ringback alarm test`: what arrived and what did not, with an exit status for scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.engine import open_store
from tests.support.mail import Mailbox, mail_server


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as found:
        yield found


def settings_file(folder: Path, port: int) -> str:
    settings = Settings(data=folder / "data")
    settings.data.mkdir()
    engine = open_store(settings.store_url)
    migrate.upgrade(engine)
    engine.dispose()
    path = folder / "ringback.yaml"
    path.write_text(
        f"""data: {settings.data}
alarms:
  mail: {{host: 127.0.0.1, port: {port}, security: none, sender: ringback@example.com}}
  recipients:
    ops: {{email: [ops@example.com, gone@example.com]}}
    night: {{email: night@example.com, language: ru}}
"""
    )
    return str(path)


def test_each_address_is_told_and_listed(tmp_path: Path, mailbox: Mailbox) -> None:
    mailbox.refused["gone@example.com"] = "550 No such user"
    path = settings_file(tmp_path, mailbox.port)
    ran = CliRunner().invoke(app, ["alarm", "test", "--config", path])
    assert ran.exit_code == 1
    assert "sent  ops  ops@example.com" in ran.stdout and "sent  night  night@example.com" in ran.stdout
    assert "NOT SENT  ops  gone@example.com: The mail server answered: 550 No such user" in ran.stdout
    assert mailbox.subjects == ["[Ringback] Test of alarms", "[Ringback] Проверка тревог"]
    ran = CliRunner().invoke(app, ["alarm", "test", "night", "--json", "--config", path])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == [{"recipient": "night", "address": "night@example.com", "sent": True, "why": ""}]


def test_nobody_of_that_name(tmp_path: Path, mailbox: Mailbox) -> None:
    ran = CliRunner().invoke(app, ["alarm", "test", "boss", "--config", settings_file(tmp_path, mailbox.port)])
    assert ran.exit_code != 0 and "no recipient boss" in str(ran.exception)
