"""The words for what is done with recordings: reasons to listen, holds, erasures, certificates."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

PRIVACY: dict[str, dict[str, LazyString]] = {
    "listen_reason": {
        "complaint": _("A complaint"),
        "quality": _("Quality control"),
        "training": _("Training"),
        "dispute": _("A dispute about what was agreed"),
        "technical": _("A technical fault"),
        "own": _("The agent's own call"),
        "left": _("Left for the agent's queue"),
        "assigned": _("Given to listen to"),
        "promise": _("Reason for a promised call"),
        "brief": _("Last words of somebody who calls again"),
        "erased": _("Erased"),
    },
    "heard": {"listen": _("Listened"), "download": _("Downloaded")},
    "hold": {"call": _("Call"), "ticket": _("Ticket"), "number": _("Number")},
    "erasure": {
        "asked": _("Being prepared"),
        "previewed": _("Waiting for confirmation"),
        "confirmed": _("Being erased"),
        "files": _("Files are being deleted"),
        "done": _("Erased"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
    },
    "cause": {
        "person": _("All data of a person"),
        "call": _("One call"),
        "keep-until": _("Retention ended"),
    },
    "masked": {
        "cards": _("Card numbers and their expiry dates"),
        "codes": _("Security codes of cards"),
        "pins": _("PINs"),
        "one_time_codes": _("One-time codes"),
        "passwords": _("Passwords and code words"),
        "bank_accounts": _("Bank account numbers"),
        "phones": _("Phone numbers"),
        "emails": _("Email addresses"),
        "names": _("Names on your list"),
    },
    "removed": {
        "recording": _("Recordings"),
        "evaluation": _("Evaluations of calls"),
        "transcript": _("Transcripts"),
        "turn": _("Turns of transcripts"),
        "correction": _("Corrections of transcripts"),
        "measure": _("Conversation figures"),
        "search index": _("Search index entries"),
        "search hit": _("Results of saved searches"),
        "saved search": _("Saved searches for the number"),
        "redaction": _("What was found and masked in transcripts"),
        "caller": _("Numbers and names on calls"),
        "call event": _("Details of what happened on calls"),
        "ticket text": _("Ticket entries"),
        "message to a customer": _("Messages to customers"),
        "message to us": _("Messages from customers"),
        "contact": _("Contacts"),
        "number or address": _("Numbers and addresses"),
        "merge": _("Merges of contacts"),
        "line of a file": _("Persons in files waiting to be imported"),
        "promise": _("Promised callbacks"),
        "voice message": _("Voice messages"),
        "known problem": _("Numbers to be told that a problem is fixed"),
        "nuisance caller": _("Entries in the list of nuisance callers"),
        "mark": _("Marks on calls"),
        "clip": _("Clips"),
        "drill": _("Drills"),
        "playlist entry": _("Entries of playlists"),
        "outbox event": _("Messages to other systems, sent or waiting"),
        "attempt": _("Callback attempts"),
        "form": _("Requests from the web form"),
        "alarm": _("Alarms that mention the number"),
        "request": _("Requests that mention the number"),
        "failed work": _("Records of failed work"),
        "hold": _("Released legal holds on the number"),
        "reason": _("Reasons in people's own words"),
        "survey words": _("Where words of the survey are in recordings"),
        "survey caller": _("Fingerprints of the number in surveys"),
        "imported caller": _("Fingerprints of the number in imported history"),
        "sound": _("Sound"),
        "masked sound": _("Masked sound"),
        "waveform": _("Waveform"),
        "masked waveform": _("Waveform of masked sound"),
        "raw sound": _("Unprocessed sound"),
    },
    "kept": {
        "hold": _("A call under a legal hold"),
        "figures": _("When calls were made, their length, path and result: for statistics, without name or number."),
        "receipts": _("Which of our people listened to the calls, and when: so that listening can be accounted for."),
        "answers": _(
            "Which key was pressed in the survey: for statistics. A wish not to be asked any more stays, too, as a "
            "fingerprint that nobody can read."
        ),
        "numbers": _("Name, number and tickets: the conversation continues; they are erased when the person asks."),
        "backups": _("Backups made before this moment still contain the data until they are deleted."),
        "logs": _("The programs' log files may contain numbers until they are rotated."),
        "outside": _("What was sent to other systems or written down by people must be erased there."),
        "sqlite": _(
            "Deleted text was overwritten with zeros in the database file, and the write-ahead log was emptied."
        ),
        "postgresql": _(
            "VACUUM freed the deleted rows; the disk forgets them when the space is used again, and archives of the "
            "write-ahead log keep them as long as they are kept."
        ),
    },
}
"""By kind and code, as web/labels.py has them."""

PRIVACY_TONES = {"previewed": "warn", "asked": "busy", "confirmed": "busy", "files": "busy", "refused": "bad"}
