"""What a benchmark says: figures beside their peer or limit, as a table for people and as JSON.

Owns the shape of a result and the arithmetic of samples; measuring is each benchmark's own matter.
"""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured value, with what it is held against."""

    what: str
    value: float
    unit: str
    peer: str = ""
    """What stands beside it: another program, or a limit."""
    peer_value: float | None = None
    comparison: float | None = None
    """The ratio or difference that `wanted` is about; None: nothing to compare."""
    comparison_unit: str = "x"
    wanted: str = ""
    """In words, e.g. `at most 2.0 x`; empty: nothing is asked."""
    met: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the sample lies, between neighbours in a straight line.

    Raises ValueError for an empty sample.
    """
    if not values:
        raise ValueError("a sample without values has no percentile")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**20, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Figures as data, rounded to what was measured."""
    return [{key: _rounded(value) for key, value in asdict(figure).items()} for figure in figures]


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def table(title: str, figures: Sequence[Figure], console: Console | None = None) -> None:
    """Prints the figures."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    for name, side in (("", "left"), ("Ringback", "right"), ("beside it", "right"), ("compared", "right")):
        shown.add_column(name, justify=side)  # type: ignore[arg-type]
    shown.add_column("wanted")
    shown.add_column("met")
    for figure in figures:
        beside = "" if figure.peer_value is None else f"{figure.peer} {number(figure.peer_value)} {figure.unit}"
        compared = "" if figure.comparison is None else f"{number(figure.comparison)} {figure.comparison_unit}"
        met = {None: "", True: "yes", False: "[red]no[/red]"}[figure.met]
        own = f"{number(figure.value)} {figure.unit}"
        shown.add_row(figure.what, own, beside, compared, figure.wanted, met)
    (console or Console()).print(shown)


def number(value: float) -> str:
    """Three digits that count, thousands parted: 102,000  5.84  0.0123"""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"
