"""What happens to calls, as programs are told of it."""

from typing import Literal

from pydantic import Field

from web.api.v1.shapes.base import ApiMoment, ApiShape

CallEventType = Literal[
    "call.arrived",
    "call.missed",
    "call.reached",
    "call.offered",
    "call.refused",
    "call.answered",
    "call.joined",
    "call.parted",
    "call.held",
    "call.resumed",
    "call.moved",
    "call.transferred",
    "call.ended",
]


class ApiEventCall(ApiShape):
    """The call as it is when the event is sent. Names and numbers are hostile text."""

    id: str
    line: str
    caller_number: str
    caller_name: str
    state: str
    result: str | None
    queue: str | None
    agent: str | None
    ticket: int | None
    arrived_at: ApiMoment
    ended_at: ApiMoment | None


class ApiCallEvent(ApiShape):
    """One event. `arrived`: a caller; `reached`: a customer whom we called; `missed`: was gone at once; `offered` and
    `refused`: phones of agents; `joined` and `parted`: whoever talks with the caller."""

    id: int = Field(description="Grows; what Last-Event-ID takes.")
    type: CallEventType
    at: ApiMoment
    agents: list[str] = Field(description="Whose phones or talk it is about.")
    call: ApiEventCall
