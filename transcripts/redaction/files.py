"""Where masked copies lie: beside the recording, by its name. Rows and names only, no sound."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from transcripts.models import Transcript
from transcripts.redaction.models import Redaction


def masked_names(path: str) -> tuple[str, str]:
    """The masked copy and its waveform of the recording at `path`, all relative to the recordings folder."""
    name = PurePosixPath(path)
    stem = name.name.removesuffix(name.suffix)
    return name.with_name(f"{stem}.masked{name.suffix}").as_posix(), name.with_name(f"{stem}.masked.json").as_posix()


def of_calls(session: Session, call_ids: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """(kind, name, sha256) of every file that redaction made or still has to delete for these calls."""
    query = select(Redaction).join(Transcript, Transcript.id == Redaction.transcript_id)
    found: list[tuple[str, str, str | None]] = []
    for row in session.scalars(query.where(Transcript.call_id.in_(call_ids))):
        if row.path is not None and not row.originals_gone:
            found.append(("masked sound", row.path, row.sha256))
        if row.peaks_path is not None and not row.originals_gone:
            found.append(("waveform", row.peaks_path, None))
        found += [("sound", name, None) for name in row.doomed or []]
    return found
