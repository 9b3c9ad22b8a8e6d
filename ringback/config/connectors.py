"""Ticket systems beside: where each is, who we are there, and which status of theirs is which of ours."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from ringback.config.base import Model, Name, PageLanguage, Shown, form
from ringback.config.network import yaml_digits, yaml_list
from ringback.config.places import Folder
from ringback.config.remarks import SettingError

# No name and password before the host: secrets are not for the settings.
SystemUrl = Annotated[str, form(r"^(https?://[^\s/@?#]+(/[^\s?#]*)?)?$", "ringback.form_system_url", most=500)]
SystemWord = Annotated[Shown, BeforeValidator(yaml_digits), Field(min_length=1, max_length=100)]
"""A name of theirs: of a queue, a status."""
TicketStatus = Literal["open", "waiting", "solved", "closed"]
STATUS_MAPS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "rt": (
        {"open": "open", "waiting": "stalled", "solved": "resolved", "closed": "resolved"},
        {"new": "open", "open": "open", "stalled": "waiting", "resolved": "solved", "rejected": "closed"},
    ),
    "zammad": (
        {"open": "open", "waiting": "pending reminder", "solved": "closed", "closed": "closed"},
        {
            "new": "open",
            "open": "open",
            "pending reminder": "waiting",
            "pending close": "waiting",
            "closed": "solved",
        },
    ),
    "jira": (
        {"open": "To Do", "waiting": "In Progress", "solved": "Done", "closed": "Done"},
        {"To Do": "open", "In Progress": "open", "Done": "solved"},
    ),
    "glpi": (
        {"open": "2", "waiting": "4", "solved": "5", "closed": "6"},
        {"1": "open", "2": "open", "3": "open", "4": "waiting", "5": "solved", "6": "closed"},
    ),
    "console": (
        {"open": "open", "waiting": "waiting", "solved": "solved", "closed": "closed"},
        {"open": "open", "waiting": "waiting", "solved": "solved", "closed": "closed"},
    ),
}
"""By kind: theirs by ours, and ours by theirs. A status of theirs that stands in neither is shown and changes nothing
here."""
CTI = "zammad_cti"
"""The kind that has no tickets: it is told of calls while they go on."""
NEEDS_PROJECT = ("rt", "zammad", "jira")
NEEDS_USER = ("rt",)


class Connector(Model):
    """A system that gets a ticket for each ticket of ours. Its password or token is `connector_passwords` in the
    secrets file, under the connector's name."""

    kind: Literal["rt", "zammad", "zammad_cti", "jira", "glpi", "console"]
    """rt: Request Tracker 5; zammad_cti: Zammad's list of calls and its pop-up; console: prints, for trying things."""
    url: SystemUrl = ""
    """Its address, as people open it: `https://rt.example`; of GLPI that of its API: `https://glpi.example/apirest.php`.
    Empty: console alone."""
    project: Annotated[str, BeforeValidator(yaml_digits)] = Field("", max_length=100)
    """Where tickets are made: the queue of Request Tracker, the group of Zammad, the key of Jira's project, the number
    of GLPI's entity."""
    user: Annotated[str, form(r"^[^\s\x00-\x1f:]{0,254}$", "ringback.form_smtp_user")] = ""
    """The account; empty where a token says who we are: Zammad, GLPI, Jira Data Center."""
    issue_type: SystemWord = "Task"
    """Jira: of what type tickets are."""
    language: PageLanguage = "en"
    """What is written there by itself is in this one."""
    queues: Annotated[list[Name], BeforeValidator(yaml_list)] = []
    """Tickets of these queues are told; empty: all."""
    ca: Folder | None = None
    """The authorities that its certificate is trusted by, in one file; none: those of the system."""
    allow_private: bool = False
    """The address may be on this machine or in a private network; no: what leads there is refused."""
    poll_seconds: float = Field(60, ge=5, le=86400)
    """How often it is asked what changed there."""
    settle_seconds: float = Field(120, ge=10, le=3600)
    """How long after a lost answer its search may not know a ticket yet: only then is it made again."""
    seconds: float = Field(15, ge=1, le=25)
    """For one request and its answer."""
    statuses: dict[TicketStatus, SystemWord] = {}
    """Theirs by ours, where it is another than usual: `{waiting: on hold}`."""
    statuses_back: dict[SystemWord, TicketStatus] = {}
    """Ours by theirs, where it is another than usual: `{escalated: open}`."""

    @property
    def has_tickets(self) -> bool:
        """Whether there is a ticket there for each of ours."""
        return self.kind != CTI

    @property
    def certificates(self) -> Path | None:
        """The authorities that are trusted; None: those of the system."""
        return self.ca

    def theirs(self, status: str) -> str:
        """A status of ours in their words."""
        return self.statuses.get(status) or STATUS_MAPS[self.kind][0][status]  # type: ignore[call-overload]

    def ours(self, status: str) -> str | None:
        """A status of theirs in ours; None: it is none of ours."""
        known = self.statuses_back.get(status)
        if known is None and status not in self.statuses.values():
            known = STATUS_MAPS[self.kind][1].get(status)  # type: ignore[assignment]
        return known or next((own for own, theirs in self.statuses.items() if theirs == status), None)

    @model_validator(mode="after")
    def has_what_it_needs(self) -> "Connector":
        """Raises SettingError for a kind that lacks something."""
        if self.kind != "console" and not self.url:
            raise SettingError("ringback.connector_needs", kind=self.kind, setting="url")
        if self.kind in NEEDS_PROJECT and not self.project:
            raise SettingError("ringback.connector_needs", kind=self.kind, setting="project")
        if self.kind in NEEDS_USER and not self.user:
            raise SettingError("ringback.connector_needs", kind=self.kind, setting="user")
        if self.kind == "glpi" and self.project and not (self.project.isascii() and self.project.isdecimal()):
            raise SettingError("ringback.connector_entity", given=self.project)
        return self
