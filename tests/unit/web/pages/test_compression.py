"""Answers compressed on their way: which, for whom, and never for another site that could learn from the length."""

import gzip
import re
import time
from collections.abc import Iterator

import pytest
from flask import Response
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from tests.support.calls import WHOLE, Store
from tests.support.front import RunningFront
from tests.support.pages import Client, app_of, cookie_name, listen
from web.app import assemble

GZIP = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def is_packed(answer: Response) -> bool:
    return answer.headers.get("Content-Encoding") == "gzip"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/calls", "Dana Whitfield"),
        (f"/calls/{WHOLE}", "router"),
        ("/nothing", "There is no such page"),
        (f"/api/calls/{WHOLE}", "router"),
        (f"/calls/{WHOLE}/transcript.json", "router"),
        (f"/calls/{WHOLE}/transcript.vcon", "router"),
        (f"/calls/{WHOLE}/peaks", "channels"),
    ],
)
def test_pages_and_documents_are_compressed(signed: Client, page: str, words: str) -> None:
    eva = signed("eva")
    answer, plain = eva.get(page, headers=GZIP), eva.get(page)
    assert is_packed(answer) and not is_packed(plain)
    assert "Accept-Encoding" in answer.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
    assert words in gzip.decompress(answer.data).decode()
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 1.5


def test_a_table_is_compressed_as_it_is_written(signed: Client) -> None:
    eva = signed("eva")
    with eva.get("/calls.csv", headers=GZIP) as answer:
        assert is_packed(answer) and "Content-Length" not in answer.headers
        assert gzip.decompress(answer.data) == eva.get("/calls.csv").data


@pytest.mark.parametrize("takes", ["", "br, zstd", "gzip;q=0", "identity"])
def test_who_does_not_take_it_gets_it_as_it_is(signed: Client, takes: str) -> None:
    answer = signed("eva").get("/calls", headers={"Accept-Encoding": takes})
    assert not is_packed(answer) and "Dana Whitfield" in answer.text


def test_what_is_small_stays(signed: Client) -> None:
    answer = signed("eva").get("/api/calls/1.1", headers=GZIP)
    assert (answer.status_code, is_packed(answer)) == (404, False)


def test_sound_is_sent_as_it_is_whole_and_in_ranges(signed: Client, store: Store) -> None:
    eva = signed("eva")
    address = listen(eva, WHOLE)
    file = (store.settings.recordings / "whole.flac").read_bytes()
    with eva.get(address, headers=GZIP) as whole:
        assert (whole.data, is_packed(whole)) == (file, False)
        assert whole.content_length == len(file) and not whole.headers["ETag"].startswith("W/")
    with eva.get(address, headers={**GZIP, "Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data, is_packed(part)) == (206, file[100:200], False)


def test_a_tag_is_still_known_after_compression(signed: Client) -> None:
    eva = signed("eva")
    answer = eva.get(f"/calls/{WHOLE}/peaks", headers=GZIP)
    assert answer.headers["ETag"].startswith("W/"), "two forms of one document are not the same bytes"
    again = eva.get(f"/calls/{WHOLE}/peaks", headers={**GZIP, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_stream_of_events_is_left_alone(store: Store, cookies: dict[str, str]) -> None:
    app = app_of(store, assembled=assemble())

    def events() -> Iterator[str]:
        yield "data: 1\n\n"
        raise AssertionError("nobody may ask for the second before the first is sent")

    app.add_url_rule("/events", view_func=lambda: Response(events(), mimetype="text/event-stream"))
    client = app.test_client()
    client.set_cookie(cookie_name(app), cookies["eva"])
    answer = client.get("/events", headers=GZIP)
    assert not is_packed(answer) and next(iter(answer.response)) == b"data: 1\n\n"


@pytest.mark.parametrize(
    ("site", "packed"),
    [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False), ("anything else", False)],
)
def test_what_another_site_asks_for_has_its_own_length(signed: Client, site: str, packed: bool) -> None:
    answer = signed("eva").get("/calls?text=dana", headers={**GZIP, "Sec-Fetch-Site": site})
    assert is_packed(answer) == packed
    assert answer.status_code == 200


@pytest.mark.parametrize(("scheme", "packed"), [("http", True), ("https", False)])
def test_an_old_browser_does_not_say_which_site_asks(signed: Client, scheme: str, packed: bool) -> None:
    eva = signed("eva")
    assert is_packed(eva.get("/calls", headers=GZIP, base_url=f"{scheme}://localhost")) == packed


def test_who_has_no_session_cannot_be_made_to_use_it(client: FlaskClient) -> None:
    assert is_packed(client.get("/sign-in", headers=GZIP, base_url="https://localhost"))


def test_a_form_has_another_token_each_second(signed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def signature(at: int) -> str:
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: at)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', eva.get("/now").text)
        assert found is not None
        return found[1].rpartition(".")[2]

    eva = signed("eva")
    now = int(time.time())
    first, second = signature(now + 1), signature(now + 2)
    assert len(first) == len(second) == 27 and first != second


def test_over_a_real_connection(store: Store, cookies: dict[str, str]) -> None:
    app = app_of(store)
    front = RunningFront(app)
    try:
        for path in ("/calls", "/calls.csv", f"/calls/{WHOLE}/peaks"):
            said = front.get(path, **GZIP, Cookie=f"{cookie_name(app)}={cookies['eva']}")
            assert said[0] == 200 and len(gzip.decompress(said[1])) > 500, path
    finally:
        front.end()
