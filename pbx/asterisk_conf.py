"""The text of Asterisk's configuration: which modules, which files, and what may stand in them.

Owns the templates' values and their safety; where the files lie is `pbx/asterisk.py`'s. Templates lie in
`asterisk-conf/`. Every value that goes into one passes `safe`, because a line break or a semicolon in a value
would be configuration of its own.
"""

import ipaddress
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callback.policy import dial_string
from pbx import unheard, versions
from pbx.capacity import burst, limits
from pbx.errors import AsteriskError
from ringback import certificates
from ringback.config import Settings
from ringback.secrets import Secrets

TEMPLATES = Path(__file__).parents[1] / "asterisk-conf"
FALLBACK = TEMPLATES / "agi-bin" / "fallback.py"

TEST_CALL_SECONDS = 10
"""How long a call that tries the trunk is listened to."""

Values = dict[str, Any]

MODULES = """
res_timing_timerfd res_pjproject res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjsip
res_pjsip_session res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_dlg_options
res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_messaging
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user
res_pjsip_header_funcs res_pjsip_logger res_pjsip_maintenance res_pjsip_nat
res_pjsip_pubsub res_pjsip_outbound_authenticator_digest res_pjsip_outbound_registration res_pjsip_registrar
res_pjsip_refer res_pjsip_rfc3326 res_pjsip_sdp_rtp res_srtp chan_pjsip res_rtp_asterisk codec_ulaw codec_alaw
codec_a_mu codec_g722
codec_resample format_pcm format_sln format_wav bridge_simple bridge_softmix bridge_holding
bridge_builtin_features res_speech res_agi res_musiconhold res_manager_devicestate res_security_log app_amd
app_bridgewait app_chanspy app_dial app_mixmonitor app_playback app_read app_record app_senddtmf app_stack
app_userevent app_verbose app_waitforsilence app_speech_utils res_http_websocket res_aeap res_speech_aeap
func_callerid func_channel func_cut func_db func_devstate func_dialplan func_global func_groupcount
func_hangupcause func_env func_logic func_math func_module func_periodic_hook func_pjsip_aor func_pjsip_contact
func_pjsip_endpoint func_strings func_timeout func_uri func_volume pbx_config
""".split()
"""Without bridge_native_rtp: while one side is on hold it goes on passing the other's packets (22.10.1), so that who is
held hears them between those of the music, or nothing. Recorded calls never use it; agents' own calls would."""

QUIET = {
    "acl.conf": "",
    "amd.conf": "[general]\n",  # what AMD is told stands in the dialplan
    "ccss.conf": "[general]\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "cli.conf": "[startup_commands]\n",
    "cli_permissions.conf": "[general]\n",
    "codecs.conf": "",
    "dnsmgr.conf": "[general]\nenable = no\n",
    "dsp.conf": "[default]\n",
    "extconfig.conf": "[settings]\n",
    # By default *8 takes a ringing call from somebody else's phone; an extension is never empty, so nothing does.
    "features.conf": "[general]\npickupexten =\n[featuremap]\n[applicationmap]\n",
    "http.conf": "[general]\nenabled = no\n",
    "indications.conf": "[general]\ncountry = us\n[us]\ndescription = United States\nringcadence = 2000,4000\n"
    "dial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\ncongestion = 480+620/250,0/250\n",
    "pjproject.conf": "[startup]\nlog_mappings = pjproject_default\n"
    "[pjproject_default]\ntype = log_mappings\nasterisk_error = 0,1\nasterisk_warning = 2\n",
    "pjsip_notify.conf": "",
    "sorcery.conf": "[general]\n",
    "stasis.conf": "[taskpool]\n[declined_message_types]\n"
    + "".join(f"decline = {name}\n" for name in unheard.MESSAGES),
    "udptl.conf": "[general]\n",
}
"""Files that Asterisk or a module looks for at start; missing ones are warnings or declined modules."""
CONTACT_USER = "ringback"
"""Where the provider finds our account. No number, so that the number that was called is looked for elsewhere."""
CALLED_HEADERS = ("p-called-party-id", "to", "diversion")
"""Where providers name the number that was called: the header that is for this (RFC 7315) goes first."""
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
"""Where nobody outside is: what is on our side of a router, unless the settings say it."""


def texts(values: Values) -> dict[str, str]:
    """Every file of a whole configuration by its name."""
    environment = _environment()
    rendered = {
        template.stem: environment.get_template(template.name).render(values)
        for template in sorted(TEMPLATES.glob("*.conf.j2"))
    }
    return QUIET | rendered


