"""What of a call's sound may be heard: the masked copy, nothing yet, or, with the right, the original."""

from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import select

from recording.models import Recording
from transcripts.redaction import service as redaction
from transcripts.redaction.service import AudibleRecording
from web.context import db, person, settings
from web.documents.facts import Document
from web.errors import NotHeard
from web.labels import label

WHY = {
    "transcript": "web.masked_after_text",
    "sound": "web.masked_soon",
    "unchecked": "web.masked_unchecked",
    "failed": "web.masked_failed",
}
"""Why nothing is heard, by `AudibleRecording.why`."""


@dataclass(frozen=True)
class Masking:
    """What the player's part of the call's page needs to know."""

    hearing: AudibleRecording
    facts: dict[str, Any] | None
    """As `transcripts.redaction.service.document`."""
    original: bool
    """Whether this person may hear the unmasked sound, and there is one that differs."""

    @property
    def withheld(self) -> bool:
        return self.hearing.state == "withheld"

    @property
    def comes(self) -> bool:
        """Whether the sound will be there by itself."""
        return self.hearing.why in ("transcript", "sound")

    @property
    def why(self) -> str:
        return WHY.get(self.hearing.why, "")

    @property
    def leaked(self) -> str:
        """The kinds that were still heard, in the reader's words."""
        return ", ".join(str(label("secret", kind)) for kind in (self.facts or {}).get("leaks", []))


def masking_of(document: Document) -> Masking | None:
    """For the person who looks at this call now; None: there is no sound."""
    call_id = document["call"]["call_id"]
    row = db().scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
    if row is None or row.path is None:
        return None
    facts = redaction.document(db(), call_id)
    hearing = redaction.audible_recording(db(), settings(), row)
    gone = facts is not None and facts["originals_gone"]
    return Masking(hearing, facts, hearing.state != "whole" and not gone and person().may("originals"))


def sound_for(row: Recording, *, original: bool) -> Recording:
    """The row whose sound this person gets. Raises NotHeard where there is nothing to be heard yet."""
    if original:
        if not person().may("originals"):
            abort(403)
        return row
    hearing = redaction.audible_recording(db(), settings(), row)
    if hearing.recording is None:
        raise NotHeard(WHY[hearing.why])
    return hearing.recording
