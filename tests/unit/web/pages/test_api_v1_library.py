"""/api/v1/library: what is private stays private, what is given is heard, lists go on where they ended."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from library import assignments, marks, playlists
from library.drill import service
from library.drill.models import Drill
from library.marks import NewMark
from library.models import Assignment, Mark
from library.playlists import NewItem
from ringback.store.base import utcnow
from scoring.models import Scorecard
from tests.support.api import key_for
from tests.support.calls import MISSING, TICKET, WHOLE, Store
from tests.support.library import make_good, with_newcomer
from tests.support.pages import Client
from tests.support.scoring import add_card, add_dispute, add_evaluation
from tickets.models import Ticket
from web.models import User

UNDER = "/api/v1/library"
DRILL = {
    "call_id": WHOLE,
    "title": "Red light",
    "begin": 19.0,
    "stop": 32.0,
    "end": 38.0,
    "points": [["I am sorry", "I apologise"], ["hold the small button"]],
}
MARK = {"call_id": WHOLE, "begin": 20.0, "end": 22.0}


@pytest.fixture
def signed(app: Flask, cookies: dict[str, str], store: Store) -> Client:
    return with_newcomer(app, cookies, store)


@pytest.fixture
def program(app: Flask, store: Store) -> FlaskClient:
    return with_key(app, store, "desk")


def with_key(app: Flask, store: Store, name: str) -> FlaskClient:
    client = app.test_client()
    header = key_for(store, ["library:read", "library:write"], name)
    client.environ_base["HTTP_AUTHORIZATION"] = header["Authorization"]
    return client


def add(store: Store, by: str, words: str, *, shared: bool = False, times: int = 1) -> list[str]:
    with store.sessions() as session, session.begin():
        rows = [
            marks.add(session, NewMark(WHOLE, 1.0, 2.0, words=words, shared=shared), by, utcnow(), None)
            for _ in range(times)
        ]
        return [str(row.id) for row in rows]


def test_nobodys_private_mark_is_in_any_answer(app: Flask, program: FlaskClient, signed: Client, store: Store) -> None:
    (private,) = add(store, "tom", "nobody knows this")
    made = program.post(f"{UNDER}/marks", json=MARK | {"words": "known to the program"})
    assert (made.status_code, made.json["person"], made.json["own"]) == (201, "key:desk", True)
    for who in (program, with_key(app, store, "other"), signed("eva"), signed("admin")):
        for address in (f"{UNDER}/marks", f"{UNDER}/marks?call_id={WHOLE}", f"{UNDER}/marks?limit=1"):
            assert "nobody knows this" not in who.get(address).text
        assert who.get(f"{UNDER}/marks/{private}").status_code == 404
    assert "known to the program" not in signed("tom").get(f"{UNDER}/marks").text
    assert "nobody knows this" in signed("tom").get(f"{UNDER}/marks").text
    assert signed("boris").get(f"{UNDER}/marks?call_id={WHOLE}").json["items"] == [], "it is not his call"


def test_an_own_mark_is_shared_and_removed_and_nobody_elses(program: FlaskClient, store: Store) -> None:
    (theirs,) = add(store, "tom", "a shared one", shared=True)
    made = program.post(f"{UNDER}/marks", json=MARK | {"tag": "greeting"}).json
    assert [quote["text"] for quote in made["quotes"]], "with the words that stand there"
    shared = program.patch(f"{UNDER}/marks/{made['id']}", json={"shared": True})
    assert (shared.status_code, shared.json["shared"]) == (200, True)
    assert program.patch(f"{UNDER}/marks/{theirs}", json={"shared": False}).json["code"] == "library.not_yours"
    assert program.post(f"{UNDER}/marks/{theirs}/remove").status_code == 403
    assert program.post(f"{UNDER}/marks/{made['id']}/remove").status_code == 204
    with store.sessions() as session:
        assert [row.person for row in session.scalars(select(Mark))] == ["tom"]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (MARK, (422, "library.says_nothing")),
        (MARK | {"words": "x", "end": 20.0}, (422, "library.no_place")),
        (MARK | {"words": "@boris look"}, (422, "library.not_seen_by")),
        (MARK | {"words": "x", "call_id": MISSING + "9"}, (404, "web.http_nothing_there")),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    signed: Client, program: FlaskClient, sent: dict[str, object], answered: tuple[int, str]
) -> None:
    assert signed("boris").get("/marks").status_code == 200
    got = program.post(f"{UNDER}/marks", json=sent)
    assert (got.status_code, got.json["code"]) == answered


def test_a_list_of_marks_goes_on_where_it_ended(program: FlaskClient, store: Store) -> None:
    keys = add(store, "tom", "one of many", shared=True, times=7)
    found, cursor = [], ""
    while cursor is not None:
        page = program.get(f"{UNDER}/marks?limit=3{f'&cursor={cursor}' if cursor else ''}").json
        found += [each["id"] for each in page["items"]]
        cursor = page["next"]
        add(store, "tom", "comes in meanwhile", shared=True)
    assert found == sorted(keys, reverse=True)
    wrong = program.get(f"{UNDER}/clips?cursor={program.get(f'{UNDER}/marks?limit=1').json['next']}")
    assert wrong.json["code"] == "web.cursor_wrong", "the place of another list"


def test_a_playlist_is_made_given_and_taken_back(program: FlaskClient, signed: Client, store: Store) -> None:
    entry = {"call_id": WHOLE, "begin": 19.0, "end": 32.0, "question": "Who speaks first?"}
    made = program.post(f"{UNDER}/playlists", json={"title": "First week", "entries": [entry]}).json
    assert [each["question"] for each in made["items"]] == ["Who speaks first?"]
    playlist = f"{UNDER}/playlists/{made['id']}"
    assert program.get(f"{UNDER}/playlists").json["items"][0]["entries"] == 1
    assert program.post(f"{playlist}/assignments", json={"people": ["zoe"]}).status_code == 422
    given = program.post(f"{playlist}/assignments", json={"people": ["boris"], "due": "2199-01-31"})
    (task,) = given.json["items"]
    assert (task["person"], task["given_by"], task["done"], task["entries"]) == ("boris", "admin", 0, 1)
    assert "First week" in signed("boris").get(f"/library/assignments/{task['id']}").text
    read = signed("boris").get(f"{UNDER}/assignments/{task['id']}")
    assert [each["share"] for each in read.json["progress"]] == [0.0]
    assert signed("anna").get(f"{UNDER}/assignments/{task['id']}").status_code == 404
    assert signed("anna").get(f"{UNDER}/assignments?person=boris").json["items"] == []
    assert program.post(f"{UNDER}/assignments/{task['id']}/end").status_code == 204
    assert program.get(f"{UNDER}/assignments").json["items"] == []
    gone = program.post(f"{playlist}/entries/{made['items'][0]['id']}/remove")
    assert gone.json["items"] == []


def test_what_a_program_gives_ends_with_the_person_who_made_its_key(
    program: FlaskClient, signed: Client, store: Store
) -> None:
    made = program.post(f"{UNDER}/playlists", json={"title": "First week", "entries": [{"call_id": WHOLE}]}).json
    program.post(f"{UNDER}/playlists/{made['id']}/assignments", json={"people": ["boris"]})
    with store.sessions() as session, session.begin():
        key = session.scalars(select(Assignment.id)).one()
        session.execute(update(User).where(User.name == "admin").values(deactivated_at=utcnow()))
    assert signed("boris").get(f"/library/assignments/{key}").status_code == 303
    with store.sessions() as session:
        assert session.get_one(Assignment, key).given_by == "admin"


def test_a_drill_is_made_changed_given_and_its_attempts_are_read(
    program: FlaskClient, signed: Client, store: Store
) -> None:
    wrongs: list[tuple[dict[str, object], int]] = [
        ({"points": [["a / b"]]}, 422),
        ({"stop": 9.0}, 422),
        ({"people": ["zoe"]}, 422),
        ({"call_id": "9.9"}, 404),
    ]
    assert [program.post(f"{UNDER}/drills", json=DRILL | each).status_code for each, _ in wrongs] == [
        status for _, status in wrongs
    ]
    made = program.post(f"{UNDER}/drills", json=DRILL | {"people": ["boris"]})
    drill, path = made.json, made.headers["Location"]
    assert (made.status_code, drill["person"], drill["version"]) == (201, "admin", 1)
    boris, anna = signed("boris"), signed("anna")
    assert anna.get(path).status_code == 404 and anna.get(f"{UNDER}/drills").json["items"] == []
    seen = boris.get(path)
    assert (seen.json["points"], seen.json["people"], seen.json["title"]) == (None, None, "Red light")
    with store.sessions.begin() as session:
        row, typed = session.get_one(Drill, UUID(drill["id"])), service.typed("I am sorry <b>so</b>")
        for name in ("boris", "eva"):
            service.attempt(session, row, name, typed, "en", utcnow(), spoken=False, voice=b"fLaC")
    assert boris.get(path).json["points"] == DRILL["points"]
    tag = program.get(path).headers["ETag"]
    changed = program.patch(path, json={"points": [["welcome"]]}, headers={"If-Match": tag})
    assert (changed.json["version"], changed.json["changed_by"], changed.json["stop"]) == (2, "key:desk", 32.0)
    assert program.patch(path, json={"title": "Late"}, headers={"If-Match": tag}).status_code == 412
    assert boris.get(path).json["points"] is None, "another version, which he has not tried"
    found = program.get(f"{path}/attempts?limit=1").json
    others = program.get(f"{path}/attempts?limit=1&cursor={found['next']}").json
    both = [*found["items"], *others["items"]]
    assert [(each["person"], each["version"], each["said"]) for each in both] == [("eva", 1, 1), ("boris", 1, 1)]
    assert both[0]["points"][0] == {"verdict": "said", "wording": "I am sorry", "heard": "sorry"}
    assert "fLaC" not in program.get(f"{path}/attempts").text and others["next"] is None
    assert [each["person"] for each in boris.get(f"{path}/attempts?person=eva").json["items"]] == ["boris"]
    given = program.post(f"{path}/people", json={"people": ["anna"]}).json
    assert given["people"] == ["anna"] and boris.get(path).status_code == 404
    assert [each["id"] for each in anna.get(f"{UNDER}/drills").json["items"]] == [drill["id"]]
    assert program.post(f"{path}/remove").status_code == 204
    assert program.get(path).status_code == 404


def test_exemplars_are_suggested_decided_on_and_withdrawn_with_their_reasons(
    program: FlaskClient, signed: Client, store: Store
) -> None:
    make_good(store)
    path, decisions = f"{UNDER}/exemplars", f"{UNDER}/exemplars/{WHOLE}"
    (suggested,) = program.get(f"{path}/suggestions").json["items"]
    assert (suggested["call_id"], suggested["good"]) == (WHOLE, 1) and 0.6 <= suggested["sure"] <= 1
    assert program.post(f"{decisions}/accept", json={"words": " "}).status_code == 422
    assert program.post(f"{UNDER}/exemplars/9.9/accept", json={"words": "x"}).status_code == 404
    assert program.post(f"{decisions}/maybe", json={"words": "x"}).status_code == 404
    accepted = program.post(f"{decisions}/accept", json={"words": "Calm <b>to</b> the end"}).json
    assert (accepted["state"], accepted["person"], accepted["withdrawn_code"]) == ("standing", "key:desk", None)
    assert "Calm &lt;b&gt;to&lt;/b&gt; the end" in signed("tom").get("/library/exemplars").text
    assert program.get(f"{path}/suggestions").json["items"] == []
    with store.sessions.begin() as session:
        session.execute(update(Ticket).where(Ticket.number == TICKET).values(status="open"))
    (gone,) = program.get(f"{path}?state=withdrawn").json["items"]
    assert (gone["withdrawn_code"], gone["withdrawn_reason"]) == (
        "library.example_reopened",
        "Its ticket was opened again.",
    )
    assert program.get(f"{path}?state=standing").json["items"] == []
    assert program.post(f"{decisions}/refuse", json={"words": "Too long"}).json["state"] == "refused"
    assert [each["words"] for each in program.get(f"{path}?state=refused").json["items"]] == ["Too long"]
    assert signed("anna").get(path).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"{UNDER}/marks?limit=200",
        f"{UNDER}/assignments?limit=200",
        f"/calls/{WHOLE}",
        "/marks",
        "/library",
        "/scoring",
        "/scoring/team",
    ],
)
def test_a_longer_list_takes_no_more_queries(signed: Client, store: Store, address: str) -> None:
    tom, counted = signed("tom"), []
    tom.get(address)
    for times in (2, 30):
        add(store, "tom", "one of many", shared=True, times=times)
        with store.sessions() as session, session.begin():
            for _ in range(times):
                row = playlists.create(session, "One of many", "tom", utcnow())
                playlists.append(session, row.id, [NewItem(WHOLE, 1.0, 2.0)], utcnow())
                assignments.give(session, row.id, ["anna"], "tom", None, utcnow())
            card = session.scalars(select(Scorecard)).first() or add_card(session, draft=False)
            for number in range(times if address.startswith("/scoring") else 1):
                add_dispute(session, add_evaluation(session, card, WHOLE, "anna", by=f"reviewer{times}-{number}"))
        asked: list[str] = []
        engine = store.sessions.kw["bind"]

        def count(*args: object, to: list[str] = asked) -> None:
            to.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", count)
        assert tom.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", count)
        counted.append(len(asked))
    assert counted[0] == counted[1]
