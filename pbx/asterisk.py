"""The embedded Asterisk: finds or fetches the program, writes its whole configuration, says how to start it.

Owns the folder `<data>/asterisk`. The text of the configuration is `pbx/asterisk_conf.py`'s, starting and
restarting the process is `app.supervise`'s, and what is said to a running Asterisk is `pbx/ami.py`'s.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pbx import asterisk_conf, versions
from pbx.errors import AsteriskError
from prompts import files as prompt_files
from prompts import links
from ringback import debian
from ringback.config import Settings
from ringback.secrets import Secrets

ROOT_VARIABLE = "RINGBACK_ASTERISK_ROOT"
"""Environment: an unpacked root to use before anything else, e.g. one that several test runs share."""
OLDEST = 20
"""The first major version with everything that Ringback asks of Asterisk."""
REPOSITORY = Path(__file__).parents[1]
PACKAGES = (
    "asterisk",
    "asterisk-modules",
    "asterisk-core-sounds-en",
    "asterisk-core-sounds-en-wav",
    "asterisk-core-sounds-ru",
    "asterisk-core-sounds-ru-wav",
    "asterisk-moh-opsound-wav",
)
SUITE = "forky"
"""The Debian suite whose Asterisk 22 LTS is fetched: Debian 12 and 13 have none."""
DEBIAN_SOUNDS = {"en": "en_US_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}
LONGEST_SOCKET = 100
"""Bytes of a path to a Unix socket; the kernel's limit is 107."""


@dataclass(frozen=True)
class AsteriskProgram:
    """An Asterisk that can be run."""

    command: tuple[str, ...]
    """The program itself, behind the loader of its own root where it has one."""
    modules: Path
    share: Path
    """Its data: sounds, music on hold, documentation."""
    version: str
    """E.g. 22.10.1"""
    root: Path | None
    """The unpacked root; None: the machine's own."""


@dataclass(frozen=True)
class AsteriskDirs:
    """A folder in which one Asterisk runs, with everything it writes."""

    program: AsteriskProgram
    folder: Path
    run: Path
    """Holds the control socket; elsewhere when `folder` is too deep for one."""
    log: Path

    @property
    def etc(self) -> Path:
        return self.folder / "etc"

    @property
    def lib(self) -> Path:
        """Asterisk's own database: it remembers registered phones over a restart."""
        return self.folder / "lib"

    @property
    def share(self) -> Path:
        return self.folder / "share"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def conf(self) -> Path:
        return self.etc / "asterisk.conf"

    def command(self) -> list[str]:
        """The command line that runs this Asterisk in the foreground."""
        return [*self.program.command, "-C", str(self.conf), "-f", "-n"]

    def cli(self, line: str, *, seconds: float = 10) -> str:
        """What the running Asterisk answers to a line of its command line. Raises AsteriskError if it does not."""
        command = [*self.program.command, "-C", str(self.conf), "-n", "-rx", line]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired as error:
            raise AsteriskError("pbx.silent_console", line=line, seconds=seconds, log=self.log) from error
        if done.returncode != 0:
            raise AsteriskError("pbx.not_running", folder=self.folder, log=self.log / "asterisk.log")
        return done.stdout

    def is_up(self) -> bool:
        """Whether Asterisk runs here and has finished starting."""
        try:
            return "fully booted" in self.cli("core waitfullybooted").lower()
        except AsteriskError:
            return False


def version_of(command: Iterable[str]) -> str | None:
    """`22.10.1` of the program at hand; None if it cannot be run or is no Asterisk."""
    try:
        done = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return versions.version_in(done.stdout) if done.stdout.startswith("Asterisk ") else None


def program_in(root: Path) -> AsteriskProgram | None:
    """The Asterisk unpacked in `root`, started with the loader and the libraries of that root."""
    root = root.resolve()
    for modules in sorted(root.glob("usr/lib/*-linux-gnu*/asterisk/modules")):
        libraries = modules.parents[1]
        for loader in sorted(libraries.glob("ld-linux*.so.*")):
            command = (str(loader), "--library-path", str(libraries), str(root / "usr/sbin/asterisk"))
            if version := version_of(command):
                return AsteriskProgram(command, modules, root / "usr/share/asterisk", version, root)
    return None


def program_of_machine() -> AsteriskProgram | None:
    """The machine's own Asterisk, if it is new enough, can record both sides, and lies where distributions put it."""
    command = ("asterisk",)
    version = version_of(command)
    if version is None or versions.numbers(version)[0] < OLDEST or not versions.records_stereo(version):
        return None
    modules = _first(Path("/").glob("usr/lib*/**/asterisk/modules/res_agi.so"))
    share = _first(p for p in (Path("/usr/share/asterisk"), Path("/var/lib/asterisk")) if (p / "sounds").is_dir())
    if modules is None or share is None:
        return None
    return AsteriskProgram(command, modules.parent, share, version, None)


def _first(paths: Iterable[Path]) -> Path | None:
    return next(iter(paths), None)


