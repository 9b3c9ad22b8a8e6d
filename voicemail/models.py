"""The row of a message that a caller left: where it lies in the recording, and who sees to it."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, uuid7


class VoiceMessage(Base):
    """A caller whom nobody answered has left a message. Its sound and words are the call's own."""

    __tablename__ = "voice_message"
    __table_args__ = (Index("ix_voice_message_left", "left_at", "id"), Index("ix_voice_message_open", "answered_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), unique=True)
    left_at: Mapped[datetime]
    """The end of it."""
    from_seconds: Mapped[float | None] = mapped_column(default=None)
    """Seconds into the call's recording at which the message begins; None: not known, of messages from before."""
    to_seconds: Mapped[float | None] = mapped_column(default=None)
    """Where it ends."""
    silent: Mapped[bool] = mapped_column(default=False)
    """Nothing was said: the caller hung up at once, or nothing louder than silence came."""
    heard_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody was given its sound for the first time; None: nobody has."""
    heard_by: Mapped[str | None] = mapped_column(default=None)
    owner: Mapped[str | None] = mapped_column(default=None)
    """Who sees to it; None: nobody has taken it."""
    owned_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody said that it is answered; None: nobody has. A promised call that was kept answers it, too."""
    answered_by: Mapped[str | None] = mapped_column(default=None)
    how: Mapped[str] = mapped_column(default="")
    """In the words of who said so."""
    callback_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("callback.id"), default=None, index=True)
    """The promise to call back that was made for it last."""
