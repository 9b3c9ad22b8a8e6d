"""One message to one service by apprise, which knows 170 of them; what it answers is taken as it comes: yes or no.

apprise is imported when the first message goes: it takes a while, and most installations need none of it.
"""

import logging
import threading
from typing import Any

from ringback.config.alarms import SECRET
from ringback.handover.errors import OtherSideAway, RefusesMessage
from ringback.messages import Message, message

LONGEST_REASON = 200
"""Characters of what apprise says that people are shown."""
_one_at_a_time = threading.Lock()
"""apprise tells why by its log, which is everybody's."""


def send(url: str, secret: str, title: str, body: str) -> None:
    """Hands the message over. Raises OtherSideAway when the service did not take it, RefusesMessage for a URL that
    apprise does not know."""
    import apprise

    service = _service(url, secret)
    if service is None:
        raise RefusesMessage("ringback.service_unknown", scheme=url.partition(":")[0])
    reasons = _Reasons()
    log = logging.getLogger("apprise")
    with _one_at_a_time:
        log.addHandler(reasons)
        try:
            taken = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        finally:
            log.removeHandler(reasons)
    if not taken:
        why = reasons.text.replace(secret, "…") if secret else reasons.text
        raise OtherSideAway("ringback.service_no", scheme=url.partition(":")[0], why=why[:LONGEST_REASON] or "–")


def fault_of(url: str) -> Message | None:
    """What is wrong with a URL of the settings; None: apprise knows it, and it is one place."""
    service = _service(url, "secret")
    scheme = url.partition(":")[0]
    if service is None:
        return message("ringback.service_unknown", scheme=scheme)
    if len(service) > 1:
        return message("ringback.service_several", scheme=scheme, count=len(service))
    return None


def _service(url: str, secret: str) -> Any:
    import apprise

    return apprise.Apprise.instantiate(url.replace(SECRET, secret), suppress_exceptions=True)


class _Reasons(logging.Handler):
    """Keeps the warnings of one try."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = " ".join(f"{self.text} {record.getMessage()}".split())
