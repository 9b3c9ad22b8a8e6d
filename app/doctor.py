"""`ringback doctor`: looks at an installation from outside, says what is wrong and how to mend it.

Owns the list of checks. Each looks for itself and changes nothing; none needs Ringback to be running, and
all are quick. What they find is "good", "bad" (callers or people suffer), or "note" (worth knowing).
"""

import asyncio
import stat
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app import modes
from app.alarm_check import alarm_checks, letter_checks
from app.backup.status import read_status
from app.checks import Check, State
from app.install import models
from app.occupied import WATCHDOG, holder, is_running, ports, taken_port
from app.opened import UnreadableStore, opened
from app.trunk_check import trunk_checks
from pbx import asterisk, inquiry, versions
from pbx.ami import Session as AmiSession
from pbx.errors import PbxError
from prompts import files as prompt_files
from recording import space
from recording.errors import StorageError
from recording.storage import Storage, url_of
from ringback import secrets
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.processes import PROCESSES, ProcessSpec
from ringback.store.base import utc, utcnow
from ringback.store.bus import AgentState, Process
from web import build_assets

SAFE_ASTERISK = (22, 10, 1)
"""The first 22 with the fixes of 20 advisories and of two faults of recordings."""
UPGRADE = "Upgrade Asterisk to 22.11 or newer."
"""The way out of what only newer ones do right; 20.21 and 23.5 do as well."""


def examine(settings: Settings) -> list[Check]:
    """All checks in the order in which a person would mend them."""
    running = is_running(settings)
    looks: list[Callable[[], Iterator[Check]]] = [
        _python,
        lambda: _asterisk(settings),
        lambda: _disk(settings),
        lambda: _storage(settings),
        lambda: _secrets(settings),
        lambda: _modes(settings),
        lambda: _backup(settings),
        lambda: _trunk(settings),
        lambda: _prompts(settings),
        lambda: _speech(settings),
        _pages,
        lambda: _ports(settings, running),
        lambda: _processes(settings, running),
        lambda: _ami(settings, running),
        lambda: _sound(settings, running),
        lambda: _phones(settings, running),
        lambda: alarm_checks(settings),
        lambda: letter_checks(settings),
    ]
    return [check for look in looks for check in look()]


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("python", "good", f"{version} in {sys.prefix}")


def _asterisk(settings: Settings) -> Iterator[Check]:
    if settings.ami.external:
        return  # see `_sound`, which asks the one that runs
    try:
        program = asterisk.find(settings)
    except PbxError as error:
        yield Check("asterisk", "bad", str(error), "Name the folder of an unpacked Asterisk, or run `make run`.")
        return
    if program is None:
        yield Check("asterisk", "bad", "there is none that is 20 or newer", "Run `make run`: it fetches one.")
        return
    version = tuple(int(part) for part in program.version.split("."))
    if version[0] == SAFE_ASTERISK[0] and version < SAFE_ASTERISK:
        mend = f"Remove {program.root} and run `make run`." if program.root else "Upgrade Asterisk to 22.10.1 or newer."
        yield Check("asterisk", "note", f"{program.version} has known security faults", mend)
        return
    yield Check("asterisk", "good", f"{program.version} in {program.root or program.share}")


def _disk(settings: Settings) -> Iterator[Check]:
    states: dict[space.Fill, State] = {"": "good", "yellow": "note", "red": "bad"}
    for disk in space.disks(settings):
        level = space.fill(settings, disk)
        hours = disk.free / space.CALL_BYTES_A_MINUTE / 60
        found = f"{disk.free / 1e9:.1f} GB free where the {disk.place} lies: {hours:,.0f} hours of calls"
        mend = f"Make room where {disk.folder} lies, or move `data`." if level else ""
        yield Check("disk" if disk.place == "spool" else f"disk {disk.place}", states[level], found, mend)


def _storage(settings: Settings) -> Iterator[Check]:
    url = settings.recording.storage.url
    if not url:
        return
    try:
        Storage(settings, url).size(url_of(settings, "ringback-doctor"))
    except StorageError as error:
        yield Check("storage", "bad", str(error), "Recordings stay here meanwhile. See docs/recordings.md.")
    else:
        yield Check("storage", "good", f"{url} answers")


