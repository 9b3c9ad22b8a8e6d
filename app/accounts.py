"""Accounts of the machine: who gives a command, and whose a file is."""

import os
import pwd
from pathlib import Path


def at_terminal() -> str:
    """Who gives a command: the account of the machine; for root the one that it was before."""
    before = os.environ.get("SUDO_USER") if os.geteuid() == 0 else None
    return before or _named(os.getuid())


def owner_of(file: Path) -> str:
    """Whose settings file it is; without one, whoever starts."""
    return _named(file.stat().st_uid) if file.exists() else at_terminal()


def _named(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
