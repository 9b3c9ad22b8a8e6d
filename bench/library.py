"""The library with 1,000 playlists and 100,000 marks on SQLite and PostgreSQL: how long its pages take, whole.

Asked are the first page of the library as a trainer and as an agent with an assignment, the list of all marks, of one
tag and ten pages further down, a playlist of 50 entries, and a call with 200 marks; each as it is asked over HTTP,
without the network. A tenth of the marks is private.

    python -m bench --only library [--quick]      (quick: a tenth of everything)
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bench import pages
from bench.pages import Took
from bench.report import Figure
from library.models import Assignment, Mark, Playlist, PlaylistItem
from ringback.store.base import uuid7

PLAYLISTS, MARKS, CALLS = 1000, 100_000, 5000
ON_ONE_CALL, ENTRIES, TAGS = 200, 50, 20
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def run(quick: bool) -> dict[str, Any]:
    part = 10 if quick else 1
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    with pages.stores() as stores:
        for which, url in stores.items():
            took = _asked(url, part)
            of = f"{PLAYLISTS // part:,} playlists, {MARKS // part:,} marks, {which}"
            lists = [each for path, times in took.items() if not path.startswith("/calls") for each in times]
            figures += pages.figures("a list of the library", of, lists)
            details |= {f"{which}: {path}": each for path, each in pages.details(took).items()}
    return {"figures": figures, "details": details}


def _asked(url: str | None, part: int) -> dict[str, list[Took]]:
    """By page and person the times of each answer."""
    took: dict[str, list[Took]] = {}
    with pages.installation(lambda session: _rows(session, part), url) as place:
        for who, paths in {
            "tom": ["/library", "/marks?tag=tag3", f"/library/playlists/{place.filled}", "/calls/1000.0"],
            "anna": ["/library", "/marks?tag=tag3"],
        }.items():
            client = pages.signed_in(place.app, who)
            took |= {f"{path}, {who}": pages.measure(client, path) for path in paths}
            took[f"/marks, ten pages, {who}"] = pages.turned(client, "/marks")
    return took


def _rows(session: Session, part: int) -> UUID:
    """A tenth of the marks is private, every fifth call is the agent's. The key of the long playlist."""
    pages.add_people(session, {"tom": "trainer", "anna": "agent"})
    calls, marks = CALLS // part, MARKS // part
    times = (BEGAN + timedelta(minutes=number) for number in range(calls))
    names = pages.add_calls(session, [(at, "boris" if number % 5 else "anna") for number, at in enumerate(times)])
    pages.add_rows(session, Mark, [_mark(number, names) for number in range(marks)])
    lists = [_playlist(number) for number in range(PLAYLISTS // part)]
    pages.add_rows(session, Playlist, lists)
    items = [
        {
            "id": uuid7(),
            "playlist_id": each["id"],
            "place": place,
            "call_id": names[place],
            "begin": 0.0,
            "end": 60.0,
            "note": "Listen.",
            "question": "",
        }
        for each in lists
        for place in range(ENTRIES if each is lists[-1] else 5)
    ]
    pages.add_rows(session, PlaylistItem, items)
    given = [
        {
            "id": uuid7(),
            "playlist_id": each["id"],
            "person": "anna" if number < 5 else f"newcomer{number}",
            "given_by": "tom",
            "given_at": BEGAN,
            "due_at": BEGAN + timedelta(days=number),
        }
        for number, each in enumerate(lists)
    ]
    pages.add_rows(session, Assignment, given)
    return UUID(str(lists[-1]["id"]))


def _mark(number: int, names: list[str]) -> dict[str, Any]:
    begin = float(number % 280)
    return {
        "id": uuid7(),
        "call_id": names[0] if number < ON_ONE_CALL else names[number % len(names)],
        "person": f"trainer{number % 7}",
        "begin": begin,
        "end": begin + 5,
        "speaker": "",
        "words": f"Mark {number}: this is how it is done.",
        "tag": f"tag{number % TAGS}",
        "shared": number % 10 > 0,
        "at": BEGAN,
    }


def _playlist(number: int) -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=number)
    title = f"Playlist {number}"
    return {
        "id": uuid7(),
        "title": title,
        "note": "",
        "person": "tom",
        "items": 5,
        "gone": 0,
        "created_at": at,
        "changed_at": at,
    }