def _secrets(settings: Settings) -> Iterator[Check]:
    path = settings.data / "secrets.yaml"
    if not path.exists():
        yield Check("secrets", "note", "not made yet", "The first `make run` makes them.")
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Check("secrets", "bad", f"{path} can be read by others", f"chmod 600 {path}")
    else:
        yield Check("secrets", "good", f"{path}, for its owner alone")


def _modes(settings: Settings) -> Iterator[Check]:
    if modes.is_root():
        mend = "`ringback systemd install` gives it an account of its own: see docs/systemd.md."
        yield Check("account", "note", "this runs as root; so would Ringback", mend)
    if not settings.data.exists():
        return
    found = list(islice(modes.open_paths(settings), modes.SHOWN + 1))
    if not found:
        yield Check("rights", "good", f"nobody else can read or change anything in {settings.data.resolve()}")
        return
    named = ", ".join(str(path) for path in found[: modes.SHOWN]) + (", and more" if len(found) > modes.SHOWN else "")
    who = "others than its owner and its group" if settings.ami.external else "others than its owner"
    letters = "o=" if settings.ami.external else "go="
    yield Check("rights", "bad", f"open to {who}: {named}", f"chmod -R {letters} {settings.data.resolve()}")


def _backup(settings: Settings) -> Iterator[Check]:
    last = read_status(settings)
    if last is None:
        if settings.data.exists():
            yield Check("backup", "note", "there never was one", "`ringback backup FOLDER`; see docs/backup.md.")
    elif last.ok:
        yield Check("backup", "good", f"{last.name}, whole since {utc(last.at):%Y-%m-%d %H:%M} UTC")
    else:
        whole = "there never was a whole one" if last.last_ok_at is None else f"whole: {utc(last.last_ok_at):%Y-%m-%d}"
        yield Check("backup", "bad", f"the last one failed ({whole}): {last.why}", "Mend that, then `ringback backup`.")


def _trunk(settings: Settings) -> Iterator[Check]:
    yield from trunk_checks(settings, is_running(settings))


def _prompts(settings: Settings) -> Iterator[Check]:
    own = asterisk.own_sounds(settings)
    missing, unknown = prompt_files.missing(settings, own), prompt_files.unknown_languages(settings, own)
    for _, language in unknown:
        yield Check("prompts", "bad", f"there is no language {language}", f"Put its recordings into {own / language}.")
    for each in missing:
        yield Check("prompts", "bad", str(each.what), str(each.mend))
    if not missing and not unknown:
        yield Check("prompts", "good", "every prompt that the settings name has its sound")


def _speech(settings: Settings) -> Iterator[Check]:
    for language, model in models(settings).items():
        engine = model.partition(",")[0]
        if engine in ("vosk", "whisper"):
            yield Check(f"speech {language}", "good", model)
        else:
            yield Check(
                f"speech {language}", "bad", model, f"Run `ringback models fetch {language}` or `make prepare`."
            )


def _pages() -> Iterator[Check]:
    missing = build_assets.missing()
    if missing:
        yield Check("pages", "bad", f"{', '.join(missing)} not built", "Run `make prepare`.")
    else:
        yield Check("pages", "good", "all their parts are there")


def _ports(settings: Settings, running: bool) -> Iterator[Check]:
    if running:
        yield Check("ports", "good", "in use by this Ringback")
        return
    goes_on = holder(settings, WATCHDOG) is not None
    if goes_on:
        mend = "Start `ringback run` to take its calls up, or end it with `ringback stop`."
        yield Check("asterisk", "note", "goes on with its watchdog, and promises callers a call", mend)
    if trouble := taken_port(settings, asterisk=not goes_on):
        found, _, mend = str(trouble).partition("): ")
        yield Check("ports", "bad", f"{found})", mend)
    else:
        yield Check("ports", "good", ", ".join(f"{name} {port}" for name, _, port, _ in ports(settings)))


def _processes(settings: Settings, running: bool) -> Iterator[Check]:
    if not running:
        yield Check("processes", "note", "Ringback is not running", "Start it with `make run`.")
        return
    try:
        with opened(settings) as session:
            rows = {row.name: row for row in session.query(Process)}
    except UnreadableStore as error:
        yield Check("store", "bad", str(error), "Look at store.url.")
        return
    for spec in PROCESSES:
        if spec.runs(settings):
            yield _process(spec, rows.get(spec.name), settings.data / "log" / f"{spec.name}.log")


