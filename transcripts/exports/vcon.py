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
from datetime import datetime, timedelta
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
    """`document` is the call's (web/documents/calls.py), `names` those of the speakers, times are ISO 8601 in UTC.

    Every agent who talked is a party; `names` has them by `agent:` and their code, beside `caller` and `agent`.
    """
    call, timings = document["call"], document["timings"]
    agents: list[str | None] = list(document["agents"]) or ([None] if timings["connected_at"] else [])
    parties = [_caller(document, names["caller"])]
    parties += [{"name": names.get(f"agent:{agent}") or names["agent"], "type": "person"} for agent in agents]
    dialog: dict[str, Any] = {
        "type": "recording",
        "start": call["arrived_at"],
        "parties": list(range(len(parties))),
    }
    if document["recording"]["seconds"] is not None:
        dialog["duration"] = document["recording"]["seconds"]
    if agents:
        dialog["party_history"] = _history(document, agents)
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
        "analysis": _analysis(document["transcript"], agents),
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


def _party(turn: dict[str, Any], agents: list[str | None]) -> int | None:
    """Which of the parties says a turn; None: nobody knows."""
    if turn["speaker"] == "caller":
        return 0
    if turn["speaker"] != "agent" or not agents:
        return None
    return agents.index(turn.get("agent")) + 1 if turn.get("agent") in agents else 1


def _caller(document: dict[str, Any], name: str) -> dict[str, str]:
    found = {"name": name, "type": "person"}
    number = (document["call"]["contact"] or {}).get("number") or document["call"]["caller_number"]
    if re.fullmatch(r"\+[0-9]{6,15}", number or ""):
        found["tel"] = f"tel:{number}"
    return found


def _history(document: dict[str, Any], agents: list[str | None]) -> list[dict[str, Any]]:
    """When each agent joined and dropped out; holds lie in the measures."""
    talks = [segment for segment in document["segments"] if segment["kind"] == "talk" and segment["agent"] in agents]
    if not talks:
        timings = document["timings"]
        times = (("join", timings["connected_at"]), ("drop", timings["released_at"]))
        return [{"party": 1, "time": time, "event": event} for event, time in times if time]
    found = []
    for talk in talks:
        party = agents.index(talk["agent"]) + 1
        for event, seconds in (("join", talk["start"]), ("drop", talk["end"])):
            if seconds is not None:
                found.append({"party": party, "time": _at(document, seconds), "event": event})
    return sorted(found, key=lambda each: (each["time"], each["event"]))


def _at(document: dict[str, Any], seconds: float) -> str:
    """A second of the recording as a time."""
    return (datetime.fromisoformat(document["call"]["arrived_at"]) + timedelta(seconds=seconds)).isoformat()


def _analysis(transcript: dict[str, Any] | None, agents: list[str | None]) -> list[dict[str, Any]]:
    if transcript is None or transcript["state"] != "done":
        return []
    product = " ".join(part for part in (transcript["engine"], transcript["model"]) if part)
    shared = {"dialog": 0, "mediatype": "application/json", "vendor": VENDOR, "encoding": "json"}
    turns = [
        {"party": _party(turn, agents), **{name: turn[name] for name in ("start", "end", "text", "words")}}
        for turn in transcript["turns"]
    ]
    body = {"language": transcript["language"], "turns": turns}
    found = [{"type": "transcript", **shared, "product": product, "schema": "ringback-turns", "body": body}]
    if transcript.get("measures"):
        found.append({"type": "report", **shared, "schema": "ringback-measures", "body": transcript["measures"]})
    return found
