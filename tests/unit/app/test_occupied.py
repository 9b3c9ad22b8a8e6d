"""What a Ringback has for itself: its folder and its ports."""

import os
import socket
from pathlib import Path

import pytest

from app import occupied
from app.occupied import Occupied
from ringback.config import Ami, Settings, Sip, Web


def private(folder: Path) -> Settings:
    """Settings whose ports nobody uses now."""
    with socket.socket() as ami, socket.socket() as web, socket.socket(type=socket.SOCK_DGRAM) as sip:
        for probe in (ami, web, sip):
            probe.bind(("127.0.0.1", 0))
        numbers = [probe.getsockname()[1] for probe in (ami, web, sip)]
    return Settings(
        data=folder,
        ami=Ami(port=numbers[0]),
        web=Web(port=numbers[1]),
        sip=Sip(address="127.0.0.1", port=numbers[2]),
    )


@pytest.mark.parametrize(("name", "kind"), [("sip", "UDP"), ("ami", "TCP"), ("web", "TCP")])
def test_a_port_in_use_is_named_with_its_setting(tmp_path: Path, name: str, kind: str) -> None:
    settings = private(tmp_path)
    port = getattr(settings, name).port
    with socket.socket(type=socket.SOCK_DGRAM if kind == "UDP" else socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", port))
        if kind == "TCP":
            other.listen()
        with pytest.raises(Occupied, match=rf"{name}\.port {port} \({kind}\) at 127.0.0.1 .*ringback.yaml"):
            occupied.check_ports(settings, seconds=0)
    occupied.check_ports(settings, seconds=0)


def test_an_asterisk_of_ones_own_keeps_its_ports(tmp_path: Path) -> None:
    settings = private(tmp_path).model_copy(update={"ami": Ami(external=True)})
    assert [name for name, *_ in occupied.ports(settings)] == ["web"]


def test_one_folder_is_held_by_one_supervisor(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with occupied.hold_folder(settings), pytest.raises(Occupied, match=f"process {os.getpid()}"):
        occupied.hold_folder(settings)
    occupied.hold_folder(settings).close()


def test_phones_are_told_an_address_that_is_one() -> None:
    assert occupied.own_address(Settings(sip=Sip(address="192.0.2.7"))) == "192.0.2.7"
    assert occupied.own_address(Settings()) not in ("0.0.0.0", "")
