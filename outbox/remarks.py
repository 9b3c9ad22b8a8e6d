"""What `ringback check` says of webhooks besides their form: addresses that are refused, secrets that are none."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from outbox.outside import is_private
from outbox.signatures import key_of
from ringback import secrets
from ringback.config import Settings
from ringback.config.remarks import Remark
from ringback.messages import message

HERE = ("localhost", "localhost.localdomain", "ip6-localhost")


def remarks(settings: Settings) -> Iterator[Remark]:
    """Of every webhook. Names are not looked up: what they lead to is seen when they are connected to."""
    for name, webhook in settings.webhooks.items():
        host = urlsplit(webhook.url).hostname or ""
        is_inside = host in HERE or (_is_address(host) and is_private(host))
        if is_inside and not webhook.allow_private:
            yield Remark(("webhooks", name, "url"), message("outbox.private", host=host))
        elif webhook.url.startswith("http://") and not is_inside:
            yield Remark(("webhooks", name, "url"), message("outbox.in_the_clear", host=host), level="note")
        written = secrets.webhook_secrets(settings, name).split()  # none yet: it is made with the next start
        if any(key_of(each) is None for each in written):
            yield Remark(("webhooks", name), message("outbox.no_secret", name=name))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
