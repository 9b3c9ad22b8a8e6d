"""Wires what leaves the house: every receiver that the settings name, and the process that delivers to them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from app.channel_parts import channel_receivers
from ringback import secrets
from ringback.config import Settings
from ringback.processes import COURIER
from ringback.store.engine import open_store, sessions
from ringback.yielding import give_way

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from outbox.receivers import Receiver


def receivers(settings: Settings, store: sessionmaker[Session]) -> list[Receiver]:
    """Everything outside: who is told what happens, and who is sent messages. Nothing is opened yet."""
    from connectors import service as connectors
    from outbox.webhooks import WebhookReceiver

    secrets_of = partial(secrets.webhook_secrets, settings)
    return [
        *(WebhookReceiver(name, webhook, secrets_of) for name, webhook in settings.webhooks.items()),
        *connectors.receivers(settings, store),
        *channel_receivers(settings, store),
    ]


def run_courier(settings: Settings) -> None:
    """The whole life of the process that takes what happens out of the house."""
    from outbox.courier import run
    from publishing.followed import FollowedSettings

    give_way()
    store = sessions(open_store(settings.store_url))
    followed = FollowedSettings(settings, COURIER.name, store)
    known: list[Settings] = []

    def changed() -> list[Receiver] | None:
        followed.look()
        if known == [followed.settings]:
            return None
        known[:] = [followed.settings]
        secrets.load_or_create(followed.settings)  # a new webhook has its secret from the start
        return receivers(followed.settings, store)

    asyncio.run(run(store, changed))
