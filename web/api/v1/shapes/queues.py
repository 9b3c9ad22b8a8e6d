"""Queues as they are now."""

from pydantic import Field

from web.api.v1.shapes.base import ApiMoment, ApiShape


class ApiQueueAgent(ApiShape):
    """An agent who takes calls of the queue while logged in."""

    agent: str
    state: str = Field(description="free, ringing, talking, wrap-up, paused, busy, away, logged out, phone lost.")
    since: ApiMoment


class ApiQueue(ApiShape):
    """A queue just now."""

    name: str
    title: str = Field(description="What pages call it.")
    open: bool = Field(description="On at least one line.")
    waiting: int = Field(description="Callers who wait or hear a phone ring.")
    longest_wait_seconds: float | None
    oldest_since: ApiMoment | None
    callbacks: int = Field(description="Promises to call back that wait for their turn.")
    agents: list[ApiQueueAgent]


class ApiQueues(ApiShape):
    """All of them, in the order of the settings."""

    items: list[ApiQueue]
