"""The pages of scoring: scorecards are made, published and versioned."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from calls.models import Call, CallEvent
from library import playlists
from library.models import Assignment, Mark
from library.playlists import NewItem
from ringback.store.base import utcnow
from scoring import candidates, cards, evaluations
from scoring.models import Evaluation, EvaluationDispute, EvaluationPoint, Scorecard
from scoring.policy import Criterion
from tests.support.calls import WHOLE, Store
from tests.support.pages import Client, listen, post
from tests.support.scoring import add_card, add_evaluation, keys_of
from transcripts.models import Transcript

SECRET = "xylophone"
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


def test_what_people_write_stays_text(signed: Client, store: Store) -> None:
    tom, words = signed("tom"), EVIL_WORDS + " {{ 7 * 7 }} \u202egnp.exe"
    page = post(tom, "/scoring/cards", title=words).location
    long = dict.fromkeys(("title", "help", "causes", "comments", "wordings"), words)
    post(tom, f"{page}/criteria", points="1", weight="1", **long)
    post(tom, f"{page}/publish")
    for path in (page, f"{page}?version=1", "/scoring/cards"):
        text = tom.get(path).text
        assert "<script>alert" not in text
        assert " 49 " not in text
    post(tom, f"{page}/retire")  # no field is left, in which it stands as it was written
    assert all("\u202e" not in tom.get(path).text for path in (page, "/scoring/cards"))


# evaluations


def scored(store: Store, **asked: Any) -> str:
    """The address of an evaluation of anna's call."""
    with store.sessions.begin() as session:
        card = session.scalars(select(Scorecard)).first() or add_card(session, draft=False)
        return f"/scoring/evaluations/{add_evaluation(session, card, WHOLE, 'anna', **asked).id}"


def sent(store: Store, *points: str) -> dict[str, str]:
    """The form of a card with these points."""
    with store.sessions() as session:
        keys = keys_of(session, session.scalars(select(Scorecard)).one())
    return {f"points-{key}": value for key, value in zip(keys, points, strict=False)}


def test_a_draft_that_is_opened_has_suggestions_of_the_text_as_it_is(signed: Client, store: Store) -> None:
    with store.sessions.begin() as session:
        add_card(session, "Support", Criterion("", "Told of it", watch="notice"), draft=False)
    tom = signed("tom")
    page = post(tom, f"/calls/{WHOLE}/score").location
    assert "Whether the notice was read is not known" in tom.get(page).text
    with store.sessions.begin() as session:
        call = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        data = {"command": "notice", "value": "", "failed": False}
        heard = call.arrived_at + timedelta(seconds=7)
        session.add(CallEvent(call_id=WHOLE, seq=99, at=heard, kind="Done", data=data))
    assert "Whether the notice was read is not known" in tom.get(page).text, "the text is the same"
    with store.sessions.begin() as session:
        session.execute(update(Transcript).where(Transcript.call_id == WHOLE).values(revision=Transcript.revision + 1))
    text = tom.get(page).text
    assert "The notice was read to its end." in text and "<q" not in text.split('class="suggested"')[1][:300]
    use = re.search(r'value="(use:[^"]+)"', text)
    assert use is not None and post(tom, f"{page}/write", do=use[1]).status_code == 303
    with store.sessions() as session:
        assert [(mark.begin, mark.end) for mark in session.scalars(select(Mark))] == [(0.0, 7.0)]


