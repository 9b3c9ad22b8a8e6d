"""How a call began, read from its rows and the settings: which prompts must be in its recording, and for how long."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, CallEvent
from prompts import files as prompt_files
from recording.genuine import Opening
from ringback.config import Settings

CLOSED = ("closed", "closed-holiday")
CALLED_BACK = ("callback-connecting",)
UNHEARD = ("Done", "CallerKnown", "SurveyKnown")
"""Kinds of events that change nothing of what is heard just then: after one prompt comes another, and what is known of
a caller comes within milliseconds."""


def opening_of(session: Session, settings: Settings, call: Call) -> Opening:
    """Of a call that has ended. One whose beginning no controller saw, or of a line that is gone, is not judged."""
    of_call = CallEvent.call_id == call.call_id, CallEvent.kind.not_in(UNHEARD)
    events = session.execute(
        select(CallEvent.kind, CallEvent.at).where(*of_call).order_by(CallEvent.seq).limit(2)
    ).all()
    kind = events[0].kind if events else ""
    line = next((line for line in settings.lines if line.number == call.line), None)
    if kind == "CalledBack":
        notice = (line or settings.lines[0]).notice  # as `controller/runner.py` takes the flow of a line that is gone
        names: Iterable[str] = CALLED_BACK if notice is None else (notice, *CALLED_BACK)
    elif kind == "Arrived" and line is not None:
        first = (line.notice, line.greeting, settings.menus[line.menu].prompt)
        names = (*(name for name in first if name is not None), *CLOSED)
    else:
        return Opening()
    after = [event.at for event in events[1:]]
    ends = [at for at in (*after, call.queued_at, call.connected_at, call.ended_at) if at is not None]
    ends = [at for at in ends if kind == "Arrived" or at > call.arrived_at]  # a promised call is queued as it begins
    # The notice is in the language of the line; what comes next may be in the one that the caller was served in before.
    spoken = [line.language, *line.languages] if line is not None else []
    languages = list(dict.fromkeys([*spoken[:1], call.language, *spoken]))
    own = prompt_files.own_folder(settings)
    return Opening(
        first=tuple(prompt_files.sound_file(language, name, own) for language in languages for name in names),
        others=partial(_all_sounds, settings, languages),
        seconds=max(0.0, (min(ends, default=call.arrived_at) - call.arrived_at).total_seconds()),
        since=call.arrived_at.timestamp(),
    )


def _all_sounds(settings: Settings, languages: Iterable[str]) -> Iterable[Path]:
    own = prompt_files.own_folder(settings)
    return [file for language in languages for file in prompt_files.sound_files(language, own).values()]
