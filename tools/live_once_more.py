"""Runs the live tests that failed beside others once more, alone: `make test` does so where nothing else failed.

A phone of the tests now and then hears nothing of a call, which is the phone's fault and not Ringback's, and whose
cause is not found (docs/what-is-next.md). Both runs are printed. Any other failure ends the checks at once.
"""

import json
import subprocess
import sys
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
LIVE = "tests/live/"


def main() -> int:
    failed = sorted(json.loads(FAILED.read_text(encoding="utf-8"))) if FAILED.exists() else []
    if not failed or not all(name.startswith(LIVE) for name in failed):
        return 1
    print(f"pytest: {len(failed)} live test(s) that failed beside others once more, alone", flush=True)
    return subprocess.call([sys.executable, "-m", "pytest", *failed])


if __name__ == "__main__":
    sys.exit(main())
