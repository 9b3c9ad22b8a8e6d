"""Short links of our own: what they lead to, how long they are good, and that a person went on from one.

A link leads to a page of ours with a button, and only the button counts as a click: mail programs, apps and scanners
open every address that they see, and press nothing. Targets are the owner's: an address on a site that the
settings name, a file of the folder of documents, a survey. Everything works in the caller's transaction.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from channels.errors import NoSuchLink, WrongField
from channels.models import ShortLink
from ringback.config import Settings
from ringback.messages import message
from tickets.entries import add_entry
from tickets.service import current

TOKEN_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"  # noqa: S105  an alphabet, not a token
"""None of them is taken for another when it is typed from a phone."""
TOKEN_LENGTH = 12
"""Characters: some 70 bits, which nobody guesses."""
PREFIX = "/l/"
MOST_DOCUMENT_BYTES = 100 * 1024 * 1024
MOST_DOCUMENTS = 500
LONGEST_SITE = 2000
ODD = frozenset('\\"<>^`{|}')
"""Characters that browsers read otherwise than we do, or that end an address in a text."""
KINDS = ("site", "document", "survey", "stop", "telegram")


@dataclass(frozen=True)
class LinkTarget:
    """Where a link is to lead."""

    kind: str
    """One of KINDS."""
    target: str = ""
    """See `ShortLink.target`."""


def public_base(settings: Settings) -> str:
    """Where customers reach our pages; empty: the settings do not say, so nobody can be given a link."""
    return settings.web.public_url.rstrip("/")


def length_of(settings: Settings) -> int:
    """Characters of every link."""
    return len(public_base(settings)) + len(PREFIX) + TOKEN_LENGTH


def make(
    session: Session,
    settings: Settings,
    to: LinkTarget,
    *,
    language: str,
    now: datetime,
    ticket: int | None = None,
    message_id: UUID | None = None,
    call_id: str | None = None,
    days: float | None = None,
) -> ShortLink:
    """A new link. Raises WrongField for a target that is not the owner's."""
    checked(settings, to)
    link = ShortLink(
        token="".join(secrets.choice(TOKEN_LETTERS) for _ in range(TOKEN_LENGTH)),
        kind=to.kind,
        target=to.target,
        ticket_number=ticket,
        message_id=message_id,
        call_id=call_id,
        language=language,
        created_at=now,
        expires_at=now + timedelta(days=settings.channels.link_days if days is None else days),
    )
    session.add(link)
    session.flush()
    return link


def address_of(settings: Settings, link: ShortLink) -> str:
    """What stands in the message."""
    bot = settings.channels.telegram
    if link.kind == "telegram" and bot is not None:
        return f"https://t.me/{bot.bot}?start={link.token}"
    return f"{public_base(settings)}{PREFIX}{link.token}"


def checked(settings: Settings, to: LinkTarget) -> None:
    """Raises WrongField for a target that is not the owner's, and where there are no links at all."""
    if to.kind == "telegram":
        if settings.channels.telegram is None:
            raise WrongField("channels.no_channel", name="telegram").at("link")
        return
    if not public_base(settings):
        raise WrongField("channels.no_public_url").at("link")
    if to.kind == "site" and not is_own_site(settings, to.target):
        raise WrongField("channels.foreign_site", sites=settings.channels.sites or ["–"]).at("site")
    if to.kind == "document" and to.target not in documents(settings):
        raise WrongField("channels.no_document", name=to.target).at("document")
    if to.kind == "survey" and to.target not in settings.surveys:
        raise WrongField("channels.no_survey", name=to.target).at("link")


def is_own_site(settings: Settings, address: str) -> bool:
    """Whether an address is on one of the sites of the settings, as every browser reads it."""
    if (
        len(address) > LONGEST_SITE
        or not address.isascii()
        or any(char <= " " or char in '\\"<>^`{|}' for char in address)
    ):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or not parts.hostname or "@" in parts.netloc:
        return False
    origin = f"{parts.scheme}://{parts.hostname}" + ("" if port is None else f":{port}")
    return parts.scheme in ("https", "http") and origin in {_plain_origin(each) for each in settings.channels.sites}


def _plain_origin(site: str) -> str:
    parts = urlsplit(site)
    return f"{parts.scheme}://{parts.hostname}" + ("" if parts.port is None else f":{parts.port}")


# -- documents -----------------------------------------------------------------------------------------


def documents(settings: Settings) -> list[str]:
    """Names of the files that may be sent, in order; none where there is no folder, or it cannot be read."""
    folder = settings.channels.documents
    if folder is None:
        return []
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _is_document(entry)]
    except OSError:
        return []
    return sorted(names)[:MOST_DOCUMENTS]


def _is_document(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or not entry.name.isprintable():
        return False
    try:
        return entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_size <= MOST_DOCUMENT_BYTES
    except OSError:
        return False


def open_document(settings: Settings, name: str) -> BinaryIO:
    """A file of the folder, opened. Raises NoSuchLink: it is not there any more, or is none of ours."""
    folder = settings.channels.documents
    if folder is None or name in ("", ".", "..") or "/" in name or "\0" in name:
        raise NoSuchLink("channels.document_gone")
    try:
        file = os.open(Path(folder) / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        raise NoSuchLink("channels.document_gone") from None
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_DOCUMENT_BYTES:
        os.close(file)
        raise NoSuchLink("channels.document_gone")
    return os.fdopen(file, "rb")


# -- going on from one -----------------------------------------------------------------------------------


def find(session: Session, token: str, now: datetime) -> ShortLink:
    """The link of an address. Raises NoSuchLink: there is none, or it is over."""
    if len(token) != TOKEN_LENGTH or not all(char in TOKEN_LETTERS for char in token):
        raise NoSuchLink("channels.no_link")
    link = session.scalars(select(ShortLink).where(ShortLink.token == token)).one_or_none()
    if link is None:
        raise NoSuchLink("channels.no_link")
    if link.expires_at <= now:
        raise NoSuchLink("channels.link_over")
    return link


def clicked(session: Session, link: ShortLink, now: datetime) -> None:
    """A person went on from it; the first time is told on the ticket."""
    counted = update(ShortLink).where(ShortLink.id == link.id)
    values = {"clicks": ShortLink.clicks + 1, "clicked_at": func.coalesce(ShortLink.clicked_at, now)}
    session.execute(counted.values(values).execution_options(synchronize_session=False))
    session.refresh(link)
    if link.ticket_number is not None and link.kind in ("site", "document"):
        code = "channels.clicked_site" if link.kind == "site" else "channels.clicked_document"
        said = message(code, target=link.target)
        on = current(session, link.ticket_number)
        add_entry(session, on, "link", str(said), at=now, source_key=f"click:{link.id}", said=said)


def use_up(session: Session, link: ShortLink, now: datetime) -> bool:
    """Of a link that is good for once: whether this was the once."""
    first = update(ShortLink).where(ShortLink.id == link.id, ShortLink.used_at.is_(None))
    done = session.execute(
        first.values(used_at=now).returning(ShortLink.id).execution_options(synchronize_session=False)
    )
    return done.first() is not None
