"""`ringback certificate`: makes the certificate of the own authority, and says what browsers and phones are shown.

What a certificate is and when one is made anew is `ringback/certificates.py`'s.
"""

from pathlib import Path
from typing import Annotated

import typer

from ringback import certificates, config
from ringback.config import Settings
from ringback.errors import RingbackError

certificate_app = typer.Typer(no_args_is_help=True, help="Encryption of pages and phones.")
ConfigChoice = Annotated[
    Path | None, typer.Option("--config", "-c", help="Settings file; ringback.yaml of this folder if there is one.")
]


class OwnersCertificate(RingbackError):
    """The settings name a certificate of the owner's: it is not ours to make."""


@certificate_app.command("make")
def make(
    path: ConfigChoice = None,
    anew: Annotated[bool, typer.Option("--anew", help="Even if the one at hand is good; the authority stays.")] = False,
) -> None:
    """Makes a certificate for the names of the settings, signed by an authority of this installation."""
    settings = config.load(path)
    if not certificates.is_ours(settings):
        raise OwnersCertificate("app.owners_certificate", file=settings.tls.certificate)
    where, now = certificates.folder(settings), certificates.utc_now()
    made = certificates.make(where, certificates.names_of(settings), now, anew=anew)
    typer.echo("A certificate was made." if made else "The certificate at hand is good: nothing was made.")
    _say(settings)


@certificate_app.command("show")
def show(path: ConfigChoice = None) -> None:
    """Says which certificate is in use, for which names, until when, and what is to be told to browsers and phones."""
    _say(config.load(path))


def _say(settings: Settings) -> None:
    files = certificates.files_of(settings)
    found = certificates.read(files.certificate)
    if found is None:
        raise certificates.CertificateError("ringback.certificate_unreadable", file=files.certificate)
    typer.echo(f"  certificate  {files.certificate}")
    typer.echo(f"  key          {files.key}")
    typer.echo(f"  for          {', '.join(certificates.names_in(found))}")
    typer.echo(f"  until        {found.not_valid_after_utc:%Y-%m-%d}")
    typer.echo(f"  SHA-256      {certificates.fingerprint(found)}")
    authority_file = certificates.folder(settings) / "authority.pem"
    authority = certificates.read(authority_file) if certificates.is_ours(settings) else None
    if authority is not None:
        typer.echo(f"\nBrowsers and phones are told to trust {authority_file}:")
        typer.echo(f"  until        {authority.not_valid_after_utc:%Y-%m-%d}")
        typer.echo(f"  SHA-256      {certificates.fingerprint(authority)}")
    shown = [
        name for name, on in (("pages (web.https)", settings.web.https), ("phones (sip.tls)", settings.sip.tls)) if on
    ]
    typer.echo(f"\nShown to: {', '.join(shown) or 'nobody yet: set web.https or sip.tls to yes'}")
