"""Settings that only a start takes up: where the parts are reached, what runs at all.

Owns their list. What is published holds at once but for these, which go on as they are until `ringback run` starts
again; the folder of all data is never changed but by the file at a start.
"""

from collections.abc import Mapping
from typing import Any

from ringback.config.settings import Settings

AT_START = (
    "store.url",
    "ami.address",
    "ami.port",
    "ami.user",
    "ami.external",
    "web.address",
    "web.port",
    "web.threads",
    "web.https",
    "web.proxies",
    "web.public_url",
    "sip.address",
    "sip.port",
    "sip.tls",
    "sip.tls_port",
    "sip.rtp_first",
    "sip.rtp_last",
    "sip.external_address",
    "sip.local_networks",
    "tls.certificate",
    "tls.key",
    "tls.names",
    "live.words",
    "speech.answers_port",
)
"""By dotted name. What is bound, opened or shown once, and whether a process is there at all."""


def waiting(before: Settings, after: Settings) -> dict[str, Any]:
    """What is different in `after` and waits for the next start: by dotted name, what holds until then."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: _value(old, name) for name in AT_START if _value(old, name) != _value(new, name)}


def put_in(document: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Writes what waits over what a settings file says, before it is read."""
    for name, value in values.items():
        section, _, last = name.partition(".")
        found = document.get(section)
        document[section] = {**(found if isinstance(found, dict) else {}), last: value}


def _value(document: dict[str, Any], name: str) -> Any:
    section, _, last = name.partition(".")
    return document[section][last]
