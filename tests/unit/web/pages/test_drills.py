"""Drills on their pages: made from a call, tried by whom they are given to, answered before the answer is told."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from library import erasing
from library.drill import service
from library.drill.models import Drill, DrillAttempt, DrillVoice
from library.drill.points import HeardWord
from library.drill.service import NewDrill
from library.errors import LibraryError
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from tests.support.calls import WHOLE, Store
from tests.support.pages import Client, post
from web.library import drills
from web.models import User
from web.service import remove_user

POINTS = "I am sorry / I apologise\nhold the small button for ten seconds"
REAL = "Please hold the small button at the back"
FORM = {"title": "Red <b>light</b>", "stop": "32.00-38.00", "points": POINTS, "hint": "Say sorry first."}


def made(store: Store, *people: str, everyone: bool = False, by: str = "tom") -> UUID:
    with store.sessions.begin() as session:
        asked = NewDrill(WHOLE, "Red light", 19.0, 32.0, 38.0, POINTS, "Say sorry first.", people, everyone)
        return service.make(session, asked, by, utcnow(), 71.0).id


def test_a_drill_is_made_from_a_call_and_given(store: Store, signed: Client) -> None:
    tom, path = signed("tom"), f"/library/drills/of/{WHOLE}"
    assert f'href="{path}"' in tom.get(f"/calls/{WHOLE}").text
    assert "I am sorry about that" in tom.get(path).text
    wrongs = {"points": ""}, {"title": " "}, {"stop": "x"}, {"stop": "5-4"}, {"stop": "1e9-2e9"}, {"begin": "soon"}
    for wrong in wrongs:
        refused = post(tom, path, **FORM | wrong)
        assert refused.status_code == 400 and 'role="alert"' in refused.text
    address = post(tom, path, **FORM, person="anna").location
    page = tom.get(address).text
    assert "Red &lt;b&gt;light&lt;/b&gt;" in page and "Say sorry first." in page
    assert post(signed("anna"), path, **FORM).status_code == 403
    with store.sessions() as session:
        row = session.scalars(select(Drill)).one()
    assert (row.begin, row.stop, row.end, row.people, row.person) == (0.0, 32.0, 38.0, ["anna"], "tom")


def test_the_real_answer_is_told_to_who_has_tried(store: Store, signed: Client) -> None:
    path, anna = f"/library/drills/{made(store, 'anna')}", signed("anna")
    before = anna.get(path).text
    assert "router shows a red light" in before
    assert REAL not in before and "hold the small button" not in before
    assert anna.get(f"{path}/answer.flac").status_code == 404
    assert anna.get(f"{path}/scene.flac").status_code == 200
    assert post(anna, f"{path}/say", words=" ").status_code == 400
    after = anna.get(post(anna, f"{path}/say", words="I am sorry. Press it <i>for</i> ten seconds.").location).text
    assert REAL in after and "1 of 2 points said" in after
    assert "&lt;i&gt;for&lt;/i&gt;" in after and "<i>for" not in after
    assert anna.get(f"{path}/answer.flac").status_code == 200
    with store.sessions() as session:
        assert [(row.person, row.reason) for row in session.scalars(select(AccessReceipt))] == [("anna", "assigned")]
    seen = signed("tom").get(path).text
    assert "Attempts of others" in seen and "for ten seconds" in seen
    assert "Attempts of others" not in after
    assert "1 of 2" in anna.get("/library/drills").text


def test_it_is_open_to_those_alone_to_whom_it_is_given_as_long_as_its_maker_may_hear(
    store: Store, signed: Client
) -> None:
    key = made(store, everyone=False)
    path = f"/library/drills/{key}"
    assert signed("anna").get(path).status_code == 404
    assert post(signed("anna"), f"{path}/say", words="sorry").status_code == 404
    assert post(signed("tom"), f"{path}/give", person="anna", everyone="").status_code == 303
    assert signed("anna").get(path).status_code == 200
    assert "Red light" in signed("anna").get("/library/drills").text
    with store.sessions.begin() as session:
        session.execute(update(User).where(User.name == "tom").values(role="agent"))
    assert signed("anna").get(path).status_code == 404
    assert signed("anna").get(f"{path}/scene.flac").status_code == 404
    assert "Red light" not in signed("anna").get("/library/drills").text
    assert post(signed("eva"), f"{path}/delete").status_code == 303
    assert signed("eva").get(path).status_code == 404


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the recogniser was given; it hears "I am sorry"."""
    given: list[bytes] = []

    def hear(_settings: object, _language: str, sound: bytes) -> object:
        given.append(sound)
        if not any(sound):
            raise LibraryError("library.drill_silence")
        return type("Heard", (), {"words": [HeardWord("I"), HeardWord("am"), HeardWord("sorry")]})

    monkeypatch.setattr(drills, "hear", hear)
    return given


def speak(client: Client, path: str, sound: bytes, **how: str) -> dict[str, str]:
    assert client.post(f"{path}/voice/0", data=sound[:9]).get_json() == {"bytes": 9}  # type: ignore[attr-defined]
    client.post(f"{path}/voice/9", data=sound[9:])  # type: ignore[attr-defined]
    return dict(client.post(f"{path}/spoken", data=how).get_json())  # type: ignore[attr-defined]


def test_a_voice_is_kept_for_its_speaker_alone_and_where_it_is_asked_for(
    app: Flask, store: Store, signed: Client, heard: list[bytes]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    path, anna, sound = f"/library/drills/{made(store, 'anna')}", signed("anna"), b"\1\2" * 800
    page = anna.get(speak(anna, path, sound)["at"]).text  # type: ignore[arg-type]
    assert "As the recogniser heard it" in page and "Delete my voice" not in page
    with store.sessions() as session:
        assert session.scalars(select(DrillVoice)).all() == []
    assert "Nothing was understood" in speak(anna, path, bytes(1600))["fault"]  # type: ignore[arg-type]
    assert "lost on its way" in anna.post(f"{path}/spoken").get_json()["fault"]
    page = anna.get(speak(anna, path, sound, keep="yes")["at"]).text  # type: ignore[arg-type]
    assert "Delete my voice" in page
    assert heard == [sound, bytes(1600), sound]
    with store.sessions() as session:
        key = session.scalars(select(DrillVoice.attempt_id)).one()
    voice = f"/library/drills/voices/{key}.flac"
    assert anna.get(voice).data[:4] == b"fLaC"
    assert [signed(name).get(voice).status_code for name in ("tom", "eva", "admin")] == [404, 404, 404]
    signed("tom").post("/library/drills/voices/one", data={"attempt": str(key)})
    assert anna.get(voice).status_code == 200
    assert "1 attempt is kept with your voice" in anna.get("/library/drills").text
    assert anna.post("/library/drills/voices/one", data={"attempt": str(key)}).status_code == 303
    assert anna.get(voice).status_code == 404


def test_voices_go_with_the_call_and_with_the_account(store: Store) -> None:
    for goes in ("call", "account"):
        key = made(store, "anna")
        with store.sessions.begin() as session:
            row = session.get_one(Drill, key)
            said = [HeardWord("sorry")]
            service.attempt(session, row, "anna", said, "en", utcnow(), spoken=True, voice=b"fLaC")
            if goes == "call":
                erasing.erase(session, store.settings, Scope(call_ids=(WHOLE,)))
                assert session.scalars(select(Drill)).all() == []
                assert session.scalars(select(DrillAttempt)).all() == []
            else:
                users = {user.name: user for user in session.scalars(select(User))}
                anna, admin = users["anna"], users["admin"]
                remove_user(session, anna, admin)
            assert session.scalars(select(DrillVoice)).all() == []
