"""What killed backups and restores leave in a data folder, for whoever starts there: light to import."""

import shutil

from app.occupied import BACKUP, holder
from ringback.config import Settings
from ringback.errors import RingbackError

MARKER = "restoring.json"
"""In a data folder in which a restore has begun and not ended."""
BACKUP_WORK = "backup-work"
"""Folder in which a backup is put together; gone afterwards."""


class RestoreUnfinished(RingbackError):
    """The data folder holds a part of a backup: nobody may start with it."""


def refuse_unfinished(settings: Settings) -> None:
    """Raises RestoreUnfinished where a restore was begun and did not end."""
    if (settings.data / MARKER).exists():
        raise RestoreUnfinished("app.restore_unfinished", folder=settings.data)


def clear_backup_work(settings: Settings) -> None:
    """Removes what a killed backup was put together from: second names of files that may have to be erased by now."""
    if holder(settings, BACKUP) is None:
        shutil.rmtree(settings.data / BACKUP_WORK, ignore_errors=True)
