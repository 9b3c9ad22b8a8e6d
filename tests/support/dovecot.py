"""A real IMAP server (Debian's dovecot) on loopback, as an ordinary user, with a mailbox that tests put mails into."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringback.config.channels import MailBox
from tests.support.mail import PASSWORD, USER, certificate

DOVECOT = Path("/usr/sbin/dovecot")
IMAP_PASSWORD = PASSWORD.replace(" ", "-")
NAMELESS = "nobody"
"""Whose processes they are where the tests are root's."""
CONFIG = """
base_dir = {run}
state_dir = {run}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{mail}
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{crt}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = static
  args = user={login} password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class ImapServer:
    """Where it listens, and its mailbox."""

    folder: Path
    port: int
    tls_port: int
    ca: Path
    process: "subprocess.Popen[bytes]"
    uid: int
    gid: int
    config: Path
    count: int = 0

    def put(self, mail: bytes, folder: str = "") -> None:
        """A mail comes in."""
        self.count += 1
        home = self.folder / "mail" / folder
        for name in ("tmp", "new", "cur"):
            self.make(home / name)
        draft = home / "tmp" / f"{time.time_ns()}.{self.count}.test"
        draft.write_bytes(mail)
        os.chown(draft, self.uid, self.gid)
        draft.rename(home / "new" / draft.name)

    def make(self, folder: Path) -> None:
        """A folder that is dovecot's."""
        for each in (*reversed(folder.parents), folder):
            if each.is_relative_to(self.folder) and not each.exists():
                each.mkdir()
                os.chown(each, self.uid, self.gid)

    def begin_anew(self) -> None:
        """The mailbox is another one of the same name: nothing in it, and numbers that begin anew."""
        shutil.rmtree(self.folder / "mail", ignore_errors=True)

    def box(self, **facts: Any) -> MailBox:
        """The settings of the mailbox."""
        values = {"host": "127.0.0.1", "port": self.port, "security": "none", "user": USER, "seconds": 1, **facts}
        return MailBox.model_validate(values)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def start(self) -> None:
        self.process = _started(self.config, self.port)


def is_there() -> bool:
    """Whether dovecot is, in the version whose settings are written here."""
    if not DOVECOT.is_file():
        return False
    told = subprocess.run([str(DOVECOT), "--version"], capture_output=True, text=True, check=False).stdout
    return told.startswith("2.3")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _started(config: Path, port: int) -> "subprocess.Popen[bytes]":
    as_user: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam(NAMELESS)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    process = subprocess.Popen([*as_user, str(DOVECOT), "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
    deadline, pause = time.monotonic() + 20, threading.Event()
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None:
                break
            pause.wait(0.01)
        else:
            return process
    process.kill()
    raise AssertionError(f"dovecot does not start: {(config.parent / 'log').read_text(errors='replace')[-2000:]}")


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """The server for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="ringback-imap-"))
    user = pwd.getpwnam(NAMELESS) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder.chmod(0o755)
    crt, key = certificate(folder)
    port, tls_port = _free_port(), _free_port()
    run = folder / "run"
    run.mkdir()
    facts = {"folder": folder, "run": run, "mail": folder / "mail", "crt": crt, "key": key, "login": USER}
    words = {"user": user.pw_name, "uid": user.pw_uid, "gid": user.pw_gid, "port": port, "tls_port": tls_port}
    config = folder / "dovecot.conf"
    group = subprocess.run(["id", "-gn", user.pw_name], capture_output=True, text=True, check=True).stdout.strip()
    config.write_text(CONFIG.format(**facts, **words, group=group, password=IMAP_PASSWORD))
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    server = ImapServer(folder, port, tls_port, crt, _started(config, port), user.pw_uid, user.pw_gid, config)
    try:
        server.make(folder / "mail")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
