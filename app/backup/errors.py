"""What keeps a backup from being made, and one from being restored."""

from ringback.errors import RingbackError


class BackupError(RingbackError):
    """No backup could be made, or it is not what was written."""


class RestoreRefused(RingbackError):
    """Nothing is restored: the place is in use, or what lies in the backup cannot be trusted."""
