"""Promises to call back as programs see them, and as they ask for them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from web.api.v1.shapes.base import ApiAsked, ApiMoment, ApiPageAsked, ApiShape, ApiWord

CallbackState = Literal[
    "requested", "due", "dialling_agent", "dialling_customer", "connected", "done", "failed", "cancelled", "expired"
]


class ApiCallback(ApiShape):
    """A promise to call somebody, or a call that an agent asked for."""

    id: UUID
    number: str = Field(description="E.164.")
    state: CallbackState
    source: str = Field(description="Who asked: queue, closed, form, agent, click and so on.")
    queue: str
    line: str
    language: str
    notes: str = Field(description="Why the call is wanted: hostile text.")
    agent: str | None = Field(description="Who keeps it, or is being rung for it.")
    for_agent: str | None = Field(description="Whose phone alone rings; null: whoever is free.")
    attempts: int
    last_outcome: str | None
    requested_at: ApiMoment
    due_at: ApiMoment
    told_by: ApiMoment | None = Field(description="Until when the customer was told the call would come.")
    expires_at: ApiMoment
    last_attempt_at: ApiMoment | None
    next_attempt_at: ApiMoment | None
    ended_at: ApiMoment | None
    end_reason: str | None = Field(description="A sentence.")
    end_code: str | None = Field(description="Its code.")
    asked_in: str | None = Field(description="The call that asked.")
    kept_in: str | None = Field(description="The call that kept it.")
    ticket: int | None
    created_by: str | None


class ApiCallbackPage(ApiShape):
    """Part of a list."""

    items: list[ApiCallback]
    next: str | None


class ApiCallbacksAsked(ApiPageAsked):
    """Which promises; the newest come first."""

    state: CallbackState | Literal["open", "broken"] | None = Field(None, description="open: not kept yet.")
    queue: ApiWord = ""
    number: ApiWord = Field("", description="In any spelling.")


class ApiNewCallback(ApiAsked):
    """Somebody is to be called."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="In any spelling that is used in the line's country, or E.164."
    )
    line: Annotated[str, StringConstraints(max_length=20)] | None = Field(
        None, description="The number of the line it belongs to; the first where it is not said."
    )
    queue: Annotated[str, StringConstraints(max_length=60)] | None = Field(
        None, description="Who calls; the line's own queue where it is not said."
    )
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")] | None = None
    at: ApiMoment | None = Field(None, description="A time that was agreed; as soon as somebody is free if none was.")
    notes: Annotated[str, StringConstraints(max_length=1000)] = Field("", description="For the agent.")
    ticket: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ApiCancelled(ApiAsked):
    """Nobody wants the call any more."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
