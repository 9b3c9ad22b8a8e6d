"""A PostgreSQL of a benchmark's own, in a temporary folder and reached by a unix socket, with Debian's settings."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")


def available() -> bool:
    return bool(sorted(PROGRAMS.glob("*/bin/initdb")))


@contextmanager
def server(kept: Path | None = None) -> Iterator[str]:
    """Runs it; the URL of its database. `kept`: a folder that stays, with what is in it already."""
    programs = sorted(PROGRAMS.glob("*/bin/initdb"))[-1].parent
    folder = kept or Path(tempfile.mkdtemp(prefix="ringback-bench-pg-"))
    folder.mkdir(exist_ok=True)
    as_user: list[str] = []
    if os.geteuid() == 0:  # initdb refuses root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder)

    cluster, log = folder / "cluster", str(folder / "log")
    if not cluster.exists():
        run("initdb", "-D", str(cluster), "-U", "ringback", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run("pg_ctl", "-D", str(cluster), "-l", log, "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://ringback@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", str(cluster), "-m", "fast", "-w", "stop")
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)
