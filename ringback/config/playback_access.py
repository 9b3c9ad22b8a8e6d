"""Access to the sound of recordings: which reasons are offered, and how long one reason lasts."""

from typing import Annotated

from pydantic import Field

from ringback.config.base import Model, form

Reason = Annotated[str, form(r"^[^\r\n]+$", "ringback.form_reason", strip=True, least=3, most=80)]


class PlaybackAccess(Model):
    """Nobody plays a call of somebody else without a reason; each reason leaves a receipt."""

    reasons: list[Reason] = Field(["complaint", "quality", "training", "dispute", "technical"], max_length=12)
    """Offered in this order. The five of the default are shown in the reader's language, others as they are written."""
    own_words: bool = True
    """Whether a reason may be given in one's own words too."""
    minutes: float = Field(15, ge=1, le=480)
    """How long a reason lasts, besides three times the length of the recording."""
