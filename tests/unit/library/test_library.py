"""Marks, playlists and assignments as rows: whose they are, what is refused, what goes with a call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from library import assignments, erasing, marks, playlists
from library.drill import service
from library.drill.models import Drill, DrillVersion
from library.drill.service import NewDrill
from library.errors import LibraryError
from library.first_day import Candidate, choose
from library.marks import NewMark
from library.models import Assignment, AssignmentProgress, Clip, Mark, MarkAnswer, MarkMention, Playlist, PlaylistItem
from library.playlists import NewItem
from recording.models import Recording
from retention import holds
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from tests.support.recordings import add_call

NOW = utcnow()
ONE, OTHER, LONG = "1700000000.1", "1700000000.2", "1700000000.3"
Sessions = sessionmaker[Session]


@pytest.fixture
def library(sqlite_store: Sessions) -> Sessions:
    return filled(sqlite_store)


def filled(store: Sessions) -> Sessions:
    for call_id, seconds in ((ONE, 60.0), (OTHER, 120.0), (LONG, 5400.0)):
        add_call(store, seconds, call_id)
        with store.begin() as session:
            session.add(Recording(call_id=call_id, state="stored", seconds=seconds))
    return store


def refused(session: Session, do: Callable[[], object]) -> str:
    """The code of what is said, and nothing of it is left."""
    with pytest.raises(LibraryError) as error, session.begin_nested():
        do()
    return error.value.code


def mark(session: Session, by: str = "tom", call_id: str = ONE, **asked: object) -> Mark:
    new = NewMark(call_id, **{"begin": 5.0, "end": 9.0, "words": "listen to this", **asked})  # type: ignore[arg-type]
    return marks.add(session, new, by, NOW, 60.0)


def playlist(session: Session, *items: NewItem) -> Playlist:
    made = playlists.create(session, "First week", "tom", NOW)
    playlists.append(session, made.id, items, NOW)
    return made


# marks


def test_a_private_mark_is_seen_by_its_person_and_by_those_mentioned(library: Sessions) -> None:
    with library.begin() as session:
        secret, told = mark(session), mark(session, mentions=("eva",), tag="tone")
        open_ = mark(session, shared=True)
        assert marks.of_call(session, ONE, "tom") == [secret, told, open_]
        assert marks.of_call(session, ONE, "eva") == [told, open_]
        assert marks.of_call(session, ONE, "admin") == [open_]
        assert marks.one(session, secret.id, "eva") is None
        assert marks.tags(session, "eva") == []
        assert [row.id for row in marks.listing(session, "eva", limit=9)] == [open_.id, told.id]
        assert marks.listing(session, "admin", limit=9, tag="tone") == []


def test_an_answer_is_told_to_whose_mark_it_is(library: Sessions) -> None:
    with library.begin() as session:
        row = mark(session, shared=True)
        assert marks.unseen(session, "tom") == []
        marks.answer(session, row, "anna", "I had no choice.", NOW)
        assert list(marks.unseen(session, "tom")) == [row]
        assert marks.seen(session, ONE, "tom", NOW)
        assert not marks.seen(session, ONE, "tom", NOW)
        marks.answer(session, row, "anna", "Really.", NOW)
        assert list(marks.unseen(session, "tom")) == [row]
        assert [each.words for each in marks.answers_of(session, [row.id])[row.id]] == ["I had no choice.", "Really."]


def test_marks_that_say_nothing_or_lie_nowhere_are_refused(library: Sessions) -> None:
    with library.begin() as session:
        assert refused(session, lambda: mark(session, words=" ")) == "library.says_nothing"
        assert refused(session, lambda: mark(session, begin=70.0, end=80.0)) == "library.no_place"
        assert refused(session, lambda: mark(session, words="x" * 2001)) == "library.long_words"
        assert refused(session, lambda: mark(session, tag="x" * 41)) == "library.long_tag"
        assert mark(session, speaker="<script>").speaker == ""


def test_nobody_takes_away_or_shares_what_is_somebody_elses(library: Sessions) -> None:
    with library.begin() as session:
        row = mark(session, shared=True)
        assert refused(session, lambda: marks.remove(session, row, "eva")) == "library.not_yours"
        assert refused(session, lambda: marks.change(row, "eva", shared=False)) == "library.not_yours"
        marks.answer(session, row, "eva", "Yes.", NOW)
        marks.remove(session, row, "tom")
        session.flush()
        assert [session.scalars(select(rows)).all() for rows in (Mark, MarkAnswer, MarkMention)] == [[], [], []]


def test_under_a_legal_hold_a_mark_stays(library: Sessions) -> None:
    with library.begin() as session:
        row = mark(session)
        holds.place(session, Settings(), "call", ONE, "court", "eva", NOW, has_ticket=lambda *_: True)
        assert refused(session, lambda: marks.remove(session, row, "tom")) == "library.held"


# playlists


def test_entries_keep_their_order_and_are_moved(library: Sessions) -> None:
    with library.begin() as session:
        made = playlist(session, NewItem(ONE), NewItem(OTHER, 5.0, 20.0, note="Listen", question="Why?"))
        first, second = playlists.items_of(session, made.id)
        playlists.move(session, made.id, second.id, -1, NOW)
        playlists.move(session, made.id, second.id, -1, NOW)
        assert playlists.items_of(session, made.id) == [second, first]
        playlists.remove_item(session, made.id, second.id, NOW)
        assert (playlists.items_of(session, made.id), made.items) == ([first], 1)
        assert refused(session, lambda: playlists.item(session, made.id, second.id)) == "library.item_gone"


def test_what_a_playlist_cannot_hold_is_refused_whole(library: Sessions) -> None:
    with library.begin() as session:
        made = playlist(session)

        def put(*items: NewItem) -> str:
            return refused(session, lambda: playlists.append(session, made.id, items, NOW))

        assert put(NewItem(ONE), NewItem(ONE, 61.0)) == "library.no_place"
        assert put(NewItem(ONE, 9.0, 3.0)) == "library.no_place"
        assert put(NewItem(LONG, 0.0, 1200.0)) == "library.long_clip"
        assert put(*[NewItem(ONE)] * 201) == "library.full"
        assert refused(session, lambda: playlists.create(session, "  ", "tom", NOW)) == "library.no_title"
        assert (playlists.items_of(session, made.id), session.get_one(Playlist, made.id).items) == ([], 0)


def test_a_copy_has_what_its_maker_may_see(library: Sessions) -> None:
    with library.begin() as session:
        made = playlist(session, NewItem(ONE, note="a"), NewItem(OTHER, 5.0, 20.0, question="b"))
        copied = playlists.copy(session, made.id, "Mine", "eva", NOW, [OTHER])
        (only,) = playlists.items_of(session, copied.id)
        assert (only.call_id, only.begin, only.end, only.question) == (OTHER, 5.0, 20.0, "b")
        assert (copied.person, copied.items, made.items) == ("eva", 1, 2)


# assignments


def given(session: Session, *items: NewItem, **asked: object) -> tuple[Assignment, list[PlaylistItem]]:
    made = playlist(session, *items)
    due_at = asked.get("due_at", NOW + timedelta(days=2))
    (row,) = assignments.give(session, made.id, ["nick"], "tom", due_at, NOW)  # type: ignore[arg-type]
    return row, playlists.items_of(session, made.id)


def test_an_assignment_is_done_when_all_was_heard_and_answered(library: Sessions) -> None:
    with library.begin() as session:
        row, (clip, whole) = given(session, NewItem(OTHER, 10.0, 30.0, question="What was promised?"), NewItem(ONE))
        assert assignments.note_heard(session, row, clip, [(10, 30)], NOW) == []  # no sound was sent
        assert refused(session, lambda: assignments.answer(session, row, clip, "x", NOW)) == "library.hear_first"
        assignments.sent(session, row.id, clip.id, NOW)
        assert assignments.note_heard(session, row, clip, [(10, 20)], NOW + timedelta(seconds=10)) == [(10, 20)]
        assignments.note_heard(session, row, clip, [(20, 29)], NOW + timedelta(seconds=19))
        progress = assignments.progress_of(session, [row])[row.id]
        assert (progress.items[clip.id].heard, progress.items[clip.id].done) == (True, False)
        assignments.answer(session, row, clip, " A router. ", NOW)
        assert assignments.progress_of(session, [row])[row.id].done == 1
        assert (row.done_at, assignments.count_open(session, "nick")) == (None, 1)
        assignments.sent(session, row.id, whole.id, NOW)
        assignments.note_heard(session, row, whole, [(0, 60)], NOW + timedelta(seconds=60))
        assert row.done_at is not None
        assert assignments.count_open(session, "nick") == 0
        assert refused(session, lambda: assignments.remind(session, row.id, NOW)) == "library.assignment_over"


def test_one_claim_of_the_whole_call_a_second_after_it_was_opened_is_not_believed(library: Sessions) -> None:
    with library.begin() as session:
        row, (item,) = given(session, NewItem(ONE))
        assignments.sent(session, row.id, item.id, NOW)
        heard = assignments.note_heard(session, row, item, [(0, 60)], NOW + timedelta(seconds=1))
        assert heard == [(0, 3.75)]
        for _ in range(50):  # who claims often gains nothing by it
            heard = assignments.note_heard(session, row, item, [(0, 60)], NOW + timedelta(seconds=1))
        assert heard == [(0, 3.75)]


def test_given_twice_it_is_one_with_the_new_day(library: Sessions) -> None:
    with library.begin() as session:
        row, _ = given(session, NewItem(ONE))
        later = NOW + timedelta(days=9)
        again = assignments.give(session, row.playlist_id, ["nick", "nick", "olga"], "eva", later, NOW)
        assert [(each.person, each.due_at, each.given_by) for each in again] == [
            ("nick", later, "eva"),
            ("olga", later, "eva"),
        ]
        assignments.take_back(session, row.id, NOW)
        assert refused(session, lambda: assignments.take_back(session, row.id, NOW)) == "library.assignment_over"
        assert assignments.of_person(session, "nick") == []


def test_what_cannot_be_given_is_refused(library: Sessions) -> None:
    with library.begin() as session:
        made = playlist(session)

        def give(people: list[str], due_at: object = None) -> str:
            return refused(session, lambda: assignments.give(session, made.id, people, "tom", due_at, NOW))  # type: ignore[arg-type]

        assert give(["nick"]) == "library.empty"
        assert give([]) == "library.nobody"
        assert give(["nick"], NOW - timedelta(days=1)) == "library.past"
        assert give([str(number) for number in range(51)]) == "library.many"


# erasing


def test_all_of_a_call_leaves_with_it_and_the_playlist_says_so(store: Sessions) -> None:
    filled(store)
    with store.begin() as session:
        marks.answer(session, mark(session, shared=True, mentions=("eva",)), "anna", "Yes.", NOW)
        kept = mark(session, call_id=OTHER)
        playlists.add_clip(session, ONE, 2.0, 9.0, "The turn", "tom", NOW, 60.0)
        row, (item, other) = given(session, NewItem(ONE, question="Why?"), NewItem(OTHER))
        assignments.sent(session, row.id, item.id, NOW)
        key, list_key, other_id, kept_id = row.id, row.playlist_id, other.id, kept.id
    with store.begin() as session:
        scope = Scope(call_ids=(ONE,))
        gone = {line.kind: line.count for line in erasing.erase(session, Settings(), scope)}
        assert gone == {"mark": 1, "clip": 1, "playlist entry": 1}
        assert erasing.erase(session, Settings(), scope) == []
    with store() as session:
        left = session.get_one(Playlist, list_key)
        assert (left.items, left.gone) == (1, 1)
        assert [each.id for each in playlists.items_of(session, list_key)] == [other_id]
        assert list(session.scalars(select(Mark.id))) == [kept_id]
        beside = (MarkAnswer, MarkMention, Clip, AssignmentProgress)
        assert [row for rows in beside for row in session.scalars(select(rows))] == []
        assert session.get_one(Assignment, key).ended_at is None


# a first day


def test_a_first_day_begins_with_what_went_well_and_says_why_each() -> None:
    calls = [
        Candidate("1", 300.0, topic="Refunds"),
        Candidate("2", 90.0, good=True, topic="Outage", menu="Internet"),
        Candidate("3", 80.0, solved=True, topic="Outage"),
        Candidate("4", 200.0, good=True, held=True),
        Candidate("5", 200.0, held=True, passed_on=True),
        Candidate("6", 200.0, solved=True, passed_on=True),
        Candidate("7", 100.0, queue="support"),
    ]
    assert [(item.call_id, item.why.code if item.why else "") for item in choose(calls)] == [
        ("2", "library.why_good"),
        ("3", "library.why_short"),
        ("1", "library.why_topic"),
        ("7", "library.why_queue"),
        ("4", "library.why_hold"),
        ("6", "library.why_transfer"),
    ]
    assert len(choose([Candidate(str(number), 60.0, topic=str(number)) for number in range(50)])) == 3
    assert choose([]) == []


def test_of_two_who_change_a_drill_at_once_the_second_is_told_and_every_version_is_kept(store: Sessions) -> None:
    filled(store)
    asked = NewDrill(ONE, "Red light", 1.0, 10.0, 20.0, "I am sorry", people=("boris",))
    with store.begin() as session:
        key = service.make(session, asked, "tom", NOW, 60.0).id
    with store() as first, store() as second:
        for session in (first, second):
            assert session.get_one(Drill, key).version == 1
        service.change(first, key, replace(asked, stop=12.0), 1, "tom", NOW, 60.0)
        first.commit()
        with pytest.raises(LibraryError) as refused:
            service.change(second, key, replace(asked, stop=14.0), 1, "eva", NOW, 60.0)
        assert refused.value.code == "library.drill_changed"
        second.rollback()
        row = service.change(second, key, replace(asked, stop=14.0), 2, "eva", NOW, 60.0)
        service.attempt(second, row, "boris", service.typed("sorry"), "en", NOW, spoken=False)
        second.commit()
    with store.begin() as session:
        row = session.get_one(Drill, key)
        kept = [(each.number, each.stop, each.person) for each in service.versions_of(session, row)]
        assert kept == [(3, 14.0, "eva"), (2, 12.0, "tom"), (1, 10.0, "tom")]
        assert service.tried_versions(session, [key], "boris") == {(key, 3)}
        assert service.listing(session, limit=9, before=(row.at, row.id)) == []
        erasing.erase(session, Settings(), Scope(call_ids=(ONE,)))
        assert session.scalars(select(DrillVersion)).all() == []
