"""Who may see and hear what, at every address of the pages and of the API: one table, and a walk over it.

Everybody who can ask does: nobody, the agent of a transferred call, the colleague who had its first part, an agent who
had no part of it, every role, and a key of every kind. What they ask for is the transferred call, its ticket and its
promise, and a colleague's. A new address without a line in the table fails.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select, update

from calls.models import Call, CallSegment
from channels.models import InboundMessage
from contacts import importing, waiting_files
from contacts.service import points_of
from library import assignments, marks, playlists
from library.drill import service
from library.drill.service import NewDrill
from library.marks import NewMark
from library.playlists import NewItem
from outbox.service import register
from recording.models import Recording
from retention import erasure, receipts
from ringback import secrets
from ringback.messages import text as text_of
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Alarm
from scoring import calibrations
from tests.support.access_table import EVERYBODY, KEYS, LEADS, OTHER, OWN, PEOPLE, SENT, TABLE, WITHOUT_A_REASON
from tests.support.calls import EVIL, EVIL_TICKET, MISSING, OPEN, TICKET, WHOLE, open_copy, open_empty, seed
from tests.support.channels import add_message
from tests.support.contacts import add_person
from tests.support.pages import app_of
from tests.support.promises import add
from tests.support.publishing import add_versions
from tests.support.scoring import add_card, add_dispute, add_evaluation, keys_of
from tests.support.search import index_all
from tickets.models import Ticket
from transcripts.models import Correction, Transcript
from transcripts.redaction.models import Redaction
from transcripts.search import saved
from voicemail.models import VoiceMessage
from web import keys, signed_in
from web.api import of_controller
from web.api.v1 import calls
from web.calls.playback_access import SALT
from web.calls.texts import TYPES
from web.context import Person
from web.library import parts
from web.models import User

CERTIFICATE = {
    "cause": "call", "asked": {}, "confirmed": {}, "finished_at": "2026-11-22T09:00:00+00:00", "calls": [],
    "removed": [], "files": [], "kept": [], "beyond": [], "store": {"kind": "sqlite"}, "id": "x",
}  # fmt: skip

OWN_ALONE = ("POST /sound/", "POST /searches/", "POST /library/assignments/", "POST /library/sound/")
"""Forms whose page is one person's own, and not the admin's."""
CHOSEN = ("action", "step", "kind", "which", "decision")
"""Parts of addresses that choose between several things."""
CHOICES = {what: re.findall(r"\w+", found[1]) for what in TABLE if (found := re.search(r"<any\(([^)]+)\)", what))}
CHOICES |= {what: [*TYPES] for what in TABLE if what.endswith("transcript.<kind>")}
PART = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


class AskedPages:
    """An installation with the two calls and all that hangs on them, and a client of everybody."""

    def __init__(self, made: "Made", folder: Path) -> None:
        self.made, self.store = made, open_copy(made.folder, folder)
        self.app = app_of(self.store)
        self.app.config["WTF_CSRF_ENABLED"] = False

    def client(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        if name in KEYS:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.made.tokens[name]}"
        elif name != "nobody":
            with self.store.sessions() as session:
                identity = Person(session.scalars(select(User).where(User.name == name)).one()).get_id()
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"], cookie[signed_in.NAME] = identity, True, uuid.uuid4().hex
        return client

    def lets_in(
        self, name: str, what: str, whose: str, *, method: str = "", choice: str = "", htmx: bool = False
    ) -> bool:
        """Whether the address answers `name`; a form that is not filled in is an answer too.

        `method` in place of the line's own, `choice` in place of the first of those that the address offers.
        """
        usual, rule = what.split(" ", 1)
        path = PART.sub(lambda part: self._part(what, part.group(1), whose, choice), rule)
        headers = {"HX-Request": "true"} if htmx else {}
        client = self.client(name)
        with client.open(path, method=method or usual, data=SENT.get(what), headers=headers) as answer:
            status, to = answer.status_code, answer.headers.get("Location", "")
        assert status < 500 or status == 504, (name, what, status)
        return status not in (401, 404, 403 if what != WITHOUT_A_REASON else 404) and "/sign-in" not in to

    def _part(self, what: str, name: str, whose: str, chosen: str) -> str:
        ids = self.made.ids[whose]
        if chosen and name in CHOSEN:
            return chosen
        if name == "token" and "/l/" in what:
            return ids["link"]
        if name == "token" and "/library/" in what:
            signed = URLSafeTimedSerializer(str(self.app.config["SECRET_KEY"]), salt=parts.SALT)
            part = ["lent", ids["assignment_id"], uuid.UUID(ids["item_id"]).hex, ids["newcomer"], "assigned"]
            return str(signed.dumps(part))
        if name == "token":
            signer = URLSafeSerializer(str(self.app.config["SECRET_KEY"]), salt=SALT)
            return str(signer.dumps([ids["receipt"], ids["user"]]))
        if name == "key":
            return ids[what.split("/")[2 if "/api/" in what else 1]]
        choice = re.search(r"<any\((\w+),", what)
        fixed = {"kind": "txt", "seq": "1", "edition": "old", "path": "app.css", "at": "0", "upload": str(uuid.uuid4())}
        fixed |= {
            "language": "en",
            "name": "mail" if "/channels/" in what else "menu-main",
            "queue": "support",
            "callback_id": ids["promises"],
            "receiver": "connector:rt",
        }
        fixed |= {"mark_id": ids["marks"]}
        fixed |= {"contact_id": ids["contacts"], "point_id": ids["point"]}
        return fixed.get(name) or (choice.group(1) if choice and name in CHOSEN else ids[name])


@dataclass(frozen=True)
class Made:
    """What the template's folder has in it."""

    folder: Path
    ids: dict[str, dict[str, str]]
    """For `own` and `other`, what stands in addresses: of a key by the first word of the address."""
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The folder of the installation, made once: `own` is anna's with clara's part in it, `other` is boris's."""
    store = open_empty(tmp_path_factory.mktemp("access") / "data")
    seed(store)
    secrets.load_or_create(store.settings)
    now, own, other = utcnow(), dict[str, str](), dict[str, str]()
    with store.sessions() as session, session.begin():
        register(session, ["connector:rt"], now)
        session.add_all(User(name=name, password_hash="x" * 32, role=role) for name, role in PEOPLE.items())
        whole = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        assert whole.connected_at is not None
        for seq, agent in enumerate(("clara", "anna")):
            began = whole.connected_at + timedelta(seconds=20 * seq)
            session.add(CallSegment(call_id=WHOLE, seq=seq, kind="talk", agent=agent, started_at=began))
        sound = session.scalars(select(Recording).where(Recording.call_id == WHOLE)).one()
        evil = session.scalars(select(Transcript.id).where(Transcript.call_id == EVIL)).one()
        session.add(Redaction(transcript_id=evil, state="clean"))
        columns = ("state", "path", "peaks_path", "seconds", "answered_seconds", "sha256")
        session.add(Recording(call_id=EVIL, **{name: getattr(sound, name) for name in columns}))
        tokens = {
            name: keys.make(session, name.partition(" ")[2], may, "admin", scopes=may)[1] for name, may in KEYS.items()
        }
    for whose, call_id, ticket, agent, caller in (
        (own, WHOLE, TICKET, "anna", "clara"), (other, EVIL, EVIL_TICKET, "boris", "boris"),
    ):  # fmt: skip
        promise = add(store, f"+1415555{ticket}", "dialling_agent", agent=caller, reason_call_id=call_id,
                      reason_from=2.0, reason_to=4.0, asked_call_id=call_id)  # fmt: skip
        with store.sessions() as session, session.begin():
            receipt = receipts.give(session, store.settings, call_id, person=agent, role="agent", what="listen",
                                    reason="own", address="", seconds=70.0, now=now)  # fmt: skip
            receipts.give(session, store.settings, call_id, person=caller, role="agent", what="listen",
                          reason="promise", address="", seconds=70.0, now=now)  # fmt: skip
            kept = saved.keep(session, agent, "kept", {"q": "router"}, only_agent=agent, alert=False, alarms=False,
                              now=now)  # fmt: skip
            erased = erasure.ask_call(session, call_id, "admin", "a letter of May")
            erased.certificate, erased.sha256 = CERTIFICATE, "x"
            raise_alarm(session, "test", call_id, text_of("Look."), "yellow", now)
            text = session.scalars(select(Transcript.id).where(Transcript.call_id == call_id)).one()
            wrong = Correction(transcript_id=text, speaker="agent", start=1.0, end=2.0, before="a", after="b",
                               changes=[], by=agent)  # fmt: skip
            session.add(wrong)
            session.flush()
            alarm = session.scalars(select(Alarm.id).where(Alarm.subject == call_id)).one()
            user = session.scalars(select(User.id).where(User.name == agent)).one()
            key, _ = keys.make(session, f"of {agent}", ["record"], "admin")
            whose |= {"receipt": receipt.id.hex, "user": user.hex, "searches": str(kept.id), "erasures": str(erased.id)}
            whose |= {"alarms": str(alarm), "people": str(user), "calls": "", "keys": str(key.id)}
            whose |= {"calls": str(wrong.id), "holds": str(uuid.uuid4()), "call_id": call_id, "number": str(ticket)}
            message = VoiceMessage(call_id=call_id, left_at=now, from_seconds=2.0, to_seconds=4.0)
            session.add(message)
            session.flush()
            whose |= {"agent": agent, "promises": str(promise), "messages": str(message.id)}
            whose |= dict.fromkeys(
                ("nuisance", "problems", "reports", "topics", "tickets", "channels", "merge"), str(uuid.uuid4())
            )
            caller_of = add_person(session, f"+1415556{ticket}", name=f"Caller of {agent}")
            session.execute(update(Call).where(Call.call_id == call_id).values(contact_id=caller_of.id))
            if whose is own:  # the same person calls again, and anna's phone rings
                session.execute(update(Call).where(Call.call_id == OPEN).values(contact_id=caller_of.id))
                ring = update(AgentState).where(AgentState.agent == "anna")
                session.execute(ring.values(state="ringing", call_id=OPEN))
            point = points_of(session, [caller_of.id])[caller_of.id][0]
            file = waiting_files.keep(
                session, "eva", "list.csv", importing.read_file(b"name,phone\nAnn,+12025550177", "US")
            )
            whose |= {"contacts": str(caller_of.id), "point": str(point.id), "file": str(file.id)}
            mark = marks.add(session, NewMark(call_id, 1.0, 2.0, tag="tone", shared=True), "tom", now, None)
            clip = playlists.add_clip(session, call_id, 1.0, 2.0, "Short", "tom", now, None)
            made_list = playlists.create(session, "First week", "tom", now)
            (entry,) = playlists.append(session, made_list.id, [NewItem(call_id, 1.0, 2.0)], now)
            newcomer = "boris" if whose is own else "anna"
            (task,) = assignments.give(session, made_list.id, [newcomer], "tom", None, now)
            asked = NewDrill(call_id, "Red light", 1.0, 2.0, 3.0, "I am sorry", people=(newcomer,))
            drill = service.make(session, asked, "tom", now, None)
            tried = service.attempt(
                session, drill, newcomer, service.typed("sorry"), "en", now, spoken=True, voice=b"fLaC"
            )
            whose |= {"drill_id": str(drill.id), "attempt_id": str(tried.id)}
            hears = session.scalars(select(User.id).where(User.name == newcomer)).one()
            whose |= {"marks": str(mark.id), "clip_id": str(clip.id), "playlist_id": str(made_list.id)}
            whose |= {"item_id": str(entry.id), "assignment_id": str(task.id), "newcomer": hears.hex}
            card = add_card(session, f"Card {ticket}")
            scored = add_evaluation(session, card, call_id, agent)
            disputed = add_dispute(session, scored)
            whose |= {"card_id": str(card.id), "criterion": keys_of(session, card)[0]}
            whose |= {"evaluation_id": str(scored.id), "dispute_id": str(disputed.id)}
            blind = calibrations.begin(session, "Monday", card.id, [call_id], ["tom", "eva"], "eva", now)
            whose |= {"calibration_id": str(blind.id)}
            written, link = add_message(session, uuid.UUID(whose["tickets"]), ticket, call_id)
            session.add(InboundMessage(id=written.id, channel="mail", source_key=call_id, sender="", state="apart"))
            whose |= {"link": link.token}
    index_all(store)
    add_versions(store, TICKET, EVIL_TICKET)
    store.sessions.kw["bind"].dispose()
    return Made(store.settings.data, {"own": own, "other": other}, tokens)