def texts_for_own(values: Values) -> dict[str, str]:
    """The files to include in the configuration of an Asterisk of the owner's own, and how, by their names."""
    environment = _environment()
    parts = ("aeap.conf", "extensions.conf", "manager.conf", "musiconhold.conf", "pjsip.conf")
    included = {f"ringback-{name}": environment.get_template(f"{name}.j2").render(values) for name in parts}
    return included | {"README.txt": environment.get_template("README.txt.j2").render(values)}


def values_of(settings: Settings, secrets: Secrets, share: Path, version: str | None = None) -> Values:
    """What the templates may name, `share` being Asterisk's own data folder and `version` what runs there (None: nobody
    knows). Raises AsteriskError."""
    names = {"default", *(queue.music for queue in settings.queues.values())}
    return {
        "settings": settings,
        "unheard_events": unheard.EVENTS,
        "secrets": secrets,
        "lines": settings.lines,
        "music": {name: _music_folder(settings, share, name) for name in sorted(names)},
        "spool": settings.spool.resolve(),
        "test_calls": test_calls_folder(settings).resolve(),
        "test_call_seconds": TEST_CALL_SECONDS,
        "python": Path(sys.executable),
        "fallback": FALLBACK,
        "prompt_spool": settings.prompt_spool,
        "fallback_spool": settings.fallback_spool.resolve(),
        "display": display,
        "transfers": _transfers(settings),
        "outside": _outside(settings),
        "codecs": versions.codecs(version),
        "trunk_codecs": versions.codecs(version, first="alaw"),
        "limits": (most := limits(settings)),
        "space_ms": max(1, round(1000 / most.new_calls)),
        "burst_ms": round(1000 * burst(most.new_calls)),
        "trunk": settings.trunk,
        "trunk_password": Foreign(secrets.trunk_password),
        "trunk_sources": _trunk_sources(settings),
        "trunk_uris": _trunk_uris(settings),
        "transports": _transports(settings),
        "certificate": _shown_certificate(settings),
        "private_networks": PRIVATE_NETWORKS,
        "reach": settings.reach,
        "dialled": _dialled(settings),
        "contact_user": CONTACT_USER,
        "account": _account(settings),
        "called": _called(settings),
    }


def _dialled(settings: Settings) -> list["Pattern"]:
    """What requests are addressed to that anybody may make: every spelling of each line's numbers, and our account.

    As extensions are matched, hyphens mean nothing, and what stands behind a semicolon is no part of the number.
    """
    spellings: dict[str, list[str]] = {}
    for text, line in settings.reach.items():
        spellings.setdefault(line, []).append(text)
    if settings.trunk is not None and settings.trunk.registers:
        spellings.setdefault(settings.lines[0].number, []).append(CONTACT_USER)
    found = ("|".join("-*".join(text).replace("+", "[+]") for text in texts) for texts in spellings.values())
    return [Pattern(f"^(sips?:({each})-*([;:][^@]*)?@|tel:({each})-*(;|$))") for each in found]


def _account(settings: Settings) -> list[str]:
    """What requests are addressed to that name our account and not yet a line; one without a user names nothing."""
    trunk = settings.trunk
    if trunk is None:
        return []
    names = [CONTACT_USER, "s", trunk.account]
    return [name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z0-9+*][A-Za-z0-9_.+*-]*", name)]


def _called(settings: Settings) -> Values:
    """Where the called number is looked for, in order: in requests to our account, and to a number; and the headers."""
    chosen = settings.trunk.called_number if settings.trunk else "auto"
    if chosen == "auto":
        places: Values = {"account": (*CALLED_HEADERS, "request"), "number": ("request", *CALLED_HEADERS)}
    else:
        places = dict.fromkeys(("account", "number"), tuple(dict.fromkeys((chosen, "request"))))
    return {**places, "headers": [place for place in places["account"] if place != "request"]}


def test_calls_folder(settings: Settings) -> Path:
    """Where the recordings of calls that try the trunk lie until somebody has listened to them."""
    return settings.data / "spool" / "tests"


def _trunk_uris(settings: Settings) -> dict[str, "Uri"]:
    """The addresses of the trunk: where it is, who we are there, and what lies on the way."""
    trunk = settings.trunk
    if trunk is None:
        return {}
    way = "" if trunk.transport == "udp" else f";transport={trunk.transport}"
    return {
        "host": Uri(f"sip:{trunk.host}:{trunk.sip_port}{way}"),
        "account": Uri(f"sip:{trunk.account}@{trunk.domain}"),
        "proxy": Uri(f"sip:{trunk.outbound_proxy}{way};lr"),
    }


