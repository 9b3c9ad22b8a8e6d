"""Styles and scripts: an address that names the content, kept for good, and what an old address gives."""

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.calls import WHOLE, Store
from tests.support.pages import Client
from tests.support.publishing import seed_settings
from web import assets, build_assets
from web.assets import KINDS, Assets

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the assets with all parts, of which those from npm are invented."""
    made = tmp_path / "static"
    shutil.copytree(assets.FOLDER, made, ignore=shutil.ignore_patterns("vendor"))
    (made / "vendor").mkdir()
    for name in build_assets.PARTS:
        (made / "vendor" / name).write_text(f"// {name}", encoding="utf-8")
    return made


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src|data-microphone)="(/static/[^"]+)"', page)


def test_what_a_page_loads_is_kept_for_good(signed: Client, store: Store, missing: Callable[[str], None]) -> None:
    if build_assets.missing():
        missing("web/static/vendor (run `python -m web.build_assets`)")
    seed_settings(store)
    admin = signed("admin")
    pages = (
        "/now",
        "/tickets",
        f"/calls/{WHOLE}",
        "/callback",
        "/flow",
        "/messages",
        "/settings",
        "/prompts/en/welcome",
        "/api-reference",
    )
    found = set(addresses("".join(admin.get(page).text for page in pages)))
    files = [file.relative_to(assets.FOLDER).as_posix() for file in assets.FOLDER.rglob("*.*") if file.suffix in KINDS]
    templates = "".join(each.read_text(encoding="utf-8") for each in assets.FOLDER.parent.rglob("*.html"))
    scripts = "".join(each.read_text(encoding="utf-8") for each in assets.FOLDER.glob("*.js"))
    loaded = {address.split("/", 3)[3] for address in found} | set(re.findall(r"asset\('([\w./]+)'\)", templates))
    loaded |= set(re.findall(r'^import .* from "\./([\w.]+)";', scripts, re.MULTILINE))
    assert sorted(loaded) == sorted(files), "everything there is is used"
    for address in found:
        answer = admin.get(address, headers={"Accept-Encoding": "gzip"})
        file = assets.FOLDER / address.split("/", 3)[3]
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOR_GOOD
        assert answer.headers["Vary"] == "Accept-Encoding" and "Set-Cookie" not in answer.headers
        assert answer.mimetype == KINDS[file.suffix]
        body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        assert body == file.read_bytes()
        assert admin.get(address).data == file.read_bytes()


def test_a_script_finds_what_it_imports_beside_it(client: FlaskClient) -> None:
    (address,) = [each for each in addresses(client.get("/sign-in").text) if each.endswith("app.js")]
    call = client.get(urljoin(address, "call.js"))
    imported = re.findall(r'^import .* from "(\./[^"]+)"', call.text, re.MULTILINE)
    assert imported
    for each in imported:
        answer = client.get(urljoin(address, each))
        assert answer.status_code == 404 or answer.headers["Cache-Control"] == FOR_GOOD
        assert (answer.status_code == 404) == bool(build_assets.missing())


def test_another_content_has_another_name(folder: Path) -> None:
    before = Assets(folder).edition()
    assert Assets(folder).edition().name == before.name
    with (folder / "app.css").open("a", encoding="utf-8") as file:
        file.write("p { margin: 0; }")
    after = Assets(folder).edition()
    assert after.name != before.name
    assert after.files["app.js"].body == before.files["app.js"].body


def test_a_part_that_comes_late_is_found(folder: Path) -> None:
    late = folder / "vendor" / "htmx.min.js"
    body = late.read_bytes()
    late.unlink()
    found = Assets(folder)
    before = found.edition()
    assert "vendor/htmx.min.js" not in before.files
    late.write_bytes(body)
    after = found.edition()
    assert after.files["vendor/htmx.min.js"].body == body and after.name != before.name
    assert found.edition() is after, "and then they are read no more"


def test_an_old_address_gives_what_there_is_now(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/static/0123456789abcdef/app.css")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-cache"
    again = client.get("/static/0123456789abcdef/app.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["app.css", "x/nothing.css", "x/vendor/.stamp", "x/../app.py", "x/%2e%2e/app.py", "x//etc/passwd"],
)
def test_nothing_else_has_an_address(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/static/{path}")
    assert answer.status_code in (302, 404), "signing in leads to 404"
    assert answer.headers["Cache-Control"] == "no-store"
