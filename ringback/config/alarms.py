"""Who is told of alarms, by which way and when, and from when on something is one."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from ringback.alarm_kinds import ALARM_KINDS, is_wanted
from ringback.config.addresses import HOST, Host
from ringback.config.base import Model, Name, PageLanguage, form
from ringback.config.network import yaml_list
from ringback.config.places import Folder
from ringback.config.remarks import SettingError, nearest

MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}
SECRET = "{secret}"  # noqa: S105  the place of one, not one
"""In a URL, where the recipient's own secret of the secrets file belongs."""

MailAddress = Annotated[
    str, form(rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{HOST}$", "ringback.form_mail", most=254)
]
ServiceUrl = Annotated[str, form(r"^[a-z][a-z0-9+.-]*://[^\s]+$", "ringback.form_service", most=2000)]


class MailServer(Model):
    """The SMTP server that takes mail of ours. Its password is `smtp_password` in the secrets file."""

    host: Host
    port: int | None = Field(None, ge=1, le=65535)
    """Empty: 587 for starttls, 465 for tls, 25 for none."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """starttls: the talk is encrypted before anything is said, or there is none; tls: from its first byte; none: in the
    clear, for a server on this machine."""
    verify: bool = True
    """The server shows a certificate for `host` that we trust; no: whatever it shows."""
    ca: Folder | None = None
    """The authorities that are trusted, in one file; none: those of the system."""
    user: Annotated[str, form(r"^[^\s\x00-\x1f]{0,254}$", "ringback.form_smtp_user")] = ""
    """The account; empty: the server wants none."""
    sender: MailAddress
    """Whom mail comes from."""
    timeout_seconds: float = Field(20, gt=0, le=300)
    """How long the server may be silent before it counts as away."""

    @property
    def smtp_port(self) -> int:
        """Where the server listens."""
        return self.port or MAIL_PORTS[self.security]

    @property
    def certificates(self) -> Path | None:
        """The authorities that are trusted; None: those of the system."""
        return self.ca

    @model_validator(mode="after")
    def password_is_not_shown(self) -> "MailServer":
        """A password goes in the clear to this machine alone."""
        if self.user and self.security == "none" and self.host not in ("localhost", "127.0.0.1"):
            raise SettingError("ringback.smtp_in_the_clear", host=self.host)
        return self


class Recipient(Model):
    """People who are told together."""

    email: Annotated[list[MailAddress], BeforeValidator(yaml_list)] = []
    urls: Annotated[list[ServiceUrl], BeforeValidator(yaml_list)] = []
    """Services as apprise writes them, e.g. `ntfys://ringback-alarms`; one place each. `{secret}` in it stands for what
    `alarm_secrets` of the secrets file has under this recipient's name."""
    kinds: Annotated[list[str], BeforeValidator(yaml_list)] = Field(["*"], min_length=1)
    """Kinds of alarms, e.g. `["trunk.trouble", "recording.*"]`; `*`: all but those that tell what was said on the
    phone (`live.word`) and matches of somebody's saved search (`search.match`)."""
    level: Literal["yellow", "red"] = "yellow"
    """yellow: all; red: only what cannot wait."""
    hours: Name | None = None
    """When they are told, one of `hours`; what is raised outside is told when these begin, if it still stands. None:
    always."""
    repeat_minutes: float = Field(30, ge=0, le=10080)
    """An alarm is told again so often until somebody has seen to it; 0: never."""
    language: PageLanguage = "en"

    @model_validator(mode="after")
    def can_be_told(self) -> "Recipient":
        """There is a way to them, and something to tell."""
        if not self.email and not self.urls:
            raise SettingError("ringback.recipient_nowhere")
        for pattern in self.kinds:
            if pattern != "*" and not any(is_wanted(kind, [pattern]) for kind in ALARM_KINDS):
                raise SettingError("ringback.alarm_kind", given=pattern, known=sorted(ALARM_KINDS)).instead(
                    nearest(pattern, ALARM_KINDS)
                )
        return self


class SignOfLifeSettings(Model):
    """Where a service is told, again and again, that calls can be taken: it tells people when it hears nothing."""

    url: Annotated[str, form(r"^https?://[^\s]+$", "ringback.form_sign_of_life", most=2000)]
    """Asked by GET. `{secret}` in it stands for what `alarm_secrets` of the secrets file has under `sign_of_life`."""
    minutes: float = Field(1, ge=0.1, le=1440)
    """Between two signs."""


class AlarmSettings(Model):
    """Who is told of alarms, and from when on something is one."""

    mail: MailServer | None = None
    recipients: dict[Name, Recipient] = {}
    """By name; without any, alarms stand on the pages alone."""
    sign_of_life: SignOfLifeSettings | None = None
    wait_minutes: float | None = Field(5, gt=0, le=1440)
    """A caller who has waited longer than this is an alarm; None: no wait is."""
    nobody_seconds: float = Field(30, ge=0, le=3600)
    """Somebody waits in a queue in which nobody has been logged in for so long."""
    unseen_minutes: float | None = Field(60, gt=0, le=10080)
    """A promise that is due, and nobody has opened for so long, while its line was open; None: no alarm."""
    unheard_minutes: float | None = Field(240, gt=0, le=10080)
    """A message that a caller left, and nobody has heard or taken for so long, while its line was open; None: no
    alarm."""
    nearly_full_percent: float = Field(90, ge=10, le=100)
    """So much of the callers who can be served at a time (`sip.most_calls`, RTP ports) are inside."""
    guesses: int | None = Field(30, ge=1)
    """More refused tries for a phone's password than this within a minute are an alarm; None: none are."""
    backup_hours: float | None = Field(None, gt=0, le=8760)
    """The newest backup is older than this, or there is none; None: only one that failed is told."""
    certificate_days: float = Field(14, ge=0, le=365)
    """A certificate that is named in the settings ends within so many days."""
    keep_days: int = Field(365, ge=1)
    """How long the page of past alarms goes back."""