def test_a_call_is_scored_from_its_page_beside_its_text(signed: Client, store: Store) -> None:
    with store.sessions.begin() as session:
        greets, *_others = keys_of(session, add_card(session, draft=False))
    tom = signed("tom")
    assert "Score this call" in tom.get(f"/calls/{WHOLE}").text
    page = post(tom, f"/calls/{WHOLE}/score").location
    text = tom.get(page).text
    assert "Since this morning the router" in text, "the transcript stands beside the card"
    suggestion = re.search(r'value="use:([^"]+)"', text)
    assert suggestion is not None and "alike by" in text
    assert f'value="use:{greets}' in text
    answer = post(tom, f"{page}/write", do=f"use:{suggestion.group(1)}", **sent(store, "1", "", ""))
    assert answer.location.endswith(f"#criterion-{greets}")
    places = {f"from-{greets}": "0:25", f"to-{greets}": "0:28"}
    assert post(tom, f"{page}/write", do="save", **sent(store, "1,5", "", "4"), **places).status_code == 303
    text = tom.get(page).text
    assert text.count("Evidence:") == 2
    assert 'value="1.5"' in text
    cause = {f"cause-{greets}": "no headset"}
    refused = post(tom, f"{page}/write", do="hand_in", **sent(store, "1.5", "", "4"), **cause)
    assert 'value="no headset" checked' in refused.text, "what was chosen is not lost"
    assert "1 criterion is not decided yet" in refused.text
    assert refused.status_code == 400
    assert signed("anna").get(page).status_code == signed("admin").get(page).status_code == 404
    assert post(tom, f"{page}/write", do="hand_in", **sent(store, "1.5", "1", "4")).status_code == 303
    text = tom.get(page).text
    assert "1.5 of 2" in text and "Dispute this" not in text
    again = post(tom, f"{page}/write", do="save", **sent(store, "2", "1", "5"))
    assert again.status_code == 400 and "This evaluation was handed in" in again.text
    assert "81 %" in tom.get(f"/calls/{WHOLE}").text
    assert " data-player" not in text and "To listen here, say why" in text
    address = listen(tom, WHOLE, reason="quality")
    text = tom.get(page).text
    assert f'src="{address}"' in text and f'data-told="{address}/played"' in text
    assert f'data-quiet="/calls/{WHOLE}/peaks"' in text
    assert "data-player" not in signed("eva").get(page).text, "the reason was somebody else's"


def test_the_agent_sees_answers_and_disputes_what_is_about_her_and_nobody_else_does(
    signed: Client, store: Store
) -> None:
    page, anna = scored(store), signed("anna")
    assert "My scores" in anna.get("/library").text and ">1<" in anna.get("/library").text
    assert page in anna.get("/scoring").text
    assert "Said too fast." in anna.get(page).text
    assert "1 <span" not in anna.get("/library").text
    assert post(anna, f"{page}/answer", words="I was alone that day.").status_code == 303
    key = next(iter(sent(store, "x"))).removeprefix("points-")
    assert post(anna, f"{page}/dispute", criterion=key, words=" ").status_code == 400
    assert post(anna, f"{page}/dispute", criterion=key, words="I said my name.").status_code == 303
    for name in ("tom", "eva"):
        text = signed(name).get(page).text
        assert "I was alone that day." in text and "I said my name." in text
        assert ("Keep the points" in text) == (name == "eva"), "never who scored it"
    with store.sessions() as session:
        dispute = session.scalars(select(EvaluationDispute.id)).one()
    address = f"/scoring/disputes/{dispute}/answer"
    assert post(signed("tom"), address, words="No.", do="keep").status_code == 400
    assert post(signed("eva"), address, words="She did.", do="change", points="many").status_code == 400
    assert post(signed("eva"), address, words="She did.", do="change", points="2").status_code == 303
    text = anna.get(page).text
    assert "She did." in text and "points: 1, now 2" in text
    assert "Dispute: changed" in text


def test_after_the_deadline_nothing_is_disputed(signed: Client, store: Store) -> None:
    page, anna = scored(store, days_ago=8), signed("anna")
    assert "Dispute this" not in anna.get(page).text
    key = next(iter(sent(store, "x"))).removeprefix("points-")
    refused = post(anna, f"{page}/dispute", criterion=key, words="I said my name.")
    assert refused.status_code == 400


def test_no_draft_leaves_the_page_of_its_person(signed: Client, store: Store) -> None:
    scored(store, done=False)
    with store.sessions.begin() as session:
        session.execute(update(EvaluationPoint).values(comment=SECRET))
        session.execute(update(Evaluation).values(comment=SECRET))
    for name in ("anna", "eva", "admin"):
        for path in (f"/calls/{WHOLE}", "/scoring", "/library", "/marks", f"/api/v1/calls/{WHOLE}"):
            text = signed(name).get(path).text
            assert SECRET not in text and "/scoring/evaluations/" not in text, (name, path)


