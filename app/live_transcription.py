"""Wires live words: the process that listens to calls that go on, and the worker's part that clears up after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback.config import Settings
from ringback.processes import LISTENER
from ringback.store.engine import open_store, sessions
from ringback.yielding import give_way

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage
    from transcripts.live.policy import LiveMasking

NICENESS = 10
"""As the worker's transcripts: words on the floor can wait, calls cannot."""


def run_listener(settings: Settings) -> None:
    """The whole life of the process that listens to calls while they go on."""
    from publishing.followed import FollowedSettings
    from transcripts.live.listener import Listener
    from transcripts.live.streaming import StreamingRecognisers

    give_way(NICENESS, first_to_go=True)
    store = sessions(open_store(settings.store_url))
    followed = FollowedSettings(settings, LISTENER.name, store)
    settings = followed.settings
    recognisers = StreamingRecognisers(settings)

    def renew(listener: Listener) -> None:
        before = followed.settings.speech
        if followed.look():
            now = followed.settings
            other = None if now.speech == before else StreamingRecognisers(now)
            listener.take_settings(now, masking(now), other)

    Listener(store, settings, recognisers, masking(settings), renew=renew).run()


def masking(settings: Settings) -> LiveMasking | None:
    """What is kept out of live words: the same as out of transcripts."""
    from functools import partial

    from transcripts.live.policy import LiveMasking
    from transcripts.redaction.detect import find
    from transcripts.redaction.masks import rules_of

    wanted = settings.redaction
    if not wanted.is_on:
        return None
    regions = [line.default_country for line in settings.lines]
    return LiveMasking(partial(find, rules=rules_of(wanted, regions)), newest=wanted.emails or bool(wanted.names))


def live_stages(store: sessionmaker[Session]) -> list[Stage]:
    """What the worker does about live words: they go when the transcript is there, their alarms some time later."""
    from app.worker import RARELY_SECONDS, Stage
    from transcripts.live import service

    def clear(call_id: str) -> str:
        with store() as session, session.begin():
            return service.clear(session, call_id)

    def tidy() -> None:
        with store() as session, session.begin():
            service.clear_old_alarms(session)

    return [
        Stage(
            "live words",
            lambda session, _full: service.due(session),
            clear,
            tidy=tidy,
            poll_seconds=RARELY_SECONDS,
        )
    ]
