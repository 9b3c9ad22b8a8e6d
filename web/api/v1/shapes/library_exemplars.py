"""Exemplars as programs see them and decide on them: what is suggested and by what, what stands, what was withdrawn."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from library.exemplars import MOST_WORDS
from web.api.v1.shapes.base import ApiAsked, ApiMoment, ApiPageAsked, ApiShape

ExemplarState = Literal["standing", "withdrawn", "refused"]


class ApiExemplar(ApiShape):
    """A call that somebody decided on."""

    call_id: str
    state: ExemplarState = Field(description="withdrawn: it was accepted, and by its facts is none any more.")
    person: str = Field(description="Who decided.")
    words: str = Field(description="Why; empty once the call's content is gone.")
    at: ApiMoment
    withdrawn_at: ApiMoment | None
    withdrawn_code: str | None = Field(description="Of what came first.")
    withdrawn_reason: str | None = Field(description="Its sentence.")


class ApiExemplarPage(ApiShape):
    """Part of a list. With a state a part can have fewer than were asked for, and `next` still goes on."""

    items: list[ApiExemplar]
    next: str | None


class ApiExemplarsAsked(ApiPageAsked):
    """Which decisions; the newest come first."""

    state: ExemplarState | None = None


class ApiSuggestedCall(ApiShape):
    """A call that may be an exemplar: the ticket is done and nobody has called again, besides what is told here."""

    call_id: str
    arrived_at: ApiMoment
    good: int = Field(description="Answers that say that it went well.")
    sure: float = Field(description="How sure the recogniser is of its text, from 0 to 1.")
    topic: str


class ApiSuggestedCalls(ApiShape):
    """Those that nobody has decided on: most good answers first."""

    items: list[ApiSuggestedCall]


class ApiExemplarReason(ApiAsked):
    """Why it is one, or none."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=MOST_WORDS, pattern=r"\S")]
