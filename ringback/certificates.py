"""The certificate of pages and phones: the owner's own, or one of a local authority that is made here and renewed.

Owns `<data>/tls`: the authority (`authority.pem`, which browsers and phones are told to trust, and its key), and what
is shown to them (`server.pem`, `server.key`). Keys are for the owner alone (0600). Who asks for which is the settings';
serving with them is `web/front.py`'s and Asterisk's.
"""

import hashlib
import ipaddress
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ringback.errors import RingbackError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, GeneralName, KeyUsage

    from ringback.config import Settings

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""The longest that browsers accept."""
RENEW_DAYS = 60
"""So long before its end a certificate of ours is made anew, and an owner's is spoken of."""


class CertificateError(RingbackError):
    """A certificate is not there, or not what it should be."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """What is shown to browsers and phones."""

    certificate: Path
    """With those that stand between it and its authority, PEM."""
    key: Path

    def digest(self) -> str:
        """Changes with either file. Raises CertificateError."""
        try:
            return hashlib.sha256(self.certificate.read_bytes() + self.key.read_bytes()).hexdigest()[:16]
        except OSError as error:
            raise CertificateError("ringback.certificate_unreadable", file=error.filename) from error

    def context(self) -> ssl.SSLContext:
        """For a server. Raises CertificateError."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load_into(made)
        return made

    def load_into(self, context: ssl.SSLContext) -> None:
        """From now on `context` shows what is in the files now. Raises CertificateError."""
        try:
            context.load_cert_chain(self.certificate, self.key)
        except ssl.SSLError as error:
            raise CertificateError("ringback.certificate_wrong", file=self.certificate, key=self.key) from error
        except OSError as error:
            name = self.key if self.certificate.is_file() else self.certificate
            raise CertificateError("ringback.certificate_unreadable", file=name) from error


def folder(settings: "Settings") -> Path:
    """Where the local authority lies, and what it made."""
    return settings.data.resolve() / "tls"


def files_of(settings: "Settings") -> CertificateFiles:
    """The owner's own, or those of the local authority."""
    tls = settings.tls
    if tls.certificate is not None and tls.key is not None:
        return CertificateFiles(tls.certificate, tls.key)
    return CertificateFiles(folder(settings) / "server.pem", folder(settings) / "server.key")


def is_ours(settings: "Settings") -> bool:
    """Whether the local authority makes the certificate."""
    return settings.tls.certificate is None


def names_of(settings: "Settings") -> list[str]:
    """What the certificate is for: the names of the settings, what browsers and phones use, and this machine."""
    from urllib.parse import urlsplit

    public = urlsplit(settings.web.public_url).hostname or ""
    addresses = [settings.web.address, settings.sip.address, settings.sip.external_address]
    used = [each for each in addresses if each and each not in ("0.0.0.0", "::")]  # noqa: S104
    found = [*settings.tls.names, public, *used, socket.gethostname(), _way_out(), "localhost", "127.0.0.1", "::1"]
    return [name for name in dict.fromkeys(each.lower() for each in found) if name]


def _way_out() -> str:
    """The address that others in the network reach this machine at; empty: there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # UDP: nothing is sent, the kernel only chooses a way
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def ensure(settings: "Settings", now: datetime) -> bool:
    """Has a certificate at hand where the settings want one: makes or renews that of the local authority. True: the
    files are new. Raises CertificateError."""
    if not settings.wants_certificate or not is_ours(settings):
        return False
    return make(folder(settings), names_of(settings), now)


def make(where: Path, names: list[str], now: datetime, *, anew: bool = False) -> bool:
    """Makes what is missing, ends soon or lacks one of the names; `anew` makes the certificate in any case, and the
    authority, which was told to browsers and phones, only where it ends. True: something was made."""
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, authority_key = _authority(where, now)
    known = read(where / "server.pem")
    good = (
        known is not None
        and (where / "server.key").is_file()
        and known.issuer == authority.subject
        and known.not_valid_after_utc > now + timedelta(days=RENEW_DAYS)
        and set(names) <= set(names_in(known))
        and _signed(known, authority)
    )
    if good and not anew:
        return False
    certificate, key = _issued(names, authority, authority_key, now)
    from cryptography.hazmat.primitives.serialization import Encoding

    _write(where / "server.key", _private(key), 0o600)
    _write(where / "server.pem", certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM), 0o644)
    return True


def read(path: Path) -> "Certificate | None":
    """The first certificate in a file; None: there is none."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, ValueError):
        return None


def ends_at(settings: "Settings") -> datetime | None:
    """When the certificate in use ends; None: it cannot be read."""
    found = read(files_of(settings).certificate)
    return None if found is None else found.not_valid_after_utc


def names_in(certificate: "Certificate") -> list[str]:
    """Names and addresses that a certificate is for."""
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = found.get_values_for_type(x509.IPAddress)
    return [*found.get_values_for_type(x509.DNSName), *(str(address) for address in addresses)]


def fingerprint(certificate: "Certificate") -> str:
    """SHA-256 as browsers and phones show it: AB:CD:..."""
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


# -- the local authority -----------------------------------------------------------------------------------


def _authority(where: Path, now: datetime) -> "tuple[Certificate, EllipticCurvePrivateKey]":
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

    known = read(where / "authority.pem")
    try:
        key = load_pem_private_key((where / "authority.key").read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    lasts = known is not None and known.not_valid_after_utc > now + timedelta(days=SERVER_DAYS)
    if known is not None and lasts and isinstance(key, ec.EllipticCurvePrivateKey):
        return known, key
    made = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(made, now)
    _write(where / "authority.key", _private(made), 0o600)
    _write(where / "authority.pem", certificate.public_bytes(Encoding.PEM), 0o644)
    return certificate, made


def _self_signed(key: "EllipticCurvePrivateKey", now: datetime) -> "Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    whose = f"Ringback on {socket.gethostname()}"[:64]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, whose)])
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )


def _issued(
    names: list[str], authority: "Certificate", authority_key: "EllipticCurvePrivateKey", now: datetime
) -> "tuple[Certificate, EllipticCurvePrivateKey]":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    end = min(now + timedelta(days=SERVER_DAYS), authority.not_valid_after_utc)
    own, above = key.public_key(), authority_key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])]))
        .issuer_name(authority.subject)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return certificate, key


def _usage(*, signs: bool) -> "KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> "GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _signed(certificate: "Certificate", authority: "Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _private(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, with its mode from the first byte."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def utc_now() -> datetime:
    return datetime.now(UTC)
