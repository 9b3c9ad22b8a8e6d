"""A sign of life for a service elsewhere, which tells people when there is none: of a gone machine nobody here can.

Owns when a sign is sent and by which request. It says that calls can be taken: while the controller, Asterisk or the
store is away none is sent, nor by a worker that is dead.
"""

import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from alarms.condition import Condition, keep
from alarms.watch import has_no_switch
from ringback import secrets
from ringback.config import Settings
from ringback.config.alarms import SECRET
from ringback.messages import Message, message, text, words_of
from ringback.processes import CONTROLLER
from ringback.store.base import utcnow
from ringback.store.bus import Process

KIND = "life.unheard"
NAME = "sign_of_life"
"""Under which `alarm_secrets` of the secrets file has what `{secret}` stands for."""
TIMEOUT_SECONDS = 10.0
TOLERATED = 2
"""Signs in a row that may get lost before it is an alarm: the service waits for a while, too."""


@dataclass
class SignOfLife:
    """A stage of the worker."""

    sessions: sessionmaker[Session]
    settings: Settings
    _sent_at: float = field(default=float("-inf"))
    _lost: int = 0

    def due(self, _session: Session, _full: bool) -> list[str]:
        """One key, when it is time."""
        wanted = self.settings.alarms.sign_of_life
        return [NAME] if wanted is not None and time.monotonic() >= self._sent_at + 60 * wanted.minutes else []

    def send(self, _key: str) -> None:
        """Sends one where calls can be taken, and keeps the alarm about those that get lost."""
        wanted = self.settings.alarms.sign_of_life
        if wanted is None:
            return
        self._sent_at = time.monotonic()
        with self.sessions() as session:
            controller = session.scalars(select(Process).where(Process.name == CONTROLLER.name)).one_or_none()
        if controller is None or controller.is_away(utcnow()) or has_no_switch(controller):
            return
        secret = secrets.alarm_secret(self.settings, NAME)
        why = _ask(wanted.url.replace(SECRET, secret))
        self._lost = 0 if why is None else self._lost + 1
        said = message("alarms.life_unheard", why=why or "")
        lost = [Condition(KIND, NAME, said, "yellow")] if self._lost > TOLERATED else []
        with self.sessions() as session, session.begin():
            keep(session, (KIND,), lost, utcnow())


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """A service that sends us elsewhere has not heard us: who knows where that is."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


def _ask(url: str) -> Message | None:
    """Why the sign was not taken; None: it was. The address is shown to nobody, as whoever has it can send one."""
    opener = urllib.request.build_opener(_NoWayOn)
    opener.addheaders = [("User-Agent", "Ringback")]
    try:
        with opener.open(url, timeout=TIMEOUT_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return message("alarms.life_refused", status=f"{error.code} {_phrase(error.code)}".strip())
    except urllib.error.URLError as error:
        return words_of(error.reason) if isinstance(error.reason, OSError) else text(str(error.reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return words_of(error)


def _phrase(code: int) -> str:
    return HTTPStatus(code).phrase if code in HTTPStatus._value2member_map_ else ""
