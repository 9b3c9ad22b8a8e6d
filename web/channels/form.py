"""The form that writes to a ticket's customer, and what was written, as the ticket shows them in one part of its page.

What may be sent is the room `channels`' to say; here its refusals stand beside the field that they are about.
"""

from dataclasses import dataclass, field
from datetime import datetime

from flask import g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from calls.numbers import country_of
from channels import addresses, chats, consent, links, service, templates
from channels.errors import ChannelError, NoConsent, WrongField
from channels.models import DELIVERED, FAILED, KEPT, ChannelMessage, InboundMessage, ShortLink
from channels.policy import parts_of
from contacts.models import ContactPoint
from ringback.config.channels import MAIL, TELEGRAM, TEXT_MESSAGE, ServiceChannel
from ringback.messages import Message
from ringback.store.base import utc
from survey.models import SurveyRun
from tickets.models import Ticket
from web.context import db, now, person, settings
from web.documents.facts import Document

MOST_SHOWN = 20
"""Messages on a ticket; the history has them all."""
LINK_KINDS = ("", "site", "document", "survey")


@dataclass(frozen=True)
class ChannelChoice:
    """One way to the customer, in the list of the form."""

    name: str
    title: str
    address: str
    """The customer's there, as far as it is known."""
    needs_consent: bool
    """Nobody has noted it yet, or the customer said no."""
    has_subject: bool
    counts_parts: bool
    takes_address: bool
    """Somebody types it; of a chat it is known or not."""


@dataclass(frozen=True)
class TemplateChoice:
    """One template, ready to be changed."""

    name: str
    title: str
    subject: str
    text: str


@dataclass(frozen=True)
class SentMessage:
    """A message that was written."""

    id: str
    channel: str
    address: str
    state: str
    at: datetime
    by: str | None
    why: Message | None
    until: datetime | None
    """Kept until then."""
    clicked_at: datetime | None
    may_retry: bool


@dataclass
class TypedMessage:
    """What stands in the form: nothing yet, or what was sent and refused."""

    channel: str = ""
    address: str = ""
    subject: str = ""
    text: str = ""
    template: str = ""
    link: str = ""
    site: str = ""
    document: str = ""
    agreed: bool = False
    faults: dict[str, Message] = field(default_factory=dict)
    """By field; "" for the whole form."""


@dataclass(frozen=True)
class TicketChannels:
    """Everything that channels/_ticket.html shows."""

    may_write: bool
    to: str
    typed: TypedMessage
    channels: list[ChannelChoice]
    templates: list[TemplateChoice]
    sites: list[str]
    documents: list[str]
    has_links: bool
    link_length: int
    survey: bool
    """A survey of the ticket's last call can be sent."""
    may_invite: bool
    """Telegram is there, and the customer has no chat yet."""
    parts: int
    """Of what is typed, as a text message."""
    most_parts: int
    sent: list[SentMessage]
    more: int
    waiting: list[InboundMessage]


def ticket_channels(document: Document) -> TicketChannels:
    """For the ticket of this document, as the person sees it who asks; with what was typed and refused just now."""
    typed: TypedMessage | None = g.get("typed_message")
    number, language = document["number"], language_of(document)
    found = service.messages_of(db(), number)
    gateway = settings().channels.text_message
    choices = _choices(document, found)
    typed = typed or _empty(choices)
    chat = chats.chat_of(db(), number) if settings().channels.telegram else None
    return TicketChannels(
        may_write=person().may("promise") and bool(choices),
        to=url_for("channels.write", number=number),
        typed=typed,
        channels=choices,
        templates=_templates(document, language),
        sites=list(settings().channels.sites),
        documents=links.documents(settings()),
        has_links=bool(links.public_base(settings())),
        link_length=links.length_of(settings()),
        survey=survey_of(document) is not None,
        may_invite=settings().channels.telegram is not None and chat is None and gateway is not None,
        parts=parts_of(typed.text.replace(templates.LINK, "x" * links.length_of(settings()))).count,
        most_parts=gateway.most_parts if gateway else 0,
        sent=[_sent(row, found.links.get(row.id, [])) for row in found.sent[:MOST_SHOWN]],
        more=max(0, len(found.sent) - MOST_SHOWN),
        waiting=found.waiting,
    )


