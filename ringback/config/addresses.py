"""Addresses, hosts and the store's URL as owners write them: what is right, and what belongs into another setting."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from ringback.config.base import form
from ringback.config.places import expanded
from ringback.config.remarks import SettingError, nearest

HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
"""A name or an address: nothing else may get into Asterisk's configuration."""
LONGEST_LABEL = 63
"""Characters between two dots of a name."""
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+]*://|sips?:)(?:[^@/]*@)?([^/;?]*)", re.IGNORECASE)
_WITH_PORT = re.compile(r"^(\[[0-9A-Fa-f:]+\]|[^:\s]+):([0-9]{1,5})$")
_INTERFACE = re.compile(r"(?:eth|wlan|wlp|wg|tun|tap|docker|br-?|en[opsx])\d[\da-z]*|lo|auto", re.IGNORECASE)
_EVERYWHERE = ("*", "all", "any", "everywhere")


def host_alone(value: object) -> object:
    """Raises SettingError for a URL, and for a port that belongs into the setting beside it."""
    if not isinstance(value, str):
        return value
    if found := _SCHEME.match(value):
        host, port = _apart(found[1])
        if port:
            raise SettingError("ringback.url_and_port", given=value, host=host, port=port).instead(host)
        raise SettingError("ringback.url_for_host", given=value, host=host).instead(host)
    host, port = _apart(value)
    if port:
        raise SettingError("ringback.port_apart", given=value, host=host, port=port).instead(host)
    if value and (meant := _host_within(value)) != value:
        raise SettingError("ringback.host_alone", given=value, host=meant).instead(meant)
    no_host(value)
    return value


def no_host(value: str) -> None:
    """Raises SettingError for what has the letters of a host and is none: 300.1.1.1, `sip..example`, `eth0`."""
    if re.fullmatch(r"[0-9.-]*\.[0-9.-]*", value):
        try:
            ipaddress.IPv4Address(value)
        except ValueError:
            raise SettingError("ringback.no_address", given=value) from None
    if re.fullmatch(HOST, value) and (".." in value or max(map(len, value.split("."))) > LONGEST_LABEL):
        raise SettingError("ringback.no_host", given=value)
    if _INTERFACE.fullmatch(value):
        raise SettingError("ringback.interface_for_host", given=value)


def _host_within(value: str) -> str:
    """The host in what stands around it: an account, brackets, a path, parameters, a dot at the end."""
    inner = value.strip().strip("<>").rpartition("@")[2]
    inner = re.split(r"[/;?]", inner)[0].rstrip(".") if re.search(r"[/;?@<>]|\.$", value.strip()) else value.strip()
    if re.fullmatch(r"\[[0-9A-Fa-f:]+\]", inner):
        return inner.strip("[]")
    if not inner.isascii():
        try:
            return inner.encode("idna").decode("ascii")
        except UnicodeError:
            return value
    return inner if re.fullmatch(HOST, inner) else value


def _apart(value: str) -> tuple[str, str]:
    found = _WITH_PORT.fullmatch(value)
    return (found[1].strip("[]"), found[2]) if found else (value, "")


def _address(value: object) -> object:
    if isinstance(value, str) and value.lower() in _EVERYWHERE:
        raise SettingError("ringback.address_everywhere", given=value).instead("0.0.0.0")  # noqa: S104
    return host_alone(value)


Address = Annotated[str, BeforeValidator(_address), form(rf"^({HOST}|[0-9A-Fa-f:.]{{2,45}})$", "ringback.form_address")]
"""Where a part listens or is found: an address of this machine, or a name of it."""


def _far_host(value: object) -> object:
    """Raises SettingError for an address of IPv6, too."""
    if isinstance(value, str) and re.fullmatch(r"\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]+\]?(:[0-9]{1,5})?", value):
        raise SettingError("ringback.host_ipv6", given=value)
    return host_alone(value)


Host = Annotated[str, BeforeValidator(_far_host), form(rf"^({HOST})$", "ringback.form_host")]
OptionalHost = Annotated[str, BeforeValidator(_far_host), form(rf"^({HOST})?$", "ringback.form_host")]


