"""What is said of recordings, in the reader's language: the sentence of each code that `recording.notes` writes."""

from typing import Any

from flask_babel import gettext

from web.errors import N_
from web.labels import label

SENTENCES = {
    "empty": N_("Asterisk wrote a recording file without any sound."),
    "no_file": N_("Asterisk left no recording file for this call."),
    "not_a_file": N_("In the place of the recording lies something that is no file (%(kind)s): it was not opened."),
    "bad_name": N_("The call's name is not one that Asterisk gives: no file is looked for."),
    "short": N_(
        "The recording has %(seconds)s s, but the call was answered for %(answered)s s: %(lost)s s are not in it "
        "(the disk may have been full, or Asterisk was killed)."
    ),
    "short_disk": N_(
        "The recording has %(seconds)s s, but the call was answered for %(answered)s s: %(lost)s s are not in it, "
        "because the disk was full."
    ),
    "short_switch": N_(
        "The recording has %(seconds)s s, but the call was answered for %(answered)s s: %(lost)s s are not in it, "
        "because Asterisk stopped during the call."
    ),
    "rule_never": N_("The queue does not record: the sound was thrown away after the call."),
    "rule_on_demand": N_("The queue records on demand and nobody asked: the sound was thrown away after the call."),
    "odd_bytes": N_("Its last %(bytes)s byte(s) were half a sample and were left out."),
    "too_long": N_("The file went on %(seconds)s s beyond the call: that was left out."),
    "longer": N_(
        "The recording has %(seconds)s s, but the call was answered for only %(answered)s s: it may hold more than "
        "the call."
    ),
    "paused": N_("It was paused %(times)s time(s), for %(seconds)s s in all: silent in place."),
    "silent_caller": N_("Nothing is heard of the caller while they talked."),
    "silent_agent": N_("Nothing is heard of the agent while they talked."),
    "quiet_caller": N_("The caller is very quiet (%(dbfs)s dBFS)."),
    "quiet_agent": N_("The agent is very quiet (%(dbfs)s dBFS)."),
    "clipped_caller": N_("The caller is too loud: %(percent)s%% of the sound is cut off at the top."),
    "clipped_agent": N_("The agent is too loud: %(percent)s%% of the sound is cut off at the top."),
}
"""The same English as in recording.notes; a test holds them together."""


def notes_of(recording: dict[str, Any]) -> list[str]:
    """The sentences about a recording; those of rows from before there were codes stay in English."""
    told = [_tell(code, facts) for code, facts in recording["notes"]]
    return told or ([recording["reason"]] if recording["reason"] else [])


def _tell(code: str, facts: dict[str, Any]) -> str:
    if "kind" in facts:
        facts = {**facts, "kind": label("thing", str(facts["kind"]))}
    return gettext(SENTENCES[code], **facts) if code in SENTENCES else code
