"""What files say of the state of things: when the last backup was made, when certificates end.

The backup's own account of itself is `<data>/backup-status.json`: `at` (epoch seconds of its end), `ok`, `why`.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from alarms.condition import Condition
from ringback import certificates as own_certificates
from ringback.config import Settings
from ringback.messages import Message, message, text
from ringback.store.alarms import Level
from ringback.store.base import utc

STATUS = "backup-status.json"
URGENT = timedelta(days=3)
"""Before the end of a certificate."""


def backup(settings: Settings, now: datetime) -> Iterator[Condition]:
    """Whether the last backup failed, or is older than the settings allow."""
    limit = settings.alarms.backup_hours
    found = _status(settings.data / STATUS)
    said: Message | None = None
    if found is None:
        if limit is not None:
            said = message("alarms.no_backup")
    elif not found[1]:
        said = message("alarms.backup_failed", why=text(found[2] or "–"))
    elif limit is not None and (now - found[0]) > timedelta(hours=limit):
        said = message("alarms.backup_old", hours=int((now - found[0]).total_seconds() // 3600))
    if said is not None:
        yield Condition("backup.old", "backup", said, "red")


def _status(path: Path) -> tuple[datetime, bool, str] | None:
    """When the last backup ended, whether it is good, why not; None: there is none, or nobody can read of it."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return utc(float(found["at"])), found["ok"] is True, str(found.get("why") or "")
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def certificate_files(settings: Settings) -> Iterator[Path]:
    """Files that hold certificates which people or phones are shown, and those of the settings that ours trust."""
    if settings.wants_certificate:
        shown = own_certificates.files_of(settings).certificate
        if shown.exists() or not own_certificates.is_ours(settings):  # ours is made at the start
            yield shown
    if settings.trunk is not None and settings.trunk.tls_ca is not None:
        yield settings.trunk.tls_ca
    if settings.alarms.mail is not None and settings.alarms.mail.ca is not None:
        yield settings.alarms.mail.ca


def certificates(settings: Settings, now: datetime) -> Iterator[Condition]:
    """Those that end soon, have ended, or cannot be read."""
    for path in dict.fromkeys(certificate_files(settings)):
        try:
            found = x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as error:
            why = text((isinstance(error, OSError) and error.strerror) or type(error).__name__)
            said = message("alarms.certificate_unreadable", file=path, why=why)
            yield Condition("certificate.ends", str(path), said, "red")
            continue
        ends = min(each.not_valid_after_utc for each in found)
        left = ends - now
        if left > timedelta(days=settings.alarms.certificate_days):
            continue
        level: Level = "red" if left < URGENT else "yellow"
        facts = {"file": path, "day": f"{ends:%Y-%m-%d}"}
        said = message("alarms.certificate_over" if left <= timedelta(0) else "alarms.certificate_ends", **facts)
        yield Condition("certificate.ends", str(path), said, level)
