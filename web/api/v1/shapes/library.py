"""The library as programs see and change it: marks, clips, playlists with entries, assignments and their progress."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from library.assignments import MOST_PEOPLE
from library.marks import MOST_TAG, MOST_WORDS
from library.playlists import MOST_NOTE, MOST_TITLE
from web.api.v1.shapes.base import ApiAsked, ApiDay, ApiMoment, ApiPageAsked, ApiShape, ApiWord

ApiCallId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
ApiSecond = Annotated[float, Field(ge=0, lt=1e6)]
"""Of the recording."""
ApiNote = Annotated[str, StringConstraints(max_length=MOST_NOTE)]
ApiTitle = Annotated[str, StringConstraints(min_length=1, max_length=MOST_TITLE, pattern=r"\S")]


class ApiQuote(ApiShape):
    """What one side says at a place."""

    speaker: str
    start: float
    text: str = Field(description="As the text is now: masked where it is masked.")


class ApiMarkAnswer(ApiShape):
    """What somebody answers to a mark."""

    person: str
    words: str
    at: ApiMoment


class ApiMark(ApiShape):
    """What somebody noticed at a place of a call."""

    id: UUID
    call_id: str
    begin: float
    end: float
    speaker: str = Field(description="caller, agent, or empty: both.")
    quotes: list[ApiQuote]
    words: str
    tag: str
    shared: bool = Field(description="Whoever may see the call sees it.")
    person: str = Field(description="Whose it is; of a program key: and its name.")
    own: bool
    mentions: list[str]
    answers: list[ApiMarkAnswer]
    at: ApiMoment


class ApiMarkPage(ApiShape):
    """Part of a list."""

    items: list[ApiMark]
    next: str | None


class ApiMarksAsked(ApiPageAsked):
    """Which marks; the newest come first."""

    tag: ApiWord = ""
    call_id: ApiWord = Field("", description="Of this call alone.")


class ApiNewMark(ApiAsked):
    """A mark that is to be made. It says something, or has a tag."""

    call_id: ApiCallId
    begin: ApiSecond
    end: ApiSecond
    speaker: Literal["caller", "agent", ""] = ""
    words: Annotated[str, StringConstraints(max_length=MOST_WORDS)] = Field(
        "", description="@name mentions somebody who may see the call."
    )
    tag: Annotated[str, StringConstraints(max_length=MOST_TAG)] = ""
    shared: bool = False


class ApiMarkChange(ApiAsked):
    """Shared, or taken back."""

    shared: bool


class ApiClip(ApiShape):
    """A part of a call with a name. Its sound is heard on the pages, by a person and with a reason."""

    id: UUID
    call_id: str
    title: str
    begin: float
    end: float
    person: str
    at: ApiMoment


class ApiClipPage(ApiShape):
    """Part of a list."""

    items: list[ApiClip]
    next: str | None


class ApiNewClip(ApiAsked):
    """A clip that is to be made."""

    call_id: ApiCallId
    title: ApiTitle
    begin: ApiSecond
    end: ApiSecond


class ApiPlaylistEntry(ApiShape):
    """One entry of a playlist."""

    id: UUID
    call_id: str
    begin: float
    end: float | None = Field(description="null: to the end of the call.")
    note: str
    question: str


class ApiPlaylist(ApiShape):
    """A playlist as lists have it."""

    id: UUID
    title: str
    note: str
    person: str
    entries: int = Field(description="How many it has.")
    gone: int = Field(description="How many left because their call was erased.")
    created_at: ApiMoment
    changed_at: ApiMoment


class ApiWholePlaylist(ApiPlaylist):
    """A playlist with its entries in their order."""

    items: list[ApiPlaylistEntry]


class ApiPlaylistPage(ApiShape):
    """Part of a list."""

    items: list[ApiPlaylist]
    next: str | None


class ApiNewEntry(ApiAsked):
    """An entry that is to be added."""

    call_id: ApiCallId
    begin: ApiSecond = 0.0
    end: ApiSecond | None = None
    note: ApiNote = ""
    question: ApiNote = ""


class ApiNewPlaylist(ApiAsked):
    """A playlist that is to be made."""

    title: ApiTitle
    note: ApiNote = ""
    entries: Annotated[list[ApiNewEntry], Field(max_length=200)] = []


class ApiNewEntries(ApiAsked):
    """Entries that go to the end."""

    entries: Annotated[list[ApiNewEntry], Field(min_length=1, max_length=200)]


class ApiEntryProgress(ApiShape):
    """How far somebody is with an entry."""

    entry_id: UUID
    share: float = Field(description="How much of it was really heard, from 0 to 1.")
    heard: bool = Field(description="Nine tenths were.")
    answer: str
    done: bool = Field(description="Heard, and answered where there is a question.")


class ApiAssignment(ApiShape):
    """A playlist that somebody is to hear."""

    id: UUID
    playlist_id: UUID
    title: str
    person: str
    given_by: str
    given_at: ApiMoment
    due_at: ApiMoment | None
    done_at: ApiMoment | None
    entries: int
    done: int
    share: float = Field(description="How much of all sound was heard, from 0 to 1.")


class ApiWholeAssignment(ApiAssignment):
    """An assignment with each of its entries."""

    progress: list[ApiEntryProgress]


class ApiAssignmentPage(ApiShape):
    """Part of a list."""

    items: list[ApiAssignment]
    next: str | None


class ApiAssignmentsAsked(ApiPageAsked):
    """Which assignments that stand; the newest come first."""

    person: ApiWord = ""
    playlist_id: UUID | None = None
    open: bool = Field(False, description="Those alone that are not done.")


class ApiNewAssignments(ApiAsked):
    """A playlist is given to people. Their right to hear it is that of who made the key."""

    people: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
        Field(min_length=1, max_length=MOST_PEOPLE),
    ]
    due: ApiDay | None = Field(
        None, description="To be heard by the end of this day; who has it already gets the new day."
    )


class ApiGiven(ApiShape):
    """What was given."""

    items: list[ApiAssignment]