def _transports(settings: Settings) -> dict[str, str]:
    """Where SIP is spoken, by the protocol: UDP for all, and what the trunk wants besides."""
    bind = _bind(settings.sip.address, settings.sip.port)
    wanted, trunk = {"udp": bind}, settings.trunk and settings.trunk.transport
    if trunk == "tcp":
        wanted["tcp"] = bind
    if trunk == "tls" or settings.sip.tls:
        wanted["tls"] = _bind(settings.sip.address, settings.sip.tls_port)
    return wanted


def _shown_certificate(settings: Settings) -> Values | None:
    """What phones over TLS are shown; None: there are none. `digest` changes with it, so that Asterisk, which reads it
    at its start alone, is started again when nobody calls. Raises AsteriskError."""
    if not settings.sip.tls:
        return None
    files = certificates.files_of(settings)
    try:
        certificates.ensure(settings, certificates.utc_now())
        return {"file": files.certificate, "key": files.key, "digest": files.digest()}
    except certificates.CertificateError as error:
        raise AsteriskError(error.code, **error.facts) from error


def _trunk_sources(settings: Settings) -> list[str]:
    """Where the trunk's calls come from: each address or name once."""
    trunk = settings.trunk
    if trunk is None:
        return []
    return list(dict.fromkeys([trunk.host, *filter(None, [trunk.outbound_proxy.partition(":")[0]]), *trunk.addresses]))


def _bind(address: str, port: int) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError as error:
        raise AsteriskError("pbx.no_ip", address=address) from error
    return f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"


def _transfers(settings: Settings) -> list[tuple[str, str | None]]:
    """Numbers that agents can pass callers on to, each with the agent it is; None: a queue."""
    agents: list[tuple[str, str | None]] = [(agent.extension, agent.name) for agent in settings.agents]
    return agents + [(queue.extension, None) for queue in settings.queues.values() if queue.extension is not None]


def _outside(settings: Settings) -> list[tuple[str, str]]:
    """Numbers outside that menus lead to, in digits, and as the provider wants each of them."""
    if settings.trunk is None:
        return []
    numbers = {each.transfer for _, each in settings.destinations() if each.transfer is not None}
    return [(number.removeprefix("+"), dial_string(number, settings.trunk)) for number in sorted(numbers)]


def _music_folder(settings: Settings, share: Path, name: str) -> Path:
    """The owner's music of that name, `<data>/music/<name>/`; else what Debian ships."""
    own = settings.data.resolve() / "music" / name
    return own if own.is_dir() else share / "moh"


def display(name: str) -> str:
    """A person's name as the display part of a caller id; empty if no harmless character is in it."""
    kept = re.sub(r"[^\w .'-]", "", name).strip()
    return f'"{kept}" ' if kept else ""


@cache
def _environment() -> Environment:
    """Kept with the templates that it has read: settings may change many times in the life of a process."""
    # Configuration files are no HTML: what must not pass is refused by `safe`, not escaped.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=safe,
    )


class Foreign(str):
    """A secret that somebody else chose: any character is part of it; only what would end the line is refused."""


class Uri(str):
    """An address of SIP with its parameters, made here: their semicolons are not the file's."""


class Pattern(str):
    """A regular expression (POSIX, extended), made here of numbers and plain names."""


SAFE_PATTERN = re.compile(r"[\w+*?()|\[\]^$:;@-]+", re.ASCII)
SAFE_URI = re.compile(r"sip:[\w.+*@:-]+(;[a-z]+(=[a-z]+)?)*", re.ASCII)
SAFE_PATH = re.compile(r"[\w./+@~=: -]+")
SAFE_TEXT = re.compile(r"[^\x00-\x1f\x7f;\\\[\]{}$,|]*")


def safe(value: Any) -> Any:
    """Refuses a value that Asterisk would read as more than a value; paths are held to fewer characters still."""
    if isinstance(value, Path) and not SAFE_PATH.fullmatch(str(value)):
        raise AsteriskError("pbx.odd_folder", folder=value)
    if isinstance(value, Foreign):
        if re.search(r"[\x00-\x1f\x7f\\]", value) or value != value.strip():
            raise AsteriskError("pbx.odd_password")
        return value.replace(";", r"\;")
    if (isinstance(value, Uri) and SAFE_URI.fullmatch(value)) or (
        isinstance(value, Pattern) and SAFE_PATTERN.fullmatch(value)
    ):
        return value.replace(";", r"\;")
    if isinstance(value, str) and not SAFE_TEXT.fullmatch(value):
        raise AsteriskError("pbx.odd_value", value=value)
    return value
