"""Calls as programs see them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from web.api.v1.shapes.base import ApiAsked, ApiDay, ApiMoment, ApiPageAsked, ApiShape, ApiWord


class ApiMenuStep(ApiShape):
    """A key in a menu."""

    menu: str
    key: str
    label: str


class ApiCall(ApiShape):
    """A call in a list. Names and numbers are as they came from the network: hostile text."""

    id: str
    line: str = Field(description="The number that was called.")
    language: str
    caller_number: str
    caller_name: str
    state: str = Field(description="Where it is: waiting, talking, ended and so on.")
    result: str | None = Field(description="How it ended; null while it goes on.")
    queue: str | None
    agent: str | None = Field(description="Who talked with the caller last.")
    agents: list[str] = Field(description="Who talked with the caller, in their order.")
    menu_path: list[ApiMenuStep]
    arrived_at: ApiMoment
    ended_at: ApiMoment | None
    wait_seconds: float | None
    talk_seconds: float | None
    recording: str | None = Field(description="State of its recording; complete when the sound is whole.")
    transcript: str | None = Field(description="State of its text; done when it can be read.")
    ticket: int | None


class ApiVisit(ApiShape):
    """One stay in the line of a queue."""

    queue: str
    came_by: str
    entered_at: ApiMoment
    left_at: ApiMoment | None
    outcome: str | None
    position: int | None = Field(description="At entry; 1 is next.")
    agent: str | None


class ApiCallContact(ApiShape):
    """Who called, as far as it is known."""

    id: str
    number: str | None
    name: str | None


class ApiCallAnswer(ApiShape):
    """An answer that the caller gave in the survey after the call."""

    survey: str
    name: str
    question: str
    key: str
    label: str
    means: str | None = Field(description="good, fair, poor, or nothing of these.")


class ApiWholeCall(ApiCall):
    """Everything of one call but its text."""

    queued_at: ApiMoment | None
    connected_at: ApiMoment | None
    released_at: ApiMoment | None
    ended_by: str | None = Field(description="caller, agent or us.")
    self_call: bool = Field(description="Ringback called itself, to hear whether it answers.")
    contact: ApiCallContact | None
    visits: list[ApiVisit]
    callbacks: list[str] = Field(description="Ids of the promises that it asked for or kept.")
    survey: list[ApiCallAnswer]


class ApiCallPage(ApiShape):
    """Part of a list."""

    items: list[ApiCall]
    next: str | None = Field(description="What `cursor` takes for the calls after these; null: there are none.")


class ApiCallsAsked(ApiPageAsked):
    """Which calls, in which order."""

    result: ApiWord = Field("", description="A result; open: goes on; unanswered: nobody has seen to it.")
    agent: ApiWord = Field("", description="Talked with the caller in any part of the call.")
    queue: ApiWord = Field("", description="Was visited.")
    line: ApiWord = Field("", description="The number that was called.")
    text: ApiWord = Field("", description="Words of a name, a subject, a ticket; or a number in any spelling.")
    first: ApiDay | None = Field(None, alias="from", description="By the installation's own time zone.")
    last: ApiDay | None = Field(None, alias="to", description="This day included.")
    order: Literal["newest", "oldest", "wait", "talk"] = Field(
        "newest", description="The longest wait or talk first leaves out calls without one."
    )


class ApiTurn(ApiShape):
    """What one side said without a break. Secrets are masked in it."""

    speaker: str
    agent: str | None
    start: float = Field(description="Seconds of the recording.")
    end: float
    text: str


class ApiTranscript(ApiShape):
    """The text of a call."""

    call: str
    state: str
    language: str | None
    turns: list[ApiTurn]


class ApiEnded(ApiShape):
    """A call that was ended."""

    call: str
    ended: Literal[True]


class ApiReason(ApiAsked):
    """Why, in a few words."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""
