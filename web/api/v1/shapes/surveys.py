"""What callers answered in surveys."""

from uuid import UUID

from pydantic import Field

from web.api.v1.shapes.base import ApiAsked, ApiDay, ApiMoment, ApiPageAsked, ApiShape, ApiWord
from web.api.v1.shapes.calls import ApiCallAnswer


class ApiPart(ApiShape):
    """How many of how many. The last three are null where fewer than ten have answered."""

    count: int
    n: int
    share: float | None
    low: float | None
    high: float | None


class ApiOption(ApiPart):
    """One answer that could be given."""

    key: str
    label: str
    means: str | None


class ApiQuestion(ApiShape):
    """A question, and how it was answered."""

    survey: str
    name: str
    question: str
    measure: str | None = Field(description="csat, nps, or neither.")
    n: int
    options: list[ApiOption]


class ApiResults(ApiShape):
    """Results over days."""

    first: ApiDay = Field(alias="from")
    last: ApiDay = Field(alias="to")
    offered: int
    stayed: int
    answered: int
    hung_up: int
    silent: int
    opted_out: int
    follow_ups: int
    questions: list[ApiQuestion]


class ApiResultsAsked(ApiAsked):
    """Which talks are counted."""

    first: ApiDay | None = Field(None, alias="from", description="Twelve weeks before `to` where it is not said.")
    last: ApiDay | None = Field(None, alias="to", description="Today where it is not said.")
    survey: ApiWord = ""
    agent: ApiWord = ""
    queue: ApiWord = ""
    language: ApiWord = ""


class ApiRun(ApiShape):
    """One talk after which the caller was asked, or could have been."""

    id: UUID
    call: str
    survey: str
    at: ApiMoment
    outcome: str = Field(description="answered, silent, hung_up, opted_out, offered, not_asked.")
    not_asked: str | None
    agent: str | None
    queue: str | None
    poor: bool
    follow_up: bool
    answers: list[ApiCallAnswer]


class ApiRunPage(ApiShape):
    """Part of a list."""

    items: list[ApiRun]
    next: str | None


class ApiRunsAsked(ApiPageAsked):
    """Which runs; the newest come first."""

    survey: ApiWord = ""
    agent: ApiWord = ""
    queue: ApiWord = ""
    outcome: ApiWord = ""
