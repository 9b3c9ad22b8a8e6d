"""Where a call's sound lies, from nothing but its call_id. Pure: no file is touched here."""

import re
from datetime import UTC, datetime
from pathlib import PurePosixPath

from recording.errors import NameRefused

_CALL_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,99}", re.ASCII)


def is_safe(call_id: str) -> bool:
    """Asterisk's names are `1700000000.12` or `system-1700000000.12`; whatever could leave a folder is refused."""
    return _CALL_ID.fullmatch(call_id) is not None


def raw_name(call_id: str) -> str:
    """The file that Asterisk writes in the spool. Raises NameRefused."""
    return f"{_checked(call_id)}.raw"


def library_name(call_id: str, arrived_at: datetime, form: str = "flac") -> PurePosixPath:
    """The finished file, relative to the recordings folder: a folder a day (UTC). Raises NameRefused."""
    day = arrived_at.astimezone(UTC)
    return PurePosixPath(f"{day:%Y}/{day:%m}/{day:%d}/{_checked(call_id)}.{form}")


def owners(name: str) -> list[str]:
    """call_ids whose file this may be: what belongs to a call is named `<call_id>.<anything>`."""
    parts = name.split(".")
    return [found for end in range(len(parts) - 1, 0, -1) if is_safe(found := ".".join(parts[:end]))]


def _checked(call_id: str) -> str:
    if not is_safe(call_id):
        raise NameRefused("recording.odd_name", name=call_id[:60])
    return call_id
