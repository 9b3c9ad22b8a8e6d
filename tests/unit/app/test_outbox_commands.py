"""`ringback outbox`: how systems are, resend, try, a secret replaced in two steps."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli import app
from outbox.errors import NoReceiver
from outbox.models import OutboxDelivery, OutboxReceiver
from ringback import secrets
from ringback.config import load
from ringback.store.engine import open_store, sessions
from tests.support.calls import EVIL_NAME, Store, open_empty
from tests.support.systems import seed_systems

SETTINGS = """
data: data
webhooks:
  crm: {url: "https://crm.example/hooks"}
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An installation with connected systems in every state."""
    made = open_empty(tmp_path / "data")
    seed_systems(made)
    (tmp_path / "ringback.yaml").write_text(SETTINGS)
    return made


def ask(tmp_path: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["outbox", *words, "--config", str(tmp_path / "ringback.yaml")])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_list_says_how_each_is_and_why(store: Store, tmp_path: Path) -> None:
    found = {each["name"]: each for each in json.loads(ask(tmp_path, "list", "--json"))}
    assert {name: each["state"] for name, each in found.items()} == {
        "connector:rt": "password",
        "webhook:away": "away",
        "webhook:crm": "works",
        "webhook:disabled": "disabled",
        "webhook:slow": "slow",
    }
    assert found["webhook:away"]["troubled"][0]["error"] == "it answers with HTTP status 503"
    told = ask(tmp_path, "list")
    assert f"webhook:away: away, since {found['webhook:away']['since']}: {EVIL_NAME}" in " ".join(told.split())


def test_what_was_given_up_is_sent_again_and_a_disabled_one_enabled(store: Store, tmp_path: Path) -> None:
    assert ask(tmp_path, "resend", "webhook:away") == "1 sent again.\n"
    assert ask(tmp_path, "resend", "webhook:away") == "0 sent again.\n"
    ask(tmp_path, "try", "webhook:disabled")
    with sessions(open_store(store.settings.store_url))() as session:
        away = select(OutboxDelivery.state).where(OutboxDelivery.receiver == "webhook:away")
        assert set(session.scalars(away)) == {"waiting"}
        assert session.get_one(OutboxReceiver, "webhook:disabled").disabled_at is None
    with pytest.raises(NoReceiver, match="there are: connector:rt"):
        ask(tmp_path, "resend", "webhook:none")


def test_a_secret_is_replaced_in_two_steps(store: Store, tmp_path: Path) -> None:
    settings = load(tmp_path / "ringback.yaml")
    first = ask(tmp_path, "secret", "crm").strip()
    assert first.startswith("whsec_") and ask(tmp_path, "secret", "crm").strip() == first
    second = ask(tmp_path, "secret", "crm", "--renew").strip()
    assert secrets.webhook_secrets(settings, "crm") == f"{second} {first}"
    assert ask(tmp_path, "secret", "crm", "--finish").strip() == second
    assert secrets.webhook_secrets(settings, "crm") == second
    with pytest.raises(NoReceiver):
        ask(tmp_path, "secret", "none")
