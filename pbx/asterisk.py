"""The embedded Asterisk: finds or fetches the program, writes its whole configuration, says how to start it.

Owns the folder `<data>/asterisk`. Starting and restarting the process is `ringback.supervise`'s, and what is said
to a running Asterisk over AMI is `pbx/ami.py`'s. Templates lie in `asterisk-conf/`; every value that goes
into one passes `_safe`, because a line break or a semicolon in a value would be configuration of its own.
"""

import hashlib
import ipaddress
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ivr import prompts
from pbx.errors import PbxError
from ringback.config import Settings
from ringback.secrets import Secrets

ROOT_VARIABLE = "RINGBACK_ASTERISK_ROOT"
"""Environment: an unpacked root to use before anything else, e.g. one that several test runs share."""
OLDEST = 20
"""The first major version with everything that Ringback asks of Asterisk."""
REPOSITORY = Path(__file__).parents[1]
TEMPLATES = REPOSITORY / "asterisk-conf"
FALLBACK = TEMPLATES / "agi-bin" / "fallback.py"
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

MODULES = """
res_timing_timerfd res_pjproject res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjsip
res_pjsip_session res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_dlg_options
res_pjsip_dtmf_info res_pjsip_endpoint_identifier_anonymous res_pjsip_endpoint_identifier_ip
res_pjsip_endpoint_identifier_user res_pjsip_header_funcs res_pjsip_logger res_pjsip_maintenance res_pjsip_nat
res_pjsip_pubsub res_pjsip_outbound_authenticator_digest res_pjsip_outbound_registration res_pjsip_registrar
res_pjsip_rfc3326 res_pjsip_sdp_rtp chan_pjsip res_rtp_asterisk codec_ulaw codec_alaw codec_a_mu codec_g722
codec_resample format_pcm format_sln format_wav bridge_simple bridge_native_rtp bridge_softmix bridge_holding
bridge_builtin_features res_speech res_agi res_musiconhold res_manager_devicestate res_security_log app_amd
app_bridgewait app_chanspy app_dial app_mixmonitor app_playback app_read app_senddtmf app_stack app_verbose
func_callerid func_channel func_cut func_db func_devstate func_global func_groupcount func_hangupcause
func_logic func_math func_periodic_hook func_pjsip_aor func_pjsip_contact func_pjsip_endpoint func_strings
func_timeout func_uri func_volume pbx_config
""".split()

QUIET = {
    "acl.conf": "",
    "amd.conf": "[general]\n",
    "ccss.conf": "[general]\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "cli.conf": "[startup_commands]\n",
    "cli_permissions.conf": "[general]\n",
    "codecs.conf": "",
    "dnsmgr.conf": "[general]\nenable = no\n",
    "dsp.conf": "[default]\n",
    "extconfig.conf": "[settings]\n",
    "features.conf": "[general]\n[featuremap]\n[applicationmap]\n",
    "http.conf": "[general]\nenabled = no\n",
    "indications.conf": "[general]\ncountry = us\n[us]\ndescription = United States\nringcadence = 2000,4000\n"
    "dial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\ncongestion = 480+620/250,0/250\n",
    "pjproject.conf": "[startup]\nlog_mappings = pjproject_default\n"
    "[pjproject_default]\ntype = log_mappings\nasterisk_error = 0,1\nasterisk_warning = 2\n",
    "pjsip_notify.conf": "",
    "sorcery.conf": "[general]\n",
    "stasis.conf": "[taskpool]\n[declined_message_types]\n",
    "udptl.conf": "[general]\n",
}
"""Files that Asterisk or a module looks for at start; missing ones are warnings or declined modules."""


class AsteriskError(PbxError):
    """Asterisk cannot be had, configured or started as it is."""


@dataclass(frozen=True)
class Program:
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
class Place:
    """A folder in which one Asterisk runs, with everything it writes."""

    program: Program
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
            raise AsteriskError(f"Asterisk did not answer `{line}` within {seconds:g} s: see {self.log}.") from error
        if done.returncode != 0:
            raise AsteriskError(f"Asterisk does not run in {self.folder}: see {self.log / 'asterisk.log'}.")
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
    found = re.match(r"Asterisk (?:certified/)?(\d+(?:\.\d+)*)", done.stdout)
    return found.group(1) if found else None


def program_in(root: Path) -> Program | None:
    """The Asterisk unpacked in `root`, started with the loader and the libraries of that root."""
    root = root.resolve()
    for modules in sorted(root.glob("usr/lib/*-linux-gnu*/asterisk/modules")):
        libraries = modules.parents[1]
        for loader in sorted(libraries.glob("ld-linux*.so.*")):
            command = (str(loader), "--library-path", str(libraries), str(root / "usr/sbin/asterisk"))
            if version := version_of(command):
                return Program(command, modules, root / "usr/share/asterisk", version, root)
    return None