def language_of(document: Document) -> str:
    """The customer's."""
    contact, call = document["contact"] or {}, (document["calls"] or [{}])[-1]
    return str(call.get("language") or contact.get("language") or settings().lines[0].language)


def country_for(document: Document) -> str:
    """In which the customer's numbers are read."""
    call = (document["calls"] or [{}])[-1]
    return country_of(settings(), str(call.get("line") or settings().lines[0].number))


def survey_of(document: Document) -> tuple[str, str] | None:
    """(survey, call_id) of the last call whose survey nobody answered yet; None: there is none to be sent."""
    ids = [call["call_id"] for call in document["calls"]]
    if not ids:
        return None
    unanswered = SurveyRun.outcome.in_(("hung_up", "silent", "not_asked", "offered"))
    query = select(SurveyRun).where(SurveyRun.call_id.in_(ids), unanswered).order_by(SurveyRun.at.desc()).limit(1)
    run = db().scalars(query).one_or_none()
    return None if run is None or run.survey not in settings().surveys else (run.survey, run.call_id)


def title_of(name: str) -> str:
    """What people call a channel."""
    named = {MAIL: _("Email"), TEXT_MESSAGE: _("Text message"), TELEGRAM: "Telegram"}
    if name in named:
        return str(named[name])
    found = settings().channels.services.get(name)
    return found.title if isinstance(found, ServiceChannel) else name


def _choices(document: Document, found: service.TicketMessages) -> list[ChannelChoice]:
    return [_choice(name, document, found) for name in settings().channels.all]


def _choice(name: str, document: Document, found: service.TicketMessages) -> ChannelChoice:
    kind, address = addresses.kind_of(settings(), name), _address(name, document, found)
    needs = settings().channels.all[name].consent == "needed"
    if address:
        said = consent.agrees(db(), name, kind, address, consent.print_of(settings(), name, address))
        needs = needs if said is None else not said
    return ChannelChoice(
        name=name,
        title=title_of(name),
        address=address,
        needs_consent=needs,
        has_subject=name == MAIL,
        counts_parts=name == TEXT_MESSAGE,
        takes_address=kind != "chat",
    )


def _address(name: str, document: Document, found: service.TicketMessages) -> str:
    """The customer's address there: where we wrote last, what is written down of the person, the number that called."""
    kind = addresses.kind_of(settings(), name)
    if kind == "chat":
        chat = chats.chat_of(db(), document["number"])
        return chat.chat if chat else ""
    before = next((row.address for row in found.sent if row.channel == name and row.state != FAILED), "")
    before = before or _point(document["number"], kind)
    if before or kind != "phone":
        return before
    contact, call = document["contact"] or {}, (document["calls"] or [{}])[-1]
    number = str(contact.get("number") or call.get("caller_number") or "")
    return number if number.startswith("+") else ""


def _point(number: int, kind: str) -> str:
    """What is written down of the ticket's person: the newest, so that a corrected one comes first."""
    points = (
        select(ContactPoint.value)
        .join(Ticket, Ticket.contact_id == ContactPoint.contact_id)
        .where(Ticket.number == number, ContactPoint.kind == consent.POINTS.get(kind, ""))
        .order_by(ContactPoint.created_at.desc(), ContactPoint.id.desc())
    )
    return db().scalar(points.limit(1)) or ""


def _empty(choices: list[ChannelChoice]) -> TypedMessage:
    first = next((each for each in choices if each.address), choices[0] if choices else None)
    if first is None:
        return TypedMessage()
    return TypedMessage(channel=first.name, address=first.address if first.takes_address else "")


def _templates(document: Document, language: str) -> list[TemplateChoice]:
    facts = {
        "name": str((document["contact"] or {}).get("name") or ""),
        "ticket": str(document["number"]),
        "agent": settings().agent_called(person().name),
        "from": settings().channels.from_name,
    }
    return [
        TemplateChoice(
            each.name,
            each.words.title,
            templates.filled(each.words.subject, facts),
            templates.filled(each.words.text, facts),
        )
        for each in templates.for_people(settings(), language)
    ]