def root_folder(settings: Settings) -> Path:
    """Where an Asterisk is fetched to."""
    return settings.data / "asterisk" / "root"


def find(settings: Settings) -> AsteriskProgram | None:
    """The Asterisk to run: named by the environment, the machine's own if 20+, or one fetched before."""
    if named := os.environ.get(ROOT_VARIABLE):
        program = program_in(Path(named))
        if program is None:
            raise AsteriskError("pbx.wrong_root", variable=ROOT_VARIABLE, folder=named)
        return program
    return program_of_machine() or _fetched(settings)


def _fetched(settings: Settings) -> AsteriskProgram | None:
    for root in (root_folder(settings), REPOSITORY / "var" / "asterisk" / "root"):
        if (root / "usr/sbin/asterisk").exists() and (program := program_in(root)):
            return program
    return None


def fetch(settings: Settings, tell: Callable[[str], None]) -> AsteriskProgram:
    """Brings Debian's Asterisk 22 LTS into the data folder, beside the system. Needs mmdebstrap, no root.

    `tell` gets a line of progress now and then. Raises AsteriskError with the way out.
    """
    root = root_folder(settings)
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="root.", dir=root.parent))
    try:
        try:
            debian.unpack(PACKAGES, SUITE, draft, tell)
        except debian.DebianError as error:
            raise AsteriskError(error.code, **error.facts) from error
        if program_in(draft) is None:
            raise AsteriskError("pbx.wrong_package", suite=SUITE)
        draft.replace(root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    program = program_in(root)
    assert program is not None, "it ran in the other folder"
    return program


def place(settings: Settings, program: AsteriskProgram) -> AsteriskDirs:
    """Where the embedded Asterisk of these settings runs."""
    folder = settings.data.resolve() / "asterisk"
    run = folder / "run"
    if len(os.fsencode(run / "asterisk.ctl")) > LONGEST_SOCKET:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        run = Path(tempfile.gettempdir()) / f"ringback-{os.getuid()}-{digest}"
    return AsteriskDirs(program, folder, run, settings.data.resolve() / "log")


def log_file(settings: Settings) -> Path:
    """What the embedded Asterisk logs."""
    return settings.data.resolve() / "log" / "asterisk.log"


def render(settings: Settings, secrets: Secrets, program: AsteriskProgram) -> AsteriskDirs:
    """Writes everything the embedded Asterisk reads and returns where it lies: safe to do at every start."""
    where = place(settings, program)
    for folder in (where.folder, where.etc, where.lib, where.share, where.spool, where.run, where.log):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if where.run.stat().st_uid != os.getuid():
        raise AsteriskError("pbx.foreign_folder", folder=where.run)
    values = asterisk_conf.values_of(settings, secrets, program.share, program.version)
    values |= {"external": False, "place": where, "program": program}
    values["modules"] = [name for name in asterisk_conf.MODULES if (program.modules / f"{name}.so").exists()]
    texts = asterisk_conf.texts(values)
    for name, text in texts.items():
        _write(where.etc / name, text)
    for old in where.etc.glob("*.conf"):
        if old.name not in texts:
            old.unlink()
    _link_share(settings, program, where.share)
    return where


def write_for_own(settings: Settings, secrets: Secrets, folder: Path, version: str | None = None) -> list[Path]:
    """For an Asterisk of the owner's own: the files to include in its configuration, and how, as README.txt."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    values = asterisk_conf.values_of(settings, secrets, Path("/usr/share/asterisk"), version)
    texts = asterisk_conf.texts_for_own(values | {"external": True, "folder": folder})
    for name, text in texts.items():
        _write(folder / name, text)
    for language in settings.served_languages:
        links.link_language(settings, language, folder / "sounds" / language / "ringback")
    return [folder / name for name in texts]


def _write(path: Path, text: str) -> None:
    """Replaces the file at once, readable by its owner alone: some hold passwords. One that is as it should be is left
    alone, so that Asterisk need not read it again."""
    if path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text:
        return
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _link_share(settings: Settings, program: AsteriskProgram, share: Path) -> None:
    """The data folder of our Asterisk: links to the program's own, and our prompts among its sounds."""
    for name in ("documentation", "rest-api", "static-http", "firmware", "moh"):
        if (program.share / name).exists():
            links.link(share / name, program.share / name)
    theirs = program.share / "sounds"
    for language in prompt_files.languages(own_sounds(settings)):
        folder = settings.asterisk_sounds / language
        folder.mkdir(parents=True, exist_ok=True)
        source = _first(p for p in (theirs / DEBIAN_SOUNDS.get(language, language), theirs / language) if p.is_dir())
        for entry in sorted(source.iterdir()) if source else []:
            links.link(folder / entry.name, entry)
    links.link_all(settings)


def own_sounds(settings: Settings) -> Path:
    """Where an owner puts recordings of their own: `<data>/sounds/<language>/<name>.wav`."""
    return prompt_files.own_folder(settings)
