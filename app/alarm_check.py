"""What `ringback doctor` finds of those who are told of alarms: whether the mail server lets us in, and who there is;
and whether there is a server for letters to colleagues.

Sends nothing; that is `ringback alarm test`.
"""

from collections.abc import Iterator

from sqlalchemy import func, select

from app.checks import Check
from app.opened import UnreadableStore, opened
from ringback import secrets
from ringback.config import Settings
from ringback.handover import smtp
from ringback.handover.errors import HandoverError
from web.models import User


def alarm_checks(settings: Settings) -> Iterator[Check]:
    """Whether alarms reach anybody outside the pages."""
    recipients, mail = settings.alarms.recipients, settings.alarms.mail
    if not recipients:
        found = "nobody is told of alarms outside the pages"
        yield Check("alarms", "note", found, "Name people under `alarms.recipients` in ringback.yaml (docs/alarms.md).")
        return
    if mail is None or not any(recipient.email for recipient in recipients.values()):
        yield Check("alarms", "good", f"{', '.join(recipients)} told by services; `ringback alarm test` tries them")
        return
    password = secrets.smtp_password(settings)
    if mail.user and not password:
        mend = f"Write smtp_password into {settings.data / 'secrets.yaml'}."
        yield Check("alarms", "bad", f"{mail.host} wants a password for {mail.user} that is not there", mend)
        return
    try:
        smtp.look(mail, password)
    except HandoverError as error:
        yield Check(
            "alarms", "bad", str(error), "Compare alarms.mail with what the mail server wants (docs/alarms.md)."
        )
    else:
        yield Check("alarms", "good", f"{mail.host}:{mail.smtp_port} takes mail; told are {', '.join(recipients)}")


def letter_checks(settings: Settings) -> Iterator[Check]:
    """People have mail addresses, and there is no server that would take their mail."""
    if settings.alarms.mail is not None:
        return
    try:
        with opened(settings) as session:
            count = session.scalar(select(func.count()).where(User.email != "", User.deactivated_at.is_(None))) or 0
    except UnreadableStore:
        return  # said of the processes
    if count:
        found = f"{count} with a mail address, and no mail server is named: no letter and no report goes"
        yield Check("letters", "note", found, "Name one under `alarms.mail` in ringback.yaml (docs/letters.md).")
