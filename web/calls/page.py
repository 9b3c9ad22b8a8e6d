"""One call as its page shows it: what the template would otherwise have to decide, decided from the call's document.

Which sound, which text and which buttons the page has, and which sentence stands in place of what is not there.
"""

from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from callback.models import Callback
from calls.models import Call
from recording.facts import rule_of
from ringback.messages import Message
from survey.service import wish_of
from web.callbacks.form import CallBack, line_of, open_promise
from web.calls.about_ticket import AboutTicket, about_ticket
from web.calls.listing import latest_list
from web.calls.masking import Masking, masking_of
from web.calls.playback_access import Listening, listening_to, player_of
from web.calls.retention import CallRetention, retention_of
from web.calls.summary import SummaryPart, summary_of
from web.calls.survey_caller import caller_of
from web.calls.turns import TurnPart, turn_parts
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.requests import latest_requests
from web.i18n import N_, epoch, said
from web.labels import recording_notes
from web.library.call_marks import CallMarks, marks_of
from web.library.digest import DigestPart, digest_part
from web.nuisance.form import CallNuisance, nuisance_of
from web.player import PlayerPart
from web.scoring.evaluating import CallScores, scores_of

STILL_SECONDS = 1800.0
"""How long after its end a call's page keeps asking for what the worker still has to do."""
IN_WORK = ("recording", "spooled")
"""States of a recording whose sound may still come."""
THERE = ("complete", "truncated", "garbled")
"""States of a recording that has sound."""
NO_TEXT = {
    "done": N_("Nothing was said that could be understood."),
    "waiting": N_(
        "The text is written after the call, when the recording has been processed. It will appear here by itself."
    ),
    "running": N_("The text is being written right now. It will appear here by itself."),
    "erased": N_("The text was erased with the recording."),
    "none": N_("There is no text because there is no recording."),
}
"""In place of a transcript, by its state."""


@dataclass(frozen=True)
class TimelinePart:
    """A part of a call on its time axis, in hundredths of the whole."""

    kind: str
    """menu, wait, talk, hold, survey, end (what was said after a wait or a talk)"""
    start: float
    width: float
    seconds: float
    since: float | None
    """Epoch seconds, while this part goes on."""


@dataclass(frozen=True)
class SoundPart:
    """The player, or what is said in its place."""

    there: bool
    title: str
    """In place of the player."""
    why: str
    """Below that title; with the player, why the recording was cut short."""
    peaks: str
    """The address of the waveform; empty: none is drawn."""
    player: PlayerPart | None
    """None: there is nothing to press play on."""


@dataclass(frozen=True)
class TextPart:
    """The transcript, or what is said in its place."""

    kind: str
    """turns, live (words of a call that goes on), failed, or none of them: then `why`"""
    anew: str
    """Of turns: waiting, where the text is about to be made again; failed, where that went wrong; else empty."""
    error: str
    """Why it failed."""
    why: str
    works: bool
    """Whether it is being written just now."""
    turns: list[TurnPart] = field(default_factory=list)


@dataclass(frozen=True)
class CallPage:
    """Everything that calls/call.html shows."""

    doc: Document
    back_to_list: str
    """The list of calls with the filters that it was left with."""
    stages: list[TimelinePart]
    unfinished: bool
    """Whether the page asks again by itself."""
    refreshed: str
    """The parts that are put in anew when it does, besides the first."""
    sound: SoundPart
    text: TextPart
    summary: SummaryPart | None
    """What the call was about; None: there is no text yet."""
    digest: DigestPart | None
    """Its ninety seconds; None: it is short, or there is nothing yet to choose them by."""
    masking: Masking | None
    listening: Listening
    retention: CallRetention
    pausing: dict[str, object] | None
    """The newest request about this call's recording, while it is fresh."""
    notes: list[Markup]
    """What is to be known of a recording that is there."""
    may_be_kept: bool
    """Whether the button is shown that keeps a recording on demand."""
    may_end: bool
    """Whether the button is shown that ends the call."""
    may_correct: bool
    may_make_again: bool
    no_ticket: str
    """In place of the ticket."""
    about_ticket: AboutTicket | None
    opted_out: bool
    """The caller's number is not to be asked in surveys."""
    may_ask_again: bool
    """Whether the button is shown that allows it again."""
    correct: Document
    """The turn whose form is open."""
    nuisance: CallNuisance | None
    """Refusing the caller; None: not for who asks."""
    marks: CallMarks
    scores: CallScores
    back: CallBack
    back_to: str
    back_open: Callback | None
    """The promise that the caller has already."""


