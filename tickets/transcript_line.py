"""The line that a transcript leaves in its ticket's history: that it is ready, and the caller's opening words.

Written once a call; when the text is made anew (something more was masked) the same line says what it says now.
Transcripts know no tickets: whoever makes a text anew uses `rebuild` of here, or is handed it.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.messages import message
from tickets.entries import add_entry
from tickets.models import TicketEntry
from transcripts.models import Transcript
from transcripts.pipeline import build
from transcripts.redaction.masks import shown
from transcripts.text.turns import Turn

OPENING = 160
"""Characters of the caller's first words that go into the ticket's history."""


def tell(session: Session, transcript: Transcript, said: Sequence[Turn]) -> None:
    """Adds the line or puts it right. A call without a ticket yet gets none: its page shows the transcript."""
    call = session.scalars(select(Call).where(Call.call_id == transcript.call_id)).one()
    if call.ticket_number is None:
        return
    count = sum(len(turn.words) for turn in said)
    model = f"{transcript.engine} {transcript.model}"
    if said:
        text = message("tickets.transcript", model=model, turns=len(said), words=count).worded(call.language)
    else:
        text = message("tickets.transcript_empty", model=model).worded(call.language)
    opening = next((turn.text for turn in said if turn.speaker == "caller"), "")
    if opening:
        opening = shown(opening, lambda kind: message(f"tickets.masked_{kind}").worded(call.language))
        short = opening if len(opening) <= OPENING else opening[:OPENING].rsplit(" ", 1)[0] + "..."
        text += " " + message("tickets.began", text=short).worded(call.language)
    key = f"transcript:{call.call_id}"
    if not add_entry(session, call.ticket_number, "transcript", text, source_key=key):
        session.execute(
            update(TicketEntry).where(TicketEntry.source_key == key).values(text=text),
            execution_options={"synchronize_session": False},
        )


rebuild = partial(build.rebuild, tell=tell)
"""Makes a transcript's segments anew, and the ticket's line with them: it never shows what the transcript masks."""
