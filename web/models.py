"""Rows of the people who sign in and out, of programs' keys and what they were answered, and of what was sent to the
public form."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class User(Base):
    """Somebody who may sign in."""

    __tablename__ = "user_account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    """Argon2id"""
    role: Mapped[str]
    """agent, supervisor, trainer, admin"""
    language: Mapped[str] = mapped_column(default="")
    """en, ru; empty: as the browser asks"""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    deactivated_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when nobody can sign in with it; None: it is in use."""
    session_mark: Mapped[str] = mapped_column(default="")
    """Part of every session's cookie: another one ends them all."""
    queues: Mapped[list[Any] | None] = mapped_column(default=None)
    """Of a supervisor: the queues whose reports alone are shown; None: of all."""
    email: Mapped[str] = mapped_column(default="", server_default="")
    """Where reports and letters are sent; empty: nowhere."""
    timezone: Mapped[str] = mapped_column(default="", server_default="")
    """On whose clock reports are sent and told, an IANA name; empty: that of the house."""
    unwanted_mail: Mapped[list[Any]] = mapped_column(default_factory=list, server_default="[]")
    """Of letters.kinds.TOPICS: what no letter is wanted of"""


class AccountChange(Base):
    """What was done to an account, and by whom: stays when the account is removed."""

    __tablename__ = "account_change"
    __table_args__ = (Index("ix_account_change_account", "account_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    account_id: Mapped[uuid.UUID]
    name: Mapped[str]
    """Of the account, as it was called before the change."""
    kind: Mapped[str]
    """made, name, role, language, email, queues (with `before` and `after`), password (a new one was made),
    own_password, signed_out, deactivated, activated, removed"""
    by: Mapped[str]
    """The name of the account that did it, or of what did: `ringback`."""
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class ApiKey(Base):
    """What a program shows to use the API."""

    __tablename__ = "api_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    name: Mapped[str] = mapped_column(unique=True)
    rights: Mapped[list[Any]]
    """Of web.policy.KEY_RIGHTS"""
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the key, hexadecimal; the key itself is kept nowhere."""
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    """To the minute"""
    scopes: Mapped[list[Any]] = mapped_column(default_factory=list, server_default="[]")
    """Of web.policy.SCOPES"""
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    """From when on it opens nothing; None: it works until it is removed."""


class ApiAnswer(Base):
    """What was answered to a request that changed something, so that the same request again changes nothing more."""

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("key_id", "idempotency_key"), Index("ix_api_answer_at", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    key_id: Mapped[uuid.UUID]
    """Whose request it was: `ApiKey.id`."""
    idempotency_key: Mapped[str]
    """What the program called its request."""
    fingerprint: Mapped[str]
    """SHA-256 of method, address and body, hexadecimal: another one is another request."""
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    """Location and ETag, where there were any."""
    body: Mapped[str]
    """JSON, as it was sent."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class EndedSession(Base):
    """Somebody signed out: no copy of that session's cookie opens anything."""

    __tablename__ = "ended_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    """What the session's cookie names it by."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow, index=True)


class SignInFailure(Base):
    """A sign-in that failed, kept to slow down guessing."""

    __tablename__ = "sign_in_failure"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    name: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    """Where it came from, as `web.tries` counts it: a network, a browser that is known, or a session."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow, index=True)


class PublicRequest(Base):
    """The form for everybody was sent: kept for a day to tell a person from a flood."""

    __tablename__ = "public_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    address: Mapped[str] = mapped_column(index=True)
    """Of the sender; of IPv6 the network."""
    number: Mapped[str] = mapped_column(index=True)
    """E.164"""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow, index=True)
