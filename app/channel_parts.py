"""Ways to customers as the worker and the courier have them: stages, and receivers of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback.config import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage
    from outbox.receivers import Receiver


def channel_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """What was kept goes out, answers come in, surveys are sent to those who did not answer on the telephone."""
    from app.worker import RARELY_SECONDS, Stage
    from channels.keeping import KeptMessages
    from channels.mail_inbox import MailInbox
    from channels.survey_links import SurveyLinks
    from channels.telegram import TelegramInbox

    kept, surveys = KeptMessages(store, settings), SurveyLinks(store, settings)
    mail, telegram = MailInbox(store, settings), TelegramInbox(store, settings)
    return [
        Stage("kept messages", kept.due, kept.send, poll_seconds=RARELY_SECONDS),
        Stage("survey links", surveys.due, surveys.send, poll_seconds=RARELY_SECONDS),
        Stage("mail inbox", mail.due, mail.look, poll_seconds=RARELY_SECONDS),
        Stage("telegram inbox", telegram.due, telegram.look, poll_seconds=RARELY_SECONDS),
    ]


def channel_receivers(settings: Settings, store: sessionmaker[Session]) -> list[Receiver]:
    """One for each channel that the settings name."""
    from channels.gateway import TelegramReceiver, TextReceiver
    from channels.receivers import MailReceiver, ServiceReceiver

    channels = settings.channels
    found: list[Receiver] = [ServiceReceiver(name, settings, store) for name in channels.services]
    if channels.mail is not None:
        found.append(MailReceiver(channels.mail, settings, store))
    if channels.text_message is not None:
        found.append(TextReceiver(channels.text_message, settings, store))
    if channels.telegram is not None:
        found.append(TelegramReceiver(channels.telegram, settings, store))
    return found
