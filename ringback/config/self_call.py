"""How often Ringback calls its own lines, to hear whether they answer as they should."""

from pydantic import Field

from ringback.config.base import Model


class SelfCallSettings(Model):
    every_minutes: float = Field(0, ge=0, le=10080)
    """Each line is called this often, as a caller would, and an alarm stands while it does not answer as it should;
    0: only when somebody runs `ringback self-call`."""