def test_scores_are_in_no_file_and_no_answer_to_a_program(signed: Client, store: Store) -> None:
    scored(store)
    with store.sessions.begin() as session:
        session.execute(update(EvaluationPoint).values(comment=f"{SECRET} again"))
    admin = signed("admin")
    files = [f"/calls/{WHOLE}/transcript.{kind}" for kind in ("txt", "json", "vcon", "srt", "vtt")]
    for path in ("/calls.csv", f"/api/calls/{WHOLE}", f"/api/v1/calls/{WHOLE}", f"/search?q={SECRET}", *files):
        assert f"{SECRET} again" not in admin.get(path).text, path


def test_a_lead_scores_beside_a_review_and_only_its_reviewer_sees_it(signed: Client, store: Store) -> None:
    page = scored(store)
    assert "Score it too" not in signed("tom").get(page).text
    beside = post(signed("eva"), f"{page}/grade").location
    assert post(signed("eva"), f"{beside}/write", do="hand_in", **sent(store, "2", "1", "4")).status_code == 303
    assert signed("tom").get(beside).status_code == 200
    assert signed("admin").get(beside).status_code == signed("anna").get(beside).status_code == 404
    assert beside not in signed("anna").get("/scoring").text


# calibrations, goals, the team


def begun(signed: Client, store: Store) -> str:
    """The address of a calibration of tom and eva."""
    with store.sessions.begin() as session:
        card = add_card(session, draft=False).id
        playlist = playlists.create(session, "Monday", "tom", utcnow())
        playlists.append(session, playlist.id, [NewItem(WHOLE)], utcnow())
        asked = {"title": "Monday", "card": str(card), "playlist": str(playlist.id)}
    assert post(signed("eva"), "/scoring/calibrations", **asked, reviewer="tom").status_code == 400
    return post(signed("eva"), "/scoring/calibrations", **asked, reviewer=["tom", "eva"]).location  # type: ignore[arg-type]


def test_nobody_learns_what_others_give_in_a_calibration_before_it_is_over(signed: Client, store: Store) -> None:
    page = begun(signed, store)
    own = post(signed("tom"), f"{page}/calls/{WHOLE}").location
    key = next(iter(sent(store, "x"))).removeprefix("points-")
    given = {**sent(store, "2", "1", "5"), f"comment-{key}": SECRET}
    assert post(signed("tom"), f"{own}/write", do="hand_in", **given).status_code == 303
    for name in ("eva", "admin", "anna"):
        client = signed(name)
        assert client.get(own).status_code == 404
        for path in (
            page,
            "/scoring",
            "/scoring/calibrations",
            "/scoring/team",
            f"/calls/{WHOLE}",
            f"/api/v1/calls/{WHOLE}",
        ):
            assert SECRET not in client.get(path).text, (name, path)
    text = signed("eva").get(page).text
    assert "1 evaluation is still to be handed in." in text and "agree" not in text
    hers = post(signed("eva"), f"{page}/calls/{WHOLE}").location
    assert post(signed("eva"), f"{hers}/write", do="hand_in", **sent(store, "0", "1", "5")).status_code == 303
    for name in ("eva", "tom", "admin"):
        text = signed(name).get(page).text
        assert SECRET in text and "How far they agree" in text and "+15.4" in text
    assert signed("eva").get(own).status_code == 404
    assert signed("anna").get(page).status_code == 403
    assert SECRET not in signed("anna").get(f"/calls/{WHOLE}").text


def test_a_lead_ends_a_calibration_and_nobody_goes_on_with_it(signed: Client, store: Store) -> None:
    page = begun(signed, store)
    assert post(signed("tom"), f"{page}/close").status_code == 403
    assert post(signed("admin"), f"{page}/calls/{WHOLE}").status_code == 403
    assert post(signed("eva"), f"{page}/close").status_code == 303
    assert post(signed("tom"), f"{page}/calls/{WHOLE}").location == page
    assert "over" in signed("tom").get(page).text


