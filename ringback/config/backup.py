"""Backups: where they go, what is in them, how long they are kept."""

from typing import Annotated, Literal

from pydantic import Field

from ringback.config.base import Model, form


class BackupSettings(Model):
    """What `ringback backup` does that is told nothing else; `ringback systemd install` has it done each night."""

    to: Annotated[str, form(r"^([a-z][a-z0-9+]*://[^\s?#]+|~?/[^\x00-\x1f]*)?$", "ringback.form_backup")] = ""
    """A folder that lies elsewhere (`/mnt/backup/ringback`), or a place in the storage that recordings know
    (`s3://bucket/backups`); empty: it has to be said each time."""
    recordings: Literal["files", "list"] = "files"
    """files: finished recordings too, each once for all backups of a place; list: only which there are."""
    secrets: bool = False
    """Whether passwords and keys of the data folder are in it."""
    keep_days: int = Field(30, ge=1, le=3650)
    """Older backups of the same place are removed after a new one is whole; the newest always stays."""
    at: Annotated[str, form(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "ringback.form_backup_at")] = "03:30"
    """When systemd has it made, by the machine's clock."""
