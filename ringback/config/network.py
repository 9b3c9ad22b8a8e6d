"""Where the parts are reached: SIP, Asterisk's manager interface, the trunk, the pages, the store."""

import ipaddress
import re
import socket
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ringback.config.addresses import (
    HOST,
    Address,
    Host,
    OptionalHost,
    OptionalOrigin,
    Origin,
    StoreUrl,
    no_host,
)
from ringback.config.base import Model, form
from ringback.config.places import Folder
from ringback.config.remarks import SettingError

DEFAULT_PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  to listen at all of the machine's
SYSTEM_CA = Path("/etc/ssl/certs/ca-certificates.crt")
"""Where Debian keeps the authorities that the system trusts."""


def yaml_digits(value: object) -> object:
    """YAML reads an account that is all digits as a number: 4711 is "4711"."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def yaml_list(value: object) -> object:
    """One thing may be written without the list around it."""
    return [value] if isinstance(value, str) else value


Account = Annotated[str, BeforeValidator(yaml_digits), form(r"^[A-Za-z0-9_.+*-]{0,64}$", "ringback.form_user")]


def _proxy(value: object) -> object:
    """Raises SettingError for a whole address, and for what is no host."""
    if not isinstance(value, str) or not value:
        return value
    if found := re.fullmatch(r"<?sips?:(?:[^@]*@)?([^;>]+)[;>]?.*", value):
        raise SettingError("ringback.url_for_host", given=value, host=found[1]).instead(found[1])
    host, _, port = value.partition(":")
    no_host(host)
    if port.isdecimal() and not 0 < int(port) < 65536:
        raise SettingError("ringback.no_port", port=port)
    return value


Proxy = Annotated[str, BeforeValidator(_proxy), form(rf"^({HOST}(:[0-9]{{1,5}})?)?$", "ringback.form_proxy")]


def _source(value: str) -> str:
    if "/" not in value and ":" not in value:
        no_host(value)
    if "/" in value or ":" in value:
        try:
            ipaddress.ip_network(value, strict=False)
        except ValueError as error:
            raise SettingError("ringback.no_source", given=value) from error
    return value


Source = Annotated[
    str,
    form(rf"^({HOST}|[0-9A-Fa-f:]{{2,39}})(/[0-9]{{1,3}})?$", "ringback.form_source"),
    AfterValidator(_source),
]
"""Where calls come from: a name, an address, a network."""


def _network(value: str) -> str:
    """An address alone, or with how many of its bits count."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as error:
        raise SettingError("ringback.no_network", given=value) from error


Network = Annotated[str, AfterValidator(_network)]


Dtmf = Literal["auto", "inband"]
"""auto: as telephone events where the phone offers them, else as tones in the sound. inband: always as tones, for a
gateway that agrees on events and then sends tones; it is told that events are not wanted. Keys by SIP INFO are taken in
any case."""


class Sip(Model):
    address: Address = "0.0.0.0"  # noqa: S104  phones are elsewhere
    port: int = Field(5060, ge=1, le=65535)
    rtp_first: int = Field(10000, ge=1024, le=65534)
    rtp_last: int = Field(10200, ge=1025, le=65535)
    external_address: OptionalHost = ""
    """Behind a router that translates addresses: ours as the provider sees it; empty: there is none."""
    local_networks: Annotated[list[Network], BeforeValidator(yaml_list)] = []
    """Networks on our side of that router: phones in them are told our own address. Empty: all private ones."""
    tls_port: int = Field(5061, ge=1, le=65535)
    """Where SIP over TLS is spoken, with phones if `tls` says so, and with a trunk over TLS; else nothing listens."""
    tls: bool = False
    """Phones may register over TLS; the certificate is that of the section `tls`."""
    srtp: Literal["offered", "required"] = "offered"
    """With `tls`: sound is encrypted where the phone can, or agents' phones that cannot get no call (SDES)."""
    most_calls: int | None = Field(None, ge=1, le=10000)
    """Callers inside at a time; more are refused at once, before they are answered. None: what the machine carries, as
    measured at the first start, and no more than the RTP ports have room for beside agents' phones."""
    most_new_calls: float | None = Field(None, gt=0, le=1000)
    """New calls a second that are taken at most; None: as measured at the first start."""
    most_calls_of_source: int | None = Field(None, ge=1, le=10000)
    """Callers inside at a time from one network address other than the provider's and this machine's. None: half of
    `most_calls`, so that nobody can take the whole line."""

    @property
    def legs(self) -> int:
        """Legs of calls that have RTP ports: each takes two."""
        return max(0, self.rtp_last - self.rtp_first + 1) // 2

    silent_seconds: float = Field(15, ge=2, le=600)
    """A phone from which no sound has come for so long is asked, in its call, whether it is still there."""
    dtmf: Dtmf = "auto"
    """How keys of callers other than the trunk's come."""


