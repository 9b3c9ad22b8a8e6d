"""`ringback systemd`: units that start Ringback at boot under an account of its own, shut in, and back it up each
night.

Owns the text of the units and the steps to install them; each setting of theirs is explained in docs/systemd.md. What
the account may write is the data folder and the folder of backups alone.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.backup.database import file_of
from pbx.asterisk import LONGEST_SOCKET
from ringback.config import Settings
from ringback.errors import RingbackError

REPOSITORY = Path(__file__).parents[1]
UNITS = Path("/etc/systemd/system")
ACCOUNT = "ringback"
PRIVILEGED = 1024
"""Ports below this need a capability."""

Tell = Callable[[str], None]


class SystemdError(RingbackError):
    """The units cannot be installed as things are."""


@dataclass(frozen=True)
class Installation:
    """What the units are made of."""

    settings: Settings
    config: Path
    """The settings file, with its whole path."""
    account: str = ACCOUNT

    @property
    def data(self) -> Path:
        return self.settings.data.resolve()

    @property
    def command(self) -> str:
        """How `ringback` is called: with the Python that runs this."""
        return f"{_quoted(Path(sys.executable))} -m app"

    @property
    def writable(self) -> list[Path]:
        """Folders that the account writes."""
        url, to = self.settings.store_url, self.settings.backup.to
        found = [self.data]
        if url.startswith("sqlite"):
            found.append(file_of(url).resolve().parent)
        if to and ("://" not in to or to.startswith("file://")):
            found.append(Path(to.removeprefix("file://")).expanduser().resolve())
        storage = self.settings.recording.storage.url
        if storage.startswith("file://"):
            found.append(Path(storage.removeprefix("file://")).resolve())
        return [path for path in dict.fromkeys(found) if path == self.data or self.data not in path.parents]

    @property
    def capability(self) -> str:
        """What ports below 1024 need, where the settings name one."""
        sip, web = self.settings.sip, self.settings.web
        return "CAP_NET_BIND_SERVICE" if min(sip.port, sip.tls_port, web.port) < PRIVILEGED else ""


def units(installation: Installation) -> dict[str, str]:
    """Every unit by its file's name."""
    found = {"ringback.service": _service(installation)}
    if installation.settings.backup.to:
        found["ringback-backup.service"] = _backup(installation)
        found["ringback-backup.timer"] = _timer(installation)
    return found


def _service(installation: Installation) -> str:
    return f"""\
# Written by `ringback systemd install`: changes belong into `systemctl edit ringback`.
[Unit]
Description=Ringback, the contact-center server
After=network-online.target postgresql.service
Wants=network-online.target

[Service]
ExecStart={installation.command} run --config {_quoted(installation.config)}
Restart=on-failure
RestartSec=1
# Only `run` gets the signal: Asterisk and its watchdog go on with the calls, and the next start takes them up.
KillMode=process
TimeoutStopSec=30
OOMPolicy=continue
LimitNOFILE=65536
{_hardened(installation)}
[Install]
WantedBy=multi-user.target
"""


def _backup(installation: Installation) -> str:
    return f"""\
# Written by `ringback systemd install`: changes belong into `systemctl edit ringback-backup`.
[Unit]
Description=Backup of Ringback

[Service]
Type=oneshot
ExecStart={installation.command} backup --config {_quoted(installation.config)}
Nice=10
IOSchedulingClass=idle
{_hardened(installation)}"""


def _timer(installation: Installation) -> str:
    return f"""\
# Written by `ringback systemd install`: changes belong into `systemctl edit ringback-backup.timer`.
[Unit]
Description=Backup of Ringback each night

[Timer]
OnCalendar=*-*-* {installation.settings.backup.at}:00
RandomizedDelaySec=5min
# One that was missed, because the machine was off, is made up for.
Persistent=yes

[Install]
WantedBy=timers.target
"""


def _hardened(installation: Installation) -> str:
    """What the processes may not do, and the one place that they may write."""
    capability = installation.capability
    paths = "\n".join(f"ReadWritePaths={_quoted(path)}" for path in installation.writable)
    homes = [Path("/home"), Path("/root"), Path("/run/user")]
    needed = [REPOSITORY, installation.config, Path(sys.prefix), *installation.writable]
    at_home = any(home in path.resolve().parents for home in homes for path in needed)
    # Asterisk goes on while `run` starts anew with another /tmp: a socket of its that lies there must stay in reach.
    in_tmp = len(os.fsencode(installation.data / "asterisk" / "run" / "asterisk.ctl")) > LONGEST_SOCKET
    return f"""\
User={installation.account}
WorkingDirectory={_quoted(REPOSITORY)}
Environment=PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME={_quoted(installation.data)}
UMask=0077
{paths}
ProtectSystem=strict
ProtectHome={"read-only" if at_home else "yes"}
PrivateTmp={"no" if in_tmp else "yes"}
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet={capability}
AmbientCapabilities={capability}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""


def _quoted(path: Path) -> str:
    """A path as units take it: spaces, quotes and the percent sign mean something there."""
    text = str(path)
    if any(ord(character) < 32 for character in text):
        raise SystemdError("app.systemd_odd_path", path=ascii(text))
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"' if any(character in text for character in " \"'$;") else text


def install(installation: Installation, tell: Tell, *, folder: Path = UNITS, start: bool = False) -> None:
    """Makes the account, gives it what it must own, writes the units and has them started at boot. Raises
    SystemdError."""
    if os.geteuid() != 0:
        raise SystemdError("app.systemd_not_root")
    _check_readable(installation)
    _make_account(installation, tell)
    _own(installation, tell)
    for name, text in units(installation).items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o644)
        tell(f"Written: {folder / name}")
    if not Path("/run/systemd/system").is_dir():
        tell("systemd does not run on this machine: nothing was enabled.")
        return
    names = [name for name in units(installation) if name != "ringback-backup.service"]
    _systemctl("daemon-reload")
    _systemctl("enable", *(["--now"] if start else []), *names)
    tell("Started now and at every boot." if start else "Starts at boot; now: systemctl start ringback")


def _check_readable(installation: Installation) -> None:
    """The account has to read program and settings: not in a folder that is for somebody else alone."""
    for path in (REPOSITORY, Path(sys.executable), Path(sys.executable).resolve(), installation.config):
        for part in (path, *path.parents):
            if part.exists() and not part.stat().st_mode & (0o001 if part.is_dir() else 0o004):
                if part == installation.config:
                    continue  # it is given to the account
                raise SystemdError("app.systemd_unreadable", path=part)


def _make_account(installation: Installation, tell: Tell) -> None:
    try:
        pwd.getpwnam(installation.account)
    except KeyError:
        home, shell = str(installation.data), "/usr/sbin/nologin"
        command = ["useradd", "--system", "--user-group", "--home-dir", home, "--no-create-home", "--shell", shell]
        subprocess.run([*command, installation.account], check=True)
        tell(f"Made: the account {installation.account}, which nobody can sign in to")


def _own(installation: Installation, tell: Tell) -> None:
    """Data and settings are the account's, and nobody else's."""
    account = pwd.getpwnam(installation.account)
    for top in installation.writable:
        top.mkdir(parents=True, exist_ok=True, mode=0o700)
        for base, folders, names in os.walk(top):
            for path in (Path(base), *(Path(base) / name for name in (*folders, *names))):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
        tell(f"Given to {installation.account}: {top}")
    os.chown(installation.config, 0, account.pw_gid)
    installation.config.chmod(0o640)


def _systemctl(*arguments: str) -> None:
    subprocess.run(["systemctl", *arguments], check=True)