def program_of_machine() -> Program | None:
    """The machine's own Asterisk, if it is new enough and its folders are where distributions put them."""
    command = ("asterisk",)
    version = version_of(command)
    if version is None or int(version.split(".")[0]) < OLDEST:
        return None
    modules = _first(Path("/").glob("usr/lib*/**/asterisk/modules/res_agi.so"))
    share = _first(p for p in (Path("/usr/share/asterisk"), Path("/var/lib/asterisk")) if (p / "sounds").is_dir())
    if modules is None or share is None:
        return None
    return Program(command, modules.parent, share, version, None)


def _first(paths: Iterable[Path]) -> Path | None:
    return next(iter(paths), None)


def root_folder(settings: Settings) -> Path:
    """Where an Asterisk is fetched to."""
    return settings.data / "asterisk" / "root"


def find(settings: Settings) -> Program | None:
    """The Asterisk to run: named by the environment, the machine's own if 20+, or one fetched before."""
    if named := os.environ.get(ROOT_VARIABLE):
        program = program_in(Path(named))
        if program is None:
            raise AsteriskError(f"{ROOT_VARIABLE} names {named}, where no Asterisk can be run: correct it or unset it.")
        return program
    return program_of_machine() or _fetched(settings)


def _fetched(settings: Settings) -> Program | None:
    for root in (root_folder(settings), REPOSITORY / "var" / "asterisk" / "root"):
        if (root / "usr/sbin/asterisk").exists() and (program := program_in(root)):
            return program
    return None


def fetch(settings: Settings, tell: Callable[[str], None]) -> Program:
    """Brings Debian's Asterisk 22 LTS into the data folder, beside the system. Needs mmdebstrap, no root.

    `tell` gets a line of progress now and then. Raises AsteriskError with the way out.
    """
    root = root_folder(settings)
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="root.", dir=root.parent))
    command = [
        "mmdebstrap",
        "--variant=extract",
        "--format=tar",
        f"--include={','.join(PACKAGES)}",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Check-Valid-Until "false"',
        SUITE,
        "-",
    ]
    try:
        _unpack(command, draft, tell)
    except FileNotFoundError as error:
        raise AsteriskError(
            "mmdebstrap, which fetches Asterisk, is not installed: apt-get install mmdebstrap."
        ) from error
    program = program_in(draft)
    if program is None:
        raise AsteriskError(
            f"What mmdebstrap brought into {draft} is no Asterisk that runs here: remove it, try again."
        )
    draft.replace(root)
    found = program_in(root)
    assert found is not None
    return found


def _unpack(command: list[str], folder: Path, tell: Callable[[str], None]) -> None:
    """Runs mmdebstrap and unpacks what it writes, leaving out device files, which only root may make."""
    # A user of their own gets files of their own: mmdebstrap's directories would belong to a sub-user.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=False) as source:
        assert source.stdout is not None and source.stderr is not None
        tar = ["tar", "-x", "-C", str(folder), "--no-same-owner", "--exclude=./dev/*"]
        with subprocess.Popen(tar, stdin=source.stdout) as sink:
            source.stdout.close()
            last = ""
            for raw in source.stderr:
                last = raw.decode(errors="replace").strip()
                if last.startswith("I: "):
                    tell(last.removeprefix("I: "))
        if source.wait() != 0 or sink.returncode != 0:
            raise AsteriskError(
                f"Asterisk could not be fetched from Debian {SUITE} ({last}): is this machine connected? Try again."
            )


def place(settings: Settings, program: Program) -> Place:
    """Where the embedded Asterisk of these settings runs."""
    folder = settings.data.resolve() / "asterisk"
    run = folder / "run"
    if len(os.fsencode(run / "asterisk.ctl")) > LONGEST_SOCKET:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        run = Path(tempfile.gettempdir()) / f"ringback-{os.getuid()}-{digest}"
    return Place(program, folder, run, settings.data.resolve() / "log")


def render(settings: Settings, secrets: Secrets, program: Program) -> Place:
    """Writes everything the embedded Asterisk reads and returns where it lies: safe to do at every start."""
    where = place(settings, program)
    for folder in (where.folder, where.etc, where.lib, where.share, where.spool, where.run, where.log):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if where.run.stat().st_uid != os.getuid():
        raise AsteriskError(f"{where.run} belongs to another user: remove it, or choose a shorter data folder.")
    values = _values(settings, secrets, program.share) | {"external": False, "place": where, "program": program}
    values["modules"] = [name for name in MODULES if (program.modules / f"{name}.so").exists()]
    environment = _environment()
    texts = dict(QUIET)
    for template in sorted(TEMPLATES.glob("*.conf.j2")):
        texts[template.stem] = environment.get_template(template.name).render(values)
    for name, text in texts.items():
        _write(where.etc / name, text)
    for old in where.etc.glob("*.conf"):
        if old.name not in texts:
            old.unlink()
    _link_share(settings, program, where.share)
    return where


