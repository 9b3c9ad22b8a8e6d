"""The real Request Tracker 5 of Debian's packages, brought beside the system and run as a process of the test's own.

Nothing of the system is used or changed: its packages are unpacked into the data folder once (about 470 MB), paths in
the one file that has them are its own, and a run has its settings, its database and its port in a temporary folder.
"""

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ringback import debian

FOLDER = Path("var/request-tracker")
SUITE = "bookworm"
PACKAGES = ("request-tracker5", "rt5-db-sqlite", "rt5-standalone", "dbconfig-no-thanks")
USER, PASSWORD = "root", "password"
START_SECONDS = 120
QUEUE = "General"
SETTINGS = """
Set($rtname, 'ringback.test');
Set($Organization, 'ringback.test');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebPath, '');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/var/rt.sqlite3');
Set($DatabaseUser, '');
Set($DatabasePassword, '');
Set($DatabaseAdmin, '');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($MailCommand, 'testfile');
1;
"""


def bring(folder: Path = FOLDER) -> Path:
    """The unpacked packages; they are brought the first time. Raises DebianError."""
    root = folder.resolve() / "root"
    if not (root / "usr/share/request-tracker5").is_dir():
        draft = folder.resolve() / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        debian.unpack(PACKAGES, SUITE, draft, print)
        draft.rename(root)
    return root


class RequestTrackerServer:
    """One that runs."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._folder = root, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Its settings and an empty database; about ten seconds."""
        share = self._root / "usr/share/request-tracker5"
        for name in ("etc", "local", "lib/RT", "var/mason_data", "var/session_data"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        paths = (share / "lib/RT/Generated.pm").read_text()
        paths = re.sub(r"'/usr/local/share/request-tracker5", f"'{self._folder}/local", paths)
        paths = re.sub(r"'/usr/(share|bin|sbin)", rf"'{self._root}/usr/\1", paths)
        paths = re.sub(r"'/var/(?:lib|cache)/request-tracker5", f"'{self._folder}/var", paths)
        paths = paths.replace("'/etc/request-tracker5'", f"'{self._folder}/etc'")
        (self._folder / "lib/RT/Generated.pm").write_text(paths)
        (self._folder / "etc/RT_SiteConfig.pm").write_text(SETTINGS.format(port=self.port, folder=self._folder))
        done = self._perl(self._root / "usr/sbin/rt-setup-database-5", "--action", "init", "--skip-create", "--dba", "")
        out, _ = done.communicate(timeout=START_SECONDS)
        assert done.returncode == 0, out

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until it answers, and until the test is over."""
        server = self._root / "usr/share/request-tracker5/libexec/rt-server"
        process = self._perl(server, "--server", "Standalone", "--host", "127.0.0.1", "--port", str(self.port))
        try:
            deadline = time.monotonic() + START_SECONDS
            while not self._answers():
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < deadline, "Request Tracker does not answer"
            yield
        finally:
            process.kill()
            process.communicate()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """As somebody there, by REST2."""
        request = urllib.request.Request(
            f"{self.url}/REST/2.0{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._account(), "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def _account(self) -> str:
        return f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"

    def _answers(self) -> bool:
        try:
            return bool(self.ask("GET", "/rt"))
        except (OSError, ValueError):
            return False

    def _perl(self, *command: str | Path) -> "subprocess.Popen[str]":
        """With the packages' own interpreter and libraries; Generated.pm of this run comes before theirs."""
        root, arch = self._root, "x86_64-linux-gnu"
        libraries = [
            self._folder / "lib",
            root / "usr/share/request-tracker5/lib",
            root / "etc/perl",
            *sorted((root / f"usr/lib/{arch}/perl5").glob("5.*")),
            root / "usr/share/perl5",
            root / f"usr/lib/{arch}/perl-base",
            *sorted((root / f"usr/lib/{arch}/perl").glob("5.*")),
            *sorted((root / "usr/share/perl").glob("5.*")),
        ]
        loader = [root / f"lib/{arch}/ld-linux-x86-64.so.2", "--library-path"]
        loader += [f"{root}/usr/lib/{arch}:{root}/lib/{arch}", root / "usr/bin/perl"]
        return subprocess.Popen(
            [str(part) for part in (*loader, *command)],
            env={"PERL5LIB": ":".join(map(str, libraries)), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._folder,
        )
