"""Who answers whom: queues with their limits, skills, agents."""

from typing import Annotated, Literal

from pydantic import Field

from ringback.config.base import Digits, Language, Model, Name, Off, Shown, in_language
from ringback.config.recordings import RecordingRule
from ringback.config.tickets import TicketWord


class Need(Model):
    """A skill the agent must have, less of it the longer the caller waits.

    `{skill: english, level: 50, after: {60: 0}}` is: english of 50 or more, after 60 s anybody.
    """

    skill: Name
    level: int = Field(50, ge=1, le=100)
    after: dict[Annotated[float, Field(gt=0)], Annotated[int, Field(ge=0, le=100)]] = {}
    """Seconds since the call arrived -> the level that is enough from then on; 0: anybody."""


class Limit(Model):
    """Where a caller goes whom a queue cannot serve."""

    to: Name = "callback"
    """`callback`, `message`, or the name of another queue, where the place is kept."""


class LongestWait(Limit):
    seconds: float = Field(gt=0)


class MostCallers(Limit):
    callers: int = Field(ge=1)
    """As many may wait; whoever comes then is one too many."""


class NoAgents(Limit):
    seconds: float = Field(5, ge=0)
    """How long nobody of the queue has been logged in with a phone that can be reached."""


class Queue(Model):
    """Callers who wait for one group of agents."""

    name: Shown
    """What pages call it."""
    names: dict[Language, Shown] = {}
    """The same in other languages: for who reads the pages in them, and on tickets of calls in them."""
    agents: list[Name]
    """Those who answer it unless they log in to other queues."""
    extension: Digits | None = None
    """The number to which agents transfer a caller into this queue; None: cannot be dialled."""
    hours: Name | None = None
    """When the queue is open, besides the hours of the line that was called; None: always."""
    music: Name = "default"
    """Folder of `<data>/music` that is played to those who wait."""
    ring_seconds: float = Field(20, gt=0, le=120)
    """How long an agent's phone rings before the next one is asked."""
    shortest_talk_seconds: float = Field(0.04, ge=0, le=10)
    """An agent whose phone answers and hangs up sooner has missed the call: the caller is next."""
    wrap_up_seconds: float = Field(15, ge=0, le=3600)
    """After a talk, until the agent is given another call."""
    announce_first_seconds: float = Field(20, ge=0)
    """Into the wait, until the position is told."""
    announce_every_seconds: float = Field(60, ge=15)
    """From then on."""
    announce_wait: bool = True
    """Tell the expected wait too, as long as it has been right; no: the position alone."""
    strategy: Literal["longest-idle", "least-busy"] = "longest-idle"
    """Which of several free agents: idle for longest, or the smallest share of today spent talking."""
    ring_together: int = Field(1, ge=1, le=20)
    """How many free agents ring at once for one caller; the first to answer has the call."""
    priority: int = Field(0, ge=0, le=100)
    """For agents of several queues: callers of the higher one go first."""
    needs: list[Need] = []
    """Skills that its agents are chosen by."""
    last_agent_seconds: float = Field(20, ge=0, le=600)
    """How long a known caller waits for the agent of the last talk alone, if that agent is there."""
    longest_wait: LongestWait | None = None
    most_callers: MostCallers | None = None
    no_agents: NoAgents | None = None
    callback: Annotated[Literal["agent_first", "customer_first", "off"], Off] = "agent_first"
    """Whose phone rings first when a promised call is made; off: callers are not offered one."""
    machine_detection: bool = True
    """An answering machine is told from a person, and the promise is not taken for kept."""
    survey: Name | None = "solved"
    """What callers are asked after the talk, one of `surveys`; None: nothing."""
    recording: RecordingRule = "always"
    """on_demand: kept only where somebody asks for it before the wrap-up ends; never: thrown away after the call."""
    keep_days: int = Field(365, ge=1)
    """After the end of a call, until its recording and texts are erased."""
    categories: dict[Name, TicketWord] = {}
    """What its tickets are about, by name, for those who work with them."""
    dispositions: dict[Name, TicketWord] = {}
    """How its conversations went, by name."""
    disposition_required: bool = False
    """The wrap-up goes on until the agent has said how the conversation went ..."""
    disposition_grace_seconds: float = Field(60, ge=0, le=600)
    """... but for so much longer at the most: a caller is not kept waiting for a word on a ticket."""

    def name_in(self, language: str) -> str:
        return in_language(self.name, self.names, language)


class Agent(Model):
    """Somebody who answers calls."""

    name: Name
    """Of the SIP account and of the account at the pages."""
    display: Shown
    """How people are told of the agent."""
    extension: Digits
    """The number at which colleagues call and transfer."""
    skills: dict[Name, Annotated[int, Field(ge=0, le=100)]] = {}
    """Levels, as `needs` of queues and menu options ask for them: `{english: 80}`."""