class Ami(Model):
    """Where Asterisk's manager interface is. `external` means: an Asterisk of the owner's own."""

    address: Address = "127.0.0.1"
    port: int = Field(5038, ge=1, le=65535)
    user: str = "ringback"
    external: bool = False


class Web(Model):
    address: Address = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    threads: int = Field(8, ge=1, le=64)
    https: bool = False
    """Pages are served encrypted, with the certificate of the section `tls`; not needed behind a proxy that does it."""
    public_callback: bool = True
    """Whether anybody may ask at /callback, without signing in, to be called back."""
    embed_origins: list[Origin] = []
    """Sites that may show the form of /callback inside their pages, e.g. `["https://shop.example"]`."""
    public_url: OptionalOrigin = ""
    """How browsers reach the pages, e.g. `https://ringback.example`, where a proxy does not say; empty: as it says."""
    api_requests_per_minute: int = Field(600, ge=1, le=100_000)
    """How many requests to /api/v1 each key may send a minute (docs/api.md)."""
    metrics: Literal["open", "key", "off"] = "key"
    """Who may read /metrics, for Prometheus (docs/monitoring.md). key: programs with a key for it; open: programs on
    this machine need none; off: nobody."""
    proxies: Annotated[list[Network], BeforeValidator(yaml_list)] = []
    """Reverse proxies on other machines whose X-Forwarded headers are believed, as addresses or networks; one on this
    machine always is (docs/behind-a-proxy.md)."""

    @property
    def base_url(self) -> str:
        """Where the pages are, for addresses that are given away: as far as the settings say it."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = socket.gethostname() if self.address in EVERY_ADDRESS else self.address
        return f"http{'s' if self.https else ''}://{f'[{host}]' if ':' in host else host}:{self.port}"


class StoreSettings(Model):
    url: StoreUrl = ""
    """`postgresql://user:password@host/database`, or `sqlite:////folder/file.db`; empty: SQLite in the data folder."""


class Trunk(Model):
    """How numbers outside are reached: a SIP provider. Its password is `trunk_password` in the secrets file."""

    host: Host
    port: int | None = Field(None, ge=1, le=65535)
    """Empty: 5060, for TLS 5061."""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    user: Annotated[
        str,
        BeforeValidator(yaml_digits),
        form(rf"^([A-Za-z0-9_.+*-]{{1,64}}(@{HOST})?)?$", "ringback.form_account"),
    ] = ""
    """The account's name, as the provider writes it; empty: the provider knows us by our address. What stands behind an
    @ is the domain of our own address, as `from_domain`."""
    auth_user: Annotated[
        str, BeforeValidator(yaml_digits), form(r"^[A-Za-z0-9_.+*@#%:/=~!&-]{0,128}$", "ringback.form_login")
    ] = ""
    """The name that goes with the password, where the provider gives another for it; empty: `user` as it is written."""
    realm: Annotated[str, form(r"^[A-Za-z0-9_.@ -]{0,128}$", "ringback.form_realm")] = ""
    """The password is told to this realm alone; empty: to whichever the provider names."""
    from_user: Account = ""
    """Whom our calls come from, where that is not the account; empty: `user`, else `caller_id`, else the first line."""
    from_domain: OptionalHost = ""
    """The domain of our own address; empty: that of `user`, else `host`."""
    outbound_proxy: Proxy = ""
    """All goes through here, `name` or `name:port`, whatever the address says; empty: straight to `host`."""
    addresses: Annotated[list[Source], BeforeValidator(yaml_list)] = []
    """Where calls of the provider come from besides `host`: addresses, names, networks as 203.0.113.0/24."""
    registration: bool = True
    """With a user: tell the provider where we are, so that calls to our numbers come in."""
    qualify_seconds: int = Field(30, ge=0, le=3600)
    """How often the provider is asked whether it is there (OPTIONS); 0: never, for one that does not answer that."""
    srtp: bool = False
    """What is said is encrypted on the way (SDES), or there is no call. Wants TLS, because the key goes with SIP."""
    tls_verify: bool = True
    """The provider shows a certificate for `host` that we trust; no: whatever it shows."""
    tls_ca: Folder | None = None
    """The authorities that are trusted, in one file; none: those of the system."""
    caller_id: Annotated[str, form(r"^(\+?[0-9]{2,15})?$", "ringback.form_caller_id")] = ""
    """The number that customers see; empty: what the provider sets."""
    caller_number: Literal["from", "p-asserted-identity", "remote-party-id"] = "from"
    """The header in which the provider says who calls, where From is the account; without that header: From."""
    dtmf: Dtmf = "auto"
    """How keys of callers and customers come."""
    called_number: Annotated[
        str,
        form(r"^(auto|request|to|p-called-party-id|diversion|x-[a-z0-9-]{1,60})$", "ringback.form_called_number"),
    ] = "auto"
    """Where the number stands that was called: the request's own address, or a header in small letters. auto: the
    request's, and where that is our account or no line, P-Called-Party-ID, To, Diversion."""
    dial: dict[
        Annotated[str, form(r"^\+[0-9]{0,15}$", "ringback.form_dial_prefix")],
        Annotated[str, form(r"^[0-9]{0,8}$", "ringback.form_dial")],
    ] = {}
    """What to dial instead of a number's beginning, the longest that fits; e.g. `{"+7": "8", "+": "810"}`.

    Where nothing fits, the digits without the plus."""

    @model_validator(mode="after")
    def parts_fit(self) -> "Trunk":
        """Each part has what it needs."""
        if self.srtp and self.transport != "tls":
            raise SettingError("ringback.srtp_without_tls")
        if not self.user and (self.auth_user or self.realm):
            raise SettingError("ringback.login_without_user")
        if self.transport != "tls" and (self.tls_ca is not None or not self.tls_verify):
            raise SettingError("ringback.tls_settings_without_tls")
        if self.tls_ca is not None and not self.tls_ca.is_absolute():
            raise SettingError("ringback.tls_ca_relative", path=self.tls_ca)
        return self

    @property
    def sip_port(self) -> int:
        """Where the provider listens."""
        return self.port or DEFAULT_PORTS[self.transport]

    @property
    def login(self) -> str:
        """The name that goes with the password."""
        return self.auth_user or self.user

    @property
    def account(self) -> str:
        """Who we are at the provider, without a domain."""
        return self.user.partition("@")[0]

    @property
    def domain(self) -> str:
        """Of our own address."""
        return self.from_domain or self.user.partition("@")[2] or self.host

    @property
    def registers(self) -> bool:
        """Whether the provider is told where we are."""
        return bool(self.user) and self.registration

    @property
    def certificates(self) -> Path:
        """The authorities that are trusted."""
        return self.tls_ca or SYSTEM_CA

    def described(self) -> dict[str, Any]:
        """The trunk as sentences name it."""
        return {"host": self.host, "port": self.sip_port, "transport": self.transport.upper()}
