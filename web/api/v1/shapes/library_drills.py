"""Drills as programs see and change them, and what was said in them: words and points, no sound."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from library.drill.service import MOST_HINT, MOST_POINTS, MOST_TITLE, MOST_WORDING, MOST_WORDINGS
from web.api.v1.shapes.base import ApiAsked, ApiMoment, ApiPageAsked, ApiShape
from web.api.v1.shapes.library import ApiCallId, ApiSecond

MOST_PEOPLE = 200
ApiWording = Annotated[str, StringConstraints(min_length=1, max_length=MOST_WORDING, pattern=r"^[^/\r\n\x00]+$")]
"""No slash: forms divide wordings by it."""
ApiPoints = Annotated[
    list[Annotated[list[ApiWording], Field(min_length=1, max_length=MOST_WORDINGS)]],
    Field(min_length=1, max_length=MOST_POINTS),
]
"""What must be said, each point in one of its wordings."""
ApiDrillTitle = Annotated[str, StringConstraints(min_length=1, max_length=MOST_TITLE, pattern=r"\S")]
ApiHint = Annotated[str, StringConstraints(max_length=MOST_HINT, pattern=r"^[^\x00]*$")]
ApiPersonName = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ApiDrill(ApiShape):
    """A call that stops before the agent's turn, for somebody to answer."""

    id: UUID
    call_id: str
    title: str
    hint: str
    begin: float = Field(description="Seconds of the recording: from where the scene is heard.")
    stop: float = Field(description="Where it stops; the real answer follows.")
    end: float = Field(description="Until where the real answer is heard.")
    points: list[list[str]] | None = Field(
        description="What must be said, each in one of its wordings; null for who has not tried this version yet."
    )
    people: list[str] | None = Field(description="To whom it is given; null for who does not train.")
    everyone: bool = Field(description="Whoever signs in may try.")
    person: str = Field(description="Who made it: it is open as long as this person may hear the call.")
    made_at: ApiMoment
    version: int
    changed_by: str | None = Field(description="Who wrote this version; null: it is as it was made.")
    changed_at: ApiMoment | None


class ApiDrillPage(ApiShape):
    """Part of a list."""

    items: list[ApiDrill]
    next: str | None


class ApiNewDrill(ApiAsked):
    """A drill that is to be made. Scene and answer are five minutes each at the most."""

    call_id: ApiCallId
    title: ApiDrillTitle
    begin: ApiSecond
    stop: ApiSecond
    end: ApiSecond
    points: ApiPoints
    hint: ApiHint = ""
    people: Annotated[list[ApiPersonName], Field(max_length=MOST_PEOPLE)] = []
    everyone: bool = False


class ApiDrillChange(ApiAsked):
    """Fields that are to be different; those that are not sent stay as they are. The call stays in any case."""

    title: ApiDrillTitle | None = None
    begin: ApiSecond | None = None
    stop: ApiSecond | None = None
    end: ApiSecond | None = None
    points: ApiPoints | None = None
    hint: ApiHint | None = None


class ApiDrillPeople(ApiAsked):
    """To whom it is given from now on; nobody and not everyone: it is over, and what was said in it stays."""

    people: Annotated[list[ApiPersonName], Field(max_length=MOST_PEOPLE)]
    everyone: bool = False


class ApiPointVerdict(ApiShape):
    """What became of one point."""

    verdict: Literal["said", "unsure", "missing"]
    wording: str = Field(description="The nearest of those given.")
    heard: str = Field(description="The words that are nearest to it; empty: none are.")


class ApiDrillAttempt(ApiShape):
    """What somebody said in a drill, without the voice."""

    id: UUID
    person: str
    at: ApiMoment
    version: int = Field(description="Of the drill, by whose points it was judged.")
    spoken: bool = Field(description="By voice; the words are as the recogniser heard them.")
    words: str
    said: int = Field(description="How many of the points were said.")
    points: list[ApiPointVerdict]


class ApiDrillAttemptPage(ApiShape):
    """Part of a list."""

    items: list[ApiDrillAttempt]
    next: str | None


class ApiDrillAttemptsAsked(ApiPageAsked):
    """Which attempts; the newest come first."""

    person: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")] = ""
