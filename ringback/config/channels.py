"""By which ways customers are written to from their ticket, when, how much, and in which words.

Owns what one section demands within itself. What a channel does is the room `channels`'.
"""

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ringback.config.addresses import Host, Origin
from ringback.config.alarms import MailServer, ServiceUrl
from ringback.config.base import Model, Name, PageLanguage, Shown, form
from ringback.config.network import yaml_list
from ringback.config.places import Folder
from ringback.config.remarks import SettingError, nearest

MAIL, TEXT_MESSAGE, TELEGRAM = "mail", "text_message", "telegram"
"""Channels by name; services have the names that the owner gives them."""
INBOX_PORTS = {"tls": 993, "starttls": 143, "none": 143}
ADDRESS = "{to}"
"""In a service's URL, where the customer's address belongs."""
TEMPLATE_FACTS = ("name", "ticket", "link", "agent", "from")
"""What may stand in braces in a template: the customer's name, the ticket's number, the link, who writes, whom the
message comes from (`channels.from_name`)."""
_BRACES = re.compile(r"\{([^{}]*)\}")

QuietHours = Annotated[
    str, form(r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", "ringback.form_quiet")
]
"""`21:00-08:00`, by the customer's clock as far as it is known; the end may lie on the next day."""


def _own_folder(value: object) -> object:
    """A folder of the mailbox goes over the line in quotes: nothing that ends them."""
    if isinstance(value, str) and (not value.isascii() or set(value) & set('"\\\r\n\0')):
        raise SettingError("ringback.inbox_folder", given=value)
    return value


class ChannelTerms(Model):
    """What holds for every message of a channel."""

    consent: Literal["needed", "assumed"] = "needed"
    """needed: nobody is written to of whom no consent is noted; assumed: unless they have said no."""
    quiet: QuietHours | None = "21:00-08:00"
    """What is written then goes when it is over; None: at any hour."""
    per_day: int = Field(10, ge=1, le=1000)
    """Messages to one address within a day; whoever wants to send more is told."""
    per_minute: int = Field(60, ge=1, le=6000)
    """Messages of the whole channel within a minute; more go a little later."""

    @property
    def quiet_from_to(self) -> tuple[time, time] | None:
        """When it begins and ends; None: it never does."""
        if self.quiet is None:
            return None
        begin, _, end = self.quiet.partition("-")
        return time.fromisoformat(begin), time.fromisoformat(end)


class MailBox(Model):
    """Where answers come in: a mailbox that is read by IMAP, and never written to. Its password is `mail_inbox` among
    `channel_secrets` of the secrets file, else the one of the server that sends."""

    host: Host
    port: int | None = Field(None, ge=1, le=65535)
    """Empty: 993 for tls, 143 for the others."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """none: in the clear, for a server on this machine."""
    verify: bool = True
    """The server shows a certificate for `host` that we trust; no: whatever it shows."""
    ca: Folder | None = None
    """The authorities that are trusted, in one file; none: those of the system."""
    user: Annotated[str, form(r"^[\x21-\x7e]{1,254}$", "ringback.form_smtp_user")]
    folder: Annotated[str, BeforeValidator(_own_folder), Field(min_length=1, max_length=200)] = "INBOX"
    seconds: float = Field(30, ge=1, le=3600)
    """Between two looks."""
    timeout_seconds: float = Field(20, gt=0, le=300)
    """How long the server may be silent before it counts as away."""
    plus: bool = True
    """Answers go to `sender+TOKEN@...`, which leads to the ticket whatever a mail program leaves out. No, for servers
    that know no such addresses: then the answer's own reference leads there."""
    most_an_hour: int = Field(20, ge=1, le=1000)
    """Mails of one sender within an hour that come to tickets; what is more is kept apart."""

    @property
    def imap_port(self) -> int:
        """Where the server listens."""
        return self.port or INBOX_PORTS[self.security]

    @model_validator(mode="after")
    def password_is_not_shown(self) -> "MailBox":
        """A password goes in the clear to this machine alone."""
        if self.security == "none" and self.host not in ("localhost", "127.0.0.1"):
            raise SettingError("ringback.smtp_in_the_clear", host=self.host)
        return self


class MailChannel(ChannelTerms):
    """Mail to customers. The password of its server is `mail` among `channel_secrets` of the secrets file."""

    server: MailServer
    inbox: MailBox | None = None
    """None: answers are read by people, wherever mail to `server.sender` goes."""
    quiet: QuietHours | None = None
    per_day: int = Field(30, ge=1, le=1000)


class TextGateway(ChannelTerms):
    """Text messages by a gateway of the owner's that takes them by HTTP. What it wants to see of a secret is
    `text_message` among `channel_secrets` of the secrets file."""

    url: Annotated[str, form(r"^https?://[^\s{}]+$", "ringback.form_gateway", most=500)]
    """Asked by POST for each message."""
    body: Literal["json", "form"] = "json"
    fields: dict[Annotated[str, form(r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$", "ringback.form_gateway_field")], str] = Field(
        {"to": "{to}", "text": "{text}"}, min_length=1, max_length=20
    )
    """What the body has: `{to}` (E.164), `{text}`, `{id}` (the same each time the message is tried), `{receipt}` (where
    the gateway may say what became of it), `{secret}`; or words of your own."""
    header: Annotated[
        str, form(r"^([A-Za-z][A-Za-z0-9-]*: [ -~]*\{secret\}[ -~]*)?$", "ringback.form_lookup_header", most=200)
    ] = "Authorization: Bearer {secret}"
    """Sent where there is a secret."""
    state_field: Annotated[str, form(r"^[A-Za-z][A-Za-z0-9_.-]{0,79}$", "ringback.form_gateway_field")] = "status"
    """The field that tells what became of a message, in the gateway's answer and its receipts; a dot leads inward."""
    delivered: Annotated[list[str], BeforeValidator(yaml_list)] = ["delivered", "DELIVRD"]
    """Its values when the phone has the message. Nothing else is called delivered."""
    failed: Annotated[list[str], BeforeValidator(yaml_list)] = [
        "failed",
        "undelivered",
        "rejected",
        "UNDELIV",
        "REJECTD",
    ]
    """Its values when it will not get there."""
    seconds: float = Field(15, ge=1, le=60)
    """For the whole answer."""
    most_parts: int = Field(4, ge=1, le=10)
    """A longer message is not sent: 160 characters of plain Latin or 70 of any other script are one part."""
    allow_private: bool = False
    """Whether the gateway may be at an address of a private network, as one of your own is."""

    @model_validator(mode="after")
    def says_something(self) -> "TextGateway":
        """A message has a text and somebody who gets it."""
        written = " ".join(self.fields.values())
        for fact in ("{to}", "{text}"):
            if fact not in written:
                raise SettingError("ringback.gateway_lacks", fact=fact.strip("{}"))
        return self


class TelegramBot(ChannelTerms):
    """A bot of the owner's. Customers write first, by a link that goes to them by text message. Its token is `telegram`
    among `channel_secrets` of the secrets file."""

    bot: Annotated[str, form(r"^[A-Za-z][A-Za-z0-9_]{4,31}$", "ringback.form_bot")]
    """Its name, without @."""
    api: Origin = "https://api.telegram.org"
    """Where bots are served; another for a server of your own."""
    allow_private: bool = False
    """Whether `api` may be at an address of a private network."""
    seconds: float = Field(5, ge=1, le=300)
    """Between two looks for what customers wrote."""
    invitation_days: float = Field(3, gt=0, le=30)
    """How long a link is good that invites a customer to write."""


class ServiceChannel(ChannelTerms):
    """Any service that apprise speaks, one way: whether a message arrives is not told, and no answer comes back."""

    title: Shown
    """What people call it."""
    url: ServiceUrl
    """As apprise writes it, with `{to}` for the customer's address, e.g. `whatsapp://{secret}@1234/{to}`. `{secret}`
    stands for what `channel_secrets` of the secrets file has under the service's name."""
    to: Literal["phone", "mail", "text"] = "phone"
    """What a customer's address is there: a number, a mail address, or a name of letters, digits, dots and dashes."""

    @model_validator(mode="after")
    def goes_to_somebody(self) -> "ServiceChannel":
        """One that goes to the same place whoever is meant is for alarms."""
        if ADDRESS not in self.url:
            raise SettingError("ringback.service_without_to")
        if "://" in self.url and ADDRESS in self.url.partition("://")[0]:
            raise SettingError("ringback.service_without_to")
        return self


def _known_facts(value: str) -> str:
    """Raises SettingError for braces that nothing is put into."""
    for found in _BRACES.findall(value):
        if found not in TEMPLATE_FACTS:
            raise SettingError("ringback.template_fact", given=found, known=TEMPLATE_FACTS).instead(
                nearest(found, TEMPLATE_FACTS)
            )
    return value


class TemplateWords(Model):
    """A template in one language."""

    title: Annotated[Shown, Field(min_length=1, max_length=60)]
    """What agents choose it by."""
    subject: Annotated[Shown, AfterValidator(_known_facts), Field(max_length=150)] = ""
    """Of a mail; empty: that of the ticket."""
    text: Annotated[str, AfterValidator(_known_facts), Field(min_length=1, max_length=4000)]
    """`{name}`, `{ticket}`, `{link}`, `{agent}` and `{from}` are filled in; whoever sends it may change all of it."""


MessageTemplate = Annotated[dict[PageLanguage, TemplateWords], Field(min_length=1)]


class MessageChannels(Model):
    """Ways to customers. Without one of them, no page offers to write."""

    from_name: Annotated[Shown, Field(max_length=60)] = ""
    """Whom messages come from: the name beside the address of a mail, and `{from}` in templates."""
    mail: MailChannel | None = None
    text_message: TextGateway | None = None
    telegram: TelegramBot | None = None
    services: dict[Name, ServiceChannel] = {}
    templates: dict[Name, MessageTemplate] = {}
    """By name, besides those that come along (answer, link, document, survey, fixed, telegram): one of the same name
    goes before it."""
    sites: list[Origin] = Field([], max_length=50)
    """Where links in messages may lead besides documents and surveys, e.g. `["https://shop.example"]`."""
    documents: Folder | None = None
    """The folder with what agents may send: its files, not those of folders in it."""
    link_days: float = Field(14, gt=0, le=366)
    """How long a link is good."""

    @model_validator(mode="after")
    def names_are_free(self) -> "MessageChannels":
        """A service is called like no other channel."""
        for name in (MAIL, TEXT_MESSAGE, TELEGRAM):
            if name in self.services:
                raise SettingError("ringback.service_name", name=name)
        return self

    @property
    def all(self) -> dict[str, ChannelTerms]:
        """By name."""
        own = {MAIL: self.mail, TEXT_MESSAGE: self.text_message, TELEGRAM: self.telegram}
        return {**{name: terms for name, terms in own.items() if terms is not None}, **self.services}
