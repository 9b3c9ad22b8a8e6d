"""Drills on their pages: made from a call, tried by whom they are given to, answered before the answer is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from library import erasing
from library.drill import service
from library.drill.models import Drill, DrillAttempt, DrillVersion, DrillVoice
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

EDITED = {"title": "Green light", "stop": "32.00-38.00", "begin": "0:10", "points": "welcome", "version": "1"}


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


def test_attempts_keep_the_version_that_they_were_made_with(store: Store, signed: Client) -> None:
    path, anna, tom = f"/library/drills/{made(store, 'anna')}", signed("anna"), signed("tom")
    assert "badge" not in anna.get(path).text, "one version is not worth a word"
    before = post(anna, f"{path}/say", words="I am sorry", version="1").location
    form = tom.get(f"{path}/edit").text
    assert 'value="0:19"' in form and 'value="32.00-38.00" selected' in form and "I am sorry / I apologise" in form
    assert post(tom, f"{path}/edit", **EDITED | {"points": ""}).status_code == 400
    assert post(tom, f"{path}/edit", **EDITED).status_code == 303
    assert post(tom, f"{path}/edit", **EDITED | {"version": "2"}).status_code == 303, "nothing new is no version"
    old = anna.get(before).text
    assert "This was version 1 of the drill" in old and "1 of 2 points said" in old
    assert "answer.flac?version=1" in old and REAL in old
    assert anna.get(f"{path}/answer.flac").status_code == 404, "nobody has answered this one yet"
    assert [anna.get(f"{path}/{which}.flac?version=1").status_code for which in ("scene", "answer")] == [200, 200]
    late = anna.get(post(anna, f"{path}/say", words="sorry", version="1").location).text
    assert "This was version 1 of the drill" in late, "it was on the page before it was changed"
    with store.sessions.begin() as session:
        session.execute(update(DrillVersion).values(until=utcnow() - timedelta(hours=2)))
    refused = post(anna, f"{path}/say", words="so sorry", version="1")
    assert refused.status_code == 400 and "was changed since you opened it" in refused.text
    assert "so sorry" in refused.text and 'name="version" value="2"' in refused.text
    assert "1 of 1 points said" in anna.get(post(anna, f"{path}/say", words="welcome", version="2").location).text
    assert "1 of 1" in anna.get("/library/drills").text
    seen = tom.get(path).text
    assert "Its versions" in seen and "version 1" in seen and "Version 1</strong>" in seen
    with store.sessions() as session:
        assert [row.version for row in session.scalars(select(DrillAttempt).order_by(DrillAttempt.at))] == [1, 1, 2]


def test_who_changes_a_drill_second_is_told_and_loses_nothing(store: Store, signed: Client) -> None:
    key = made(store, "anna")
    path, tom, eva = f"/library/drills/{key}", signed("tom"), signed("eva")
    assert post(tom, f"{path}/edit", **EDITED).status_code == 303
    second = post(eva, f"{path}/edit", **EDITED | {"title": "Blue light", "points": "ring us <b>back</b>"})
    assert second.status_code == 409 and "Somebody changed this drill while you wrote" in second.text
    assert "Blue light" in second.text and "ring us &lt;b&gt;back&lt;/b&gt;" in second.text
    assert "What stands now" in second.text and "welcome" in second.text
    assert 'name="version" value="2"' in second.text
    elsewhere = post(eva, f"{path}/edit", **EDITED | {"stop": "40.50-44.00"}).text
    assert '<option value="40.50-44.00" selected>' in elsewhere, "a turn that the text has no more"
    with store.sessions() as session:
        assert session.get_one(Drill, key).title == "Green light"
    assert post(eva, f"{path}/edit", **EDITED | {"title": "Blue light", "version": "2"}).status_code == 303
    with store.sessions() as session:
        row = session.get_one(Drill, key)
        assert (row.title, row.version, row.person, row.people) == ("Blue light", 3, "tom", ["anna"])
        kept = [(each.number, each.title, each.person) for each in service.versions_of(session, row)]
    assert kept == [(3, "Blue light", "eva"), (2, "Green light", "tom"), (1, "Red light", "tom")]
    copied = post(eva, f"{path}/copy", title="Another light").location
    assert "Another light" in eva.get(copied).text
    assert post(eva, f"{path}/copy", title="x" * 121).location.endswith(path)
    with store.sessions.begin() as session:
        other = session.scalars(select(Drill).where(Drill.id != key)).one()
        assert (other.person, other.people, other.everyone, other.version) == ("eva", [], False, 1)
        assert (other.points, other.stop) == ([["welcome"]], 32.0)
        service.remove(session, key)
        assert session.scalars(select(DrillVersion)).all() == []


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
