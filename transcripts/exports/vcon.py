"""A call as a vCon: parties, the recording by its address and hash, the transcript as an analysis. Pure.

After draft-ietf-vcon-vcon-core-04 (the JSON format for conversation data); what we write is checked in the tests
against tests/support/vcon.schema.json, our own reading of the draft's rules. The sound is never inside: it is named
by an address that asks for a right, with the hash of what is served there.
"""

import base64
import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import Any

VERSION = "0.4.0"
VENDOR = "Ringback"


@dataclass(frozen=True, slots=True)
class SoundLink:
    """The recording as it is served."""

    url: str
    mediatype: str
    filename: str
    sha512: bytes


def vcon(document: dict[str, Any], names: dict[str, str], created_at: str, sound: SoundLink | None) -> dict[str, Any]:
    """`document` is the call's (web/documents/calls.py), `names` those of the speakers, times are ISO 8601 in UTC."""
    call, timings = document["call"], document["timings"]
    parties = [_caller(document, names["caller"])]
    if timings["connected_at"]:
        parties.append({"name": names["agent"], "type": "person"})
    dialog: dict[str, Any] = {
        "type": "recording",
        "start": call["arrived_at"],
        "parties": list(range(len(parties))),
    }
    if document["recording"]["seconds"] is not None:
        dialog["duration"] = document["recording"]["seconds"]
    if timings["connected_at"]:
        dialog["party_history"] = _history(timings)
    if sound is not None:
        digest = base64.urlsafe_b64encode(sound.sha512).rstrip(b"=").decode("ascii")
        dialog |= {
            "mediatype": sound.mediatype,
            "filename": sound.filename,
            "url": sound.url,
            "content_hash": f"sha512-{digest}",
        }
    made: dict[str, Any] = {
        "vcon": VERSION,
        "uuid": str(name_of(call["call_id"], call["arrived_at"])),
        "created_at": created_at,
        "parties": parties,
        "dialog": [dialog],
        "analysis": _analysis(document["transcript"]),
        "attachments": [],
    }
    if document["ticket"]:
        made["subject"] = document["ticket"]["subject"]
    return made


def name_of(call_id: str, arrived_at: str) -> uuid.UUID:
    """The same call has the same name in every export: a UUIDv8 (RFC 9562, section 5.8) of its own facts."""
    value = int.from_bytes(hashlib.sha256(f"{call_id} {arrived_at}".encode()).digest()[:16])
    value = value & ~(0xF << 76) | 0x8 << 76  # version
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)  # variant


def _caller(document: dict[str, Any], name: str) -> dict[str, str]:
    found = {"name": name, "type": "person"}
    number = (document["call"]["contact"] or {}).get("number") or document["call"]["caller_number"]
    if re.fullmatch(r"\+[0-9]{6,15}", number or ""):
        found["tel"] = f"tel:{number}"
    return found


def _history(timings: dict[str, Any]) -> list[dict[str, Any]]:
    """When the agent joined and dropped out; holds lie in the measures."""
    found = [{"party": 1, "time": timings["connected_at"], "event": "join"}]
    if timings["released_at"]:
        found.append({"party": 1, "time": timings["released_at"], "event": "drop"})
    return found


def _analysis(transcript: dict[str, Any] | None) -> list[dict[str, Any]]:
    if transcript is None or transcript["state"] != "done":
        return []
    product = " ".join(part for part in (transcript["engine"], transcript["model"]) if part)
    shared = {"dialog": 0, "mediatype": "application/json", "vendor": VENDOR, "encoding": "json"}
    party = {"caller": 0, "agent": 1}
    turns = [
        {"party": party.get(turn["speaker"]), **{name: turn[name] for name in ("start", "end", "text", "words")}}
        for turn in transcript["turns"]
    ]
    body = {"language": transcript["language"], "turns": turns}
    found = [{"type": "transcript", **shared, "product": product, "schema": "ringback-turns", "body": body}]
    if transcript.get("measures"):
        found.append({"type": "report", **shared, "schema": "ringback-measures", "body": transcript["measures"]})
    return found
