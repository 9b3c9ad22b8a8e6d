"""Makes `ringback` a command of the virtual environment, run from where the repository lies.

A path file and a three-line launcher do what an editable installation would, without building anything and
without network. Run by the virtual environment's own Python, from the repository's root.
"""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = "#!{python}\nimport app.__main__\n"


def main() -> None:
    Path(sysconfig.get_path("purelib"), "ringback.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = Path(sys.prefix, "bin", "ringback")
    command.write_text(LAUNCHER.format(python=sys.executable), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main()
