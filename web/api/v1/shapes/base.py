"""What every shape has in common: how it is named in the document, days, moments, pages of lists.

Shapes that are sent out may get more fields one day; those that come in know all of theirs.
"""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from web.api.v1.cursors import MOST as CURSOR_MOST

DEFAULT_LIMIT, MOST_LIMIT = 50, 200


class ApiShape(BaseModel):
    """Sent to programs. Its name in the document is without the Api before it."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class ApiAsked(BaseModel):
    """Sent by programs: what is not known is refused, so that nobody believes it was heard."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _day(value: Any) -> Any:
    """As ISO 8601 writes days, and nothing else that pydantic would take for one."""
    if isinstance(value, str) and len(value) == len("2026-11-30"):
        return date.fromisoformat(value)
    raise ValueError("a day is written as 2026-11-30")


ApiDay = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
ApiMoment = AwareDatetime
"""With its zone; sent in UTC."""
ApiWord = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]
"""Something that a list is narrowed by."""


class ApiPageAsked(ApiAsked):
    """Which part of a list is wanted."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MOST_LIMIT, description="How many at most.")
    cursor: Annotated[str, StringConstraints(max_length=CURSOR_MOST, pattern="^[A-Za-z0-9_-]+$")] | None = Field(
        None, description="`next` of the answer before, as it is."
    )


class ApiProblemShape(ApiShape):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="urn:ringback:problem: and the code.")
    title: str = Field(description="Of the HTTP status.")
    status: int
    detail: str = Field(description="A sentence: what is wrong, and what to do.")
    code: str = Field(description="What programs go by; sentences may change.")
    errors: list["ApiFieldError"] = Field(default=[], description="What is wrong in single fields.")


class ApiFieldError(ApiShape):
    """What is wrong with one field."""

    name: str = Field(description="An argument, or the way to a field of the JSON, joined by dots.")
    detail: str


def moment(value: Any) -> datetime | None:
    """A time of a document, which is text in ISO 8601."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