def _process(spec: ProcessSpec, row: Process | None, log: Path) -> Check:
    state: State = "bad" if spec.is_needed else "note"
    if row is None or row.is_away(utcnow()):
        maybe = "" if spec.is_needed else "It may be loading its model. "
        return Check(spec.name, state, f"gives no sign of life. {spec.when_away}", f"{maybe}See why in {log}.")
    if row.trouble:
        return Check(spec.name, state, str(row.trouble), f"See {log}.")
    return Check(spec.name, "good", f"runs as process {row.pid}")


def _ami(settings: Settings, running: bool) -> Iterator[Check]:
    if not running and not settings.ami.external:
        return
    where = f"{settings.ami.address}:{settings.ami.port}"
    try:
        secret, _ = secrets.load_or_create(settings)
        asyncio.run(_log_in(settings, secret.ami_password))
    except (RingbackError, OSError) as error:
        mend = (
            "Compare its manager.conf with what `ringback asterisk-conf` writes."
            if settings.ami.external
            else f"See {settings.data / 'log' / 'asterisk.log'}."
        )
        yield Check("ami", "bad", f"{where} does not let us in: {error}", mend)
        return
    yield Check("ami", "good", f"{where} answers")


async def _log_in(settings: Settings, password: str) -> None:
    ami = settings.ami
    session = AmiSession(asyncio.get_running_loop(), ami.address, ami.port, lambda _events: None, lambda _error: None)
    try:
        await session.open(ami.user, password, "off")
        await session.request("Ping", {})
    finally:
        session.close()


def _sound(settings: Settings, running: bool) -> Iterator[Check]:
    """Whether recordings of the Asterisk that runs can be trusted: one of the owner's own, or the embedded one, which
    may be older than the program that lies here."""
    if not running and not settings.ami.external:
        return
    try:
        there = inquiry.ask(settings, secrets.load_or_create(settings)[0].ami_password)
    except (RingbackError, OSError):
        return  # said by `_ami`
    of_yours = "an Asterisk of your own, " if settings.ami.external else ""
    told = f"{of_yours}{there.version or 'of an unknown version'}"
    if there.version is not None and not versions.records_stereo(there.version):
        yield Check("sound", "bad", f"{told}: it cannot record caller and agent apart", UPGRADE)
    elif there.garbles:
        wide = "; ".join(f"{name}: {', '.join(there.wide[name])}" for name in there.garbles)
        found = f"{told}: it garbles recordings of codecs above 8 kHz, and endpoints may agree on them ({wide})"
        yield Check("sound", "bad", found, f"Let these endpoints have `allow = !all,ulaw,alaw`, or {UPGRADE.lower()}")
    elif versions.garbles_wideband(there.version):
        found = f"{told}: it garbles recordings of codecs above 8 kHz, so every endpoint agrees on ulaw and alaw alone"
        yield Check("sound", "good", found)
    else:
        yield Check("sound", "good", f"{told}: it records every codec that its endpoints may agree on")


def _phones(settings: Settings, running: bool) -> Iterator[Check]:
    if not running:
        return
    try:
        with opened(settings) as session:
            away = {row.agent for row in session.query(AgentState) if row.state == "away"}
            known = {row.agent for row in session.query(AgentState)}
    except UnreadableStore:
        return  # said by `_processes`
    here = known - away
    if here:
        yield Check("phones", "good", f"registered: {', '.join(sorted(here))}")
    else:
        mend = "Set up a SIP phone with an agent's name and its password in secrets.yaml."
        yield Check("phones", "note", "no agent's phone is registered, so callers wait", mend)


def show(checks: list[Check]) -> None:
    """The checks as a table, with the way out under each that needs one."""
    table = Table(show_header=False, box=None, padding=(0, 1))
    marks = {"good": "[green]good[/green]", "bad": "[red bold]BAD[/red bold]", "note": "[yellow]note[/yellow]"}
    for check in checks:
        found = escape(check.found)
        table.add_row(marks[check.state], check.name, f"{found}\n  -> {escape(check.mend)}" if check.mend else found)
    Console().print(table)
