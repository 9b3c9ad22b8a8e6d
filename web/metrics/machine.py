"""Metrics of the program itself: processes, Asterisk and the provider, work after calls, alarms, store, disks."""

import time
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from sqlalchemy import func, literal_column, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from callback import trunk_state
from outbox.models import OutboxDelivery
from recording.space import disks
from ringback.config import Settings
from ringback.processes import CONTROLLER, PROCESSES, WORKER
from ringback.store.bus import Alarm, Process
from ringback.store.told import told
from web.documents.dead_letters import dead_letter_counts

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def own_metrics(settings: Settings, *, is_up: bool) -> Iterator[Metric]:
    """What is known while the store is away, too."""
    yield GaugeMetricFamily("ringback_up", "1: the store answers, and all that follows is of now.", value=float(is_up))
    build = GaugeMetricFamily("ringback_build_info", "The version that runs; always 1.", labels=["version"])
    build.add_metric([_version()], 1)
    yield build
    free = GaugeMetricFamily(
        "ringback_recordings_disk_free_bytes", "Room on the disks of recordings.", labels=["place"]
    )
    whole = GaugeMetricFamily("ringback_recordings_disk_size_bytes", "The size of these disks.", labels=["place"])
    try:
        found = disks(settings)
    except OSError:  # a share that is away: the alarms say so
        found = []
    for disk in found:
        free.add_metric([disk.place], disk.free)
        whole.add_metric([disk.place], disk.whole)
    yield from (free, whole)


@cache
def _version() -> str:
    """As `pyproject.toml` says, beside which the rooms lie: the program is not installed as a package."""
    try:
        return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError):
        return "unknown"


def stored_metrics(session: Session, settings: Settings, now: datetime) -> Iterator[Metric]:
    """What the store says at `now`."""
    began = time.perf_counter()
    rows = {row.name: row for row in session.scalars(select(Process))}
    took = time.perf_counter() - began
    yield from _processes(rows, settings, now)
    yield from _switch(session, rows.get(CONTROLLER.name), now)
    yield from _work(session, now)
    yield _deliveries(session)
    yield _alarms(session)
    yield GaugeMetricFamily("ringback_store_read_seconds", "How long one small question to the store took.", value=took)
    yield from _store(session, settings)


def _processes(rows: Mapping[str, Process], settings: Settings, now: datetime) -> Iterator[Metric]:
    up = GaugeMetricFamily("ringback_process_up", "1: gave a sign of life within 5 seconds.", labels=["process"])
    troubled = GaugeMetricFamily("ringback_process_troubled", "1: says that something is wrong.", labels=["process"])
    started = GaugeMetricFamily(
        "ringback_process_start_time_seconds", "When it started, seconds since the epoch.", labels=["process"]
    )
    age = GaugeMetricFamily("ringback_process_sign_of_life_age_seconds", "Since its last sign.", labels=["process"])
    for spec in PROCESSES:
        row = rows.get(spec.name)
        if row is None and not spec.runs(settings):
            continue
        is_up = row is not None and not row.is_away(now)
        up.add_metric([spec.name], float(is_up))
        troubled.add_metric([spec.name], float(is_up and row is not None and row.trouble is not None))
        if row is not None:
            started.add_metric([spec.name], row.started_at.timestamp())
            age.add_metric([spec.name], max(0.0, (now - row.beat_at).total_seconds()))
    yield from (up, troubled, started, age)


def _switch(session: Session, controller: Process | None, now: datetime) -> Iterator[Metric]:
    is_here = controller is not None and not controller.is_away(now)
    linked = is_here and bool(told(session, CONTROLLER.name, now).get("asterisk"))
    yield GaugeMetricFamily(
        "ringback_asterisk_up", "1: the controller is connected with Asterisk (AMI).", value=float(linked)
    )
    trunk = trunk_state.read(session)
    if trunk is None:
        return
    yield GaugeMetricFamily("ringback_trunk_up", "1: nothing is wrong with the provider.", value=trunk.trouble is None)
    yield GaugeMetricFamily(
        "ringback_trunk_since_seconds",
        "Since when it is as it is, seconds since the epoch.",
        value=trunk.since.timestamp(),
    )
    if trunk.registration is not None:
        yield GaugeMetricFamily(
            "ringback_trunk_registered",
            "1: the provider knows where we are.",
            value=trunk.registration == "registered",
        )


def _work(session: Session, now: datetime) -> Iterator[Metric]:
    due = GaugeMetricFamily(
        "ringback_worker_due",
        "Pieces of work after calls that are due and were not done at the last look.",
        labels=["stage"],
    )
    stages: Mapping[str, Any] = told(session, WORKER.name, now).get("due", {})
    for stage, count in sorted(stages.items()):
        due.add_metric([stage], count)
    yield due
    failed = GaugeMetricFamily(
        "ringback_worker_set_aside", "Pieces of work that failed too often and wait for a person.", labels=["stage"]
    )
    for stage, count in sorted((dict.fromkeys(stages, 0) | dead_letter_counts(session)).items()):
        failed.add_metric([stage], count)
    yield failed


def _deliveries(session: Session) -> Metric:
    family = GaugeMetricFamily(
        "ringback_deliveries",
        "What systems beside are to be told and were not yet (waiting), or was given up and waits for a person (dead).",
        labels=["receiver", "state"],
    )
    for state in ("waiting", "dead"):
        # Said in the statement itself, it is what an index of these alone is made for.
        query = select(OutboxDelivery.receiver, func.count()).where(
            OutboxDelivery.state == literal_column(f"'{state}'")
        )
        for receiver, count in session.execute(query.group_by(OutboxDelivery.receiver)):
            family.add_metric([receiver, state], count)
    return family


def _alarms(session: Session) -> Metric:
    family = GaugeMetricFamily(
        "ringback_alarms",
        "Alarms that stand, by kind, level, and whether somebody said that it is seen to.",
        labels=["kind", "level", "seen"],
    )
    seen = Alarm.seen_at.is_not(None)
    query = select(Alarm.kind, Alarm.level, seen, func.count()).where(Alarm.cleared_at.is_(None))
    for kind, level, is_seen, count in session.execute(query.group_by(Alarm.kind, Alarm.level, seen)):
        family.add_metric([kind, level, "yes" if is_seen else "no"], count)
    return family


def _store(session: Session, settings: Settings) -> Iterator[Metric]:
    size = GaugeMetricFamily("ringback_store_size_bytes", "The size of the database.")
    if session.get_bind().dialect.name == "sqlite":
        file = make_url(settings.store_url).database or ""
        size.add_metric([], _bytes(Path(file)))
        yield size
        yield GaugeMetricFamily(
            "ringback_store_log_bytes",
            "The write-ahead log that is not in the database yet.",
            value=_bytes(Path(f"{file}-wal")),
        )
        return
    size.add_metric([], session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    yield size
    written = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') END"
    log = CounterMetricFamily("ringback_store_log_written_bytes", "Bytes of the write-ahead log, of the whole server.")
    log.add_metric([], float(session.scalar(text(written)) or 0))
    yield log


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
