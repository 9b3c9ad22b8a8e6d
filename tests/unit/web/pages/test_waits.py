"""How right announced waits were: the page, the card on the floor, the API."""

import re
from typing import Any

import pytest

from tests.support.calls import EVIL, WHOLE, Store
from tests.support.pages import Client
from tests.support.waits import seed_waits, tell


@pytest.mark.parametrize("name", ["eva", "anna", "tom"])
def test_the_page_and_the_floor(signed: Client, store: Store, name: str) -> None:
    client = signed(name)
    empty = client.get("/waits").text
    assert "No waits have been announced yet" in empty and "no data yet" in client.get("/now").text
    seed_waits(store)
    tell(store, 33, call_id=EVIL, queue="closed long ago")
    page = client.get("/waits").text
    for words in (
        "at most 5 min",
        "more than an hour",
        "would have been: at most 5 min",
        "then hung up",
        "Much longer",
    ):
        assert words in page
    assert set(re.findall(r'href="/calls/([^"?]+)"', page)) == {WHOLE} if name == "anna" else {WHOLE, EVIL}
    floor = client.get("/now").text
    assert "right in 6 of the last 10" in floor and "Position only" in floor
    part = client.get("/waits", headers={"HX-Request": "true"}).text
    assert part.startswith('<div id="waits"') or "<html" not in part
    document = client.get("/api/waits").json
    assert document is not None and document["queues"][0]["lately"]["silent"]
    assert document["queues"][0]["lately"] == client.get("/api/now").json["waits"]["support"]


def test_nobody_else_sees_it(client: Any) -> None:
    assert client.get("/waits").location.startswith("/sign-in")
    assert client.get("/api/waits").status_code == 401
