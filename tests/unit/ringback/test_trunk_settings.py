"""The trunk as providers are: what owners write is understood, and what cannot be meant is refused."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringback.config import Settings, Trunk

DOCS = Path(__file__).parents[3] / "docs" / "providers.md"


def trunk(**given: Any) -> Trunk:
    return Trunk.model_validate({"host": "sip.example.com", **given})


def examples() -> list[dict[str, Any]]:
    """Every example of docs/providers.md."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    return [yaml.safe_load(re.sub(r"^    ", "", block, flags=re.MULTILINE)) for block in blocks]


def test_every_example_of_the_docs_is_taken() -> None:
    read = [Settings.model_validate(example) for example in examples()]
    assert sum(settings.trunk is not None for settings in read) == 6
    assert {settings.trunk.transport for settings in read if settings.trunk} == {"udp", "tcp", "tls"}


def test_every_setting_of_the_trunk_is_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in Trunk.model_fields if f"`{name}`" not in text] == []


def test_an_account_of_digits_needs_no_quotes() -> None:
    read = trunk(**yaml.safe_load("{user: 4711, auth_user: 815, from_user: 4930123456}"))
    assert (read.account, read.login, read.from_user) == ("4711", "815", "4930123456")


def test_an_account_with_a_domain_is_that_account_there_and_the_whole_is_its_login() -> None:
    read = trunk(user="4711@t-online.de")
    assert (read.account, read.domain, read.login) == ("4711", "t-online.de", "4711@t-online.de")
    other = trunk(user="4711@t-online.de", auth_user="login", from_domain="example.com")
    assert (other.account, other.domain, other.login) == ("4711", "example.com", "login")


def test_the_port_follows_the_transport() -> None:
    assert [trunk(transport=name).sip_port for name in ("udp", "tcp", "tls")] == [5060, 5060, 5061]
    assert trunk(transport="tls", port=5060).sip_port == 5060


def test_one_address_needs_no_list() -> None:
    assert trunk(addresses="203.0.113.0/24").addresses == ["203.0.113.0/24"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"srtp": True}, "srtp needs transport: tls"),
        ({"auth_user": "x"}, "name it in user"),
        ({"tls_verify": False}, "belong to transport: tls"),
        ({"user": "a b"}, "user"),
        ({"user": "a@b@c"}, "user"),
        ({"auth_user": 'x"', "user": "a"}, "auth_user"),
        ({"outbound_proxy": "a;lr"}, "outbound_proxy"),
        ({"addresses": ["1.2.3.4\nb"]}, "addresses"),
        ({"addresses": ["203.0.113.0/33"]}, "no address"),
        ({"transport": "sctp"}, "transport"),
        ({"user": True}, "user"),
        ({"tls_ca": "ca.pem", "transport": "tls"}, "whole path"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        trunk(**given)


@pytest.mark.parametrize("network", ["192.168.0.0/16", "10.1.2.3", "10.1.2.3/8", "fd00::/8"])
def test_networks_on_our_side_are_read(network: str) -> None:
    assert len(Settings.model_validate({"sip": {"local_networks": [network]}}).sip.local_networks) == 1


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no network"):
        Settings.model_validate({"sip": {"local_networks": ["192.168.0.0/40"]}})