@pytest.fixture
def house(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedPages]:
    for asking in (of_controller, calls):
        monkeypatch.setattr(asking, "MOST_SECONDS", 0.01)
    opened = AskedPages(made, tmp_path / "data")
    yield opened
    opened.store.sessions.kw["bind"].dispose()


def test_every_address_has_a_line_in_the_table(house: AskedPages) -> None:
    rules = {
        f"{method} {rule.rule}"
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert sorted(rules ^ set(TABLE)) == []


@pytest.mark.parametrize("whose", ["own", "other"])
@pytest.mark.parametrize("what", TABLE)
def test_it_is_open_to_these_and_to_nobody_else(house: AskedPages, what: str, whose: str) -> None:
    if what == "POST /calls/<call_id>/recording/keep":
        with house.store.sessions() as session, session.begin():
            session.execute(update(Recording).values(state="spooled"))
    asked = [name for name in EVERYBODY if house.lets_in(name, what, whose)]
    assert set(asked) == TABLE[what][whose]


@pytest.mark.parametrize("what", CHOICES)
def test_each_choice_of_an_address_is_as_closed_as_the_first(house: AskedPages, what: str) -> None:
    for whose, open_to in TABLE[what].items():
        for name in sorted({*EVERYBODY} - open_to):
            let_in = [choice for choice in CHOICES[what] if house.lets_in(name, what, whose, choice=choice)]
            assert let_in == [], (name, whose)


@pytest.mark.parametrize("name", ["nobody", "boris", "tom", "key: record"])
def test_asking_for_headers_or_for_a_part_of_a_page_opens_nothing_more(house: AskedPages, name: str) -> None:
    for what in TABLE:
        open_to = TABLE[what]["own"]
        if what.startswith("GET "):
            assert house.lets_in(name, what, "own", method="HEAD") == (name in open_to), what
        if name not in open_to:
            assert not house.lets_in(name, what, "own", htmx=True), what


def test_every_address_of_a_form_can_be_opened_and_leads_to_its_page(house: AskedPages) -> None:
    """A form that was refused leaves its own address in the browser."""
    pages = {what.partition(" ")[2] for what in TABLE if what.startswith("GET ")}
    forms = [what for what in TABLE if what.startswith("POST ") and what.partition(" ")[2] not in pages]
    admin, whose = house.client("admin"), "own"
    for what in [form for form in forms if "/api/" not in form]:
        path = PART.sub(lambda part, what=what: house._part(what, part.group(1), whose, ""), what.partition(" ")[2])
        answer = admin.get(path)
        assert answer.status_code == 302, what
        if not what.startswith(OWN_ALONE):
            assert admin.get(answer.location).status_code in (200, 302), what
    assert admin.get(f"/api/calls/{WHOLE}/end").status_code == 405, "programs are told what is wrong"
    listen = f"/calls/{WHOLE}/listen"
    assert admin.get(listen).location == f"/calls/{WHOLE}"
    assert house.client("nobody").get(listen).location == f"/sign-in?next={listen}"


def test_what_hangs_on_one_call_is_not_reached_through_another(house: AskedPages) -> None:
    own, other = house.made.ids["own"], house.made.ids["other"]
    undo = f"/calls/{own['call_id']}/corrections/{other['calls']}/undo"
    assert house.client("anna").post(undo).status_code == 404
    with house.store.sessions() as session:
        assert session.get_one(Correction, uuid.UUID(other["calls"])).state == "applied"


def test_whoever_becomes_a_trainer_has_no_calls_of_his_or_her_own_any_more(house: AskedPages) -> None:
    with house.store.sessions() as session, session.begin():
        session.execute(update(User).where(User.name == "clara").values(role="trainer"))
    assert not house.lets_in("clara", "GET /heard", "own")
    assert not house.lets_in("clara", "POST /promises/<uuid:key>/reason", "own")
    assert not house.lets_in("clara", "GET /promises/<uuid:key>/reason.flac", "own")
    assert not house.lets_in("clara", "POST /agents/<agent>/<any(pause, resume, login, logout, queues):action>", "own")


def test_an_alarm_of_somebodys_saved_search_is_told_alike_on_pages_and_by_the_api(house: AskedPages) -> None:
    with house.store.sessions() as session, session.begin():
        raise_alarm(
            session, "search.match", "x", text_of("Found for the case of Dana."), "yellow", utcnow(), owner="eva"
        )
    for name in (*PEOPLE, "key: all_calls"):
        client, told = house.client(name), name in {*LEADS, "key: all_calls"}
        assert ("case of Dana" in client.get("/api/now").text) == told, name
        if name in PEOPLE:
            assert ("case of Dana" in client.get("/now").text) == told, name
            assert ("case of Dana" in client.get("/alarms").text) == told, name


@pytest.mark.parametrize(("page", "api"), [
    ("/calls", "/api/calls"), ("/calls?agent=clara", "/api/calls?agent=clara"),
    ("/search?agent=anna", "/api/search?agent=anna"), ("/search?q=router", "/api/search?q=router"),
    ("/search?q=src", "/api/search?q=src"), ("/now", "/api/now"),
])  # fmt: skip
def test_lists_on_pages_and_from_the_api_are_the_same(house: AskedPages, page: str, api: str) -> None:
    with house.store.sessions() as session, session.begin():
        going = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        going.ended_at, going.state = None if "now" in page else going.ended_at, "talking"
    for name in PEOPLE:
        client = house.client(name)
        answer = client.get(api).json
        assert answer is not None
        known = [call for call in answer["calls"] if page != "/now" or call["agent"] is not None]
        shown = re.sub(
            r'<section class="pop".*?</section>', "", client.get(page).text, flags=re.DOTALL
        )  # who calls now
        links = re.findall(r'href="/calls/([\d.]+)[^"]*"', shown)
        seen = {call["call_id"] for call in known}
        assert seen == set(links) - ({OPEN} if page == "/now" else set()), name
        assert seen <= ({WHOLE} if name in OWN else {EVIL} if name in OTHER else {*seen})
    assert {WHOLE} == {each["call_id"] for each in house.client("clara").get("/api/calls").json["calls"]}


def test_a_call_that_goes_on_is_shown_to_everybody_who_talked_in_it(house: AskedPages) -> None:
    with house.store.sessions() as session, session.begin():
        going = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        going.ended_at, going.state = None, "talking"
    for name in PEOPLE:
        calls = {call["call_id"]: call for call in house.client(name).get("/api/now").json["calls"]}
        assert (WHOLE in calls) == (name != "boris"), name


# tickets of agents


def tickets_of(house: AskedPages, name: str) -> set[int]:
    client = house.client(name)
    return {number for number in (TICKET, EVIL_TICKET) if client.get(f"/tickets/{number}").status_code == 200}


def test_a_ticket_is_seen_by_whoever_talked_in_one_of_its_calls(house: AskedPages) -> None:
    assert {name: tickets_of(house, name) for name in PEOPLE} == {
        "anna": {TICKET}, "clara": {TICKET}, "boris": {EVIL_TICKET},
        "tom": {TICKET, EVIL_TICKET}, "eva": {TICKET, EVIL_TICKET}, "admin": {TICKET, EVIL_TICKET},
    }  # fmt: skip


def test_a_ticket_is_everybodys_while_nobody_has_answered_its_newest_call(house: AskedPages) -> None:
    with house.store.sessions() as session, session.begin():
        message = session.scalars(select(Call).where(Call.call_id == MISSING)).one()
        message.ticket_number, message.arrived_at = TICKET, utcnow()
    assert tickets_of(house, "boris") == {TICKET, EVIL_TICKET}
    assert house.client("boris").get(f"/calls/{WHOLE}").status_code == 404
    page = house.client("boris").get(f"/tickets/{TICKET}").text
    assert f"/calls/{WHOLE}" not in page


@pytest.mark.parametrize(("state", "agent", "seen"), [
    ("due", None, True), ("expired", None, True), ("dialling_customer", "boris", True), ("due", "clara", False),
    ("done", None, False), ("cancelled", None, False),
])  # fmt: skip
def test_a_ticket_is_seen_by_whoever_is_to_call_back(
    house: AskedPages, state: str, agent: str | None, seen: bool
) -> None:
    add(house.store, "+14155550777", state, agent=agent, ticket_number=TICKET)
    assert (TICKET in tickets_of(house, "boris")) == seen


def test_a_ticket_of_nobody_without_calls_is_everybodys(house: AskedPages) -> None:
    with house.store.sessions() as session, session.begin():
        for call in session.scalars(select(Call).where(Call.ticket_number == EVIL_TICKET)):
            call.ticket_number = None
        session.get_one(Ticket, EVIL_TICKET).owner = None
    assert EVIL_TICKET in tickets_of(house, "anna")


def test_the_board_links_no_ticket_that_would_not_open(house: AskedPages) -> None:
    for name in PEOPLE:
        client = house.client(name)
        for number in re.findall(r'href="/tickets/(\d+)"', client.get("/promises").text):
            assert client.get(f"/tickets/{number}").status_code == 200, (name, number)