def _sent(row: ChannelMessage, found: list[ShortLink]) -> SentMessage:
    clicked = [each.clicked_at for each in found if each.clicked_at is not None and each.kind != "stop"]
    at = {DELIVERED: row.delivered_at, FAILED: row.failed_at}.get(row.state) or row.sent_at or row.created_at
    return SentMessage(
        id=str(row.id),
        channel=title_of(row.channel),
        address=service.shown_address(row),
        state=row.state,
        at=at,
        by=row.created_by,
        why=row.error,
        until=row.not_before if row.state == KEPT else None,
        clicked_at=min(clicked) if clicked else None,
        may_retry=row.state == FAILED and bool(row.address) and person().may("promise"),
    )


def wants_template() -> bool:
    """Whether the button was pressed that fills the template in."""
    return request.form.get("fill") == "1"


def fill_in(document: Document, typed: TypedMessage) -> None:
    """The words of the chosen template in the place of what was typed."""
    found = next((each for each in _templates(document, language_of(document)) if each.name == typed.template), None)
    if found is not None:
        typed.subject, typed.text = found.subject, found.text
        typed.link = (
            typed.link or ("document" if found.name == "document" else "site") if "{link}" in found.text else ""
        )


def read_form() -> TypedMessage:
    """What was sent."""
    form = request.form
    return TypedMessage(
        channel=form.get("channel", "")[:40],
        address=form.get("address", "")[:300],
        subject=form.get("subject", "")[:300],
        text=form.get("text", "")[:30_000],
        template=form.get("template", "")[:40],
        link=form.get("link", "") if form.get("link", "") in LINK_KINDS else "",
        site=form.get("site", "")[:2100],
        document=form.get("document", "")[:300],
        agreed=form.get("agreed") == "1",
    )


def write(document: Document, typed: TypedMessage) -> ChannelMessage | None:
    """Writes the message and commits; None: the form says what is wrong."""
    if typed.channel == TELEGRAM:
        chat = chats.chat_of(db(), document["number"])
        typed.address = chat.chat if chat else ""
    link, call_id = None, None
    if typed.link == "survey" and (found := survey_of(document)):
        link, call_id = links.LinkTarget("survey", found[0]), found[1]
    elif typed.link in ("site", "document"):
        link = links.LinkTarget(typed.link, (typed.site if typed.link == "site" else typed.document).strip())
    return send(
        typed,
        service.Draft(
            channel=typed.channel,
            address=typed.address,
            text=typed.text,
            subject=typed.subject or document["subject"],
            language=language_of(document),
            country=country_for(document),
            ticket=document["number"],
            call_id=call_id,
            link=link,
            agreed=typed.agreed,
        ),
    )


def invite(document: Document, typed: TypedMessage) -> ChannelMessage | None:
    """Sends the link by which the customer opens a chat in Telegram; as `write`."""
    bot, language = settings().channels.telegram, language_of(document)
    words = templates.words_of(settings(), "telegram", language)
    facts = {"from": settings().channels.from_name, "ticket": str(document["number"])}
    typed.channel, typed.text = TEXT_MESSAGE, templates.filled(words.text, facts)
    return send(
        typed,
        service.Draft(
            channel=TEXT_MESSAGE,
            address=typed.address,
            text=typed.text,
            language=language,
            country=country_for(document),
            ticket=document["number"],
            link=links.LinkTarget("telegram"),
            link_days=bot.invitation_days if bot else None,
            agreed=typed.agreed,
            purpose="invitation",
        ),
    )


def send(typed: TypedMessage, draft: service.Draft) -> ChannelMessage | None:
    """Commits what was written; what is wrong stands beside its field."""
    try:
        row = service.write(db(), settings(), draft, person().name, utc(now()))
    except ChannelError as error:
        db().rollback()
        where = error.field if isinstance(error, WrongField) else "agreed" if isinstance(error, NoConsent) else ""
        typed.faults[where] = error.message
        return None
    db().commit()
    return row
