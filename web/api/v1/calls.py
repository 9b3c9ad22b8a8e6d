"""/api/v1/calls: the list, one call, its text, and ending one."""

from sqlalchemy import select

from calls.models import Call
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.operations import operation
from web.api.v1.shapes.calls import (
    ApiCall,
    ApiCallPage,
    ApiCallsAsked,
    ApiEnded,
    ApiTranscript,
    ApiWholeCall,
)
from web.context import db, parts, settings
from web.documents.call_list import CallFilter, CallOrder, call_list
from web.documents.calls import call_document
from web.documents.facts import Document
from web.documents.requests import ask, wait_for_answer
from web.errors import BadCursor
from web.problem_details import ApiProblem

CURSOR = "calls"
MOST_SECONDS = 5.0
"""Until a program is told that nobody answers; the controller does within a quarter of a second."""
A_CALL = "1763764800.7"


@operation(
    "GET",
    "/calls",
    scope="calls:read",
    summary="List calls",
    query=ApiCallsAsked,
    answers=ApiCallPage,
)
def list_calls(asker: Asker, query: ApiCallsAsked) -> ApiCallPage:
    """Calls, those that go on among them. Ringback's calls to itself are listed with result=self_call alone."""
    order = CallOrder(query.order)
    kind = f"{CURSOR}.{query.order}"
    before = None if query.cursor is None else str(cursors.read(kind, query.cursor, (str,))[0])
    wanted = CallFilter(
        result=query.result,
        agent=query.agent,
        only=access.only_own(db(), asker),
        queue=query.queue,
        line=query.line,
        first=query.first,
        last=query.last,
        text=query.text,
    )
    try:
        found = call_list(db(), query.limit + 1, before, wanted, order=order, settings=settings())
    except BadCursor:
        raise ApiProblem(400, "web.cursor_wrong") from None
    shown = found[: query.limit]
    following = cursors.write(kind, shown[-1]["cursor"]) if len(found) > query.limit else None
    return ApiCallPage(items=[_listed(each) for each in shown], next=following)


@operation(
    "GET",
    "/calls/<call_id>",
    scope="calls:read",
    summary="Read a call",
    answers=ApiWholeCall,
    problems=(404,),
    tagged=True,
    examples={"call_id": A_CALL},
)
def read_call(asker: Asker, call_id: str) -> ApiWholeCall:
    """All that is known of one call but its text: what it visited, who talked, what was promised and answered."""
    return whole_call(_document(asker, call_id))


@operation(
    "GET",
    "/calls/<call_id>/transcript",
    scope="calls:read",
    summary="Read the text of a call",
    answers=ApiTranscript,
    problems=(404,),
    tagged=True,
    examples={"call_id": A_CALL},
)
def read_transcript(asker: Asker, call_id: str) -> ApiTranscript:
    """What was said, turn by turn. 404 until there is a text; secrets in it are masked for good."""
    text = _document(asker, call_id)["transcript"]
    if text is None or not text["turns"]:
        raise ApiProblem(404, "web.http_nothing_there")
    return ApiTranscript(call=call_id, state=text["state"], language=text["language"], turns=text["turns"])


@operation(
    "POST",
    "/calls/<call_id>/end",
    scope="calls:end",
    summary="End a call",
    answers=ApiEnded,
    problems=(404, 409, 504),
    examples={"call_id": A_CALL},
)
def end_call(asker: Asker, call_id: str) -> ApiEnded:
    """Ends a call that goes on, whoever is on it; the name of the key is kept with the call. 504: the controller has
    not answered within five seconds, and does it when it is back."""
    if db().scalar(select(Call.id).where(Call.call_id == call_id)) is None:
        raise ApiProblem(404, "web.no_call")
    key = ask(db(), "call.end", call_id, asker.name)
    db().commit()
    answer = wait_for_answer(parts().sessions, key, MOST_SECONDS)
    if answer is None:
        raise ApiProblem(504, "web.controller_silent")
    if answer.error is not None:
        raise ApiProblem(409, answer.error.code, **answer.error.facts)
    return ApiEnded(call=call_id, ended=True)


def _document(asker: Asker, call_id: str) -> Document:
    found = call_document(db(), call_id) if access.may_see(db(), asker, call_id) else None
    if found is None:
        raise ApiProblem(404, "web.no_call")
    return found


def _listed(found: Document) -> ApiCall:
    return ApiCall.model_validate({**found, "id": found["call_id"]})


def whole_call(found: Document) -> ApiWholeCall:
    """The call of `web.documents.calls.call_document`."""
    call, timings, text, ticket = found["call"], found["timings"], found["transcript"], found["ticket"]
    return ApiWholeCall.model_validate(
        {
            **call,
            **{name: timings[name] for name in ("queued_at", "connected_at", "released_at")},
            "id": call["call_id"],
            "agents": found["agents"],
            "menu_path": found["menu_path"],
            "wait_seconds": timings["wait_seconds"],
            "talk_seconds": timings["talk_seconds"],
            "recording": found["recording"]["state"],
            "transcript": text and text["state"],
            "ticket": ticket and ticket["number"],
            "ended_by": found["ended_by"],
            "visits": found["visits"],
            "callbacks": [promise["id"] for promise in found["promises"]],
            "survey": found["survey"]["answers"],
        }
    )