def write_for_own(settings: Settings, secrets: Secrets, folder: Path) -> list[Path]:
    """For an Asterisk of the owner's own: the files to include in its configuration, and how, as README.txt."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    share = Path("/usr/share/asterisk")
    values = _values(settings, secrets, share) | {"external": True}
    environment = _environment()
    written = []
    for name in ("extensions.conf", "manager.conf", "musiconhold.conf", "pjsip.conf"):
        path = folder / f"ringback-{name}"
        _write(path, environment.get_template(f"{name}.j2").render(values))
        written.append(path)
    _write(folder / "README.txt", environment.get_template("README.txt.j2").render(values | {"folder": folder}))
    for language in sorted({line.language for line in settings.lines}):
        _link_prompts(settings, language, folder / "sounds" / language / "ringback")
    return [*written, folder / "README.txt"]


def _values(settings: Settings, secrets: Secrets, share: Path) -> dict[str, Any]:
    names = {"default", *(queue.music for queue in settings.queues.values())}
    return {
        "settings": settings,
        "secrets": secrets,
        "lines": settings.lines,
        "sip_bind": _bind(settings.sip.address, settings.sip.port),
        "music": {name: _music_folder(settings, share, name) for name in sorted(names)},
        "spool": settings.spool.resolve(),
        "python": Path(sys.executable),
        "fallback": FALLBACK,
        "fallback_spool": settings.fallback_spool.resolve(),
        "display": _display,
    }


def _bind(address: str, port: int) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError as error:
        raise AsteriskError(f"sip.address {address!r} is no IP address: write one, e.g. 0.0.0.0 for all.") from error
    return f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"


def _music_folder(settings: Settings, share: Path, name: str) -> Path:
    """The owner's music of that name, `<data>/music/<name>/`; else what Debian ships."""
    own = settings.data.resolve() / "music" / name
    return own if own.is_dir() else share / "moh"


def _display(name: str) -> str:
    """A person's name as the display part of a caller id; empty if no harmless character is in it."""
    kept = re.sub(r"[^\w .'-]", "", name).strip()
    return f'"{kept}" ' if kept else ""


def _environment() -> Environment:
    # Configuration files are no HTML: what must not pass is refused by `_safe`, not escaped.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_safe,
    )


SAFE_PATH = re.compile(r"[\w./+@~=: -]+")
SAFE_TEXT = re.compile(r"[^\x00-\x1f\x7f;\\\[\]{}$,|]*")


def _safe(value: Any) -> Any:
    """Refuses a value that Asterisk would read as more than a value; paths are held to fewer characters still."""
    if isinstance(value, Path) and not SAFE_PATH.fullmatch(str(value)):
        raise AsteriskError(f"The folder {str(value)!r} has a character that Asterisk cannot take: use a plainer one.")
    if isinstance(value, str) and not SAFE_TEXT.fullmatch(value):
        raise AsteriskError(f"{value!r} cannot be written into Asterisk's configuration: leave out signs like ; [ ] $.")
    return value


def _write(path: Path, text: str) -> None:
    """Replaces the file at once, readable by its owner alone: some hold passwords."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _link_share(settings: Settings, program: Program, share: Path) -> None:
    """The data folder of our Asterisk: links to the program's own, and our prompts among its sounds."""
    for name in ("documentation", "rest-api", "static-http", "firmware", "moh"):
        if (program.share / name).exists():
            _link(share / name, program.share / name)
    for language in prompts.LANGUAGES:
        folder = share / "sounds" / language
        folder.mkdir(parents=True, exist_ok=True)
        theirs = program.share / "sounds"
        source = _first(p for p in (theirs / DEBIAN_SOUNDS[language], theirs / language) if p.is_dir())
        for entry in sorted(source.iterdir()) if source else []:
            _link(folder / entry.name, entry)
        _link_prompts(settings, language, folder / "ringback")


def _link_prompts(settings: Settings, language: str, folder: Path) -> None:
    """One link a prompt: the owner's recording in `<data>/sounds/<language>/` before the shipped one."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {n: f for n, f in prompts.sound_files(language, own_sounds(settings)).items() if prompts.NAME.fullmatch(n)}
    for name, file in files.items():
        _link(folder / f"{name}.wav", file.resolve())
    for old in folder.glob("*.wav"):
        if old.stem not in files:
            old.unlink()


def own_sounds(settings: Settings) -> Path:
    """Where an owner puts recordings of their own: `<data>/sounds/<language>/<name>.wav`."""
    return settings.data.resolve() / "sounds"


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    link.symlink_to(target)
