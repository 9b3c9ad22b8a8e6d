"""Every room's part in erasing, in one list (`ringback/store/erasing.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringback.store.erasing import Room


def erasing_rooms() -> tuple[Room, ...]:
    """Every room's part in erasing; a table that none of them names fails a test."""
    from alarms.erasing import ROOM as ALARMS
    from callback.erasing import ROOM as CALLBACK
    from calls.erasing import ROOM as CALLS
    from channels.erasing import ROOM as CHANNELS
    from connectors.erasing import ROOM as CONNECTORS
    from contacts.erasing import ROOM as CONTACTS
    from history.erasing import ROOM as HISTORY
    from letters.erasing import ROOM as LETTERS
    from library.erasing import ROOM as LIBRARY
    from nuisance.erasing import ROOM as NUISANCE
    from outbox.erasing import ROOM as OUTBOX
    from problems.erasing import ROOM as PROBLEMS
    from publishing.erasing import ROOM as PUBLISHING
    from recording.erasing import ROOM as RECORDING
    from reports.erasing import ROOM as REPORTS
    from retention.erasing import ROOM as RETENTION
    from ringback.store.erasing import ROOM as STORE
    from scoring.erasing import ROOM as SCORING
    from summary.erasing import ROOM as SUMMARY
    from survey.erasing import ROOM as SURVEY
    from tickets.erasing import ROOM as TICKETS
    from topics.erasing import ROOM as TOPICS
    from transcripts.erasing import ROOM as TRANSCRIPTS
    from voicemail.erasing import ROOM as VOICEMAIL
    from web.erasing import ROOM as WEB

    return (
        RECORDING,
        RETENTION,
        SCORING,  # before the marks that are its evidence
        LIBRARY,
        TOPICS,
        SUMMARY,
        TRANSCRIPTS,
        SURVEY,
        CONNECTORS,  # before the tickets, which then belong to nobody
        CHANNELS,  # by whose ticket it is, which tickets forget
        TICKETS,
        CONTACTS,
        CALLS,
        HISTORY,
        VOICEMAIL,
        CALLBACK,
        ALARMS,
        REPORTS,
        LETTERS,
        NUISANCE,
        PROBLEMS,
        PUBLISHING,
        OUTBOX,
        WEB,
        STORE,
    )
