"""The secrets of this installation: made once at random, kept in `<data>/secrets.yaml`, mode 0600.

One is not ours to make: the password of the SIP provider, which the owner writes there.
"""

import base64
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from ringback.config import Settings
from ringback.errors import RingbackError


class SecretsError(RingbackError):
    """The secrets file cannot be used as it is."""


class Secrets(BaseModel):
    """What nobody may guess."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ami_password: str
    web_key: str
    """Signs session cookies."""
    admin_password: str
    """Of the first account, named admin, until somebody changes it in the page."""
    agent_passwords: dict[str, str]
    """SIP passwords by the agent's name."""
    trunk_password: str = ""
    """Of the account at the SIP provider (`trunk.user`): the owner writes it into the file."""
    storage_key: str = ""
    """Access key of the storage of recordings; empty: whatever the machine's own configuration gives."""
    storage_secret: str = ""
    """The owner writes both into the file."""
    backup_key: str = ""
    """Seals backups: whoever restores one on another machine needs it, and no backup holds it."""
    number_key: str = ""
    """Makes fingerprints of numbers, by which they are known again (`ringback/fingerprints.py`)."""
    smtp_password: str = ""
    """Of the account at the mail server (`alarms.mail.user`): the owner writes it into the file."""
    channel_secrets: dict[str, str] = {}
    """Passwords and tokens of ways to customers, by the channel's name (`mail`, `mail_inbox`, `text_message`,
    `telegram`, or a service's): written by the owner."""
    summary_key: str = ""
    """What the server of `summary` knows us by: the owner writes it into the file."""
    lookup_secrets: dict[str, str] = {}
    """What stands for `{secret}` in headers of `lookups`, by the lookup's name: written by the owner."""
    webhook_secrets: dict[str, str] = {}
    """What messages of `webhooks` are signed with, by the webhook's name: `whsec_...`, while it is replaced two of them
    with a space between. Made at random, or what the owner's other system gave."""
    connector_passwords: dict[str, str] = {}
    """Of `connectors`, by the connector's name: a password or token, written by the owner."""
    alarm_secrets: dict[str, str] = {}
    """What stands for `{secret}` in URLs of `alarms.recipients`, by the recipient's name: written by the owner."""


def load_or_create(settings: Settings) -> tuple[Secrets, Path]:
    """The secrets and where they lie; made if missing, completed for agents and webhooks that are new."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o770)  # less what the mask takes away
    with _one_writer(settings):
        return _load_or_create(settings)


def _load_or_create(settings: Settings) -> tuple[Secrets, Path]:
    path = settings.data / "secrets.yaml"
    known: dict[str, object] = {}
    if path.exists():
        if path.stat().st_mode & 0o077:
            raise SecretsError("ringback.open_secrets", file=path)
        known = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    agents = dict(known.get("agent_passwords", {}))  # type: ignore[call-overload]
    for agent in settings.agents:
        agents.setdefault(agent.name, secrets.token_hex(8))
    full = Secrets(
        ami_password=str(known.get("ami_password") or secrets.token_hex(16)),
        web_key=str(known.get("web_key") or secrets.token_hex(32)),
        admin_password=str(known.get("admin_password") or secrets.token_urlsafe(12)),
        agent_passwords=agents,
        trunk_password=str(known.get("trunk_password") or ""),
        storage_key=str(known.get("storage_key") or ""),
        storage_secret=str(known.get("storage_secret") or ""),
        backup_key=str(known.get("backup_key") or secrets.token_hex(32)),
        number_key=str(known.get("number_key") or secrets.token_hex(32)),
        smtp_password=str(known.get("smtp_password") or ""),
        summary_key=str(known.get("summary_key") or ""),
        alarm_secrets=_named(known.get("alarm_secrets")),
        channel_secrets=_named(known.get("channel_secrets")),
        lookup_secrets=_named(known.get("lookup_secrets")),
        connector_passwords=_named(known.get("connector_passwords")),
        webhook_secrets={name: new_webhook_secret() for name in settings.webhooks}
        | {name: value for name, value in _named(known.get("webhook_secrets")).items() if value},
    )
    if full.model_dump() != known:
        _write(path, full.model_dump())
    return full, path


def new_webhook_secret() -> str:
    """As Standard Webhooks would have it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def set_named(settings: Settings, section: str, name: str, value: str) -> None:
    """Writes one secret of a section of secrets by name (`webhook_secrets`), the whole file or nothing of it. Raises
    OSError, SecretsError."""
    path = settings.data / "secrets.yaml"
    with _one_writer(settings):
        if path.stat().st_mode & 0o077:
            raise SecretsError("ringback.open_secrets", file=path)
        known = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        _write(path, {**known, section: {**_named(known.get(section)), name: value}})


@contextmanager
def _one_writer(settings: Settings) -> Iterator[None]:
    """Of several who read the file, change something and write it, one after another."""
    descriptor = os.open(settings.data / "secrets.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, values: Mapping[str, object]) -> None:
    """Whole or not at all, and nobody else's to read."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yaml.safe_dump(dict(values), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def trunk_password(settings: Settings) -> str:
    """The password that the owner wrote down for the trunk; empty: none, or the file cannot be read now."""
    return _written(settings, "trunk_password")


def storage_keys(settings: Settings) -> tuple[str, str]:
    """Access key and secret of the storage of recordings; empty: none, or the file cannot be read now."""
    return _written(settings, "storage_key"), _written(settings, "storage_secret")


def smtp_password(settings: Settings) -> str:
    """The password that the owner wrote down for the mail server; empty: none, or the file cannot be read now."""
    return _written(settings, "smtp_password")


def alarm_secret(settings: Settings, recipient: str) -> str:
    """What belongs into the URLs of a recipient of alarms; empty: nothing, or the file cannot be read now."""
    return _named(_known(settings).get("alarm_secrets")).get(recipient, "")


def channel_secret(settings: Settings, channel: str) -> str:
    """What a way to customers wants to see; empty: nothing, or the file cannot be read now."""
    return _named(_known(settings).get("channel_secrets")).get(channel, "")


def number_key(settings: Settings) -> str:
    """What fingerprints are made with; empty: the file cannot be read now."""
    return _written(settings, "number_key")


def lookup_secret(settings: Settings, lookup: str) -> str:
    """What the system of a lookup wants to see in a header; empty: nothing, or the file cannot be read now."""
    return _named(_known(settings).get("lookup_secrets")).get(lookup, "")


def webhook_secrets(settings: Settings, webhook: str) -> str:
    """What messages of a webhook are signed with, one or two; empty: nothing, or the file cannot be read now."""
    return _named(_known(settings).get("webhook_secrets")).get(webhook, "")


def connector_password(settings: Settings, connector: str) -> str:
    """What a system beside knows us by; empty: nothing, or the file cannot be read now."""
    return _named(_known(settings).get("connector_passwords")).get(connector, "")


def _named(found: object) -> dict[str, str]:
    """Secrets by name, as the owner wrote them."""
    return {str(name): str(value or "") for name, value in found.items()} if isinstance(found, dict) else {}


def _written(settings: Settings, name: str) -> str:
    return str(_known(settings).get(name) or "")


def _known(settings: Settings) -> Mapping[str, object]:
    path = settings.data / "secrets.yaml"
    try:
        at = path.stat()
        return _read(path, (at.st_mtime_ns, at.st_size, at.st_ino))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}


@lru_cache(maxsize=1)
def _read(path: Path, _written: tuple[int, ...]) -> Mapping[str, object]:
    """Once for each time that it was written: some ask for a secret with every call."""
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    return known if isinstance(known, dict) else {}
