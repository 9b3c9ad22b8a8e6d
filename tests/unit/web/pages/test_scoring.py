"""The pages of scoring: scorecards are made, published and versioned."""

import re

import pytest
from sqlalchemy import select

from scoring import cards
from scoring.models import Scorecard
from tests.support.calls import Store
from tests.support.pages import Client, post

EVIL_WORDS = '"><script>alert(1)</script>'


def only_card(store: Store) -> str:
    with store.sessions() as session:
        return str(session.scalars(select(Scorecard.id)).one())


def test_a_trainer_makes_a_card_publishes_it_and_drafts_the_next_version(signed: Client, store: Store) -> None:
    tom = signed("tom")
    page = post(tom, "/scoring/cards", title="Support calls").location
    card = only_card(store)
    assert page == f"/scoring/cards/{card}"
    asked = {"title": "Greets", "points": "2,5", "weight": "1", "must_pass": "yes", "causes": "hurry\n\nno headset\n"}
    assert post(tom, f"{page}/criteria", **asked).status_code == 303
    post(tom, f"{page}/criteria", title="Solves it", points="5", weight="2", may_skip="yes", watch="silence")
    assert post(tom, f"{page}/describe", title="Support", queue="support", line="1000").status_code == 303
    post(tom, f"{page}/publish")
    text = tom.get(page).text
    assert "published, never changed" in text
    assert "2.5" in text and "must pass" in text
    assert "One more criterion" not in text
    with store.sessions() as session:
        row = session.scalars(select(Scorecard)).one()
        version = cards.in_force(session, row.id)
        assert version is not None
        greets, solves = cards.criteria_of(version)
        assert (row.queues, row.lines, greets.causes, solves.watch) == (
            ["support"],
            ["1000"],
            ("hurry", "no headset"),
            "silence",
        )
    assert post(tom, f"{page}/criteria/{greets.key}/remove").status_code == 400
    post(tom, f"{page}/draft")
    post(tom, f"{page}/criteria/{greets.key}/down")
    shown = re.findall(r'id="criterion-(\w+)"', tom.get(page).text)
    assert shown == [solves.key, greets.key]
    assert re.findall(r'id="criterion-(\w+)"', tom.get(f"{page}?version=1").text) == [greets.key, solves.key]
    assert tom.get(f"{page}?version=9").status_code == 404


def test_what_is_refused_stands_in_its_form_with_what_is_wrong(signed: Client, store: Store) -> None:
    tom = signed("tom")
    post(tom, "/scoring/cards", title="Support")
    answer = post(tom, f"/scoring/cards/{only_card(store)}/criteria", title="Greets", points="many", weight="1")
    assert answer.status_code == 400
    assert "Points are a number above 0" in answer.text
    assert 'value="many"' in answer.text
    assert post(tom, "/scoring/cards", title=" ").status_code == 400


@pytest.mark.parametrize("words", [EVIL_WORDS, "{{ 7 * 7 }}", "\u202egnp.exe"])
def test_what_people_write_stays_text(signed: Client, store: Store, words: str) -> None:
    tom = signed("tom")
    page = post(tom, "/scoring/cards", title=words).location
    long = dict.fromkeys(("title", "help", "causes", "comments", "wordings"), words)
    post(tom, f"{page}/criteria", points="1", weight="1", **long)
    post(tom, f"{page}/publish")
    for path in (page, f"{page}?version=1", "/scoring/cards"):
        text = tom.get(path).text
        assert "<script>alert" not in text
        assert ">49<" not in text
    post(tom, f"{page}/retire")  # no field is left, in which it stands as it was written
    assert all("\u202e" not in tom.get(path).text for path in (page, "/scoring/cards"))