def call_page(
    document: Document,
    form: CallBack,
    fault: Message | None,
    correct: Document,
    nuisance_fault: Message | None = None,
    marks: CallMarks | None = None,
) -> CallPage:
    """For the person who looks at this call now; `fault`: why the reason to listen that was given is none,
    `nuisance_fault`: why its caller was not put on the list of nuisance callers, `marks`: with why one was not made."""
    call, recording, moment = document["call"], document["recording"], now()
    masking, listening = masking_of(document), listening_to(document, fault)
    waits, opted_out = unfinished(document, moment, masking), _is_opted_out(document)
    comes = recording["state"] in IN_WORK or (masking is not None and masking.comes)
    notes = recording_notes(recording)
    return CallPage(
        doc=document,
        back_to_list=latest_list(),
        stages=stages(document, moment),
        unfinished=waits,
        refreshed="#call-head,#call-summary,#call-digest,#transcript,#call-side" + (",#player" if comes else ""),
        sound=_sound(document, masking, listening, notes),
        text=_text(document, waits),
        summary=summary_of(document),
        digest=_digest(document),
        masking=masking,
        listening=listening,
        retention=retention_of(document),
        pausing=_pausing(call["call_id"]) if call["state"] == "talking" else None,
        notes=notes if recording["state"] in THERE else [],
        may_be_kept=_may_be_kept(document),
        may_end=document["call"]["ended_at"] is None and person().may("end_call"),
        may_correct=person().may("correct"),
        may_make_again=person().may("again"),
        no_ticket=_no_ticket(document, waits),
        about_ticket=about_ticket(document),
        opted_out=opted_out,
        may_ask_again=opted_out and person().may("ask_again"),
        correct=correct,
        nuisance=nuisance_of(document, nuisance_fault),
        marks=marks or marks_of(document),
        scores=scores_of(call["call_id"]),
        back=form,
        back_to=url_for("calls.call_back", call_id=call["call_id"]),
        back_open=open_promise(call["caller_number"], line_of(call["line"]).default_country),
    )


def _sound(document: Document, masking: Masking | None, listening: Listening, notes: list[Markup]) -> SoundPart:
    recording = document["recording"]
    state, heard = recording["state"], listening.original or masking is None or not masking.withheld
    if state in THERE and recording["path"]:
        original = 1 if listening.original else None
        address = url_for("calls.peaks", call_id=document["call"]["call_id"], original=original)
        return SoundPart(
            there=True,
            title="",
            why=next(iter(notes), ""),
            peaks=address if recording["peaks_path"] and heard else "",
            player=player_of(document, listening) if heard else None,
        )
    if state == "recording" and document["unrecorded"]:
        title = _("The recording is paused")
        why = _("What is said now is left out of it. The call goes on.")
    elif state == "recording":
        title = _("The call is in progress and being recorded")
        why = _("Sound and text will appear here when it ends, without reloading the page.")
    elif state == "spooled":
        title = _("The recording is being processed")
        why = (
            said(recording["error_code"], recording["error_facts"])
            if recording["error"]
            else _("This takes a few seconds while the worker is running. It will appear here by itself.")
        )
    elif state == "erased":
        title = _("The recording was erased")
        why = _("Its retention ended, or its erasure was requested. Sound and text are gone, with every copy.")
    else:
        title, why = _("There is no recording"), Markup(" ").join(notes) or _("No reason is known.")
    return SoundPart(there=False, title=title, why=why, peaks="", player=None)


def _digest(document: Document) -> DigestPart | None:
    recording, transcript = document["recording"], document["transcript"]
    if recording["state"] not in THERE or not transcript or not transcript["summary"]:
        return None
    return digest_part(document["call"]["call_id"], transcript["language"], 0.0, recording["seconds"])


def _text(document: Document, waits: bool) -> TextPart:
    transcript = document["transcript"]
    state = transcript["state"] if transcript else "waiting" if waits else "none"
    error = said(transcript["error_code"], transcript["error_facts"]) if transcript else ""
    if transcript and transcript["turns"] and state in ("done", "waiting", "running", "failed"):
        anew = {"waiting": "waiting", "running": "waiting", "failed": "failed"}.get(state, "")
        return TextPart("turns", anew, error, "", False, turn_parts(document))
    if state != "done" and document["live_words"]:
        return TextPart("live", "", "", "", False)
    return TextPart(
        "failed" if state == "failed" else "", "", error, _(NO_TEXT.get(state, NO_TEXT["none"])), state == "running"
    )


