"""How it is with the provider, on the pages and by the API."""

import pytest

from callback import trunk_state
from callback.trunk import Registration, TrunkReport
from ringback.messages import Message, message
from ringback.store.base import utcnow
from tests.support.calls import Store
from tests.support.pages import Client
from tests.support.promises import add

REFUSED = message("callback.trunk_refuses", host="sip.example.com", port=5060, answer="403 Forbidden")


def say(store: Store, trouble: Message | None) -> None:
    now = utcnow().timestamp()
    with store.sessions.begin() as session:
        state = TrunkReport(trouble, now, Registration.REGISTERED, True, trouble is not None)
        trunk_state.write(session, state)


@pytest.mark.parametrize(("language", "words"), [("en", "carries no calls"), ("ru", "не пропускает вызовы")])
def test_now_says_what_the_provider_answered(signed: Client, store: Store, language: str, words: str) -> None:
    client = signed("admin")
    say(store, REFUSED)
    page = client.get("/now", headers={"Accept-Language": language}).text
    assert words in page
    assert "403 Forbidden" in page
    document = client.get("/api/now").json
    assert (document["trunk"]["ok"], document["trunk"]["trouble_code"]) == (False, "callback.trunk_refuses")
    say(store, None)
    assert words not in client.get("/now", headers={"Accept-Language": language}).text
    assert client.get("/api/now").json["trunk"]["registration"] == "registered"


def test_a_promise_says_that_it_waits_for_the_provider(signed: Client, store: Store) -> None:
    client = signed("admin")
    key = add(store, "+14155550177", "requested", snapshot={"waits_for_trunk": True})
    for page in ("/promises", f"/promises/{key}"):
        assert "Waiting for the provider" in client.get(page, headers={"Accept-Language": "en"}).text
    assert client.get(f"/api/promises/{key}").json["waits_for"] == "provider"
