"""The certificate of the own authority: made, kept, renewed in time; and one of the owner's."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringback import certificates
from ringback.certificates import CertificateError, CertificateFiles, ensure, files_of, make, names_in, names_of, read
from ringback.config import Settings, Sip, Web
from ringback.config.tls import Tls

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NAMES = ["ringback.example", "192.168.1.10", "2001:db8::1"]


def test_it_is_for_the_names_and_signed_by_the_authority(tmp_path: Path) -> None:
    assert make(tmp_path, NAMES, NOW)
    shown, authority = read(tmp_path / "server.pem"), read(tmp_path / "authority.pem")
    assert shown is not None and authority is not None
    assert names_in(shown) == ["ringback.example", "192.168.1.10", "2001:db8::1"]
    shown.verify_directly_issued_by(authority)
    assert shown.not_valid_after_utc - NOW <= timedelta(days=397, hours=1)
    CertificateFiles(tmp_path / "server.pem", tmp_path / "server.key").context()


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    where = tmp_path / "tls"
    make(where, NAMES, NOW)
    assert stat.S_IMODE(where.stat().st_mode) == 0o700
    for name in ("server.key", "authority.key"):
        assert stat.S_IMODE((where / name).stat().st_mode) == 0o600
    assert not list(where.glob("*.new"))


def test_what_is_good_stays_and_what_ends_soon_is_made_anew_under_the_same_authority(tmp_path: Path) -> None:
    make(tmp_path, NAMES, NOW)
    authority, first = (tmp_path / "authority.pem").read_bytes(), (tmp_path / "server.pem").read_bytes()
    assert not make(tmp_path, NAMES, NOW + timedelta(days=330))
    assert not make(tmp_path, NAMES[:2], NOW)
    assert (tmp_path / "server.pem").read_bytes() == first
    assert make(tmp_path, NAMES, NOW + timedelta(days=340))
    assert (tmp_path / "server.pem").read_bytes() != first
    assert (tmp_path / "authority.pem").read_bytes() == authority
    assert make(tmp_path, [*NAMES, "another.example"], NOW + timedelta(days=340))
    assert make(tmp_path, NAMES, NOW, anew=True)


@pytest.mark.parametrize("lost", ["server.key", "server.pem", "authority.key", "authority.pem"])
def test_what_is_lost_or_damaged_is_made_again(tmp_path: Path, lost: str) -> None:
    make(tmp_path, NAMES, NOW)
    (tmp_path / lost).write_bytes(b"garbage") if lost == "server.pem" else (tmp_path / lost).unlink()
    assert make(tmp_path, NAMES, NOW)
    CertificateFiles(tmp_path / "server.pem", tmp_path / "server.key").context()
    shown, authority = read(tmp_path / "server.pem"), read(tmp_path / "authority.pem")
    assert shown is not None and authority is not None
    shown.verify_directly_issued_by(authority)


def test_it_is_made_where_pages_or_phones_show_it_and_not_where_the_owner_has_one(tmp_path: Path) -> None:
    assert not ensure(Settings(data=tmp_path), NOW)
    assert ensure(Settings(data=tmp_path, web=Web(https=True)), NOW)
    assert not ensure(Settings(data=tmp_path, sip=Sip(tls=True)), NOW), "the same is for both"
    own = Tls(certificate=tmp_path / "own.pem", key=tmp_path / "own.key")
    assert not ensure(Settings(data=tmp_path / "other", web=Web(https=True), tls=own), NOW)
    assert not (tmp_path / "other").exists()


def test_names_are_those_by_which_this_machine_is_reached() -> None:
    web = Web(address="10.0.0.5", public_url="https://Ringback.example:8443")
    found = names_of(Settings(web=web, tls=Tls(names=["pbx.example"])))
    assert found[0] == "pbx.example"
    assert {"ringback.example", "10.0.0.5", "localhost", "127.0.0.1"} <= set(found)
    assert "0.0.0.0" not in found


def test_a_certificate_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    make(tmp_path / "one", NAMES, NOW)
    make(tmp_path / "two", NAMES, NOW)
    with pytest.raises(CertificateError, match="do not belong together"):
        CertificateFiles(tmp_path / "one" / "server.pem", tmp_path / "two" / "server.key").context()
    with pytest.raises(CertificateError, match=r"nothing\.pem cannot be read"):
        CertificateFiles(tmp_path / "nothing.pem", tmp_path / "two" / "server.key").context()


@pytest.mark.parametrize(
    "given", [{"certificate": "/a.pem"}, {"key": "/a.key"}, {"certificate": "a.pem", "key": "a.key"}, {"names": "a b"}]
)
def test_half_a_certificate_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"certificate|names"):
        Tls.model_validate(given)


def test_files_of_the_settings(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, web=Web(https=True))
    ensure(settings, certificates.utc_now())
    files = files_of(settings)
    context, before = files.context(), files.digest()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    make(tmp_path / "tls", names_of(settings), certificates.utc_now(), anew=True)
    assert files.digest() != before
