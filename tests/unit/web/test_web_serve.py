"""The web process as it runs: first account, sign of life, its port."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import bootstrap
from ringback import secrets
from ringback.config import Settings, Web
from ringback.store.bus import Process
from ringback.store.engine import open_store, sessions
from web.app import serve
from web.errors import PortError
from web.models import User
from web.service import verify

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def test_the_process_serves_and_shows_that_it_lives(tmp_path: Path, until: Callable[..., object]) -> None:
    port = free_port()
    config = tmp_path / "ringback.yaml"
    config.write_text(f"data: data\nweb: {{port: {port}}}\n", encoding="utf-8")
    settings = Settings(data=tmp_path / "data", web=Web(port=port))
    bootstrap.prepare(settings)
    code = "from app import bootstrap; from ringback import config; from pathlib import Path; import sys; "
    code += "bootstrap.run_web(config.load(Path(sys.argv[1])))"
    process = subprocess.Popen([sys.executable, "-c", code, str(config)], cwd=ROOT)
    try:
        until(lambda: page(f"http://127.0.0.1:{port}/sign-in"), 30)
        store = sessions(open_store(settings.store_url))

        def beat() -> Process | None:
            try:
                with store() as session:
                    return session.get(Process, "web")
            except OperationalError:
                return None

        first = until(beat)
        assert isinstance(first, Process)
        assert first.pid == process.pid
        until(lambda: (now := beat()) is not None and now.beat_at > first.beat_at)
        with store() as session:
            admin = session.scalars(select(User)).one()
        secret, _ = secrets.load_or_create(settings)
        assert admin.name == "admin" and admin.role == "admin"
        assert verify(admin, secret.admin_password)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(10)


def page(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            assert "Server" not in answer.headers
            return answer.status == 200
    except urllib.error.URLError:
        return False


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        settings = Settings(data=tmp_path, web=Web(port=port))
        bootstrap.prepare(settings)
        secret, _ = secrets.load_or_create(settings)
        with pytest.raises(PortError, match=f"Port {port} on 127.0.0.1"):
            serve(settings, secret, sessions(open_store(settings.store_url)))
