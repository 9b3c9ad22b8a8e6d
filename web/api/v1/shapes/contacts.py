"""Persons as programs see and change them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from web.api.v1.shapes.base import ApiAsked, ApiMoment, ApiPageAsked, ApiShape, ApiWord

ApiPointKind = Literal["phone", "email", "telegram"]
ApiLanguage = Annotated[str, StringConstraints(pattern="^[a-z]{2,8}$")]


class ApiPoint(ApiShape):
    """A number or an address."""

    id: UUID
    kind: ApiPointKind
    value: str = Field(description="E.164, an email address, or the id of a Telegram chat.")
    label: str
    consent: Literal["unknown", "yes", "no"] = Field(description="Whether the person agreed to be written to here.")


class ApiContact(ApiShape):
    """A person. The name is hostile text: it may be as the network gave it."""

    id: UUID
    name: str | None
    language: str | None
    notes: str
    points: list[ApiPoint]
    created_at: ApiMoment
    merged_into: UUID | None = Field(description="The contact that is the same person, and has everything.")


class ApiContactPage(ApiShape):
    """Part of a list."""

    items: list[ApiContact]
    next: str | None


class ApiContactsAsked(ApiPageAsked):
    """Which persons, by name."""

    text: ApiWord = Field(
        "", description="Words of a name or an address; a number in any spelling, or its last digits."
    )


class ApiNewPoint(ApiAsked):
    """One more number or address."""

    kind: ApiPointKind
    value: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    label: Annotated[str, StringConstraints(max_length=60)] = ""
    shared: bool = Field(False, description="Others have it too: a family behind one number.")


class ApiNewContact(ApiAsked):
    """A person who is not known yet."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    language: ApiLanguage | None = None
    notes: Annotated[str, StringConstraints(max_length=4000)] = ""
    points: Annotated[list[ApiNewPoint], Field(max_length=20)] = []


class ApiContactChange(ApiAsked):
    """Fields that are to be different; those that are not sent stay as they are."""

    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    language: ApiLanguage | None = None
    notes: Annotated[str, StringConstraints(max_length=4000)] | None = None
