"""What is said of a recording: codes with their facts, and the sentence of each. Pure.

Rows keep the codes, so that pages say them in the reader's language (`web/calls/recordings.py`); the English sentences
here go into `Recording.reason`, logs and the API.
"""

from typing import Any

Note = list[Any]
"""[code, {argument: value}], as JSON keeps it."""

SENTENCES = {
    # Why there is no sound, or less than there should be.
    "empty": "Asterisk wrote a recording file without any sound.",
    "no_file": "Asterisk left no recording file for this call.",
    "not_a_file": "In the place of the recording lies something that is no file (%(kind)s): it was not opened.",
    "bad_name": "The call's name is not one that Asterisk gives: no file is looked for.",
    "short": "The recording has %(seconds)s s, but the call was answered for %(answered)s s: %(lost)s s are not "
    "in it (the disk may have been full, or Asterisk was killed).",
    "short_disk": "The recording has %(seconds)s s, but the call was answered for %(answered)s s: %(lost)s s are not "
    "in it, because the disk was full.",
    "short_switch": "The recording has %(seconds)s s, but the call was answered for %(answered)s s: %(lost)s s are "
    "not in it, because Asterisk stopped during the call.",
    "rule_never": "The queue does not record: the sound was thrown away after the call.",
    "rule_on_demand": "The queue records on demand and nobody asked: the sound was thrown away after the call.",
    # What is to be known of the sound that is there.
    "odd_bytes": "Its last %(bytes)s byte(s) were half a sample and were left out.",
    "too_long": "The file went on %(seconds)s s beyond the call: that was left out.",
    "longer": "The recording has %(seconds)s s, but the call was answered for only %(answered)s s: it may hold more "
    "than the call.",
    "paused": "It was paused %(times)s time(s), for %(seconds)s s in all: silent in place.",
    "silent_caller": "Nothing is heard of the caller while they talked.",
    "silent_agent": "Nothing is heard of the agent while they talked.",
    "quiet_caller": "The caller is very quiet (%(dbfs)s dBFS).",
    "quiet_agent": "The agent is very quiet (%(dbfs)s dBFS).",
    "clipped_caller": "The caller is too loud: %(percent)s%% of the sound is cut off at the top.",
    "clipped_agent": "The agent is too loud: %(percent)s%% of the sound is cut off at the top.",
}


def note(code: str, **facts: Any) -> Note:
    return [code, facts]


def say(notes: list[Note]) -> str | None:
    """The English sentences, one after another; None: there is nothing to say."""
    return " ".join(SENTENCES[code] % facts for code, facts in notes) or None
