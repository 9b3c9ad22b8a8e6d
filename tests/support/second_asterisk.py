"""Another Asterisk that plays a provider: the same program in a folder of its own, with an account and customers.

Owns its configuration and its life. Customers are phones: whoever calls a number there is passed on to Ringback, and
what Ringback calls rings the phone of the test, whatever the number.
"""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.trial.ports import LOOPBACK, free_port, free_rtp_range
from app.trial.trial import until
from pbx import asterisk
from pbx.asterisk import AsteriskDirs, AsteriskProgram
from ringback import secrets
from ringback.config import Settings

PASSWORD = "geheim;1"
TRANSPORT = """
[transport-{name}]
type = transport
protocol = {name}
bind = {bind}
"""
PJSIP = """
[global]
type = global
user_agent = Provider
endpoint_identifier_order = auth_username,username,ip,request_uri
{transports}
[anonymous]
type = endpoint
context = customers
disallow = all
allow = ulaw,alaw
rewrite_contact = yes

[customers]
type = identify
endpoint = anonymous
match_request_uri = /^sip:[+0-9]/

[customer]
type = endpoint
context = nobody
disallow = all
allow = ulaw,alaw
aors = customer

[customer]
type = aor
contact = sip:{loopback}:{customer}

[{account}]
type = endpoint
context = accounts
identify_by = auth_username,username,ip
disallow = all
allow = ulaw,alaw
aors = {account}
rewrite_contact = yes
{endpoint}
[{account}]
type = aor
max_contacts = 1
remove_existing = yes
qualify_frequency = 0
{aor}{auth}{identify}"""
AUTH = """
[{account}]
type = auth
auth_type = userpass
username = {login}
password = {password}
"""
IDENTIFY = """
[ringback]
type = identify
endpoint = {account}
match = {loopback}:{port}
"""
EXTENSIONS = """
[customers]
exten => _[+0-9].,1,Dial({dial},30,b(called^s^1(${{EXTEN}})))
[called]
exten => s,1,Set(PJSIP_HEADER(add,P-Called-Party-ID)=<sip:${{ARG1}}@{loopback}>)
 same => n,Return()
[accounts]
exten => _[+0-9].,1,Set(GLOBAL(CALLED)=${{EXTEN}})
 same => n,Set(GLOBAL(CALLER)=${{PJSIP_HEADER(read,P-Asserted-Identity)}})
 same => n,Dial(PJSIP/customer/sip:${{EXTEN}}@{loopback}:{customer},30)
[nobody]
"""


@dataclass(frozen=True)
class TrunkAccount:
    """What the provider knows of Ringback."""

    name: str
    """In From and in the address that is registered."""
    transport: str = "udp"
    login: str = ""
    """Empty: no password is asked for."""
    registers: bool = False
    srtp: bool = False


@dataclass(frozen=True)
class SecondAsterisk:
    """The running one."""

    place: AsteriskDirs
    port: int
    """Where it is reached by the transport of the account."""
    phones: int
    """Where phones reach it: over UDP."""
    customer: int
    """The port of the phone that all numbers ring."""

    def called(self) -> str:
        """The number that Ringback called last."""
        return self._global("CALLED")

    def caller(self) -> str:
        """Whom that call came from, as we assert it."""
        return self._global("CALLER")

    def contacts(self, account: str) -> str:
        """What is registered for the account."""
        return self.place.cli(f"pjsip show aor {account}")

    def _global(self, name: str) -> str:
        found = [line for line in self.place.cli("dialplan show globals").splitlines() if f"{name}=" in line]
        return found[0].partition("=")[2].strip() if found else ""


@contextmanager
def second_asterisk(
    folder: Path, program: AsteriskProgram, account: TrunkAccount, ringback: int, certificate: Path | None = None
) -> Iterator[SecondAsterisk]:
    """Runs it until the end of the block. `ringback` is the port at which Ringback listens; `certificate` is for
    TLS, key and certificate in one file."""
    phones = free_port(socket.SOCK_DGRAM)
    port = phones if account.transport == "udp" else free_port(socket.SOCK_STREAM)
    customer, rtp = free_port(socket.SOCK_DGRAM), free_rtp_range(40)
    settings = Settings.model_validate(
        {
            "data": folder,
            "sip": {"address": LOOPBACK, "port": phones, "rtp_first": rtp, "rtp_last": rtp + 39},
            "ami": {"port": free_port(socket.SOCK_STREAM)},
        }
    )
    secret, _ = secrets.load_or_create(settings)
    place = asterisk.render(settings, secret, program)
    (place.etc / "pjsip.conf").write_text(_pjsip(account, phones, port, customer, ringback, certificate))
    # Where it registered, under the name that it gave there: which number was called stands in a header.
    dial = f"${{PJSIP_DIAL_CONTACTS({account.name})}}" if account.registers else f"PJSIP/${{EXTEN}}@{account.name}"
    (place.etc / "extensions.conf").write_text(EXTENSIONS.format(dial=dial, loopback=LOOPBACK, customer=customer))
    process = subprocess.Popen(place.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until("the provider to be up", 60, place.is_up)
        yield SecondAsterisk(place, port, phones, customer)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _pjsip(
    account: TrunkAccount, phones: int, port: int, customer: int, ringback: int, certificate: Path | None
) -> str:
    transports = TRANSPORT.format(name="udp", bind=f"{LOOPBACK}:{phones}")
    if account.transport != "udp":
        transports += TRANSPORT.format(name=account.transport, bind=f"{LOOPBACK}:{port}")
    if certificate is not None:
        transports += f"cert_file = {certificate}\npriv_key_file = {certificate}\nmethod = tlsv1_2\n"
    lines = ["media_encryption = sdes"] if account.srtp else []
    if account.login:
        lines.append(f"auth = {account.name}")
    auth = AUTH.format(account=account.name, login=account.login, password=PASSWORD.replace(";", "\\;"))
    return PJSIP.format(
        transports=transports,
        loopback=LOOPBACK,
        customer=customer,
        account=account.name,
        endpoint="".join(f"{line}\n" for line in lines),
        aor="" if account.registers else f"contact = sip:{LOOPBACK}:{ringback}\n",
        auth=auth if account.login else "",
        identify="" if account.login else IDENTIFY.format(account=account.name, loopback=LOOPBACK, port=ringback),
    )
