"""The certificate that the pages show, while they are served: read again when its files change, renewed in time.

What certificates are is `ringback/certificates.py`'s.
"""

import logging
import ssl
import time

from ringback import certificates
from ringback.config import Settings

log = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
"""How often the files are looked at; each time one of ours that ends soon is renewed."""


class ShownCertificate:
    """What the front asks; `context` is None where pages are not encrypted."""

    def __init__(self, settings: Settings) -> None:
        """Raises CertificateError."""
        self._settings = settings
        self._files = certificates.files_of(settings)
        self._look_at = time.monotonic() + LOOK_SECONDS
        self.context: ssl.SSLContext | None = None
        self._digest = ""
        if settings.web.https:
            self.context, self._digest = self._files.context(), self._files.digest()

    def follow(self) -> None:
        """Once a second; looks once a minute. New connections are shown what is in the files then."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_SECONDS
        self.look()

    def look(self) -> None:
        """Renews what ends soon and takes up what has changed; what cannot be read leaves things as they are."""
        try:
            if certificates.ensure(self._settings, certificates.utc_now()):
                log.info("the certificate was renewed: %s", self._files.certificate)
            if self.context is not None and (digest := self._files.digest()) != self._digest:
                self._files.load_into(self.context)
                self._digest = digest
                log.info("the certificate has changed: %s", self._files.certificate)
        except (certificates.CertificateError, OSError) as error:
            log.error("the certificate stays as it was: %s", error)
