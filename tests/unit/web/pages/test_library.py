"""The library's pages: marks and who sees them, playlists, parts that play nothing else, what was given to whom."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from calls.models import Call
from letters.models import ColleagueLetter
from library import assignments, erasing, playlists
from library.models import Assignment, AssignmentProgress, Clip, Mark, Playlist, PlaylistItem
from library.playlists import NewItem
from recording.models import Recording
from retention.models import AccessReceipt
from ringback.messages import message
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from summary import step
from survey.models import SurveyAnswer
from tests.support.alarms import with_recipients
from tests.support.calls import EVIL, SECONDS, WHOLE, Store
from tests.support.library import NEWCOMER, with_newcomer
from tests.support.pages import Client, app_of, post
from transcripts import stages
from transcripts.models import Transcript
from web.models import User

SECRET = "xylophone"
EVIL_WORDS = '"><script>alert(1)</script>'


@pytest.fixture
def signed(app: Flask, cookies: dict[str, str], store: Store) -> Client:
    return with_newcomer(app, cookies, store)


def mark(client: FlaskClient, call_id: str = WHOLE, **data: str) -> str:
    """Makes a mark on the words of the caller; the address that it leads to."""
    asked = {"begin": "25.2", "end": "28.9", "speaker": "caller", "words": "listen", **data}
    answer = post(client, f"/calls/{call_id}/marks", **asked)
    assert answer.status_code == 303, answer.text
    return answer.location


def one(store: Store, rows: type[Any]) -> Any:
    with store.sessions() as session:
        return session.scalars(select(rows)).one()


def given(store: Store, *items: NewItem, person: str = "boris", by: str = "tom") -> tuple[str, list[str]]:
    """The key of an assignment of a playlist, and those of its entries."""
    with store.sessions.begin() as session:
        made = playlists.create(session, "First week", by, utcnow())
        playlists.append(session, made.id, items, utcnow())
        (row,) = assignments.give(session, made.id, [person], by, None, utcnow())
        return str(row.id), [str(each.id) for each in playlists.items_of(session, made.id)]


def sound_of(page: str) -> str:
    found = re.search(r'<audio id="part"[^>]* src="([^"]+)"', page)
    assert found is not None, page
    return found.group(1)


# marks


def test_a_mark_shows_the_words_at_its_place_and_has_an_address_of_its_own(signed: Client, store: Store) -> None:
    tom = signed("tom")
    address = mark(tom, words="The red light is the clue.", tag="diagnosis", shared="yes")
    row = one(store, Mark)
    assert address == f"/calls/{WHOLE}?at=25.2#mark-{row.id}"
    assert tom.get(f"/marks/{row.id}").location == address
    page = signed("anna").get(f"/calls/{WHOLE}").text
    assert "<q>Hello Anna. Since this morning the router shows a red</q>" in page
    assert "The red light is the clue." in page
    assert "diagnosis" in tom.get("/marks?tag=diagnosis").text


@pytest.mark.parametrize("words", [EVIL_WORDS, "{{ 7 * 7 }}", "\u202egnp.exe"])
def test_what_people_write_stays_text(signed: Client, words: str) -> None:
    tom = signed("tom")
    mark(tom, words=words, tag=words[:40], shared="yes")
    for page in (f"/calls/{WHOLE}", "/marks", "/library"):
        text = tom.get(page).text
        assert "<script>alert" not in text
        assert ">49<" not in text
        assert "\u202e" not in text


def test_nobody_elses_private_mark_is_on_any_page_or_in_any_file(signed: Client, store: Store) -> None:
    mark(signed("tom"), words=f"{SECRET} again", tag="tone")
    key = one(store, Mark).id
    for name in ("anna", "eva", "admin"):
        client = signed(name)
        for path in (
            f"/calls/{WHOLE}",
            "/marks",
            "/marks?tag=tone",
            "/library",
            f"/search?q={SECRET}",
            "/calls.csv",
            f"/api/calls/{WHOLE}",
            f"/api/v1/calls/{WHOLE}",
            "/tickets/1042",
            f"/calls?text={SECRET}",
            *(f"/calls/{WHOLE}/transcript.{kind}" for kind in ("txt", "json", "vcon", "srt", "vtt")),
        ):
            assert f"{SECRET} again" not in client.get(path).text, (name, path)
        assert client.get(f"/marks/{key}").status_code == 404
        assert post(client, f"/marks/{key}/answer", words="seen").status_code == 404


def test_a_shared_mark_is_answered_by_the_calls_agent_and_its_person_is_told(signed: Client, store: Store) -> None:
    mark(signed("tom"), shared="yes")
    key = one(store, Mark).id
    assert post(signed("anna"), f"/marks/{key}/answer", words="The form asked for it.").status_code == 303
    assert post(signed("boris"), f"/marks/{key}/answer", words="Me too.").status_code == 404
    tom = signed("tom")
    assert "The form asked for it." in tom.get("/library").text
    tom.get(f"/calls/{WHOLE}")
    assert "The form asked for it." not in tom.get("/library").text


def test_only_those_who_may_see_the_call_can_be_mentioned(signed: Client) -> None:
    tom = signed("tom")
    refused = post(tom, f"/calls/{WHOLE}/marks", begin="25", end="27", words="look, @boris.")
    assert refused.status_code == 400
    assert "boris cannot see this call" in refused.text
    assert "look, @boris." in refused.text  # what was written is not lost
    mark(tom, words="Well done, @anna.")
    assert "Well done" in signed("anna").get("/library").text
    assert "Well done" not in signed("eva").get(f"/calls/{WHOLE}").text


def test_nobody_marks_or_changes_what_is_not_his_or_hers(signed: Client, store: Store) -> None:
    assert post(signed("boris"), f"/calls/{WHOLE}/marks", begin="25", end="27", words="x").status_code == 404
    mark(signed("tom"), shared="yes")
    key = one(store, Mark).id
    for action in ("delete", "unshare"):
        assert post(signed("anna"), f"/marks/{key}/{action}").status_code == 303
    assert one(store, Mark).shared
    assert post(signed("tom"), f"/marks/{key}/delete").status_code == 303
    assert "listen" not in signed("tom").get("/marks").text


# playlists


def test_ticked_calls_go_to_a_new_playlist_and_what_one_may_not_hear_does_not(signed: Client, store: Store) -> None:
    tom = signed("tom")
    answer = post(tom, "/library/add", call=WHOLE, title="Good ones", back="//evil.example")
    row = one(store, Playlist)
    assert answer.location == f"/library/playlists/{row.id}"
    assert post(tom, "/library/add", call="nobody's", back="//evil.example").location == "/library"
    assert post(tom, "/library/add", call="nobody's", back="/calls?x=1").location == "/calls?x=1"
    assert post(signed("anna"), "/library/add", call=WHOLE).status_code == 403
    assert one(store, PlaylistItem).call_id == WHOLE
    for path in ("/calls", f"/calls/{WHOLE}", "/search?q=router", "/tickets/1042"):
        assert "Good ones" in tom.get(path).text, path
        assert "Good ones" not in signed("anna").get(path).text, path


def test_the_call_that_is_erased_leaves_and_the_list_says_so(signed: Client, store: Store) -> None:
    key, _ = given(store, NewItem(WHOLE), NewItem(EVIL))
    with store.sessions.begin() as session:
        session.add(Recording(call_id=EVIL, state="stored"))
        erasing.erase(session, store.settings, Scope(call_ids=(WHOLE,)))
        playlist = session.scalars(select(Playlist.id)).one()
    assert "1 entry left this playlist" in signed("tom").get(f"/library/playlists/{playlist}").text
    assert "1 entry left this playlist" in signed("boris").get(f"/library/assignments/{key}").text


def test_a_first_day_says_why_each_call_was_chosen(signed: Client, store: Store) -> None:
    tom = signed("tom")
    with store.sessions.begin() as session:
        session.execute(update(Call).where(Call.call_id == WHOLE).values(talk_seconds=41.7))
        session.execute(update(SurveyAnswer).values(means="good"))
    page = tom.get(post(tom, "/library/first-day").location).text
    assert "The caller said that it went well." in page
    with store.sessions.begin() as session:
        session.execute(update(SurveyAnswer).values(means="poor"))
    assert "There is no call yet" in post(tom, "/library/first-day").text


def test_what_is_written_into_a_form_that_is_refused_is_not_lost(signed: Client, store: Store) -> None:
    _, (item,) = given(store, NewItem(WHOLE))
    playlist = one(store, Playlist).id
    path = f"/library/playlists/{playlist}/{item}/edit"
    refused = post(signed("tom"), path, begin="0:50", end="0:20", note="mind the pause")
    assert (refused.status_code, "mind the pause" in refused.text) == (400, True)
    assert post(signed("tom"), path, begin="0:20", end="0:50", question="Why?").status_code == 303
    row = one(store, PlaylistItem)
    assert (row.begin, row.end, row.question) == (20.0, 50.0, "Why?")


# clips


def test_a_clip_sends_its_part_and_nothing_else_under_a_receipt(signed: Client, store: Store) -> None:
    tom = signed("tom")
    address = post(tom, "/library/clips", call=WHOLE, begin="20", end="32.5", title="The red light").location
    assert "Why are you listening?" in tom.get(address).text
    back = post(tom, "/library/reason", of=address.rpartition("/")[2], back=address, reason="training")
    sound = sound_of(tom.get(back.location).text)
    heard, rate = soundfile.read(io.BytesIO(tom.get(sound).data))
    assert len(heard) / rate == 12.5
    part = tom.get(sound, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.data)) == (206, 100)
    receipt = one(store, AccessReceipt)
    assert (receipt.person, receipt.reason, receipt.call_id) == ("tom", "training", WHOLE)
    quiet = tom.get(f"{sound}/quiet").json
    assert quiet is not None and all(0 <= begin < end <= 12.5 for begin, end in quiet["silences"])
    assert signed("eva").get(sound).status_code == 404  # the address is nobody else's
    assert signed("boris").get(address).status_code == 404  # nor is the clip, without the right to the call
    assert "Why are you listening?" not in signed("anna").get(address).text  # the agent's own call


# assignments


def test_a_newcomer_hears_what_was_given_and_nothing_else_of_the_call(signed: Client, store: Store) -> None:
    key, _ = given(store, NewItem(WHOLE, 19.0, 32.0, note="Listen to the greeting."))
    boris = signed("boris")
    assert "First week" in boris.get("/library").text
    page = boris.get(f"/library/assignments/{key}").text
    assert "Listen to the greeting." in page
    assert "router shows a red light" in page
    assert "small button" not in page  # that is said after the part
    assert "Dana Whitfield" not in page
    sound = sound_of(page)
    heard, rate = soundfile.read(io.BytesIO(boris.get(sound).data))
    assert len(heard) / rate == 13.0
    receipt = one(store, AccessReceipt)
    assert (receipt.person, receipt.reason) == ("boris", "assigned")
    for path in (f"/calls/{WHOLE}", f"/calls/{WHOLE}/peaks", f"/api/calls/{WHOLE}"):
        assert boris.get(path).status_code == 404
    assert signed("anna").get(f"/library/assignments/{key}").status_code == 404
    assert signed("anna").get(sound).status_code == 404


@pytest.mark.parametrize("end", ["taken back", "giver became an agent", "giver left", "entry removed", "given on"])
def test_the_right_ends_with_the_assignment(signed: Client, store: Store, end: str) -> None:
    key, _ = given(store, NewItem(WHOLE, 19.0, 32.0))
    boris = signed("boris")
    sound = sound_of(boris.get(f"/library/assignments/{key}").text)
    assert boris.get(sound).status_code == 200
    if end == "taken back":
        assert post(signed("tom"), f"/library/assignments/{key}/end").status_code == 303
    with store.sessions.begin() as session:
        if end == "giver became an agent":
            session.execute(update(User).where(User.name == "tom").values(role="agent"))
        elif end == "giver left":
            session.execute(update(User).where(User.name == "tom").values(deactivated_at=utcnow()))
        elif end == "entry removed":
            row = session.scalars(select(PlaylistItem)).one()
            playlists.remove_item(session, row.playlist_id, row.id, utcnow())
        elif end == "given on":
            session.execute(update(Assignment).values(person="clara"))
    assert boris.get(sound).status_code in (403, 404)
    assert post(boris, sound + "/heard", ranges="19-32").status_code in (403, 404)


def test_progress_is_what_was_heard_and_a_question_waits_for_it(signed: Client, store: Store) -> None:
    key, (item,) = given(store, NewItem(WHOLE, 19.0, 32.0, question="What shows a red light?"))
    boris = signed("boris")
    page = f"/library/assignments/{key}"
    sound = sound_of(boris.get(page).text)
    boris.get(sound)
    assert post(boris, f"{page}/{item}/answer", answer="The router").status_code == 303
    assert one(store, AssignmentProgress).answer == ""
    with store.sessions() as session, session.begin():
        session.execute(update(AssignmentProgress).values(told_at=utcnow()))
    told = post(boris, sound + "/heard", ranges="19-32").json
    assert told is not None
    assert (told["heard"], told["percent"] < 50) == (False, True)  # a second ago it was opened
    with store.sessions.begin() as session:
        session.execute(update(AssignmentProgress).values(told_at=utcnow() - timedelta(seconds=20)))
    assert post(boris, sound + "/heard", ranges="19-32").json == {"percent": 100, "heard": True}
    post(boris, f"{page}/{item}/answer", answer=f"The router {EVIL_WORDS}")
    assert one(store, Assignment).done_at is not None
    shown = signed("tom").get(f"/library/playlists/{one(store, Playlist).id}").text
    assert "The router" in shown
    assert "<script>alert" not in shown
    assert one(store, AccessReceipt).played_seconds is not None


def test_a_playlist_is_given_to_people_and_they_are_reminded(signed: Client, store: Store) -> None:
    tom = signed("tom")
    post(tom, "/library/add", call=WHOLE, title="Start")
    path = f"/library/playlists/{one(store, Playlist).id}"
    assert post(tom, f"{path}/give", due="2020-01-01", person="boris").status_code == 400
    assert post(tom, f"{path}/give", person="nobody").status_code == 400
    due = (utcnow() + timedelta(days=3)).date().isoformat()
    assert post(tom, f"{path}/give", due=due, person="boris").status_code == 303
    key = one(store, Assignment).id
    assert post(tom, f"/library/assignments/{key}/remind").status_code == 303
    assert "please listen to this" in signed("boris").get("/library").text
    assert post(signed("boris"), f"/library/assignments/{key}/end").status_code == 403
    with store.sessions.begin() as session:
        session.execute(update(Assignment).values(due_at=utcnow() - timedelta(days=1)))
    assert "Late" in signed("boris").get("/library").text


@pytest.mark.parametrize(
    ("email", "server", "says"),
    [
        ("", True, "alone. No mail address is known."),
        ("boris@example.com", False, "alone. The settings name no mail server."),
        ("boris@example.com", True, "and a mail is on its way."),
    ],
)
def test_who_trains_is_told_whether_a_reminder_goes_by_mail(
    store: Store, cookies: dict[str, str], email: str, server: bool, says: str
) -> None:
    if server:
        store = replace(store, settings=with_recipients(store.settings, 25))
    signed = with_newcomer(app_of(store), cookies, store)
    key, _ = given(store, NewItem(WHOLE))
    with store.sessions.begin() as session:
        session.execute(update(User).where(User.name == "boris").values(email=email))
    tom = signed("tom")
    page = f"/library/playlists/{one(store, Playlist).id}"
    post(tom, f"/library/assignments/{key}/remind")
    told = tom.get(page).text
    assert says in told and "Mail is on its way" in told
    assert told.count("no address yet") == 5 - bool(email)
    post(tom, f"/library/assignments/{key}/remind")
    assert ("A mail went today already." in tom.get(page).text) is (server and bool(email))
    for state, words in (("sent", "Mail sent"), ("failed", "Mail did not arrive: "), ("unsent", "No mail: ")):
        with store.sessions.begin() as session:
            why = None if state == "sent" else message("letters.no_address")
            session.execute(update(ColleagueLetter).values(state=state, error=why, finished_at=utcnow()))
        assert words in tom.get(page).text


def test_what_is_not_masked_yet_is_not_heard_in_a_playlist_either(signed: Client, store: Store) -> None:
    key, _ = given(store, NewItem(EVIL))
    with store.sessions.begin() as session:
        sound = session.scalars(select(Recording).where(Recording.call_id == WHOLE)).one()
        session.add(Recording(call_id=EVIL, state="stored", path=sound.path, seconds=SECONDS))
    page = signed("boris").get(f"/library/assignments/{key}").text
    assert 'id="why-not"' in page
    assert "<audio" not in page
    assert signed("tom").get(f"/library/playlists/{one(store, Playlist).id}/play").status_code == 200


def test_addresses_that_name_nothing_are_answered_so(signed: Client) -> None:
    tom, nothing = signed("tom"), "00000000-0000-7000-8000-000000000000"
    for path in (f"playlists/{nothing}", f"playlists/{nothing}/play", f"clips/{nothing}", f"assignments/{nothing}"):
        assert tom.get(f"/library/{path}").status_code == 404
    assert tom.get("/library/sound/nonsense").status_code == 404
    assert tom.get("/marks?before=nonsense").status_code == 404
    assert tom.get("/library?before=x&at=y").status_code in (200, 404)
    assert post(tom, "/library/reason", of="x", back="https://evil.example/").status_code == 404
    assert post(tom, "/library/clips", call="nobody's", begin="1", end="2", title="x").status_code == 404


def test_clips_and_empty_lists_look_like_something(signed: Client, store: Store) -> None:
    assert "Nothing is assigned to you" in signed("anna").get("/library").text
    assert "There is no playlist yet" in signed("tom").get("/library").text
    assert "No marks yet" in signed("tom").get("/marks").text
    post(signed("tom"), "/library/clips", call=WHOLE, begin="20", end="30", title="Short")
    assert one(store, Clip).title == "Short"
    assert "Short" in signed("tom").get("/library").text


@pytest.fixture
def ninety(store: Store) -> Store:
    """The whole call is five minutes long and has a summary."""
    with store.sessions.begin() as session:
        stages.changed(session, session.scalars(select(Transcript.id)).first(), done=("turns", "redact"))  # type: ignore[arg-type]
        session.execute(update(Recording).where(Recording.call_id == WHOLE).values(seconds=300.0))
    assert stages.run(stages.Step("summary", step.make), store.sessions, store.settings, WHOLE) == "done"
    return store


def test_ninety_seconds_of_a_call_are_listed_with_their_words_and_what_they_save(ninety: Store, signed: Client) -> None:
    page = signed("anna").get(f"/calls/{WHOLE}").text
    part = page[page.index('id="digest"') : page.index('id="transcript"')]
    assert "Since this morning the router shows a red light" in part and 'class="badge">Problem' in part
    assert re.search(r"0:\d\d of 5:00, 4:\d\d saved", part)
    assert "из 5:00, сэкономлено" in signed("anna").get(f"/calls/{WHOLE}", headers={"Accept-Language": "ru"}).text
    with ninety.sessions.begin() as session:
        session.execute(update(Transcript).values(revision=Transcript.revision + 1))
    assert 'id="digest"' not in signed("anna").get(f"/calls/{WHOLE}").text


@pytest.mark.usefixtures("ninety")
def test_of_a_part_the_ninety_seconds_are_chosen_from_the_part_alone(store: Store, signed: Client) -> None:
    key, _ = given(store, NewItem(WHOLE, 28.0, 200.0))
    page = signed(NEWCOMER).get(f"/library/assignments/{key}").text
    part = page[page.index('id="digest"') : page.index('id="text-title"')]
    assert "router shows a red light" not in part
    begins = [float(each) for each in re.findall(r'<li data-begin="([\d.-]+)"', part)]
    assert begins and min(begins) >= 0.0 and max(begins) <= 172.0
