"""The units: whole, shut in, true to the settings, and what systemd itself says of them."""

import configparser
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app import systemd
from ringback.config import Settings
from ringback.config.backup import BackupSettings
from ringback.config.network import Web

WORST = 2.0
"""Of systemd-analyze's exposure, 0 to 10: what docs/systemd.md promises is below."""


def installation(settings: Settings, **changes: object) -> systemd.Installation:
    return systemd.Installation(settings.model_copy(update=changes), settings.data.parent / "ringback.yaml")


def test_only_what_is_ours_can_be_written(settings: Settings, tmp_path: Path) -> None:
    asked = installation(settings, backup=BackupSettings(to=str(tmp_path / "my backups 100%")))
    service = systemd.units(asked)["ringback.service"]
    assert re.findall("^ReadWritePaths=(.*)$", service, re.MULTILINE) == [
        str(settings.data.resolve()),
        f'"{tmp_path}/my backups 100%%"',
    ]
    assert "ProtectSystem=strict" in service
    assert "KillMode=process" in service, "Asterisk and its calls outlive a restart"
    assert "UMask=0077" in service
    assert "User=ringback" in service


def test_backups_have_a_timer_where_the_settings_say_where_to(settings: Settings, tmp_path: Path) -> None:
    assert list(systemd.units(installation(settings))) == ["ringback.service"]
    asked = systemd.units(installation(settings, backup=BackupSettings(to=str(tmp_path / "b"), at="02:15")))
    assert "OnCalendar=*-*-* 02:15:00" in asked["ringback-backup.timer"]
    assert " -m app backup --config " in asked["ringback-backup.service"]
    assert (
        "ReadWritePaths="
        in systemd.units(installation(settings, backup=BackupSettings(to="s3://b/x")))["ringback-backup.service"]
    )


def test_a_low_port_brings_its_capability_and_nothing_else_does(settings: Settings) -> None:
    assert "\nAmbientCapabilities=\n" in systemd.units(installation(settings))["ringback.service"]
    low = systemd.units(installation(settings, web=Web(port=80)))["ringback.service"]
    assert low.count("=CAP_NET_BIND_SERVICE\n") == 2


def test_a_path_with_a_line_in_it_is_refused(settings: Settings) -> None:
    odd = systemd.Installation(settings, Path("/srv/a\nExecStartPre=/bin/evil"))
    with pytest.raises(systemd.SystemdError, match="control characters"):
        systemd.units(odd)


def test_each_unit_is_one_that_can_be_read(settings: Settings, tmp_path: Path) -> None:
    for text in systemd.units(installation(settings, backup=BackupSettings(to=str(tmp_path / "b")))).values():
        read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=["="])
        read.read_string(text)
        assert {"Unit"} <= set(read.sections())


def test_systemd_itself_finds_them_shut_in(settings: Settings, tmp_path: Path, missing: Callable[[str], None]) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze")
    unit = tmp_path / "ringback.service"
    unit.write_text(systemd.units(installation(settings))["ringback.service"])
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False).stdout
    exposure = re.search(r"Overall exposure level for .*: ([0-9.]+)", said)
    assert exposure, said
    assert float(exposure[1]) <= WORST


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_installing_makes_files_the_accounts_and_enables_nothing_without_systemd(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = pwd.getpwnam("nobody")
    config = settings.data.parent / "ringback.yaml"
    config.write_text("")
    (settings.spool / "x.raw").write_bytes(b"")
    (settings.data / "link").symlink_to("/etc/hostname")
    before = Path("/etc/hostname").stat().st_uid
    monkeypatch.setattr(systemd, "_check_readable", lambda _installation: None)
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(systemd, "_systemctl", lambda *words: commands.append(words))
    units, told = tmp_path / "units", []
    units.mkdir()
    made = systemd.Installation(settings, config, "nobody")
    systemd.install(made, told.append, folder=units)
    assert (units / "ringback.service").read_text() == systemd.units(made)["ringback.service"]
    assert (settings.spool / "x.raw").stat().st_uid == nobody.pw_uid
    assert Path("/etc/hostname").stat().st_uid == before, "no link is followed"
    assert config.stat().st_mode & 0o777 == 0o640
    if Path("/run/systemd/system").is_dir():
        assert commands == [("daemon-reload",), ("enable", "ringback.service")]
    else:
        assert commands == []
        assert any("nothing was enabled" in line for line in told)


def test_a_program_that_the_account_could_not_read_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed" / "ringback"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    monkeypatch.setattr(systemd, "REPOSITORY", closed)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(systemd.SystemdError, match="/srv/ringback"):
        systemd.install(installation(settings), lambda _line: None, folder=tmp_path)
