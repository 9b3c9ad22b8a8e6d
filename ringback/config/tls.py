"""Encryption of pages and phones: which certificate is shown to browsers and phones."""

from typing import Annotated

from pydantic import BeforeValidator, model_validator

from ringback.config.addresses import HOST
from ringback.config.base import Model, form
from ringback.config.places import Folder
from ringback.config.remarks import SettingError


def yaml_list(value: object) -> object:
    """One name may be written without the list around it."""
    return [value] if isinstance(value, str) else value


CertificateName = Annotated[str, form(rf"^({HOST}|[0-9A-Fa-f:]{{2,39}})$", "ringback.form_certificate_name")]


class Tls(Model):
    """`web.https` and `sip.tls` show it. Without a certificate of the owner's, Ringback has an authority of its own in
    `<data>/tls`, whose `authority.pem` browsers and phones are told to trust (docs/security.md)."""

    certificate: Folder | None = None
    """The owner's own, with those between it and its authority, PEM."""
    key: Folder | None = None
    """The key that belongs to it, PEM, without a password."""
    names: Annotated[list[CertificateName], BeforeValidator(yaml_list)] = []
    """Names and addresses by which browsers and phones reach this machine, besides those that the settings name anyway:
    for the certificate of the own authority."""

    @model_validator(mode="after")
    def both_or_none(self) -> "Tls":
        """A certificate is of no use without its key."""
        if (self.certificate is None) != (self.key is None):
            raise SettingError("ringback.half_certificate")
        for path in (self.certificate, self.key):
            if path is not None and not path.is_absolute():
                raise SettingError("ringback.certificate_relative", path=path)
        return self