def _is_opted_out(document: Document) -> bool:
    """Looked up where somebody talked with the caller: else no survey is told of."""
    caller = caller_of(document) if document["timings"]["connected_at"] else None
    return caller is not None and wish_of(db(), caller).opted_out


def _no_ticket(document: Document, waits: bool) -> str:
    if not document["call"]["ended_at"]:
        return _("The ticket is opened when the call ends.")
    return _("The ticket will be opened shortly.") if waits else _("There is no ticket.")


def _pausing(call_id: str) -> dict[str, object] | None:
    return latest_requests(db(), now(), ("recording.pause", "recording.resume")).get(call_id)


def _may_be_kept(document: Document) -> bool:
    """Whether the queue records on demand and the sound is there."""
    if document["recording"]["state"] not in IN_WORK:
        return False
    call = db().scalars(select(Call).where(Call.call_id == document["call"]["call_id"])).one()
    return rule_of(db(), settings(), call) == "on_demand"


def unfinished(document: Document, moment: float, masking: Masking | None = None) -> bool:
    """Whether the page has something to wait for: the call itself, its recording, its transcript, its masked sound."""
    ended = document["call"]["ended_at"]
    if ended is None:
        return True
    if not is_young(document, moment):
        return False
    transcript = document["transcript"]
    working = transcript is None or transcript["state"] in ("waiting", "running")
    working = working or "summary" in transcript["waiting_stages"]
    working = working or (masking is not None and masking.comes)
    return working or document["recording"]["state"] in IN_WORK or document["ticket"] is None


def is_young(document: Document, moment: float) -> bool:
    """Whether the worker may still have something to do for a call that has ended."""
    return moment - epoch(document["call"]["ended_at"]) <= STILL_SECONDS


def stages(document: Document, moment: float) -> list[TimelinePart]:
    """The call's time axis: menu, each wait, each talk, survey, what came after; up to `moment` for a call that goes
    on. Time on hold lies over the talk that it is part of."""
    times = document["timings"]
    start = epoch(times["arrived_at"])
    end = epoch(times["ended_at"]) if times["ended_at"] else moment
    whole = max(end - start, document["recording"]["seconds"] or 0.0, 0.001)
    marks = _marks(document, start)
    ends = [*(at for _, at in marks[1:]), end]
    parts = [(kind, at, until) for (kind, at), until in zip(marks, ends, strict=True)]
    parts += [
        ("hold", start + segment["start"], end if segment["end"] is None else start + segment["end"])
        for segment in document["segments"]
        if segment["kind"] == "hold"
    ]
    share = 100 / whole
    return [
        TimelinePart(
            kind,
            round((begin - start) * share, 3),
            round((until - begin) * share, 3),
            until - begin,
            begin if until == end and not times["ended_at"] else None,
        )
        for kind, begin, until in parts
        if until > begin
    ]


def _marks(document: Document, start: float) -> list[tuple[str, float]]:
    """When each part of the call began, in the order of the call; the next one ends it."""
    times = document["timings"]
    marks = [("menu", start)]
    for wait in document["waits"]:
        marks.append(("wait", epoch(wait["from"])))
        if wait["until"]:
            marks.append(("end", epoch(wait["until"])))
    talks = [segment for segment in document["segments"] if segment["kind"] == "talk"]
    for talk in talks:
        marks.append(("talk", start + talk["start"]))
        if talk["end"] is not None:
            marks.append(("end", start + talk["end"]))
    if not talks and times["connected_at"]:
        marks.append(("talk", epoch(times["connected_at"])))
    if times["released_at"]:
        asked = document["survey"]["outcome"] is not None
        marks.append(("survey" if asked else "end", epoch(times["released_at"])))
    # Of what begins in the same moment the last one goes on: a talk ends as the survey begins.
    order = ("menu", "end", "wait", "talk", "survey")
    marks.sort(key=lambda mark: (round(mark[1], 2), order.index(mark[0])))
    return [mark for before, mark in zip([None, *marks], marks, strict=False) if before is None or before[0] != mark[0]]