def _site(value: object) -> object:
    """Raises SettingError for a site with a path, or without its scheme."""
    if isinstance(value, str) and (found := re.fullmatch(r"(https?://[^/?#\s]+)[/?#].*", value)):
        raise SettingError("ringback.site_with_path", given=value, site=found[1]).instead(found[1])
    if isinstance(value, str) and re.fullmatch(rf"{HOST}(:[0-9]{{1,5}})?", value) and "." in value:
        raise SettingError("ringback.site_without_scheme", given=value).instead(f"https://{value}")
    return value


Origin = Annotated[
    str,
    BeforeValidator(_site),
    form(r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?$", "ringback.form_origin"),
]
"""A site as browsers name it: scheme, host and, where it is an unusual one, port."""
OptionalOrigin = Annotated[
    str,
    BeforeValidator(_site),
    form(r"^(https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?)?$", "ringback.form_origin"),
]

POSTGRES = "postgresql+psycopg"
_STORES = ("sqlite", "postgresql", "postgres", POSTGRES)


def store_url(value: str) -> str:
    """The URL as SQLAlchemy takes it: `postgres://` and `postgresql://` both mean psycopg. Raises SettingError."""
    if not value:
        return value
    scheme, colon, rest = value.removeprefix("jdbc:").partition("://")
    if not colon:
        if found := re.fullmatch(r"(?:(sqlite)3?|postgres(?:ql)?):(/?)([^/].*)", value, re.IGNORECASE):
            meant = f"sqlite:///{found[2]}{found[3]}" if found[1] else f"postgresql://{found[3]}"
            raise SettingError("ringback.store_slashes", meant=meant).instead(meant)
        if re.fullmatch(r"(~|\.{0,2}/|\$)?[^\s:]*\.(db|sqlite3?)", value):
            meant = f"sqlite:///{expanded(value)}"
            raise SettingError("ringback.store_no_url", given=value, meant=meant).instead(meant)
        raise SettingError("ringback.store_form", given=value)
    if scheme.startswith("postgres"):
        return _postgres(scheme, rest)
    if scheme in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(scheme, rest)
    raise SettingError("ringback.store_unknown", scheme=scheme).instead(nearest(scheme, _STORES))


def _postgres(scheme: str, rest: str) -> str:
    driver = scheme.partition("+")[2]
    if scheme.partition("+")[0] not in ("postgres", "postgresql") or driver not in ("", "psycopg"):
        raise SettingError("ringback.store_driver", scheme=scheme).instead("postgresql")
    login, at, where = rest.rpartition("@")
    if at and ("@" in login or "/" in login or re.search(r"%(?![0-9A-Fa-f]{2})", login) or login.count(":") > 1):
        raise SettingError("ringback.store_password")
    host = where.partition("/")[0].partition("?")[0]
    port = _WITH_PORT.fullmatch(host)
    if (":" in host and port is None and not host.startswith("[")) or (port and not 0 < int(port[2]) < 65536):
        raise SettingError("ringback.store_password")
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    url = f"{POSTGRES}://{rest}"
    try:
        if not make_url(url).database:
            raise SettingError("ringback.store_no_database")
    except (ArgumentError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        raise SettingError("ringback.store_password") from error
    return url


def _sqlite(scheme: str, rest: str) -> str:
    """SQLite's file must be named after three slashes, in a folder that is there."""
    if not rest.startswith("/"):
        meant = f"{scheme}:///{rest}"
        raise SettingError("ringback.store_slashes", meant=meant).instead(meant)
    path, query, more = rest[1:].partition("?")
    if path in ("", ":memory:"):
        raise SettingError("ringback.store_memory")
    file = Path(str(expanded(path)))
    if not file.parent.is_dir():
        raise SettingError("ringback.store_no_folder", folder=file.parent)
    if file.is_dir():
        raise SettingError("ringback.store_is_folder", folder=file)
    return f"{scheme}:///{file}{query}{more}"


StoreUrl = Annotated[str, AfterValidator(store_url)]
