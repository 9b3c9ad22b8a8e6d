"""What is shown at the start says where everything is, and no secret."""

import pytest

from app import summary
from ringback import secrets
from ringback.config import Settings


def test_the_table_at_the_start_names_the_file_of_passwords_and_prints_none(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    secret, path = secrets.load_or_create(settings)
    summary.show(settings)
    shown = capsys.readouterr().out
    assert str(path) in shown
    assert "anna" in shown
    hidden = [secret.ami_password, secret.web_key, secret.admin_password, secret.backup_key]
    assert not [word for word in (*hidden, *secret.agent_passwords.values()) if word in shown]
