"""What Asterisk is told of encryption: its certificate, and whose sound is encrypted."""

from pathlib import Path

from pbx.running import identity
from ringback import certificates
from ringback.config import Sip
from tests.unit.pbx.test_asterisk_conf import rendered, section, settings_in


def test_phones_over_tls_are_shown_a_certificate_and_may_encrypt_their_sound(tmp_path: Path) -> None:
    def text(**sip: object) -> str:
        settings = settings_in(tmp_path / "data with words", sip={"address": "127.0.0.1", **sip})
        return (rendered(settings).etc / "pjsip.conf").read_text()

    plain = text()
    assert "protocol = tls" not in plain and "media_encryption" not in plain
    offered = text(tls=True, tls_port=5071)
    shown = section(offered, "transport-tls")
    folder = (tmp_path / "data with words" / "tls").resolve()
    assert f"cert_file = {folder}/server.pem" in shown and f"priv_key_file = {folder}/server.key" in shown
    assert "bind = 127.0.0.1:5071" in shown and "method = tlsv1_2" in shown and "verify_server = yes" not in shown
    assert section(offered, "ringback-agent").count("media_encryption_optimistic = yes") == 1
    required = text(tls=True, srtp="required")
    assert "media_encryption_optimistic = no" in section(required, "ringback-agent")
    assert "media_encryption_optimistic = yes" in section(required, "anonymous"), "callers may come as they are"


def test_a_new_certificate_is_a_reason_to_start_asterisk_again(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, sip=Sip(tls=True))
    before = identity(rendered(settings))
    assert identity(rendered(settings)) == before
    certificates.make(certificates.folder(settings), ["another.example"], certificates.utc_now())
    assert identity(rendered(settings)) != before
