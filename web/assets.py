"""Styles and scripts, at an address that names their content: a browser asks for each once, until one of them changes.

All of them share one name, a hash of everything, so that a script that imports another beside it finds the one it was
written for. They are read when the pages start, and each is compressed once, when it is first asked for; while parts
from npm are missing (`web/build_assets.py`), they are looked for again. An old address, as a page has that was opened
before an update, gives what there is now, and nobody keeps it.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

from web import build_assets
from web.compression import gzipped, takes_gzip

FOLDER = Path(__file__).parent / "static"
ENDPOINT = "asset"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""What each file is; anything else is text (licences)."""
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    body: bytes
    kind: str

    @cached_property
    def packed(self) -> bytes:
        """The body by gzip, as far as it goes."""
        return gzipped(self.body, 9)


@dataclass(frozen=True)
class AssetEdition:
    """All assets as they were in one moment."""

    name: str
    files: dict[str, Asset]
    """By the path below the folder, with slashes."""
    is_whole: bool
    """Whether no part was missing."""


class Assets:
    """The files of a folder; those whose names begin with a dot are nobody's."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._edition = self._read()

    def edition(self) -> AssetEdition:
        if not self._edition.is_whole:
            self._edition = self._read()
        return self._edition

    def address(self, path: str) -> str:
        """Of one file, for a page."""
        return url_for(ENDPOINT, edition=self.edition().name, path=path)

    def answer(self, edition: str, path: str) -> Response:
        """One file. 404: there is none."""
        now = self.edition()
        asset = now.files.get(path) or abort(404)
        packed = takes_gzip() and len(asset.packed) < len(asset.body)
        response = Response(asset.packed if packed else asset.body, content_type=f"{asset.kind}; charset=utf-8")
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{now.name}-gzip" if packed else now.name)
        response.headers["Cache-Control"] = FOR_GOOD if edition == now.name else "no-cache"
        response.make_conditional(request)
        return response

    def _read(self) -> AssetEdition:
        is_whole = not build_assets.missing(self._folder / "vendor")
        hashed, files = hashlib.sha256(), {}
        for file in sorted(self._folder.rglob("[!.]*")):
            if file.is_file():
                path, body = file.relative_to(self._folder).as_posix(), file.read_bytes()
                hashed.update(b"%s\0%d\0%s" % (path.encode(), len(body), body))
                files[path] = Asset(body, KINDS.get(file.suffix, "text/plain"))
        return AssetEdition(hashed.hexdigest()[:16], files, is_whole)


def init(app: Flask) -> None:
    """Gives `app` its assets, and its templates `asset(path)`."""
    assets = Assets()
    app.add_url_rule("/static/<edition>/<path:path>", ENDPOINT, assets.answer)
    app.add_template_global(assets.address, "asset")
