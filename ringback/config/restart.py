"""What callers meet when the program is started again, or all is to end."""

from pydantic import Field

from ringback.config.base import Model


class Restart(Model):
    truth_seconds: float = Field(60, ge=5, le=3600)
    """Callers inside hear music while no controller is there; after this time the fallback tells them so and promises
    them a call. Those who talk are left alone."""
    drain_seconds: float = Field(120, ge=0, le=86400)
    """What callers inside get to finish at `ringback stop` or Ctrl-C, before the fallback promises them a call; new
    callers get that promise at once."""
