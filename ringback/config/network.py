"""Where the parts are reached: SIP, Asterisk's manager interface, the trunk, the pages, the store."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from ringback.config.base import Model, Origin, yaml_dial


class Sip(Model):
    address: str = "0.0.0.0"  # noqa: S104  phones are elsewhere
    port: int = Field(5060, ge=1, le=65535)
    rtp_first: int = Field(10000, ge=1024, le=65534)
    rtp_last: int = Field(10200, ge=1025, le=65535)


class Ami(Model):
    """Where Asterisk's manager interface is. `external` means: an Asterisk of the owner's own."""

    address: str = "127.0.0.1"
    port: int = Field(5038, ge=1, le=65535)
    user: str = "ringback"
    external: bool = False


class Web(Model):
    address: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    threads: int = Field(8, ge=1, le=64)
    public_callback: bool = True
    """Whether anybody may ask at /callback, without signing in, to be called back."""
    embed_origins: list[Origin] = []
    """Sites that may show the form of /callback inside their pages, e.g. `["https://shop.example"]`."""


class StoreSettings(Model):
    url: str = ""
    """SQLAlchemy URL; empty is SQLite in the data folder."""


class Trunk(Model):
    """How numbers outside are reached: a SIP provider. Its password is `trunk_password` in the secrets file."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$")]
    port: int = Field(5060, ge=1, le=65535)
    user: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.+-]{0,64}$")] = ""
    """The account's name; empty: the provider knows us by our address."""
    registration: bool = True
    """With a user: tell the provider where we are, so that calls to our numbers come in."""
    caller_id: Annotated[str, StringConstraints(pattern=r"^(\+?[0-9]{2,15})?$")] = ""
    """The number that customers see; empty: what the provider sets."""
    dial: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern=r"^\+[0-9]{0,15}$")],
            Annotated[str, StringConstraints(pattern=r"^[0-9]{0,8}$")],
        ],
        BeforeValidator(yaml_dial),
    ] = {}
    """What to dial instead of a number's beginning, the longest that fits; e.g. `{"+7": "8", "+": "810"}`.

    Where nothing fits, the digits without the plus."""
