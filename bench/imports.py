"""A year of another system's calls imported: a queue_log of a million visits, on SQLite and on PostgreSQL.

The log is made up, four lines a visit: 70 % are answered, 20 % give up, 10 % leave by the limit; 200,000 callers, 40
agents, 5 queues. Measured is what `ringback import queue_log` takes, from the packed file to the last commit: to show
it, to import it, to import it again, to take it back.

    python -m bench --only imports [--quick]      (quick: 50,000 visits)
"""

import gzip
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import postgres
from bench.report import Figure
from history import bringing
from history.names import NameMap
from history.reading import source
from ringback.config import Settings
from ringback.store import migrate
from ringback.store.engine import open_store, sessions

LIMIT_SECONDS = 180.0
BEGINS = 1_700_000_000
YEAR = 365 * 86_400


def run(quick: bool) -> dict[str, Any]:
    """Both stores, or SQLite alone where there is no PostgreSQL."""
    count = 50_000 if quick else 1_000_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringback-bench-")))
        log = folder / "queue_log.1.gz"
        lines = _write(log, count)
        urls = {"sqlite": f"sqlite:///{folder / 'imports.db'}"}
        if postgres.available():
            urls["postgresql"] = stack.enter_context(postgres.server())
        took = {name: _measured(url, folder / name, log, count) for name, url in urls.items()}
    figures = [
        Figure(
            f"{what} {count:,} visits, {name}",
            round(seconds, 1),
            "s",
            peer="limit" if what == "import" else "",
            peer_value=LIMIT_SECONDS if what == "import" else None,
            comparison=seconds / (count / 1_000_000) if what == "import" else None,
            comparison_unit="s a million",
            wanted=f"at most {LIMIT_SECONDS:.0f} s a million" if what == "import" else "",
            met=seconds <= LIMIT_SECONDS * count / 1_000_000 if what == "import" else None,
        )
        for name, each in took.items()
        for what, seconds in each.items()
    ]
    return {"figures": figures, "details": {"visits": count, "lines": lines, "seconds": took}}


def _measured(url: str, data: Path, log: Path, count: int) -> dict[str, float]:
    engine = open_store(url)
    migrate.upgrade(engine)
    store = sessions(engine)
    settings = Settings(data=data)
    what = source("queue_log", [log], "UTC", "cp1251", NameMap())
    took: dict[str, float] = {}

    def timed(name: str, do: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        done = do()
        took[name] = time.perf_counter() - began
        return done

    shown = timed("show", lambda: bringing.preview(store, settings, what, "k", lambda _: None))
    made, _ = timed("import", lambda: bringing.bring(store, settings, what, "k", "bench", lambda _: None))
    again, _ = timed("import again", lambda: bringing.bring(store, settings, what, "k", "bench", lambda _: None))
    gone, _ = timed("undo", lambda: bringing.undo(store, settings, made.id, "bench"))
    engine.dispose()
    if (shown.visits, again, gone) != (count, None, count):
        raise AssertionError(f"of {count} visits {shown.visits} were shown, and {gone} taken back")
    return took


def _write(log: Path, count: int) -> int:
    """How many lines it has."""
    chance = random.Random(1)
    lines: list[tuple[int, str]] = []
    total = 0
    with gzip.open(log, "wt", compresslevel=3) as file:
        for at in range(count):
            began = BEGINS + at * YEAR // count
            lines += _visit(chance, at, began)
            if at % 1000 == 999 or at == count - 1:
                lines.sort()
                ready = len(lines) if at == count - 1 else sum(1 for each in lines if each[0] < began - 7200)
                file.writelines(text for _, text in lines[:ready])
                total += ready
                del lines[:ready]
    return total


def _visit(chance: random.Random, at: int, began: int) -> list[tuple[int, str]]:
    queue, agent = f"queue{chance.randrange(5)}", f"SIP/{chance.randrange(200, 240)}"
    waited, talked = int(chance.expovariate(1 / 60)), int(chance.expovariate(1 / 240))
    call, number = f"{began}.{at}", f"+49170{chance.randrange(200_000):07d}"
    told = [(0, "NONE|ENTERQUEUE", f"|{number}|1"), (waited // 2, f"{agent}|RINGNOANSWER", "5000")]
    way = chance.random()
    if way < 0.7:
        told += [
            (waited, f"{agent}|CONNECT", f"{waited}|{call}9|3"),
            (waited + talked, f"{agent}|COMPLETECALLER", f"{waited}|{talked}|1"),
        ]
    elif way < 0.9:
        told += [(waited, "NONE|ABANDON", f"1|1|{waited}")]
    else:
        told += [(waited, "NONE|EXITWITHTIMEOUT", f"1|1|{waited}")]
    return [(began + after, f"{began + after}|{call}|{queue}|{what}|{data}\n") for after, what, data in told]
