"""The words for what is done with recordings: reasons to listen, holds, erasures, certificates."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

KEEPING: dict[str, dict[str, LazyString]] = {
    "listen_reason": {
        "complaint": _("A complaint"),
        "quality": _("Quality of our work"),
        "training": _("Training"),
        "dispute": _("A dispute about what was agreed"),
        "technical": _("A technical fault"),
        "own": _("The agent's own call"),
        "promise": _("Why a promised call is wanted"),
        "erased": _("Erased"),
    },
    "heard": {"listen": _("Listened"), "download": _("Downloaded")},
    "hold": {"call": _("Call"), "ticket": _("Ticket"), "number": _("Number")},
    "keeping": {
        "held already": _("This is under a legal hold already."),
        "not held": _("This hold does not stand any more: load the page again."),
        "no reason": _("Give a reason of a few words."),
        "no such call": _("There is no such call: look at how it is written."),
        "no such ticket": _("There is no such ticket: look at its number."),
        "no such number": _("This is no telephone number: give it with its country code."),
        "no wish": _("Say on whose request, e.g. the date and sign of the letter."),
        "moved on": _("This erasure has gone on meanwhile: load the page again."),
        "short reason": _("Say a little more: a few words are enough."),
        "no listening reason": _("Say why you listen: choose a reason."),
        "held": _("A legal hold stands on all of it: nothing is erased until it is released."),
    },
    "erasure": {
        "asked": _("Being counted"),
        "previewed": _("Waits to be confirmed"),
        "confirmed": _("Being erased"),
        "files": _("Files are being deleted"),
        "done": _("Erased"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
    },
    "cause": {
        "person": _("All of a person"),
        "call": _("One call"),
        "keep-until": _("Time is up"),
    },
    "removed": {
        "recording": _("Recordings"),
        "transcript": _("Transcripts"),
        "turn": _("Turns of transcripts"),
        "correction": _("Corrections of transcripts"),
        "measure": _("Measures of transcripts"),
        "search index": _("Entries of the search"),
        "search hit": _("Hits of saved searches"),
        "saved search": _("Saved searches for the number"),
        "redaction": _("What was found and masked in transcripts"),
        "caller": _("Numbers and names on calls"),
        "call event": _("Details of what happened in calls"),
        "ticket text": _("Lines on tickets"),
        "contact": _("Contacts"),
        "promise": _("Promises to call back"),
        "attempt": _("Calls made for promises"),
        "form": _("Forms sent by the public page"),
        "alarm": _("Alarms that tell the number"),
        "request": _("Requests that tell the number"),
        "failed work": _("Notes of failed work"),
        "hold": _("Released legal holds on the number"),
        "reason": _("Reasons in one's own words"),
        "sound": _("Sound"),
        "masked sound": _("Masked sound"),
        "waveform": _("Waveform"),
        "masked waveform": _("Waveform of masked sound"),
        "raw sound": _("Sound that was not finished"),
    },
    "kept": {
        "hold": _("A call under a legal hold"),
        "figures": _("When calls were, how long, their way and result: for the figures, without name or number."),
        "receipts": _("Who of our own people heard the calls, and when: so that listening can be accounted for."),
        "answers": _("Which key was pressed in the survey: for the figures."),
        "numbers": _("Name, number and tickets: the conversation goes on; they go when the person asks."),
        "backups": _("Copies that were made before this moment still have the data until they are thrown away."),
        "logs": _("Log files of the programs may tell numbers until they are rotated."),
        "outside": _("What was sent to other systems or written down by people is theirs to erase."),
        "sqlite": _(
            "Deleted text was overwritten with zeros in the database file, and the write-ahead log was emptied."
        ),
        "postgresql": _(
            "VACUUM freed the deleted rows; the disk forgets them when the space is used again, and archives of the "
            "write-ahead log keep them as long as they are kept."
        ),
    },
}  # fmt: skip
"""By kind and code, as web/labels.py has them."""

KEEPING_TONES = {"previewed": "warn", "asked": "busy", "confirmed": "busy", "files": "busy", "refused": "bad"}
