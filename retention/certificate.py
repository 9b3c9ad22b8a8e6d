"""The certificate of an erasure: what was removed, when, by whom, on whose request, what was kept and why. Pure.

A JSON document with plain facts and codes; pages tell it in their language. `digest` is the sha256 of its canonical
form: keys sorted, no spaces, UTF-8. It shows that a copy was not changed; it is no signature.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from retention.models import ErasedFile, Erasure

VERSION = 1
KEPT = {
    "person": ("figures", "receipts", "answers"),
    "call": ("figures", "receipts", "answers"),
    "keep-until": ("figures", "receipts", "answers", "numbers"),
}
"""What is kept besides calls under a legal hold, by cause; what each means is in REASONS."""
REASONS = {
    "hold": "a legal hold stands on this call",
    "figures": "when calls were, how long, their way and result: for the figures, without name or number",
    "receipts": "who of our own people heard the calls, and when: so that listening can be accounted for",
    "answers": "which key was pressed in the survey: for the figures; a wish not to be asked any more, as a "
    "fingerprint that nobody can read",
    "numbers": "name, number and tickets: the conversation goes on; they go when the person asks",
}
BEYOND = {
    "backups": "copies that were made before this moment still have the data until they are thrown away",
    "logs": "log files of the programs may tell numbers until they are rotated",
    "outside": "what was sent to other systems or written down by people is theirs to erase",
}
STORES = {
    "sqlite": "deleted text was overwritten with zeros in the database file, and the write-ahead log was emptied",
    "postgresql": "VACUUM freed the deleted rows; the disk forgets them when the space is used again, and archives "
    "of the write-ahead log keep them as long as they are kept",
}


def document(row: Erasure, files: Sequence[ErasedFile], finished_at: datetime, store: str) -> dict[str, Any]:
    """The certificate's facts. `row.number` is masked already."""
    kept = [{"what": "hold", "call": call_id, "why": REASONS["hold"]} for call_id in row.kept]
    kept += [{"what": code, "why": REASONS[code]} for code in KEPT[row.cause]]
    return {
        "ringback_certificate": VERSION,
        "id": str(row.id),
        "cause": row.cause,
        "number": row.number,
        "calls": sorted(set(row.call_ids) - set(row.kept)),
        "asked": {"by": row.asked_by, "at": _iso(row.asked_at), "on_request_of": row.wish or None},
        "confirmed": {"by": row.confirmed_by, "at": _iso(row.confirmed_at)},
        "finished_at": _iso(finished_at),
        "removed": [{"what": kind, "count": row.removed[kind]} for kind in sorted(row.removed)],
        "files": [
            {"what": file.kind, "name": file.name, "sha256": file.sha256, "removed_at": _iso(file.removed_at)}
            for file in files
        ],
        "kept": kept,
        "beyond": [{"what": code, "why": text} for code, text in BEYOND.items()],
        "store": {"kind": store, "how": STORES[store]},
    }


def canonical(facts: dict[str, Any]) -> bytes:
    """The same facts are always the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(facts: dict[str, Any]) -> str:
    """sha256, hexadecimal."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