def test_who_has_a_goal_is_told_which_call_comes_next_and_why(signed: Client, store: Store) -> None:
    with store.sessions.begin() as session:
        card = add_card(session, draft=False)
        at = utcnow() - timedelta(days=2)
        asked = {"arrived_at": at, "connected_at": at, "result": "served", "talk_seconds": 60.0}
        session.execute(update(Call).where(Call.call_id == WHOLE).values(**asked))
        candidates.set_goal(session, "tom", 3, "eva", utcnow())
    assert "Your week" not in signed("eva").get("/scoring").text
    text = signed("tom").get("/scoring").text
    assert "Your week" in text
    assert f'href="/calls/{WHOLE}#scores"' in text
    assert re.search(r"Drawn by lot|long|passed on", text)
    with store.sessions.begin() as session:
        add_evaluation(session, card, WHOLE, "anna")
    text = signed("tom").get("/scoring").text
    assert "1 of 3" in text
    assert f'href="/calls/{WHOLE}#scores"' not in text
    eva = signed("eva")
    assert post(eva, "/scoring/goals", **{"goal-tom": "many"}).status_code == 400
    assert post(eva, "/scoring/goals", **{"goal-tom": "1", "goal-eva": "2"}).status_code == 303
    assert "Done for this week." in signed("tom").get("/scoring").text


def test_the_team_page_tells_no_average_of_few_and_what_came_after_an_assignment(signed: Client, store: Store) -> None:
    tom = signed("tom")
    assert "There is no scorecard yet" in tom.get("/scoring/team").text
    scored(store)
    with store.sessions.begin() as session:
        playlist = playlists.create(session, "First week", "tom", utcnow())
        given = Assignment(playlist_id=playlist.id, person="anna", given_by="tom", done_at=utcnow())
        session.add(given)
        session.flush()
        asked = str(given.id)
    text = tom.get("/scoring/team").text
    assert re.search(r"Greets</bdi></td><td[^>]*>–</td><td[^>]*>1<", text)
    assert "By queue" not in text, "there is one alone"
    with store.sessions.begin() as session:
        for row in session.scalars(select(Evaluation)):
            for queue in (None, "billing"):
                copy = Evaluation(
                    call_id=WHOLE, version_id=row.version_id, kind="review", person="tom", agent="anna", queue=queue
                )
                copy.done_at, copy.percent = row.done_at, 50.0
                session.add(copy)
    text = tom.get("/scoring/team").text
    assert "By queue" in text and "queue=billing" in text
    text = tom.get("/scoring/team?queue=billing").text
    assert re.search(r"Greets</bdi></td><td[^>]*>–</td><td[^>]*>0<", text) and "All queues" in text
    assert tom.get("/scoring/team?queue=<b>").status_code == 404
    text = tom.get(f"/scoring/team?assignment={asked}").text
    assert "First contact: nobody called again" in text and "60 days after" in text
    assert tom.get(f"/scoring/team?card={asked}").status_code == 404


def test_evidence_of_a_review_that_was_handed_in_neither_goes_nor_hides(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        card = add_card(session)
        handed_in = add_evaluation(session, card, WHOLE, "anna")
        (kept,) = evaluations.evidence_of(session, handed_in)[keys_of(session, card)[0]]
        draft = add_evaluation(session, card, WHOLE, "anna", by="admin", done=False)
        (loose,) = evaluations.evidence_of(session, draft)[keys_of(session, card)[0]]
        stays, goes = kept.id, loose.id
    tom = signed("tom")
    for action in ("delete", "unshare"):
        assert post(tom, f"/marks/{stays}/{action}").status_code == 303
        assert "it stays with the evaluation" in tom.get(f"/calls/{WHOLE}").text
    post(signed("admin"), f"/marks/{goes}/delete")
    with store.sessions() as session:
        assert session.get_one(Mark, stays).shared
        assert session.get(Mark, goes) is None
