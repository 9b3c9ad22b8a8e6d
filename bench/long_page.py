"""A long call's page: what the server takes to make it, and how much it sends.

A call of 90 minutes with 13,500 invented words, dense as in a talk without pauses (`bench/long_texts.py`), written and
masked as the worker does it, read by a supervisor who may correct it. The whole application answers, compression and
all; the connection is left out. Half as long a call stands beside it: what is the same for every page is in both.
"""

import gzip
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from bench import long_texts, pages
from bench.report import Figure, median, percentile
from library import marks
from library.marks import NewMark
from ringback.store.base import utcnow

MINUTES = 90
MARKS = 100
LIMIT_SECONDS = 0.2
ROUNDS = 30
HEADERS = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}


def run(quick: bool) -> dict[str, Any]:
    with pages.installation(lambda session: pages.add_people(session, {"eva": "supervisor"})) as place:
        calls = {
            minutes: long_texts.add_written(place.store, place.settings, minutes) for minutes in (MINUTES / 2, MINUTES)
        }
        client = pages.signed_in(place.app, "eva")
        rounds = 5 if quick else ROUNDS
        found = {minutes: _measure(client, call_id, rounds) for minutes, call_id in calls.items()}
        _mark(place.store, calls[MINUTES])
        marked = _measure(client, calls[MINUTES], rounds)
    half, whole = found[MINUTES / 2], found[MINUTES]
    wanted, met = f"at most {LIMIT_SECONDS} s", whole["seconds"] <= LIMIT_SECONDS
    what = f"page of a call of {MINUTES} minutes"
    return {
        "figures": [
            Figure(
                f"{what}, median",
                whole["seconds"],
                "s",
                f"{MINUTES / 2:g} minutes",
                half["seconds"],
                whole["seconds"] / half["seconds"],
                "x",
                wanted,
                met,
            ),
            Figure(f"{what}, p95", whole["p95"], "s", "", half["p95"]),
            Figure(
                f"{what} with {MARKS} marks, p95",
                marked["p95"],
                "s",
                "without",
                whole["p95"],
                marked["p95"] / whole["p95"],
                "x",
                wanted,
                marked["p95"] <= LIMIT_SECONDS,
            ),
            Figure(f"{what}, sent", whole["sent_kb"], "kB", "not compressed", whole["kb"]),
        ],
        "details": {f"{minutes:g} minutes": facts for minutes, facts in found.items()} | {"with marks": marked},
    }


def _mark(store: sessionmaker[Session], call_id: str) -> None:
    """Shared ones along the whole call."""
    with store.begin() as session:
        for number in range(MARKS):
            begin = 60.0 * MINUTES * number / MARKS
            asked = NewMark(call_id, begin, begin + 6.0, words="How it is done.", tag="tone", shared=True)
            marks.add(session, asked, "tom", utcnow(), None)


def _measure(client: FlaskClient, call_id: str, rounds: int) -> dict[str, Any]:
    """Raises RuntimeError where the page does not come."""
    took, cpu, body = [], [], b""
    for _ in range(rounds + 1):  # the first one reads the templates
        (wall, spent), body = pages.timed(client, f"/calls/{call_id}", HEADERS)
        took.append(wall / 1000)
        cpu.append(spent / 1000)
    page = gzip.decompress(body)
    return {
        "seconds": round(median(took[1:]), 4),
        "p95": round(percentile(took[1:], 0.95), 4),
        "cpu_seconds": round(median(cpu[1:]), 4),
        "kb": round(len(page) / 1000, 1),
        "sent_kb": round(len(body) / 1000, 1),
        "elements": len(re.findall(rb"<[a-z]", page)),
        "turns": page.count(b'class="turn '),
    }
